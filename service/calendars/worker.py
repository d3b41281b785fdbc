"""Goes round all tenants' calendars: show what is published, visit mailboxes, take over what people did."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from service.calendars.backends import Backends
from service.calendars.inforce import Remembered
from service.calendars.notifications import subscribe
from service.calendars.showing import show
from service.calendars.store import TenantStore
from service.calendars.taking import take
from service.calendars.visiting import visit
from service.database import EVERY_TENANT, Database
from service.settings import Settings
from service.tables import TenantRow
from service.tidying import EVERY, tidy
from service.work import utc_now

log = logging.getLogger(__name__)

POLL_SECONDS = 1.0


class Visitor:
    """Works in a thread of its own, and clears away once an hour.

    Several of them, on several machines, share the mailboxes by leases.
    """

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database, self._settings = database, settings
        self.backends, self.remembered = Backends(settings), Remembered()
        self._closing = threading.Event()
        self._tidied: datetime | None = None
        self._thread = threading.Thread(target=self._work, name="calendars")

    def open(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Ends when the mailbox that is being visited is done."""
        self._closing.set()
        if self._thread.ident is not None:
            self._thread.join()
        self.backends.close()

    def _work(self) -> None:
        while not self._closing.wait(POLL_SECONDS):
            try:
                self.turn(utc_now())
                self._tidy(utc_now())
            except Exception:
                log.exception("calendars: a fault of ours, or no database; once more in a moment")

    def turn(self, now: datetime) -> bool:
        """Everything that is due now, for all tenants. Whether there was anything."""
        with self._database.reading(EVERY_TENANT) as session:
            tenants = list(session.scalars(select(TenantRow.id).order_by(TenantRow.id)))
        return any([self._of(TenantStore(self._database, tenant), now) for tenant in tenants])

    def _tidy(self, now: datetime) -> None:
        if self._tidied is None or now >= self._tidied + EVERY:
            self._tidied = now
            log.info("%s rows were cleared away", tidy(self._database, now))

    def _of(self, store: TenantStore, now: datetime) -> bool:
        """One tenant's trouble is nobody else's, and one step's trouble not the next one's."""
        steps: list[Callable[[], bool]] = [
            lambda: show(store, now),
            lambda: self._visit(store, now),
            lambda: take(store, now),
            lambda: subscribe(store, self._settings.public_url, self.backends, now),
        ]
        return any([self._tried(store, step) for step in steps])

    def _visit(self, store: TenantStore, now: datetime) -> bool:
        return visit(store, self.remembered, self.backends, now)

    def _tried(self, store: TenantStore, step: Callable[[], bool]) -> bool:
        if self._closing.is_set():
            return False
        try:
            return step()
        except Exception:
            log.exception("%s: calendars: a fault of ours; the next turn tries again", store.tenant)
            return False
