"""Integer ticks: the coarsest grid on which everything given is exact."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

import numpy as np

from scheduler.domain.activity import Activity
from scheduler.domain.interval import Interval
from scheduler.domain.problem import Problem
from scheduler.domain.resource import Technician
from scheduler.domain.travel import at_speed

MOST_TICKS = 2**30
"""As many ticks as travel times may ask for; what is given in windows and durations is exact at any price."""
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Clock:
    """Ticks of `tick` microseconds, counted from `origin`."""

    origin: datetime
    tick: int

    def floor(self, moment: datetime) -> int:
        return (moment - self.origin) // MICROSECOND // self.tick

    def ceil(self, moment: datetime) -> int:
        return -((self.origin - moment) // MICROSECOND // self.tick)

    def ticks(self, length: timedelta) -> int:
        """A duration, rounded up."""
        return -(-(length // MICROSECOND) // self.tick)

    def moment(self, tick: int) -> datetime:
        return self.origin + MICROSECOND * (int(tick) * self.tick)

    def length(self, ticks: int) -> timedelta:
        return MICROSECOND * (int(ticks) * self.tick)

    @property
    def minutes(self) -> Fraction:
        """One tick in minutes."""
        return Fraction(self.tick, 60_000_000)


def clock_for(problem: Problem) -> Clock:
    """A clock on which all given moments and durations are whole ticks, and travel times where that is not too fine."""
    given = int(np.gcd.reduce(np.array(list(_given(problem)), dtype=np.int64)))
    with_travel = int(np.gcd.reduce(np.array([given, *_travel(problem)], dtype=np.int64)))
    span = problem.horizon.length // MICROSECOND
    tick = with_travel if span // with_travel < MOST_TICKS else given // _parts(given, span)
    return Clock(problem.horizon.start, tick)


def _parts(given: int, span: int) -> int:
    """Into how many equal ticks `given` microseconds are cut, so that travel is rounded up by as little as possible."""
    most = max(1, MOST_TICKS * given // span)
    return next(n for n in range(min(most, given), 0, -1) if given % n == 0)


def _given(problem: Problem) -> list[int]:
    """Every given moment and duration, in microseconds from the horizon's start.

    `now` and `freeze_until` may come from a clock to the microsecond; the grid has the next whole second.
    """
    origin = problem.horizon.start
    lengths: list[timedelta | None] = [problem.horizon.length]
    moments: list[datetime | None] = [_whole_second(m) for m in (problem.now, problem.freeze_until) if m is not None]
    for technician in problem.technicians:
        lengths += [technician.overtime_limit, technician.restock_duration, technician.max_time_per_day]
        lengths += [b.duration for b in technician.breaks]
        moments += _hours(problem, technician)
    for room in problem.rooms:
        lengths.append(room.turnaround)
        moments += _ends(room.open(problem.horizon))
    for activity in problem.activities:
        lengths += _lengths(activity)
        moments += _moments(activity)
    lengths += [lag for p in problem.precedences for lag in (p.min_lag, p.max_lag)]
    moments += [m for k in problem.locks for m in (k.start, k.end)]
    moments += [m for b in (problem.standing.bookings if problem.standing else ()) for m in (b.start, b.end)]
    return [
        *(abs(length // MICROSECOND) for length in lengths if length is not None),
        *(abs((moment - origin) // MICROSECOND) for moment in moments if moment is not None),
    ]


def _whole_second(moment: datetime) -> datetime:
    return moment + timedelta(microseconds=-moment.microsecond % 1_000_000)


def _hours(problem: Problem, technician: Technician) -> list[datetime]:
    found = _ends(a.interval for a in technician.absences)
    for day, spans in problem.working_days(technician).items():
        windows = (b.on(day, technician.working_hours) for b in technician.breaks)
        found += _ends(spans) + _ends(w for w in windows if w is not None)
    return found


def _ends(intervals: Iterable[Interval]) -> list[datetime]:
    return [moment for interval in intervals for moment in (interval.start, interval.end)]


def _lengths(a: Activity) -> list[timedelta | None]:
    own = [(a.duration_of(r), r) for requirements in a.requirement_sets for r in requirements]
    scaled = [length * factor for length, r in own for factor in r.duration_factors.values()]
    offsets = (a.meeting.min_offset, a.meeting.max_offset)
    return [a.duration, a.setup, a.teardown, *offsets, *(length for length, _ in own), *scaled]


def _moments(a: Activity) -> list[datetime | None]:
    single = (a.release, a.respond_by, a.resolve_by, a.deadline, a.actual_start, a.actual_end)
    return [*single, *_ends((*a.start_windows, *a.finish_windows, *a.service_windows, *a.preferred_windows))]


def _travel(problem: Problem) -> Iterable[int]:
    """Every travel time that can occur, in microseconds; on the great circle all are whole steps of its rounding."""
    found: set[int] = set()
    for profile, speed in {(t.travel_profile, t.travel_speed) for t in problem.technicians}:
        matrix = problem.travel.matrices.get(profile)
        if matrix is not None:
            seconds = np.unique(matrix.seconds[~np.isnan(matrix.seconds)])
            some = seconds if len(seconds) < 100_000 else seconds[::97]
            found |= {round(float(s) * 1e6) for s in at_speed(some, speed)}
        elif problem.travel.great_circle is not None:
            found.add(problem.travel.great_circle.rounding // MICROSECOND)
    return found
