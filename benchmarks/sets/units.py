"""How instances' numbers become moments, durations and tables of travel, counted from one fixed midnight.

Everything lands on whole microseconds. A value that is given (a window, a service time) goes to the nearest one, which
is exact for all decimals that the formats hold; a travel time that is irrational (Euclid) goes up to the next.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from benchmarks.sets.base import FloatMatrix
from scheduler.domain.interval import Interval
from scheduler.domain.resource import WorkingHours
from scheduler.domain.travel import Matrix, Place, TravelTimes

EPOCH = datetime(2026, 1, 5, tzinfo=UTC)
"""Where every instance's time 0 lies: a midnight in UTC."""
MICROSECOND = timedelta(microseconds=1)
METRES_PER_KM = 1000.0


@dataclass(frozen=True)
class Units:
    """A unit of the instance's time as microseconds of ours; by default it is a minute."""

    micros: int = 60_000_000

    def ticks(self, value: float) -> int:
        """An amount of time in whole microseconds, the nearest."""
        return round(value * self.micros)

    def length(self, value: float) -> timedelta:
        """An amount of time as a duration."""
        return MICROSECOND * self.ticks(value)

    def at(self, value: float) -> datetime:
        """A time of the instance as a moment."""
        return EPOCH + self.length(value)

    def span(self, start: float, end: float) -> Interval:
        """Two times of the instance as an interval."""
        return Interval(start=self.at(start), end=self.at(end))

    def value(self, moment: datetime) -> float:
        """A moment as a time of the instance."""
        return (moment - EPOCH) // MICROSECOND / self.micros

    def shift(self, start: float, end: float) -> WorkingHours:
        """Working hours of one span, however many midnights it crosses."""
        return WorkingHours(shifts=(self.span(start, end),))

    def travel(
        self, places: Sequence[str], times: FloatMatrix, kilometres: FloatMatrix | None = None
    ) -> tuple[tuple[Place, ...], TravelTimes]:
        """Places and the travel between them, from times in the instance's unit, rounded up to microseconds."""
        micros = np.ceil(np.round(np.asarray(times, dtype=np.float64) * self.micros, 3))
        metres = None if kilometres is None else np.asarray(kilometres, dtype=np.float64) * METRES_PER_KM
        matrix = Matrix(places=tuple(places), seconds=micros / 1e6, metres=metres)
        return tuple(Place(id=p) for p in places), TravelTimes(matrices={"default": matrix}, great_circle=None)
