"""Microsoft Graph calls when a calendar changes. A call is nothing but a wake-up: what happened is read afterwards.

The backend is loaded with the first connection to Graph, so that nobody else waits for it at each start.
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from scheduler.sync.errors import SyncError
from scheduler.sync.link import Box
from service.calendars.backends import Backends
from service.calendars.office import connections, secret
from service.calendars.store import TenantStore
from service.tables import ConnectionRow

if TYPE_CHECKING:
    from scheduler.sync.backends.graph import Heard, Subscriptions

log = logging.getLogger(__name__)

DAILY = timedelta(days=1)
HOURLY = timedelta(hours=1)
PATH = "/api/v1/notifications/graph/{tenant}/{connection}"


def heard(
    store: TenantStore, connection: str, query: Mapping[str, str], body: bytes, backends: Backends, now: datetime
) -> "Heard":
    """What to answer. Whose calendar changed is visited at once."""
    from scheduler.sync.backends.graph import Heard

    with store.database.reading(store.tenant) as session:
        row = session.get(ConnectionRow, {"tenant": store.tenant, "id": connection})
        key = secret(session, store.tenant)
    subscriptions = _subscriptions(row, "", key, backends) if row is not None and key else None
    if subscriptions is None:
        return Heard(200, query["validationToken"]) if "validationToken" in query else Heard(202)
    boxes = [box for box in store.boxes() if box.connection == connection]
    found = subscriptions.heard(query, body, [box.mailbox for box in boxes])
    if found.wake:
        with store.writing() as rows:
            rows.wake([Box(connection, mailbox) for mailbox in found.wake], now)
            for mailbox in sorted(found.renew):
                rows.renew(Box(connection, mailbox), True)
    return found


def subscribe(store: TenantStore, public_url: str, backends: Backends, now: datetime) -> bool:
    """See to the subscriptions of all connections to Graph: daily, and of some when Graph asks for it."""
    with store.database.reading(store.tenant) as session:
        rows, key = connections(session, store.tenant), secret(session, store.tenant)
    worked = False
    for row in rows if key and public_url.startswith("https://") else ():
        url = public_url.rstrip("/") + PATH.format(tenant=store.tenant, connection=row.id)
        if (subscriptions := _subscriptions(row, url, key, backends)) is not None:
            worked |= _see_to(store, row, subscriptions, now)
    return worked


def _subscriptions(row: ConnectionRow, url: str, key: bytes, backends: Backends) -> "Subscriptions | None":
    """None for calendars that are not Graph's."""
    from scheduler.sync.backends.graph import Graph, Subscriptions

    backend = backends.of([row])[row.id][1]
    return Subscriptions(backend.client, url, key) if isinstance(backend, Graph) else None


def _see_to(store: TenantStore, row: ConnectionRow, subscriptions: "Subscriptions", now: datetime) -> bool:
    from scheduler.sync.backends.graph import LASTS

    asked, daily = _claimed(store, row, now)
    try:
        if asked:
            subscriptions.keep(asked, now, within=LASTS)
        if daily:
            subscriptions.keep([box.mailbox for box in store.boxes() if box.connection == row.id], now)
    except SyncError as error:
        log.warning("%s: subscriptions of %s: %s; again in %s", store.tenant, row.id, error, HOURLY)
        with store.writing() as rows:
            rows.subscribe_again(row.id, now + HOURLY)
    return bool(asked) or daily


def _claimed(store: TenantStore, row: ConnectionRow, now: datetime) -> tuple[list[str], bool]:
    """Mailboxes that Graph asked about, and whether all are due. Nobody else gets the same answer."""
    with store.reading() as rows:
        if not rows.renewing(row.id) and row.subscribed_until is not None and now < row.subscribed_until:
            return [], False
    with store.writing() as rows:
        asked = rows.renewing(row.id)
        for mailbox in asked:
            rows.renew(Box(row.id, mailbox), False)
        return asked, rows.claim_subscriptions(row.id, now, now + DAILY)
