"""Whose calendar is where: for those whose mailbox is not their address at the default connection."""

from collections.abc import Sequence

from scheduler.domain.base import Id, Value
from scheduler.domain.errors import Fault
from scheduler.sync.content.words import Language
from service.access.permission import Permission
from service.documents.kind import Filter, Kind
from service.documents.world import Faults, World
from service.tables import CalendarRow, ConnectionRow, RoomRow, TechnicianRow

TOPIC = "calendars"
"""What whoever keeps calendars up to date listens to."""


class ResourceCalendar(Value):
    """Where a technician's or a room's calendar is.

    Attributes
    ----------
    id
        Of the technician or room.
    connection
        The default connection when not given.
    address
        The mailbox; the technician's `email` or the room's `mailbox` when not given.
    shown
        Whether bookings are put into it at all.
    """

    id: Id
    connection: Id | None = None
    address: Id | None = None
    language: Language = "en"
    shown: bool = True


class CalendarFilter(Filter):
    connection: str | None = None


def faults(world: World, values: Sequence[ResourceCalendar]) -> Faults:
    resources = {value.id for value in values}
    known = {husk.id for row in (TechnicianRow, RoomRow) for husk in world.husks(row, resources)}
    connections = {husk.id for husk in world.husks(ConnectionRow, (value.connection for value in values))}
    for n, value in enumerate(values):
        if value.id not in known:
            yield n, Fault("id", f"{value.id!r} is not the id of a technician or room; correct it")
        if value.connection is not None and value.connection not in connections:
            yield n, Fault("connection", f"{value.connection!r} is no connection; name one of /api/v1/connections")


CALENDARS = Kind(
    "calendar",
    "calendars",
    ResourceCalendar,
    CalendarRow,
    CalendarFilter,
    columns=lambda calendar: {"connection": calendar.connection},
    faults=faults,
    write=Permission.CALENDAR_MANAGE,
    topic=TOPIC,
    example={"id": "olena", "address": "olena.bondar@example.com", "language": "uk"},
)
