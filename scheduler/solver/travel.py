"""Travel on the grid: ticks and distance steps between places, without a full table where that would be too large."""

from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from scheduler.domain.problem import Problem
from scheduler.domain.travel import at_speed
from scheduler.solver.clock import Clock

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

UNREACHABLE = 2**40
"""Ticks between places without a way; larger than any horizon."""
NOWHERE = -1
"""The place of an open end: no travel to it or from it."""
LARGEST_TABLE = 2_000
"""Up to this many places a full table is kept for each profile."""
REMEMBERED = 200_000
"""Legs, at most, beside the tables."""
MM_PER_KM = 1_000_000


def distance_step(problem: Problem) -> int:
    """Millimetres in one distance step: the coarsest grid on which all given distances are exact, to the millimetre."""
    matrices = problem.travel.matrices
    if any(t.travel_profile not in matrices for t in problem.technicians):
        return 1
    tables = (m.metres for m in matrices.values() if m.metres is not None)
    millimetres = (np.unique(np.round(t[~np.isnan(t)] * 1000).astype(np.int64)) for t in tables)
    return int(np.gcd.reduce([0, *(int(np.gcd.reduce(values, initial=0)) for values in millimetres)])) or 1


@dataclass
class Travel:
    """Durations in ticks (rounded up) and distances in steps, by profile (a travel profile and a speed)."""

    problem: Problem
    clock: Clock
    step: int
    """Millimetres in one distance step."""
    places: list[str]
    profiles: list[tuple[str, float]]
    _tables: dict[int, tuple[Ints, Ints]] = field(default_factory=dict)
    _index: dict[str, Ints] = field(default_factory=dict)
    _legs: dict[tuple[int, int, int], tuple[int, int]] = field(default_factory=dict)

    def tables(self, profile: int, start: Ints, end: Ints) -> tuple[Ints, Ints]:
        """Ticks and distance steps, each of shape (len(start), len(end)), between places given by index."""
        if len(self.places) <= LARGEST_TABLE:
            ticks, steps = self._full(profile)
            return ticks[np.ix_(start, end)], steps[np.ix_(start, end)]
        return self.computed(profile, start, end)

    def leg(self, profile: int, start: int, end: int) -> tuple[int, int]:
        """Ticks and distance steps of one leg."""
        if len(self.places) <= LARGEST_TABLE:
            ticks, steps = self._full(profile)
            return int(ticks[start, end]), int(steps[start, end])
        key = profile, start, end
        if (known := self._legs.get(key)) is not None:
            return known
        if len(self._legs) == REMEMBERED:
            self._legs.clear()
        self._legs[key] = self._leg(*key)
        return self._legs[key]

    def _leg(self, profile: int, start: int, end: int) -> tuple[int, int]:
        """A leg along the great circle, or by the matrix that is given."""
        name, speed = self.profiles[profile]
        if start == NOWHERE or end == NOWHERE:
            return 0, 0
        if name in self.problem.travel.matrices:
            tables = self.computed(profile, np.array([start]), np.array([end]))
            return int(tables[0][0, 0]), int(tables[1][0, 0])
        circle = self.problem.travel.great_circle
        assert circle is not None, "a problem without either is refused"
        metres = circle.metres_between(self._radians[start], self._radians[end])
        micros = round(circle.seconds_for(metres, speed) * 1e6)
        return -(-micros // self.clock.tick), round(metres * (1000 / self.step))

    @cached_property
    def _radians(self) -> list[tuple[float, float]]:
        """Coordinates in radians as plain numbers."""
        return [(a, b) for a, b in np.radians(self.coordinates).tolist()]

    @property
    def kilometres(self) -> Fraction:
        """One distance step in kilometres."""
        return Fraction(self.step, MM_PER_KM)

    def _full(self, profile: int) -> tuple[Ints, Ints]:
        """All places, and a last row and column of zeros that index -1 (nowhere) finds."""
        if profile not in self._tables:
            n = len(self.places)
            everywhere = np.arange(n)
            padded = tuple(np.zeros((n + 1, n + 1), dtype=np.int64) for _ in range(2))
            for target, table in zip(padded, self.computed(profile, everywhere, everywhere), strict=True):
                target[:n, :n] = table
            self._tables[profile] = (padded[0], padded[1])
        return self._tables[profile]

    def computed(self, profile: int, start: Ints, end: Ints) -> tuple[Ints, Ints]:
        """As `tables`, without a full table that is kept."""
        name, speed = self.profiles[profile]
        seconds, metres = self._seconds_and_metres(name, speed, start, end)
        lost = np.isnan(seconds) | np.isnan(metres)
        micros = np.round(np.where(lost, 0.0, seconds) * 1e6).astype(np.int64)
        ticks = np.where(lost, UNREACHABLE, -(-micros // self.clock.tick))
        steps = np.where(lost, 0, np.round(np.where(lost, 0.0, metres) * (1000 / self.step))).astype(np.int64)
        nowhere = (start == NOWHERE)[:, None] | (end == NOWHERE)[None, :]
        return np.where(nowhere, 0, ticks), np.where(nowhere, 0, steps)

    def _seconds_and_metres(self, name: str, speed: float, start: Ints, end: Ints) -> tuple[Floats, Floats]:
        """As `TravelTimes.tables`, by index of place; nowhere counts as any place."""
        matrix, circle = self.problem.travel.matrices.get(name), self.problem.travel.great_circle
        if matrix is not None:
            rows = self._rows(name)
            cells = np.ix_(rows[start], rows[end])
            seconds = at_speed(matrix.seconds[cells], speed)
            return seconds, np.zeros_like(seconds) if matrix.metres is None else matrix.metres[cells]
        assert circle is not None, "a problem without either is refused"
        metres = circle.metres(self.coordinates[start], self.coordinates[end])
        return circle.seconds(metres, speed), metres

    def _rows(self, name: str) -> Ints:
        """Row of each place in a matrix; -1 for places that this profile never visits."""
        if name not in self._index:
            index = self.problem.travel.matrices[name].index
            self._index[name] = np.array([index.get(p, -1) for p in (*self.places, "")], dtype=np.int64)
        return self._index[name]

    @cached_property
    def coordinates(self) -> Floats:
        """Degrees of latitude and longitude of each place, shape (places + 1, 2); NaN where there are none."""
        known = [self.problem.place[p] for p in self.places]
        rows = [
            (np.nan if p.latitude is None else p.latitude, np.nan if p.longitude is None else p.longitude)
            for p in known
        ]
        return np.array([*rows, (0.0, 0.0)], dtype=np.float64)
