"""What is better: terms with formulas, in ordered levels, weighted inside a level."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from scheduler.domain.base import FrozenDict, Mapped, Price, Value


class Term(StrEnum):
    """What can be priced. Times in minutes, distances in kilometres; sums over all of the plan.

    A *working day* is one technician on one day with working hours; a *day route* is one technician's day with
    bookings, working day or not. *Blocked* are the gaps between the spans of a working day, and absences in it.
    """

    UNSCHEDULED = "unscheduled"
    """Sum of the price of leaving out, over the activities that are left out."""
    TARDINESS = "tardiness"
    """Sum, over technicians' bookings (of an activity that no technician serves: over its rooms'), of
    max(0, start - respond_by) + max(0, end - resolve_by), plus, with priced windows, max(0, start - closing of the
    window), the window being the last one that opens at or before the start (finish windows: both with the end;
    service windows: the last one that opens at or before the start, and max(0, end - its closing))."""
    LARGEST_TARDINESS = "largest-tardiness"
    """The largest summand of `tardiness`: what one booking is late over all that was promised; 0 without bookings."""
    OVERTIME = "overtime"
    """Sum over day routes of overtime_price x max(0, return - end of the day's last span); a day off has none."""
    TRAVEL_TIME = "travel-time"
    """Sum of the durations of all drives."""
    TRAVEL_DISTANCE = "travel-distance"
    """Sum of the lengths of all drives."""
    TRAVEL_COST = "travel-cost"
    """Sum over drives of cost_per_km x kilometres."""
    WORKING_TIME = "working-time"
    """Sum over day routes of return - departure - unpaid breaks and blocked time between the two."""
    LABOUR_COST = "labour-cost"
    """Sum over day routes of cost_per_day + cost_per_hour x hours of working time."""
    RESOURCES_USED = "resources-used"
    """Number of day routes: technicians, counted once for each day with a booking."""
    WAITING = "waiting"
    """Sum over day routes of return - departure - travel - service with setup and teardown - restocking - breaks and
    blocked time between the two. Who leaves just in time waits for no first booking."""
    IDLE = "idle"
    """Sum over working days of waiting + max(0, departure - start of the day) + max(0, end of the day - return), less
    breaks taken and blocked time in those two. A day without bookings idles from its start to its end, less its
    blocked time: no break is taken on it."""
    LARGEST_IDLE = "largest-idle"
    """The largest summand of `idle`: that of the technician's day that idles most; 0 without working days."""
    MISSED_BREAKS = "missed-breaks"
    """Sum over day routes of the price of every priced break that is due and not taken. A break before work is not
    taken where no booking follows it."""
    PREFERRED_RESOURCE = "preferred-resource"
    """Number of bookings of a requirement that prefers resources, on one that it does not prefer."""
    PREFERRED_WINDOW = "preferred-window"
    """Number of scheduled activities that start outside all of their preferred windows."""
    OVER_QUALIFICATION = "over-qualification"
    """Sum over bookings and asked skills of max(0, the technician's level less the level asked)."""
    WORKLOAD_BALANCE = "workload-balance"
    """Sum over technicians of |w - mean of w|, each rounded up to a whole minute; w is travel + service with setup and
    teardown, on all days together. Who has no bookings counts, with w = 0."""
    EARLIEST_DAY = "earliest-day"
    """Sum over scheduled activities of the days from the horizon's first day to the day of the start; 0 before it."""
    REASSIGNED = "reassigned"
    """Number of bookings of the standing plan that are not on the same resource any more, or left out."""
    SHIFTED = "shifted"
    """Sum over bookings of the standing plan that are still scheduled of |start - start in the standing plan|."""


class Level(Value):
    """Terms that are added up, each times its weight per unit."""

    weights: Mapped[Term, Annotated[float, Field(gt=0, allow_inf_nan=False)]] = Field(min_length=1)


class Goal(Value):
    """Levels in order: a lower level counts only between plans that are equal on all levels above it.

    Mandatory activities stand above all levels. `limits` makes a term a rule: its value may not exceed the limit.
    """

    levels: tuple[Level, ...] = (
        Level(weights={Term.UNSCHEDULED: 1}),
        Level(
            weights={
                Term.TARDINESS: 2,
                Term.OVERTIME: 2,
                Term.MISSED_BREAKS: 60,
                Term.TRAVEL_TIME: 1,
                Term.PREFERRED_RESOURCE: 5,
                Term.PREFERRED_WINDOW: 5,
                Term.REASSIGNED: 10,
            }
        ),
    )
    limits: Mapped[Term, Price] = FrozenDict()

    @model_validator(mode="after")
    def _once(self) -> Self:
        terms = [term for term, _, _ in self]
        if repeated := sorted({t.value for t in terms if terms.count(t) > 1}):
            raise ValueError(f"{', '.join(repeated)} stands in more than one level; keep it in one")
        return self

    def __iter__(self) -> Iterator[tuple[Term, int, float]]:  # type: ignore[override]
        """Every priced term with the index of its level and its weight."""
        return ((term, n, weight) for n, level in enumerate(self.levels) for term, weight in level.weights.items())

    @classmethod
    def weighted(cls, **weights: float) -> Self:
        """A goal of one level, terms written with underscores: `Goal.weighted(travel_time=1, unscheduled=1000)`."""
        return cls(levels=(Level(weights={Term(k.replace("_", "-")): v for k, v in weights.items()}),))
