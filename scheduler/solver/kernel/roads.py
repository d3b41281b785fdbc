"""Travel for the compiled search: tables of what is given by a matrix, great circles leg by leg."""

from collections.abc import Iterator
from functools import cached_property

import numpy as np

from scheduler.domain.goal import Term
from scheduler.domain.travel import EARTH_RADIUS_KM
from scheduler.solver.compiled import Compiled
from scheduler.solver.kernel.arrays import Floats, Ints, Small
from scheduler.solver.kernel.legs import LOW
from scheduler.solver.kernel.weights import Weights
from scheduler.solver.travel import UNREACHABLE

LONGEST = 2**31 - 1
"""Most ticks of a way in one table. Where ticks are so fine that the horizon has more, a second one holds the rest."""
ROWS = 256
"""Rows of a table that are computed at once."""
SAME = 1e-6
"""Costs of a tick are the same if they differ by less of themselves: times are whole ticks, lengths need not be."""


class Roads:
    """Travel by class: a travel profile with what a tick and a kilometre cost."""

    def __init__(self, compiled: Compiled, source: Ints, weights: Weights) -> None:
        self.c = compiled
        self.per_tick = weights.of.get(Term.TRAVEL_TIME, 0.0) * float(compiled.clock.minutes)
        technicians = compiled.problem.technicians
        per_km = weights.of.get(Term.TRAVEL_DISTANCE, 0.0)
        cost = weights.of.get(Term.TRAVEL_COST, 0.0)
        prices = [per_km + cost * t.cost_per_km for t in technicians] + [0.0] * len(compiled.problem.rooms)
        keys = [(int(compiled.lanes.profile[s]), prices[int(compiled.lanes.resource[s])]) for s in source]
        self.classes = sorted(set(keys))
        numbers = {key: n for n, key in enumerate(self.classes)}
        self.class_of = np.array([numbers[key] for key in keys], dtype=np.int64)
        self.nowhere = len(compiled.travel.places)

    @cached_property
    def tabled(self) -> list[tuple[int, float]]:
        """Classes that have tables: all where travel is given by a matrix. To compute a great circle is faster."""
        names = {self.c.travel.profiles[profile][0] for profile, _ in self.classes if self.c.travel.profiles}
        return self.classes if names & set(self.c.problem.travel.matrices) else []

    def _rows(self) -> Iterator[tuple[int, Ints, Ints, Floats]]:
        """Some rows of a class at a time: its number, from where, and ticks and cost of the ways to everywhere."""
        everywhere = np.arange(self.nowhere)
        for n, (profile, per_km) in enumerate(self.tabled):
            for begin in range(0, self.nowhere, ROWS):
                some = everywhere[begin : begin + ROWS]
                long, far = self.c.travel.tables(profile, some, everywhere)
                yield n, some, long, long * self.per_tick + far * (per_km * float(self.c.travel.kilometres))

    @cached_property
    def ticks(self) -> Small:
        ticks = np.zeros((len(self.tabled), self.nowhere + 1, self.nowhere + 1), dtype=np.int32)
        for n, some, long, _ in self._rows():
            ticks[n, some, :-1] = long & ((1 << LOW) - 1) if self._fine else np.minimum(long, LONGEST)
        return ticks

    @cached_property
    def high(self) -> Small:
        """The bits of the ticks that `ticks` has no room for; nothing where it has."""
        if not self._fine:
            return np.zeros((0, *self.ticks.shape[1:]), dtype=np.int32)
        high = np.zeros(self.ticks.shape, dtype=np.int32)
        for n, some, long, _ in self._rows():
            high[n, some, :-1] = long >> LOW
        return high

    @cached_property
    def _fine(self) -> bool:
        return self.c.clock.ticks(self.c.problem.horizon.length) > LONGEST

    @cached_property
    def back(self) -> Small:
        """As `ticks`, by where a way ends; the same table where all ways are as long as the way back."""
        turned = self.ticks.transpose(0, 2, 1)
        return self.ticks if np.array_equal(self.ticks, turned) else np.ascontiguousarray(turned)

    @cached_property
    def legs(self) -> Floats:
        """Costs of all ways, unless each tick costs the same: then there is less to read for the search."""
        if self.pace is not None:
            return np.zeros((0, *self.ticks.shape[1:]))
        legs = np.zeros(self.ticks.shape)
        for n, some, _, cost in self._rows():
            legs[n, some, :-1] = cost
        return legs

    @cached_property
    def pace(self) -> Floats | None:
        """What a tick costs in each class, None where that depends on the way."""
        pace = np.full(len(self.tabled), np.nan)
        for n, _, long, cost in self._rows():
            reached = long < UNREACHABLE
            long, cost = long[reached], cost[reached]
            if np.isnan(pace[n]) and long.any():
                pace[n] = cost[long.argmax()] / long.max()
            if not np.allclose(long * (0.0 if np.isnan(pace[n]) else pace[n]), cost, rtol=SAME, atol=0):
                return None
        pace[np.isnan(pace)] = 0.0
        return pace

    @cached_property
    def globe(self) -> Floats:
        """Where each place is, and nowhere, in the columns that `legs` names."""
        known = np.radians(self.c.travel.coordinates)
        known[-1] = np.nan
        half = known / 2
        columns = np.sin(half[:, 0]), np.cos(half[:, 0]), np.sin(half[:, 1]), np.cos(half[:, 1]), np.cos(known[:, 0])
        return np.ascontiguousarray(np.column_stack([known, *columns]))

    @cached_property
    def circle(self) -> Floats:
        """Metres per unit of arc, steps per metre, micros per step, micros per tick, cost per tick, cost per metre."""
        circle = self.c.problem.travel.great_circle
        rows = np.zeros((max(1, len(self.classes)), 6))
        if circle is not None and self.c.travel.profiles:
            metres, step = 2000 * EARTH_RADIUS_KM * circle.detour, circle.rounding.total_seconds()
            for n, (profile, per_km) in enumerate(self.classes):
                speed = self.c.travel.profiles[profile][1]
                steps = 3600 / 1000 / (circle.speed_kmh * speed) / step
                rows[n] = metres, steps, round(step * 1e6), self.c.clock.tick, self.per_tick, per_km / 1000
        if self.tabled and self.pace is not None:
            rows[:, 4] = self.pace
        return rows
