"""What comes out: bookings, day routes, what was left out and why."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple, Self

from pydantic import Field, model_validator

from scheduler.domain.base import SCHEMA_VERSION, FrozenDict, Id, Instant, Mapped, Value
from scheduler.domain.goal import Term

FROM_BOOKINGS = ("by_key", "by_activity", "by_resource")


class BookingKey(NamedTuple):
    """What a booking is for. It stays the same when the booking moves."""

    activity: str
    requirement: str
    ordinal: int = 0

    def __str__(self) -> str:
        return f"{self.activity}/{self.requirement}/{self.ordinal}"


class BookingStatus(StrEnum):
    PROPOSED = "proposed"
    PUBLISHED = "published"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    TRAVELLING = "travelling"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class Booking(Value):
    """One resource on one activity. `start` to `end` is the service, without setup and teardown."""

    activity: Id
    requirement: Id
    ordinal: int = Field(default=0, ge=0)
    resource: Id
    start: Instant
    end: Instant
    status: BookingStatus = BookingStatus.PROPOSED

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.end < self.start:
            raise ValueError("ends before its start; swap or fix")
        return self

    @cached_property
    def key(self) -> BookingKey:
        return BookingKey(self.activity, self.requirement, self.ordinal)

    @property
    def length(self) -> timedelta:
        return self.end - self.start


class BreakTaken(Value):
    """A break of the technician as it was put into a day."""

    id: Id
    start: Instant
    end: Instant


class Restock(Value):
    """A stop at the depot where all tools and parts are taken on."""

    place: Id
    start: Instant
    end: Instant


class DayRoute(Value):
    """What a technician does on a day, in order: leave, serve the bookings, come back.

    The restocking stop comes before the first booking that starts at or after its end.
    """

    resource: Id
    day: date
    departure: Instant
    arrival: Instant
    bookings: tuple[BookingKey, ...]
    breaks: tuple[BreakTaken, ...] = ()
    restock: Restock | None = None


class Reason(Value):
    """Why an activity was left out: the rule that stands in the way, in one sentence."""

    rule: Id
    text: str
    subjects: tuple[str, ...] = ()


class Unscheduled(Value):
    activity: Id
    reasons: tuple[Reason, ...]


class Score(Value):
    """Cost by level (the first is the most important) and the value of each priced term in its own unit.

    `mandatory_unscheduled` counts mandatory activities that are left out, and those not begun that lack the rest of a
    team of which a part is held.
    """

    mandatory_unscheduled: int = 0
    levels: tuple[float, ...] = ()
    terms: Mapped[Term, float] = FrozenDict()

    @property
    def order(self) -> tuple[float, ...]:
        """What scores are compared by: less is better."""
        return (float(self.mandatory_unscheduled), *self.levels)


class Plan(Value):
    """Who does what and when. Made by the search or by hand; either way `verify` judges it."""

    schema_version: int = SCHEMA_VERSION
    fingerprint: str = ""
    bookings: tuple[Booking, ...] = ()
    routes: tuple[DayRoute, ...] = ()
    unscheduled: tuple[Unscheduled, ...] = ()
    score: Score | None = None

    @cached_property
    def by_key(self) -> Mapping[BookingKey, Booking]:
        return FrozenDict({booking.key: booking for booking in self.bookings})

    @cached_property
    def by_activity(self) -> Mapping[str, tuple[Booking, ...]]:
        """Bookings of each scheduled activity, in the order of their start."""
        return _grouped(self.bookings, "activity")

    @cached_property
    def by_resource(self) -> Mapping[str, tuple[Booking, ...]]:
        """Bookings of each resource in use, in the order of their start."""
        return _grouped(self.bookings, "resource")

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """As of any value; where the bookings stay, what was found from them stays too."""
        copied = super().model_copy(update=update, deep=deep)
        if not deep and "bookings" not in (update or {}):
            copied.__dict__.update((name, self.__dict__[name]) for name in FROM_BOOKINGS if name in self.__dict__)
        return copied

    def span(self, activity: str) -> tuple[datetime, datetime] | None:
        """Earliest start and latest end of the activity's bookings; None when it is not scheduled."""
        bookings = self.by_activity.get(activity, ())
        return (bookings[0].start, max(b.end for b in bookings)) if bookings else None


def _grouped(bookings: tuple[Booking, ...], field: str) -> Mapping[str, tuple[Booking, ...]]:
    groups: dict[str, list[Booking]] = {}
    for booking in sorted(bookings, key=lambda b: (b.start, b.end, b.key)):
        groups.setdefault(getattr(booking, field), []).append(booking)
    return FrozenDict({name: tuple(group) for name, group in groups.items()})
