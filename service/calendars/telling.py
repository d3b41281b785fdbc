"""Tell people by mail what was written into their calendars: one message at most for each person and publication.

What a person knows is remembered before the message goes, and forgotten again where it surely did not go. So a worker
that is killed in between says nothing twice; it may leave out what stands in the calendar anyway.
"""

import logging

from scheduler.sync.connections.secrets import Vault
from scheduler.sync.content.people import Person
from scheduler.sync.errors import Refused, SyncError, Unclear
from scheduler.sync.link import Box
from scheduler.sync.notice.changes import Quiet
from scheduler.sync.notice.telling import MailServer, Message, next_message
from scheduler.sync.store.port import Told
from service.calendars.inforce import InForce
from service.calendars.notices import MAIL, Notices
from service.calendars.office import connections
from service.calendars.server import kept
from service.calendars.store import TenantStore
from service.calendars.store.reading import Reading
from service.tables import SettingsRow
from service.work import utc_now

log = logging.getLogger(__name__)


def tell(store: TenantStore, standing: InForce, visited: frozenset[Box], vault: Vault) -> None:
    """Technicians whose own mailboxes were visited, once all that was published stands there."""
    with store.database.reading(store.tenant) as session:
        row = session.get(SettingsRow, {"tenant": store.tenant, "id": MAIL})
        direct = {c.id for c in connections(session, store.tenant) if kept(c.value).style.mode == "direct"}
    if row is None:
        return
    notices = Notices.model_validate(row.value)
    desk = _Desk(store, notices.quiet(standing.problem.time_zone), notices.server(vault, "password"))
    for person in standing.people:
        reads = person.resource in standing.problem.technician and person.connection in direct
        if reads and person.box in visited and not desk.tell(person):
            return


class _Desk:
    """Says what is to be told, and remembers it as told."""

    def __init__(self, store: TenantStore, quiet: Quiet, server: MailServer) -> None:
        self._store, self._quiet, self._server = store, quiet, server
        self._before: tuple[Told, Told] = Told(), Told()

    def tell(self, person: Person) -> bool:
        """False where the server takes no messages now; the next visits try again."""
        who = f"{self._store.tenant}: {person.resource}"
        try:
            if (message := self.next(person)) is not None:
                self._server(message)
                log.info("%s was told what changed", who)
        except Unclear as error:
            log.warning("%s may have been told, and is not told again: %s", who, error)
        except SyncError as error:
            self.take_back(person)
            log.warning("%s could not be told: %s", who, error)
            return isinstance(error, Refused)
        return True

    def next(self, person: Person) -> Message | None:
        with self._store.reading() as rows:
            if self._found(rows, person)[1] == rows.told(person.resource):
                return None
        with self._store.writing() as rows:
            rows.office()  # whoever tells at the same time waits, and finds that it is told
            told = rows.told(person.resource)
            message, after = self._found(rows, person)
            rows.tell(person.resource, after)
            self._before = told, after
            return message

    def take_back(self, person: Person) -> None:
        """The last message did not go."""
        before, after = self._before
        with self._store.writing() as rows:
            rows.office()
            if rows.told(person.resource) == after:
                rows.tell(person.resource, before)

    def _found(self, rows: Reading, person: Person) -> tuple[Message | None, Told]:
        told = rows.told(person.resource)
        if any(not intent.refused for intent in rows.intents(person.box).values()):
            return None, told
        links = tuple(rows.links(person.box).values())
        return next_message(told, person, links, self._quiet, utc_now())
