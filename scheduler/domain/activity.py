"""What is to be done: activities, the roles they need filled, and how they depend on each other."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, JsonValue, model_validator

from scheduler.domain.base import Amount, Duration, FrozenDict, Id, Instant, Lag, Mapped, Names, Price, Value
from scheduler.domain.interval import Interval


class ActivityStatus(StrEnum):
    UNSCHEDULED = "unscheduled"
    SCHEDULED = "scheduled"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class SkillNeed(Value):
    """A skill that whoever fills the requirement must have, at `level` or better."""

    skill: Id
    level: int = Field(default=1, ge=1, le=100)


class Requirement(Value):
    """One role that an activity needs filled: technicians, or rooms.

    Attributes
    ----------
    duration
        How long the role takes; the activity's duration when not given.
    duration_factors
        Factor on the duration by the technician's level in the first skill of `skills`; the entry of the
        nearest level at or below counts, 1 where there is none.
    effort
        How much of a room's capacity the activity takes.
    must_choose_from
        Only these resources; anybody suitable when not given.
    preferred, restricted
        Resources that are liked better (priced by the goal) and resources that may not be used.
    """

    id: Id
    kind: Literal["technician", "room"] = "technician"
    count: int = Field(default=1, ge=1, le=50)
    duration: Duration | None = None
    skills: tuple[SkillNeed, ...] = ()
    duration_factors: Mapped[int, Annotated[float, Field(gt=0, le=100)]] = FrozenDict()
    features: Names = frozenset()
    seats: int = Field(default=0, ge=0)
    effort: int = Field(default=1, ge=1)
    must_choose_from: tuple[Id, ...] | None = None
    preferred: tuple[Id, ...] = ()
    restricted: tuple[Id, ...] = ()


class Meeting(Value):
    """How the technicians of one activity meet.

    `simultaneous`: all start together. `sequential`: each requirement starts `min_offset` to `max_offset` after
    the one before it in the list, start to start; the technicians of one requirement start together.
    `independent`: each when it suits.
    """

    kind: Literal["simultaneous", "sequential", "independent"] = "simultaneous"
    min_offset: Duration = timedelta(0)
    max_offset: Duration | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.max_offset is not None and self.max_offset < self.min_offset:
            raise ValueError("max_offset is less than min_offset; swap or fix")
        return self


class Briefing(Value):
    """What the technician must know on site."""

    contact: str = ""
    phone: str = ""
    instructions: str = ""
    bring: tuple[str, ...] = ()
    links: tuple[str, ...] = ()


class Activity(Value):
    """A service activity: work to be done.

    Attributes
    ----------
    duration
        Service time. `setup` and `teardown` occupy the same resources right before and after it.
    place
        Where it happens; when not given it happens in the room that is booked for it.
    start_windows, finish_windows, service_windows
        The service must start, finish, or lie from start to finish inside one of them; one of the three can be given.
        All bookings of the activity use the same window.
    priced_windows
        A priced window's opening stays hard; what exceeds the closing is tardiness instead of a breach.
    preferred_windows
        Starting inside one of them is better (priced by the goal).
    release, deadline
        Earliest start, latest end; hard.
    respond_by, resolve_by
        Promises, measured at start and at end; what is late is tardiness.
    priority
        Weight of leaving it out, where `unscheduled_price` is not given; 0 counts as 1.
    mandatory
        Leaving it out costs more than anything else and is reported as a breach.
    requirements, alternatives
        The roles to fill; `alternatives` are further sets of roles, any one of the sets will do.
    actual_start, actual_end
        Facts, for activities in progress or completed.
    """

    id: Id
    name: str = ""
    status: ActivityStatus = ActivityStatus.UNSCHEDULED
    actual_start: Instant | None = None
    actual_end: Instant | None = None
    duration: Duration
    setup: Duration = timedelta(0)
    teardown: Duration = timedelta(0)
    place: Id | None = None
    start_windows: tuple[Interval, ...] = ()
    finish_windows: tuple[Interval, ...] = ()
    service_windows: tuple[Interval, ...] = ()
    priced_windows: bool = False
    preferred_windows: tuple[Interval, ...] = ()
    release: Instant | None = None
    respond_by: Instant | None = None
    resolve_by: Instant | None = None
    deadline: Instant | None = None
    priority: int = Field(default=1, ge=0, le=1000)
    unscheduled_price: Price | None = None
    mandatory: bool = False
    requirements: tuple[Requirement, ...] = (Requirement(id="technician"),)
    alternatives: tuple[tuple[Requirement, ...], ...] = ()
    meeting: Meeting = Meeting()
    different_people: bool = True
    same_site: bool = False
    load: Mapped[str, Amount] = FrozenDict()
    tools: Names = frozenset()
    parts: Mapped[str, Annotated[int, Field(ge=0)]] = FrozenDict()
    service_type: str = ""
    territory: str | None = None
    briefing: Briefing = Briefing()
    custom: Mapped[str, JsonValue] = FrozenDict()

    @property
    def requirement_sets(self) -> tuple[tuple[Requirement, ...], ...]:
        """All sets of roles, any one of which will do."""
        return (self.requirements, *self.alternatives)

    def requirement(self, requirement_id: str) -> Requirement:
        """The requirement of that id. Raises KeyError where there is none."""
        for requirement_set in self.requirement_sets:
            for requirement in requirement_set:
                if requirement.id == requirement_id:
                    return requirement
        raise KeyError(requirement_id)

    def duration_of(self, requirement: Requirement) -> timedelta:
        return self.duration if requirement.duration is None else requirement.duration

    @property
    def price_of_leaving_out(self) -> float:
        return float(max(1, self.priority)) if self.unscheduled_price is None else self.unscheduled_price


class Precedence(Value):
    """`after` follows `before`: counted from its finish or its start, with a lag between `min_lag` and `max_lag`.

    `after` can only be scheduled when `before` is. `technicians`: `same` asks for one person who serves both,
    `different` forbids it. `same_day` compares calendar days in the problem's time zone.
    """

    before: Id
    after: Id
    kind: Literal["finish-to-start", "start-to-start"] = "finish-to-start"
    min_lag: Lag = timedelta(0)
    max_lag: Lag | None = None
    technicians: Literal["any", "same", "different"] = "any"
    same_day: bool = False

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.max_lag is not None and self.max_lag < self.min_lag:
            raise ValueError("max_lag is less than min_lag; swap or fix")
        return self
