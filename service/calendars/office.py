"""A tenant's calendars as sync needs them: what is in force, its people, opened connections, the store."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduler.domain.plan import Plan
from scheduler.domain.problem import Problem
from scheduler.sync.content.compose import Composer
from scheduler.sync.content.people import Person
from scheduler.sync.cycle import Connection, Office, utc_now
from scheduler.sync.event import Event, EventKey
from scheduler.sync.link import Box, Intent
from scheduler.sync.push import outbox
from service.calendars.backends import Backends
from service.calendars.inforce import FAR, InForce, beginning
from service.calendars.server import Server, kept
from service.calendars.store import TenantStore
from service.tables import ConnectionRow, SyncOfficeRow


def connections(session: Session, tenant: str) -> list[ConnectionRow]:
    asked = select(ConnectionRow).where(ConnectionRow.tenant == tenant)
    return list(session.scalars(asked.order_by(ConnectionRow.id)))


def secret(session: Session, tenant: str) -> bytes:
    """From which event ids are made; empty before anything was put into the outbox."""
    found = session.scalar(select(SyncOfficeRow.secret).where(SyncOfficeRow.tenant == tenant))
    return (found or "").encode()


def office(store: TenantStore, standing: InForce, rows: list[ConnectionRow], backends: Backends) -> Office:
    found = backends.of(rows)
    return Office(
        connections={name: Connection(b, server.policy, server.limits) for name, (server, b) in found.items()},
        store=store,
        plan=standing.plan,
        judge=standing.judge,
        until=standing.problem.horizon.end,
        now=utc_now,
    )


@dataclass(frozen=True)
class Wishes:
    """A plan, the people whose calendars show it, and how."""

    problem: Problem
    plan: Plan
    people: list[Person]
    servers: Mapping[str, Server]
    secret: bytes

    @classmethod
    def of(cls, standing: InForce, rows: list[ConnectionRow], secret: bytes) -> "Wishes":
        return cls(standing.problem, standing.plan, standing.people, {row.id: kept(row.value) for row in rows}, secret)

    def boxes(self) -> frozenset[Box]:
        """Mailboxes that are written: of each person, or of who invites them."""
        return frozenset(self._box(person) for person in self.people)

    def _box(self, person: Person) -> Box:
        style = self.servers[person.connection].style
        return person.box if style.mode == "direct" else Box(person.connection, style.organizer or "")

    def intents(self, store: TenantStore, why: str, now: datetime) -> list[Intent]:
        """What has to be done so that the calendars show the plan."""
        styles = {name: server.style for name, server in self.servers.items()}
        wanted = Composer(self.problem, self.plan, self.secret, why).wanted(self.people, styles)
        begin = beginning(now)

        def ours(box: Box, key: EventKey, event: Event) -> bool:
            return begin < event.end and event.start < begin + FAR and box.connection in self.servers

        return outbox(wanted, store, ours, now)
