"""Read what is given for a horizon out of the database, as values of the library."""

from typing import TypeVar

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from scheduler.domain.activity import Activity, ActivityStatus, Precedence
from scheduler.domain.base import Value
from scheduler.domain.goal import Goal
from scheduler.domain.interval import Interval
from scheduler.domain.override import Lock, Waiver
from scheduler.domain.plan import Booking, BookingStatus
from scheduler.domain.resource import Room, Technician
from scheduler.domain.travel import Place
from service.documents.kinds.absence import ResourceAbsence
from service.documents.kinds.activity import within
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
OPEN = (ActivityStatus.UNSCHEDULED.value, ActivityStatus.SCHEDULED.value)
PLANNING, DEFAULT = "planning", "default"
AT_ONCE = 500


class Given:
    """What a tenant has, as far as it matters within a horizon."""

    def __init__(self, session: Session, tenant: str, horizon: Interval) -> None:
        self._session, self._tenant, self._horizon = session, tenant, horizon

    def settings(self) -> PlanningSettings:
        found = self._values(SettingsRow, PlanningSettings, SettingsRow.id == PLANNING)
        return found[0] if found else PlanningSettings()

    def goal(self, name: str = DEFAULT) -> Goal | None:
        found = self._values(GoalRow, Goal, GoalRow.id == name)
        return found[0] if found else None

    def technicians(self) -> list[Technician]:
        return self._values(TechnicianRow, Technician)

    def rooms(self) -> list[Room]:
        return self._values(RoomRow, Room)

    def places(self, ids: frozenset[str]) -> list[Place]:
        """Those places alone; a tenant may have many more."""
        asked = sorted(ids)
        parts = (asked[n : n + AT_ONCE] for n in range(0, len(asked), AT_ONCE))
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

    def bookings(self) -> list[BookingRow]:
        """What is published of the activities that have a booking within the horizon."""
        mine = BookingRow.tenant == self._tenant
        inside = select(BookingRow.activity).where(mine, *self._inside())
        asked = select(BookingRow).where(mine, BookingRow.activity.in_(inside))
        order = (BookingRow.activity, BookingRow.requirement, BookingRow.ordinal)
        return list(self._session.scalars(asked.order_by(*order)))

    def _inside(self) -> tuple[ColumnElement[bool], ...]:
        return BookingRow.ends_at > self._horizon.start, BookingRow.starts_at < self._horizon.end

    def _values(self, row: type[Document], kind: type[V], *conditions: ColumnElement[bool]) -> list[V]:
        asked = select(row.value).where(row.tenant == self._tenant, *conditions).order_by(row.id)
        return [kind.model_validate(value) for value in self._session.scalars(asked)]


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
