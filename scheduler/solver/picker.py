"""Chooses what CP-SAT may change of a plan: neighbourhoods of related activities."""

import random

import numpy as np

from scheduler.solver.compiled import Compiled
from scheduler.solver.model import Focus
from scheduler.solver.solution import Solution
from scheduler.solver.travel import NOWHERE

COUPLED = 0.3
"""Share of the neighbourhoods around activities that hang on others, where there are any."""


class Picker:
    """Chooses neighbourhoods: around an activity (any, left out, hanging on others), or some of one to three days."""

    def __init__(self, compiled: Compiled, chance: random.Random) -> None:
        self.c, self._random = compiled, chance
        first = [slots[0] for slots in compiled.slots_of]
        self._place = compiled.slots.place[first]
        self._middle = np.array([(s[0][0] + s[-1][1]) // 2 if (s := compiled.starts[slot]) else 0 for slot in first])
        self._linked: dict[int, set[int]] = {}
        for link in compiled.links:
            self._linked.setdefault(link.before, set()).add(link.after)
            self._linked.setdefault(link.after, set()).add(link.before)
        sets = compiled.slots.requirement_set
        shared = {a for a, slots in enumerate(compiled.slots_of) if len(slots) > len({sets[slot] for slot in slots})}
        self._hanging = sorted(shared | self._linked.keys())

    def pick(self, at: Solution, size: int) -> Focus:
        """About `size` free activities, and the days they are on or may go to."""
        outside = [a for a in range(len(self.c.activities)) if not any(s in at.placed for s in self.c.slots_of[a])]
        if outside and self._random.random() < 0.3:
            return self._around(at, self._random.choice(outside), size)
        if self._hanging and self._random.random() < COUPLED:
            return self._coupled(at, self._random.choice(self._hanging), size)
        if at.routes and self._random.random() < 0.3:
            return self._days(at, size)
        return self._around(at, self._random.randrange(len(self.c.activities)), size)

    def _around(self, at: Solution, seed: int, size: int) -> Focus:
        near = self._related(at, seed)
        free = {seed, *near[: size - 1]}
        lanes = self._lanes_of(at, free)
        return self._focus(at, free, lanes | self._more_lanes(at, seed, lanes))

    def _coupled(self, at: Solution, seed: int, size: int) -> Focus:
        """What has a precedence to it, and what is nearest in time on the days and in the rooms of its bookings."""
        own = {slot: at.placed[slot] for slot in self.c.slots_of[seed] if slot in at.placed}
        start = min((placed.start for placed in own.values()), default=int(self._middle[seed]))
        lanes = {placed.lane for placed in own.values()}
        apart = {
            self._activity(slot): abs(placed.start - start) * (0.5 + self._random.random())
            for slot, placed in at.placed.items()
            if placed.lane in lanes
        }
        linked = sorted(self._linked.get(seed, ()))
        others = self._random.sample(linked, min(len(linked), size // 2))
        others += sorted(apart.keys() - {seed, *others}, key=lambda a: apart[a])
        free = {seed, *others[: size - 1]}
        return self._focus(at, free, self._more_lanes(at, seed, self._lanes_of(at, free)))

    def _days(self, at: Solution, size: int) -> Focus:
        """Everything on one day route and a neighbour of it."""
        lanes = {self._random.choice(sorted(at.routes))}
        seed = self._activity(self._random.choice(at.routes[min(lanes)].slots))
        lanes |= {v for a in self._related(at, seed)[:6] for v in self._lanes_of(at, {a})}
        chosen = set(sorted(lanes, key=lambda v: self._random.random())[:3])
        inside = sorted({self._activity(s) for v in chosen if v in at.routes for s in at.routes[v].slots})
        return self._focus(at, set(self._random.sample(inside, min(len(inside), size))), chosen)

    def _focus(self, at: Solution, free: set[int], lanes: set[int]) -> Focus:
        return Focus(at, frozenset(free), frozenset(lanes | self._lanes_of(at, free)))

    def _activity(self, slot: int) -> int:
        return int(self.c.slots.activity[slot])

    def _lanes_of(self, at: Solution, activities: set[int]) -> set[int]:
        slots = (s for a in activities for s in self.c.slots_of[a] if s in at.placed)
        return {at.placed[s].lane for s in slots if not self.c.lanes.is_room[at.placed[s].lane]}

    def _related(self, at: Solution, seed: int) -> list[int]:
        """Other activities, the nearest in place and time first, with some chance in it."""
        starts = self._middle.copy()
        for slot, placed in at.placed.items():
            starts[self._activity(slot)] = placed.start
        there = np.zeros(len(starts))
        if self._place[seed] != NOWHERE and len(self.c.travel.profiles):
            there = self.c.travel.tables(0, self._place[[seed]], self._place)[0][0].astype(float)
        apart = there + 0.2 * np.abs(starts - starts[seed])
        apart *= np.array([0.5 + self._random.random() for _ in range(len(apart))])
        return [int(a) for a in np.argsort(apart, kind="stable")[:60] if a != seed]

    def _more_lanes(self, at: Solution, seed: int, lanes: set[int]) -> set[int]:
        """A few other days that admit the seed, used or not."""
        slots = [s for s in self.c.slots_of[seed] if not self.c.slots.is_room[s]]
        ok = [
            v
            for v in range(len(self.c.lanes))
            if not self.c.lanes.is_room[v]
            and v not in lanes
            and self.c.first[v] <= self.c.latest[v]
            and any(self.c.admitted(s, v) for s in slots)
        ]
        return set(self._random.sample(ok, min(len(ok), max(1, 4 - len(lanes)))))
