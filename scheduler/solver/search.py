"""Construct, then improve by CP-SAT: the whole problem where it is small, neighbourhoods of the plan otherwise."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from scheduler.domain.outcome import StopReason
from scheduler.solver.compiled import Compiled
from scheduler.solver.construct import construct
from scheduler.solver.cpsat import Answer, Budget, improve, optimise
from scheduler.solver.model import Focus, SatModel
from scheduler.solver.solution import Solution
from scheduler.solver.travel import NOWHERE

SMALL = 10_000
"""Up to this many arcs the whole problem is given to CP-SAT."""
STEP_SECONDS = 1.0
STEP_WORK = 2.0
"""Deterministic work units of one neighbourhood when runs are to be repeatable."""

GRACE_SECONDS = 0.25
"""How long the first plan may take beyond the limit: few bookings are better than none."""
EASY_WORK = 0.1
SMALLEST_SIZE, LARGEST_SIZE = 3, 30
"""Free activities in a neighbourhood."""

OnFound = Callable[[str, Solution, tuple[int, ...], tuple[int, ...]], None]
"""Called with stage, solution, costs and bounds by level."""


@dataclass
class Found:
    """What a search has so far. Costs are integers by level; level 0 counts what is mandatory and left out."""

    solution: Solution
    costs: tuple[int, ...] = ()
    bounds: tuple[int, ...] = ()
    optimal: bool = False
    steps: int = 0
    stopped: StopReason = StopReason.TIME_LIMIT


@dataclass
class Search:
    """One run over a compiled problem."""

    compiled: Compiled
    budget: Budget
    on_found: OnFound
    _random: random.Random = field(init=False)
    _end: float = field(init=False)
    _work: float = 0.0

    def __post_init__(self) -> None:
        self._random = random.Random(self.budget.seed)
        self._end = time.monotonic() + self.budget.seconds

    def run(self, start: Solution | None) -> Found:
        """Search until the budget ends, the plan is proven optimal, or somebody cancels."""
        found = Found(construct(self.compiled, start, self._hurried))
        self.on_found("construct", found.solution, (), ())
        if (reason := self._over()) is not None:
            return replace(found, stopped=reason)
        if arcs(self.compiled) <= SMALL:
            found = self._exact(found)
            if found.optimal:
                return replace(found, stopped=StopReason.OPTIMAL)
        return self._neighbourhoods(found)

    def _exact(self, found: Found) -> Found:
        model = SatModel(self.compiled)
        model.hint(found.solution)
        budget = self._part(
            self._left() * 0.4, None if self.budget.deterministic is None else self.budget.deterministic * 0.4
        )
        answer = optimise(model, budget, lambda s, costs, bounds: self.on_found("exact", s, costs, bounds))
        self._work += answer.work
        if answer.solution is None:
            return found
        return Found(answer.solution, answer.costs, answer.bounds, answer.optimal, 1)

    def _neighbourhoods(self, found: Found) -> Found:
        size = 5
        picker = Picker(self.compiled, self._random)
        while arcs(self.compiled):
            if (reason := self._over()) is not None:
                return replace(found, stopped=reason)
            focus = picker.pick(found.solution, size)
            answer = improve(self.compiled, focus, self._part(min(STEP_SECONDS, self._left()), STEP_WORK))
            found = replace(found, steps=found.steps + 1)
            self._work += max(answer.work, 0.01)
            size = _next_size(size, answer)
            if answer.solution is not None and (not found.costs or answer.costs <= found.costs):
                if answer.costs != found.costs:
                    self.on_found("neighbourhood", answer.solution, answer.costs, found.bounds)
                found = replace(found, solution=answer.solution, costs=answer.costs)
        return replace(found, stopped=StopReason.EXHAUSTED)

    def _hurried(self) -> bool:
        """Whether even the first plan has to be good enough as it is."""
        cancelled = self.budget.cancel is not None and self.budget.cancel()
        return cancelled or time.monotonic() > self._end + GRACE_SECONDS

    def _left(self) -> float:
        return max(0.0, self._end - time.monotonic())

    def _part(self, seconds: float, work: float | None) -> Budget:
        """A part of the budget; with a deterministic one, the clock is no more than a safety net."""
        if self.budget.deterministic is None:
            return replace(self.budget, seconds=seconds, deterministic=None)
        return replace(self.budget, seconds=self._left(), deterministic=work, seed=self._random.randrange(2**30))

    def _over(self) -> StopReason | None:
        if self.budget.cancel is not None and self.budget.cancel():
            return StopReason.CANCELLED
        if self.budget.deterministic is not None and self._work >= self.budget.deterministic:
            return StopReason.EXHAUSTED
        return StopReason.TIME_LIMIT if self._left() < 0.05 else None


def arcs(compiled: Compiled) -> int:
    """How many arcs the circuits of the whole problem have, roughly."""
    resources = compiled.lanes.resource[~compiled.lanes.is_room]
    suited = compiled.suits[~compiled.slots.is_room].sum(axis=0)
    return int((suited[resources].astype(np.int64) ** 2).sum())


def _next_size(size: int, answer: Answer) -> int:
    """Larger when a neighbourhood was solved with ease, smaller when it was not solved to the end."""
    if answer.optimal:
        return min(LARGEST_SIZE, size + 1) if answer.work < EASY_WORK else size
    return max(SMALLEST_SIZE, size - 1)


class Picker:
    """Chooses neighbourhoods: around an activity, around one that is left out, or two whole days."""

    def __init__(self, compiled: Compiled, chance: random.Random) -> None:
        self.c, self._random = compiled, chance
        first = [slots[0] for slots in compiled.slots_of]
        self._place = compiled.slots.place[first]
        self._middle = np.array([(s[0][0] + s[-1][1]) // 2 if (s := compiled.starts[slot]) else 0 for slot in first])

    def pick(self, at: Solution, size: int) -> Focus:
        """About `size` free activities, and the days they are on or may go to."""
        outside = [a for a in range(len(self.c.activities)) if not any(s in at.placed for s in self.c.slots_of[a])]
        if outside and self._random.random() < 0.3:
            return self._around(at, self._random.choice(outside), size)
        if at.routes and self._random.random() < 0.3:
            return self._days(at, size)
        return self._around(at, self._random.randrange(len(self.c.activities)), size)

    def _around(self, at: Solution, seed: int, size: int) -> Focus:
        near = self._related(at, seed)
        free = {seed, *near[: size - 1]}
        lanes = self._lanes_of(at, free)
        return self._focus(at, free, lanes | self._more_lanes(at, seed, lanes))

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
