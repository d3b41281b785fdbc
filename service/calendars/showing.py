"""What is published becomes the outbox of the calendars.

A publication leaves a row in the service's outbox, in its own transaction. Here such rows are turned into what each
mailbox needs, from what is in force now: so nothing is lost, and what was overtaken is never shown.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from service.calendars.inforce import in_force
from service.calendars.office import Wishes, connections
from service.calendars.store import TenantStore
from service.documents.kinds.calendar import TOPIC
from service.tables import OutboxRow, SyncOfficeRow

log = logging.getLogger(__name__)

AGAIN = timedelta(minutes=5)
"""Addresses and texts change without a publication; so often they are looked at."""


@dataclass(frozen=True)
class Asked:
    """Announced changes that no calendar shows yet, and the newest reason."""

    rows: tuple[int, ...]
    why: str


def show(store: TenantStore, now: datetime) -> bool:
    """Put into the outbox what has to be done. Whether anything was looked at."""
    with store.reading() as rows:
        asked, revision = _asked(store), rows.revision()
        if not asked.rows and not _is_time(store, now):
            return False
    wishes = _wishes(store, now)
    intents = wishes.intents(store, asked.why, now) if wishes is not None else []
    with store.writing() as rows:
        office = rows.office()
        if office.revision != revision:
            log.info("%s: the outbox was written meanwhile; once more", store.tenant)
            return True
        rows.lock(wishes.boxes() if wishes is not None else ())
        rows.publish(intents)
        office.shown_at = now
        done = update(OutboxRow).where(OutboxRow.id.in_(asked.rows), OutboxRow.tenant == store.tenant)
        rows.session.execute(done.values(done_at=now))
    return True


def _wishes(store: TenantStore, now: datetime) -> Wishes | None:
    """What is in force, for the calendars that there are; None where there are none."""
    with store.database.reading(store.tenant) as session:
        servers = connections(session, store.tenant)
    if not servers:
        return None
    with store.writing() as rows:
        key = rows.office().secret.encode()
    with store.database.reading(store.tenant) as session:
        return Wishes.of(in_force(session, store.tenant, now), servers, key)


def _asked(store: TenantStore) -> Asked:
    mine = (OutboxRow.tenant == store.tenant, OutboxRow.topic == TOPIC, OutboxRow.done_at.is_(None))
    with store.database.reading(store.tenant) as session:
        found = session.execute(select(OutboxRow.id, OutboxRow.about).where(*mine).order_by(OutboxRow.id).limit(500))
        rows = found.all()
    reasons = [about["why"] for _, about in rows if about.get("why")]
    return Asked(tuple(id for id, _ in rows), reasons[-1] if reasons else "")


def _is_time(store: TenantStore, now: datetime) -> bool:
    with store.database.reading(store.tenant) as session:
        shown = session.scalar(select(func.max(SyncOfficeRow.shown_at)).where(SyncOfficeRow.tenant == store.tenant))
        if shown is not None and now < shown + AGAIN:
            return False
        return bool(connections(session, store.tenant))
