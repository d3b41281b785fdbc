"""What a search does with its budget: one cooling, or several where one would gain no more, and offspring of these."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.engine import Engine
from scheduler.solver.kernel.mating import mate
from scheduler.solver.kernel.recombine import Recombiner
from scheduler.solver.kernel.state import State

SEVERAL_FROM = 400
"""Steps for each booking from which on several coolings, mated, find more than a single one where all finds room."""
STEPS_EACH = 1200
"""For so many steps for each booking another cooling begins from the first plan."""
COUNTED_AT = 0.02
"""Share of the budget after which it is counted how many there will be."""
FIRST, LAST = 0.4, 0.93
"""Until where coolings begin from the first plan, and until where from offspring; then the best plan goes on."""
LEAST, MOST = 2, 8
"""How many coolings begin from the first plan, where there are several."""
WARM = 0.5
"""How far along a cooling offspring begins; it takes half as long as one from the first plan."""
TRIES = 10
"""Pairs that are tried until two can be mated."""


@dataclass(frozen=True)
class Stage:
    """A cooling, or a part of one: from and to which part of the budget, and of a whole cooling."""

    begin: float
    end: float
    warm: float = 0.0
    cold: float = 1.0
    offspring: bool = False

    def at(self, along: float) -> float:
        """How far along a whole cooling that is."""
        return self.warm + (self.cold - self.warm) * (along - self.begin) / (self.end - self.begin)


@dataclass(frozen=True)
class Cooled:
    """The best plan of a cooling."""

    cost: float
    state: State


class Course:
    """Takes the steps of a search, as far along its budget as its caller says.

    Coolings from the first plan begin as far along as `warm` says.
    """

    def __init__(self, engine: Engine, recombiner: Recombiner, seed: int, warm: float = 0.0) -> None:
        self._engine, self._recombiner, self._warm = engine, recombiner, warm
        self._chance, self._first = np.random.default_rng(seed), engine.best_state.copy()
        late = warm + (1 - warm) * LAST
        self._stages = [Stage(0.0, LAST, warm, late), Stage(LAST, 1.0, late)]
        self._plans, self._begun, self._counted = list[Cooled](), 1.0, False

    def anneal(self, along: float, steps: int) -> None:
        """Take so many steps where the search is so far along (0 to 1) its budget."""
        self._begun = min(self._begun, along)
        if not self._counted and along - self._begun >= COUNTED_AT:
            self._count(along - self._begun)
        while along >= self._stages[0].end and len(self._stages) > 1:
            self._turn()
        local = self._stages[0].at(along)
        self._engine.anneal(local, steps)
        self._recombiner.look(local)

    def finish(self) -> None:
        """Make the best plan of all that of the engine."""
        if self._plans and self._best.cost < self._engine.cost:
            self._resume(self._best.state)

    def _count(self, share: float) -> None:
        """Have several coolings where so many steps in that share of the budget show that it allows them.

        Not where something is left out for want of room: what that is takes a long cooling to settle.
        """
        self._counted = True
        arrays = self._engine.arrays
        bookings = int((arrays.node[: len(arrays.suits), at.ROOM] == 0).sum())
        each = self._engine.steps / share / max(1, bookings)
        if each < SEVERAL_FROM or self._engine.lacks_room:
            return
        fresh = max(LEAST, min(MOST, round(each / STEPS_EACH)))
        young = round((LAST - FIRST) / FIRST * fresh * 2)
        marks = [*np.linspace(0, FIRST, fresh + 1), *np.linspace(FIRST, LAST, young + 1)[1:]]
        spans = list(pairwise(marks))
        first = [Stage(a, b, self._warm) for a, b in spans[:fresh]]
        later = [Stage(a, b, max(WARM, self._warm), offspring=True) for a, b in spans[fresh:]]
        self._stages = [*first, *later, *self._stages[1:]]

    def _turn(self) -> None:
        """End a cooling, and begin the next one."""
        stage = self._stages.pop(0)
        if stage.cold < 1.0:
            self._recombiner.recombine()
            return
        self._keep(Cooled(self._engine.cost, self._engine.best_state.copy()), stage.offspring)
        following = self._stages[0]
        if len(self._stages) == 1:
            self._resume(self._best.state)
            self._recombiner.recombine()
        elif following.offspring:
            self._mate()
        else:
            self._resume(self._first)

    def _keep(self, plan: Cooled, young: bool) -> None:
        """Keep a plan that nobody else found; of offspring the dearest makes way for it."""
        if any(abs(plan.cost - other.cost) <= 1e-9 * abs(plan.cost) for other in self._plans):
            return
        self._plans.append(plan)
        if young:
            self._plans.sort(key=lambda one: one.cost)
            self._plans.pop()

    def _mate(self) -> None:
        """Begin from what two plans have in common, and either of them alone."""
        engine = self._engine
        for _ in range(TRIES if len(self._plans) > 1 else 0):
            one, other = self._chance.choice(len(self._plans), 2, replace=False)
            engine.write(self._plans[one].state)
            if mate(engine.arrays, engine.at_hand, self._plans[other].state, self._chance) and engine.settle() < 0:
                engine.begin(self._seed())
                return
        self._resume(self._best.state)

    @property
    def _best(self) -> Cooled:
        return min(self._plans, key=lambda one: one.cost)

    def _resume(self, state: State) -> None:
        self._engine.write(state)
        self._engine.begin(self._seed())

    def _seed(self) -> int:
        return int(self._chance.integers(2**31))
