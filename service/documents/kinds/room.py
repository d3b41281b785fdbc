"""Rooms."""

from collections.abc import Sequence

from scheduler.domain.resource import Room
from service.documents.kind import Filter, Kind
from service.documents.kinds.technician import without_absences
from service.documents.kinds.use import users_of_resource
from service.documents.world import Faults, World, judged, taken
from service.tables.document import PlaceRow, RoomRow, TechnicianRow


class RoomFilter(Filter):
    site: str | None = None


def faults(world: World, values: Sequence[Room]) -> Faults:
    yield from judged("rooms", values, {"places": world.husks(PlaceRow, (room.place for room in values))})
    yield from taken(world, TechnicianRow, values, "technician")
    yield from without_absences(values)


ROOMS = Kind(
    "room",
    "rooms",
    Room,
    RoomRow,
    RoomFilter,
    columns=lambda room: {"site": room.site},
    faults=faults,
    users=users_of_resource,
    example={
        "id": "lab",
        "name": "Training lab",
        "seats": 8,
        "opening": {"time_zone": "Europe/Kyiv", "weekly": {"0": [{"start": "08:00", "end": "18:00"}]}},
    },
)
