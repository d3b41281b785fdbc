"""Read what is given for a horizon out of the database, as values of the library."""

from collections.abc import Hashable, Iterator, Sequence
from typing import TypeVar

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from scheduler.domain.activity import Activity, ActivityStatus, Precedence
from scheduler.domain.base import Value
from scheduler.domain.goal import Goal
from scheduler.domain.interval import Interval
from scheduler.domain.override import Lock, Waiver
from scheduler.domain.plan import Booking, BookingKey, BookingStatus
from scheduler.domain.resource import Room, Technician
from scheduler.domain.travel import Place
from service.documents.kinds.absence import ResourceAbsence
from service.documents.kinds.activity import within
from service.kept import Kept
from service.planning.scope import PlanningSettings
from service.tables import (
    AbsenceRow,
    ActivityRow,
    BookingRow,
    GoalRow,
    LockRow,
    PlaceRow,
    PrecedenceRow,
    RoomRow,
    SettingsRow,
    TechnicianRow,
    WaiverRow,
)
from service.tables.document import Document

V = TypeVar("V", bound=Value)
STANDARD = PlanningSettings()
OPEN = (ActivityStatus.UNSCHEDULED.value, ActivityStatus.SCHEDULED.value)
PLANNING, DEFAULT = "planning", "default"
AT_ONCE = 500
BOOKING = (BookingRow.activity, BookingRow.requirement, BookingRow.ordinal)


class Given:
    """What a tenant has, as far as it matters within a horizon."""

    def __init__(self, session: Session, tenant: str, horizon: Interval) -> None:
        self._session, self._tenant, self._horizon = session, tenant, horizon
        self._kept: Kept = session.info["memory"].values

    def settings(self) -> PlanningSettings:
        found = self._values(SettingsRow, PlanningSettings, SettingsRow.id == PLANNING)
        return found[0] if found else STANDARD

    def goal(self, name: str = DEFAULT) -> Goal | None:
        found = self._values(GoalRow, Goal, GoalRow.id == name)
        return found[0] if found else None

    def technicians(self) -> list[Technician]:
        return self._values(TechnicianRow, Technician)

    def rooms(self) -> list[Room]:
        return self._values(RoomRow, Room)

    def places(self, ids: frozenset[str]) -> list[Place]:
        """Those places alone; a tenant may have many more."""
        parts = _parts(sorted(ids))
        return [place for part in parts for place in self._values(PlaceRow, Place, PlaceRow.id.in_(part))]

    def absences(self) -> list[ResourceAbsence]:
        overlapping = and_(AbsenceRow.ends_at > self._horizon.start, AbsenceRow.starts_at < self._horizon.end)
        return self._values(AbsenceRow, ResourceAbsence, overlapping)

    def activities(self) -> list[Activity]:
        """What is open, can be done within the horizon and is not booked outside; and what is booked in it."""
        own = and_(BookingRow.tenant == self._tenant, BookingRow.activity == ActivityRow.id)
        anywhere = exists(select(1).where(own))
        # Named once, not asked of each activity: SQLite would go through all bookings of the time each time.
        booked = select(BookingRow.activity).where(BookingRow.tenant == self._tenant, *self._inside())
        inside = ActivityRow.id.in_(booked)
        can_be = and_(ActivityRow.status.in_(OPEN), *within(ActivityRow, self._horizon.start, self._horizon.end))
        return self._values(ActivityRow, Activity, or_(inside, and_(can_be, ~anywhere)))

    def precedences(self, activities: frozenset[str]) -> list[Precedence]:
        found = self._values(PrecedenceRow, Precedence)
        return [p for p in found if {p.before, p.after} <= activities]

    def locks(self, activities: frozenset[str]) -> list[Lock]:
        return [lock for lock in self._values(LockRow, Lock) if lock.activity in activities]

    def waivers(self, activities: frozenset[str]) -> list[Waiver]:
        return [waiver for waiver in self._values(WaiverRow, Waiver) if waiver.activity in activities]

    def rows(self) -> list[BookingRow]:
        """What is published of the activities that have a booking within the horizon."""
        mine = BookingRow.tenant == self._tenant
        booked = select(BookingRow.activity).where(mine, *self._inside())
        return list(self._session.scalars(select(BookingRow).where(mine, BookingRow.activity.in_(booked))))

    def bookings(self) -> list[Booking]:
        """The same as values."""
        mine = BookingRow.tenant == self._tenant
        booked = select(BookingRow.activity).where(mine, *self._inside())
        asked = select(*BOOKING, BookingRow.etag).where(mine, BookingRow.activity.in_(booked)).order_by(*BOOKING)
        versions = ((BookingKey(a, r, n), etag) for a, r, n, etag in self._session.execute(asked))
        names: dict[BookingKey, Hashable] = {key: ("bookings", self._tenant, *key, etag) for key, etag in versions}
        known = self._kept.find(names.values())
        fresh = self._fresh_bookings({key.activity for key, name in names.items() if name not in known})
        both = ((fresh.get(key) or known.get(name)) for key, name in names.items())
        return [booking for booking in both if booking is not None]

    def _fresh_bookings(self, activities: set[str]) -> dict[BookingKey, Booking]:
        found: dict[BookingKey, Booking] = {}
        for part in _parts(sorted(activities)):
            asked = select(BookingRow).where(BookingRow.tenant == self._tenant, BookingRow.activity.in_(part))
            for row in self._session.scalars(asked):
                booking = found[key_of(row)] = as_booking(row)
                self._kept.keep({("bookings", self._tenant, *booking.key, row.etag): booking})
        return found

    def _inside(self) -> tuple[ColumnElement[bool], ...]:
        return BookingRow.ends_at > self._horizon.start, BookingRow.starts_at < self._horizon.end

    def _values(self, row: type[Document], kind: type[V], *conditions: ColumnElement[bool]) -> list[V]:
        """Values are read and checked once for each version of a row."""
        asked = select(row.id, row.etag).where(row.tenant == self._tenant, *conditions).order_by(row.id)
        versions = self._session.execute(asked)
        names: dict[str, Hashable] = {id: (row.__tablename__, self._tenant, id, etag) for id, etag in versions}
        known = self._kept.find(names.values())
        unread = [id for id, name in names.items() if name not in known]
        fresh = self._fresh(row, kind, unread)
        return [value for id, name in names.items() if (value := fresh.get(id) or known.get(name)) is not None]

    def _fresh(self, row: type[Document], kind: type[V], ids: Sequence[str]) -> dict[str, V]:
        found: dict[str, V] = {}
        for part in _parts(ids):
            asked = select(row.id, row.etag, row.value).where(row.tenant == self._tenant, row.id.in_(part))
            for id, etag, value in self._session.execute(asked):
                found[id] = kind.model_validate(value)
                self._kept.keep({(row.__tablename__, self._tenant, id, etag): found[id]})
        return found


def _parts(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[n : n + AT_ONCE] for n in range(0, len(ids), AT_ONCE))


def key_of(row: BookingRow) -> BookingKey:
    return BookingKey(row.activity, row.requirement, row.ordinal)


def as_booking(row: BookingRow) -> Booking:
    return Booking(
        activity=row.activity,
        requirement=row.requirement,
        ordinal=row.ordinal,
        resource=row.resource,
        start=row.starts_at,
        end=row.ends_at,
        status=BookingStatus(row.status),
    )
