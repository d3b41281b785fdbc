"""Integer ticks: the coarsest grid on which everything given is exact."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

import numpy as np

from scheduler.domain.problem import Problem
from scheduler.domain.travel import microseconds

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


def _given(problem: Problem) -> Iterable[int]:
    """Every given moment and duration, in microseconds from the horizon's start."""
    origin, horizon = problem.horizon.start, problem.horizon
    lengths: list[timedelta] = [horizon.length]
    moments: list[datetime] = [m for m in (problem.now, problem.freeze_until) if m is not None]
    for technician in problem.technicians:
        lengths += [technician.overtime_limit, technician.restock_duration, *(b.duration for b in technician.breaks)]
        lengths += [technician.max_time_per_day] if technician.max_time_per_day is not None else []
        for day, spans in technician.working_hours.days(horizon).items():
            moments += [m for s in spans for m in (s.start, s.end)]
            windows = (b.window.on(day, technician.working_hours.time_zone) for b in technician.breaks)
            moments += [m for w in windows if w for m in (w.start, w.end)]
        moments += [m for a in technician.absences for m in (a.interval.start, a.interval.end)]
    for room in problem.rooms:
        lengths.append(room.turnaround)
        moments += [m for s in room.open(horizon) for m in (s.start, s.end)]
    for a in problem.activities:
        lengths += [a.duration, a.setup, a.teardown, a.meeting.min_offset, a.meeting.max_offset or timedelta(0)]
        facts = (a.actual_start, a.actual_end)
        windows_of = (*a.start_windows, *a.finish_windows, *a.preferred_windows)
        moments += [m for w in windows_of for m in (w.start, w.end)]
        moments += [m for m in (a.release, a.respond_by, a.resolve_by, a.deadline, *facts) if m is not None]
        for requirements in a.requirement_sets:
            for r in requirements:
                own = a.duration_of(r)
                lengths += [own, *(own * f for f in r.duration_factors.values())]
    for p in problem.precedences:
        lengths += [p.min_lag, p.max_lag or timedelta(0)]
    moments += [m for k in problem.locks for m in (k.start, k.end) if m is not None]
    if problem.standing is not None:
        moments += [m for b in problem.standing.bookings for m in (b.start, b.end)]
    return [*(abs(x // MICROSECOND) for x in lengths), *(abs((m - origin) // MICROSECOND) for m in moments)]


def _travel(problem: Problem) -> Iterable[int]:
    """Every travel time that can occur, in microseconds; whole seconds on the great circle."""
    found: set[int] = set()
    for profile, speed in {(t.travel_profile, t.travel_speed) for t in problem.technicians}:
        matrix = problem.travel.matrices.get(profile)
        if matrix is None:
            found.add(1_000_000 if speed == 1 else 0)
            continue
        seconds = np.unique(matrix.seconds[~np.isnan(matrix.seconds)])
        found |= {microseconds(float(s), speed) for s in (seconds if len(seconds) < 100_000 else seconds[::97])}
    return found
