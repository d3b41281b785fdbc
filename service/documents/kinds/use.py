"""Who still needs a technician or a room."""

from collections.abc import Iterator

from sqlalchemy import select

from service.documents.world import World
from service.tables.booking import BookingRow
from service.tables.document import AbsenceRow, LockRow
from service.tables.user import UserRow

NAMED = 10


def users_of_resource(world: World, id: str) -> Iterator[str]:
    booked = select(BookingRow.activity).where(BookingRow.tenant == world.tenant, BookingRow.resource == id)
    for activity in world.session.scalars(booked.order_by(BookingRow.starts_at).limit(NAMED)):
        yield f"the booking of activity {activity}"
    for row, name in ((AbsenceRow, "absence"), (LockRow, "lock"), (UserRow, "user")):
        asked = select(row.id).where(row.tenant == world.tenant, row.resource == id).limit(NAMED)
        yield from (f"{name} {used}" for used in world.session.scalars(asked))


def users_of_activity(world: World, id: str) -> Iterator[str]:
    booked = select(BookingRow.resource).where(BookingRow.tenant == world.tenant, BookingRow.activity == id)
    for resource in world.session.scalars(booked.limit(NAMED)):
        yield f"the booking of {resource}; cancel the activity instead"
