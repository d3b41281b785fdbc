"""Technicians."""

from collections.abc import Iterator, Sequence

from scheduler.domain.errors import Fault
from scheduler.domain.resource import Room, Technician
from service.documents.kind import Filter, Kind
from service.documents.kinds.use import users_of_resource
from service.documents.world import Faults, World, judged, taken
from service.tables.document import PlaceRow, RoomRow, TechnicianRow

OF_THEIR_OWN = "have an address of their own; give them to /api/v1/absences and leave this empty"


class TechnicianFilter(Filter):
    site: str | None = None


def faults(world: World, values: Sequence[Technician]) -> Faults:
    places = {place for t in values for place in (t.start_place, t.end_place, t.depot)}
    yield from judged("technicians", values, {"places": world.husks(PlaceRow, places)})
    yield from taken(world, RoomRow, values, "room")
    yield from without_absences(values)


def without_absences(values: Sequence[Technician | Room]) -> Iterator[tuple[int, Fault]]:
    for n, value in enumerate(values):
        if value.absences:
            yield n, Fault("absences", OF_THEIR_OWN)


TECHNICIANS = Kind(
    "technician",
    "technicians",
    Technician,
    TechnicianRow,
    TechnicianFilter,
    columns=lambda technician: {"site": technician.site},
    faults=faults,
    users=users_of_resource,
    example={
        "id": "olena",
        "name": "Olena Bondar",
        "skills": [{"skill": "gas", "level": 3}],
        "working_hours": {"time_zone": "Europe/Kyiv", "weekly": {"0": [{"start": "08:00", "end": "17:00"}]}},
    },
)
