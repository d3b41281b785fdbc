"""Places."""

from collections.abc import Iterator

from sqlalchemy import or_, select

from scheduler.domain.travel import Place
from service.documents.kind import Kind
from service.documents.world import World
from service.tables.document import ActivityRow, Document, PlaceRow, RoomRow, TechnicianRow

PLACE_FIELDS: dict[str, tuple[type[Document], tuple[str, ...]]] = {
    "technician": (TechnicianRow, ("start_place", "end_place", "depot")),
    "room": (RoomRow, ("place",)),
    "activity": (ActivityRow, ("place",)),
}


def users(world: World, id: str) -> Iterator[str]:
    for name, (row, fields) in PLACE_FIELDS.items():
        named = or_(*(row.value[field].as_string() == id for field in fields))
        asked = select(row.id).where(row.tenant == world.tenant, named).order_by(row.id).limit(10)
        yield from (f"{name} {used}" for used in world.session.scalars(asked))


PLACES = Kind(
    "place",
    "places",
    Place,
    PlaceRow,
    users=users,
    example={"id": "customer-7", "address": "Khreshchatyk 1, Kyiv", "latitude": 50.4501, "longitude": 30.5234},
)
