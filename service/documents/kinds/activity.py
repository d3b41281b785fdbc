"""Activities."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import Field
from sqlalchemy import ColumnElement, and_, exists, or_, select

from scheduler.domain.activity import Activity, ActivityStatus
from scheduler.domain.base import Instant
from scheduler.domain.resource import Room
from service.documents.kind import Filter, Kind
from service.documents.kinds.use import users_of_activity
from service.documents.world import Faults, World, judged
from service.tables.booking import BookingRow
from service.tables.document import ActivityRow, LockRow, PlaceRow, PrecedenceRow, RoomRow, TechnicianRow, WaiverRow


class ActivityFilter(Filter):
    """`since` and `until` ask for what can be done between the two, `booked` for what is booked by now, or is not."""

    status: ActivityStatus | None = None
    booked: bool | None = None
    territory: str | None = None
    since: Instant | None = None
    until: Instant | None = None
    least_priority: int | None = Field(default=None, ge=0, le=1000)

    def where(self, row: Any) -> Iterable[ColumnElement[bool]]:
        if self.status is not None:
            yield row.status == self.status.value
        if self.booked is not None:
            own = and_(BookingRow.tenant == row.tenant, BookingRow.activity == row.id)
            yield exists(select(1).where(own)) if self.booked else ~exists(select(1).where(own))
        if self.territory is not None:
            yield row.territory == self.territory
        if self.least_priority is not None:
            yield row.priority >= self.least_priority
        yield from within(row, self.since, self.until)


def within(row: Any, since: datetime | None, until: datetime | None) -> Iterator[ColumnElement[bool]]:
    if since is not None:
        yield or_(row.latest.is_(None), row.latest > since)
    if until is not None:
        yield or_(row.earliest.is_(None), row.earliest < until)


def columns(activity: Activity) -> Mapping[str, Any]:
    windows = (*activity.start_windows, *activity.finish_windows, *activity.service_windows)
    opening = min((w.start for w in windows), default=None)
    closing = None if activity.priced_windows else max((w.end for w in windows), default=None)
    return {
        "status": activity.status.value,
        "territory": activity.territory,
        "priority": activity.priority,
        "earliest": max((m for m in (activity.release, opening) if m is not None), default=None),
        "latest": min((m for m in (activity.deadline, closing) if m is not None), default=None),
    }


def faults(world: World, values: Sequence[Activity]) -> Faults:
    asked = [r for a in values for requirements in a.requirement_sets for r in requirements]
    named = {id for r in asked for id in (*(r.must_choose_from or ()), *r.preferred, *r.restricted)}
    somewhere = any(a.place is None for a in values)
    rooms = world.values(RoomRow, Room).values() if somewhere else world.husks(RoomRow, named)
    around = {
        "places": world.husks(PlaceRow, (a.place for a in values)),
        "technicians": world.husks(TechnicianRow, named),
        "rooms": tuple(rooms),
    }
    yield from judged("activities", values, around)


def users(world: World, id: str) -> Iterator[str]:
    yield from users_of_activity(world, id)
    for row, name, fields in (
        (PrecedenceRow, "precedence", ("before", "after")),
        (LockRow, "lock", ("activity",)),
        (WaiverRow, "waiver", ("activity",)),
    ):
        named = or_(*(getattr(row, field) == id for field in fields))
        for used in world.session.scalars(select(row.id).where(row.tenant == world.tenant, named).limit(10)):
            yield f"{name} {used}"


ACTIVITIES = Kind(
    "activity",
    "activities",
    Activity,
    ActivityRow,
    ActivityFilter,
    columns=columns,
    faults=faults,
    users=users,
    example={
        "id": "boiler-12",
        "name": "Boiler inspection",
        "duration": "PT1H",
        "place": "customer-7",
        "requirements": [{"id": "technician", "skills": [{"skill": "gas", "level": 2}]}],
    },
)
