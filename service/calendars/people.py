"""Whose calendar is where."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduler.domain.problem import Problem
from scheduler.domain.resource import Room
from scheduler.sync.content.people import Person
from service.documents.kinds.calendar import ResourceCalendar
from service.documents.world import World
from service.tables import CalendarRow, ConnectionRow


def people(session: Session, tenant: str, problem: Problem) -> list[Person]:
    """Everybody who has a calendar that is written: an address and a connection."""
    default = session.scalar(
        select(ConnectionRow.id).where(ConnectionRow.tenant == tenant, ConnectionRow.is_default).limit(1)
    )
    given = World(session, tenant).values(CalendarRow, ResourceCalendar)
    return list(_found(problem, given, default))


def _found(problem: Problem, given: dict[str, ResourceCalendar], default: str | None) -> Iterator[Person]:
    for id, resource in problem.resource.items():
        calendar = given.get(id, ResourceCalendar(id=id))
        address = calendar.address or (resource.mailbox if isinstance(resource, Room) else resource.email)
        connection = calendar.connection or default
        if calendar.shown and address and connection:
            yield Person(id, connection, address, calendar.language)
