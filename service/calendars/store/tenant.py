"""The store of sync over the service's database: every call is one transaction."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler.sync.event import EventKey
from scheduler.sync.link import Box, Cursor, Foreign, Intent, Link
from scheduler.sync.proposal import Clash, Decision, Proposal
from scheduler.sync.store.port import Batch, Held, LeaseLost, Store, Told
from service.calendars.store.copying import copied
from service.calendars.store.reading import Reading
from service.calendars.store.writing import Writing
from service.database import Database

LEASE = timedelta(minutes=2)


@dataclass(frozen=True)
class TenantStore:
    """What sync keeps of one tenant. Whoever has a transaction of their own uses `Writing` inside it."""

    database: Database
    tenant: str

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        with self.database.reading(self.tenant) as session:
            yield Reading(session, self.tenant)

    @contextmanager
    def writing(self) -> Iterator[Writing]:
        """All of the block, or nothing."""
        with self.database.writing(self.tenant) as session:
            yield Writing(session, self.tenant)

    def publish(self, intents: Sequence[Intent]) -> int:
        with self.writing() as rows:
            return rows.publish(intents)

    def revision(self) -> int:
        with self.reading() as rows:
            return rows.revision()

    def boxes(self) -> tuple[Box, ...]:
        with self.reading() as rows:
            return rows.boxes()

    @contextmanager
    def hold(self, box: Box, now: datetime) -> Iterator[Held | None]:
        owner = secrets.token_hex(8)
        with self.writing() as rows:
            taken = rows.lease(box, owner, now, LEASE)
        if not taken:
            yield None
            return
        try:
            yield Lease(self, box, owner)
        finally:
            with self.writing() as rows:
                rows.release(box, owner)

    def links(self, box: Box) -> Mapping[EventKey, Link]:
        with self.reading() as rows:
            return rows.links(box)

    def intents(self, box: Box) -> Mapping[EventKey, Intent]:
        with self.reading() as rows:
            return rows.intents(box)

    def cursor(self, box: Box) -> Cursor:
        with self.reading() as rows:
            return rows.cursor(box)

    def foreign(self, box: Box) -> tuple[Foreign, ...]:
        with self.reading() as rows:
            return rows.foreign(box)

    def proposals(self) -> tuple[Proposal, ...]:
        with self.reading() as rows:
            return rows.proposals()

    def decide(self, id: str, decision: Decision, reason: str) -> Proposal:
        with self.writing() as rows:
            return rows.decide(id, decision, reason)

    def take(self, ids: Sequence[str]) -> None:
        with self.writing() as rows:
            rows.take(ids)

    def clashes(self) -> tuple[Clash, ...]:
        with self.reading() as rows:
            return rows.clashes()

    def told(self, person: str) -> Told:
        with self.reading() as rows:
            return rows.told(person)

    def tell(self, person: str, told: Told) -> None:
        with self.writing() as rows:
            rows.tell(person, told)

    def copy(self) -> Store:
        with self.reading() as rows:
            return copied(rows)

    def close(self) -> None:
        """The database is somebody else's."""


@dataclass(frozen=True)
class Lease:
    """A held mailbox. Whoever's lease was taken over can't write any more."""

    store: TenantStore
    box: Box
    owner: str

    def links(self) -> Mapping[EventKey, Link]:
        return self.store.links(self.box)

    def intents(self) -> Mapping[EventKey, Intent]:
        return self.store.intents(self.box)

    def proposals(self) -> Mapping[str, Proposal]:
        with self.store.reading() as rows:
            return rows.proposals_of(self.box)

    def cursor(self) -> Cursor:
        return self.store.cursor(self.box)

    def answered(self, ids: Sequence[str]) -> frozenset[str]:
        with self.store.reading() as rows:
            return rows.answered(self.box, ids)

    def keep(self, batch: Batch, now: datetime) -> None:
        with self.store.writing() as rows:
            if not rows.extend(self.box, self.owner, now + LEASE):
                raise LeaseLost(f"another worker holds {self.box}")
            rows.keep(self.box, batch)
