"""What is held and stands, then compiled local search, its best times, then CP-SAT in neighbourhoods of the plan.

A small problem is given to CP-SAT as a whole after a short local search, which goes on where nothing is proven.
"""

import random
import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace

import numpy as np

from scheduler.domain.outcome import StopReason
from scheduler.solver.best_times import judged, may_gain, with_best_times
from scheduler.solver.compiled import Compiled
from scheduler.solver.construct import construct
from scheduler.solver.cpsat import Answer, Budget, improve, optimise
from scheduler.solver.kernel import Better, search
from scheduler.solver.model import SatModel
from scheduler.solver.multipliers import within_limits
from scheduler.solver.packing import choose
from scheduler.solver.picker import Picker
from scheduler.solver.solution import Solution

SMALL = 10_000
"""Up to this many arcs the whole problem is given to CP-SAT."""
STEP_SECONDS = 1.0
STEP_WORK = 2.0
"""Deterministic work units of one neighbourhood when runs are to be repeatable."""

SHARE, SHARE_OF_SMALL, MOST_OF_SMALL = 0.95, 0.15, 0.5
"""Parts of the budget for the compiled search, and where CP-SAT may prove the plan optimal; there at most so many s."""
SHARE_OF_TIMES = 0.5
"""Part of what is left for CP-SAT that may go into the best times of what the compiled search found."""
STEPS_PER_WORK = 3000
"""Steps of the compiled search for a deterministic work unit."""
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
    executor: Executor | None = None
    _random: random.Random = field(init=False)
    _end: float = field(init=False)
    _work: float = 0.0
    _leaves_out: bool = True

    def __post_init__(self) -> None:
        self._random = random.Random(self.budget.seed)
        self._end = time.monotonic() + self.budget.seconds

    def run(self, start: Solution | None, as_it_is: bool = False) -> Found:
        """Search until the budget ends, the plan is proven optimal, or somebody cancels.

        A start that breaks no rule may be taken as it is; of another one stays what keeps them.
        """
        small = arcs(self.compiled) <= SMALL
        share = min(SHARE_OF_SMALL, MOST_OF_SMALL / max(MOST_OF_SMALL, self._left())) if small else SHARE
        found = self._compiled(Found(self._first(start, as_it_is)), share)
        if (reason := self._over()) is not None:
            return replace(found, stopped=reason)
        if small:
            found = self._exact(found)
            if found.optimal:
                return replace(found, stopped=StopReason.OPTIMAL)
            found = self._compiled(found, SHARE)
        return self._neighbourhoods(self._timed(found))

    def _first(self, start: Solution | None, as_it_is: bool) -> Solution:
        """Where the search begins: with what stands, or around what is held."""
        return start if start is not None and as_it_is else construct(self.compiled, start, lambda: True)

    def _compiled(self, found: Found, share: float) -> Found:
        """The compiled local search, from what is held and what stands, within the goal's limits."""
        if not self.compiled.limits:
            return self._local(self.compiled, found, share, self.on_found)

        def priced(compiled: Compiled, start: Solution, part: float, warm: float) -> Solution:
            nonlocal found
            found = self._local(compiled, replace(found, solution=start), part, lambda *told: None, warm)
            return found.solution

        def tell(solution: Solution) -> None:
            self.on_found("local search", solution, (), found.bounds)

        solution = within_limits(self.compiled, found.solution, share, priced, lambda: self._over() is not None, tell)
        tell(solution)
        return replace(found, solution=solution, costs=())

    def _local(self, compiled: Compiled, found: Found, share: float, tell: OnFound, warm: float = 0.0) -> Found:
        budget, better = self.budget, list[Better]()

        def report(one: Better) -> None:
            self._leaves_out = self._leaves_something_out(one.solution)
            tell("local search" if better or found.steps else "construct", one.solution, (), found.bounds)
            better.append(one)

        work = 0.0 if budget.deterministic is None else (budget.deterministic - self._work) * share
        counted = None if budget.deterministic is None else max(1, round(work * STEPS_PER_WORK))
        cancel = budget.cancel or (lambda: False)

        def stop() -> bool:
            return cancel() or self._left() <= 0

        steps = search(
            compiled,
            found.solution,
            lambda: self._left() * share,
            counted,
            budget.workers,
            budget.seed,
            stop,
            report,
            lambda offer, seconds: choose(offer, seconds, stop),
            self.executor,
            warm,
        )
        self._work += work
        found = replace(found, steps=found.steps + steps)
        return replace(found, solution=better[-1].solution, costs=()) if better else found

    def _exact(self, found: Found) -> Found:
        model = SatModel(self.compiled)
        model.hint(found.solution)
        budget = self._part(
            self._left() * 0.4, None if self.budget.deterministic is None else self.budget.deterministic * 0.4
        )
        counts = self.compiled.true_prices
        answer = optimise(model, budget, lambda s, costs, b: self.on_found("exact", s, costs, b if counts else ()))
        self._work += answer.work
        if answer.solution is None:
            return found
        found = replace(found, steps=found.steps + 1)
        if not counts:
            return self._no_worse(found, answer)
        found = replace(found, bounds=answer.bounds, optimal=answer.optimal)
        if answer.optimal:
            return replace(found, solution=answer.solution, costs=answer.costs)
        return self._no_worse(found, answer)

    def _timed(self, found: Found) -> Found:
        """The plan of the local search at its best times."""
        if not may_gain(self.compiled):
            return found
        budget = self._part(self._left() * SHARE_OF_TIMES, self.budget.deterministic)
        solution, work = with_best_times(self.compiled, found.solution, budget)
        self._work += work
        if solution is found.solution:
            return found
        self.on_found("times", solution, (), found.bounds)
        return replace(found, solution=solution, costs=())

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
            before, found = found, self._no_worse(found, answer)
            if found.costs != before.costs:
                self.on_found("neighbourhood", found.solution, found.costs, found.bounds)
        return replace(found, stopped=StopReason.EXHAUSTED)

    def _no_worse(self, found: Found, answer: Answer) -> Found:
        """CP-SAT's plan, unless it is worse than the one it was to start from, to which it may not have come in time.

        The judge compares them where CP-SAT has not told what that one costs.
        """
        if answer.solution is None:
            return found
        if found.costs:
            better = answer.costs <= found.costs
        else:
            better = judged(self.compiled, answer.solution) <= judged(self.compiled, found.solution)
        return replace(found, solution=answer.solution, costs=answer.costs) if better else found

    def _left(self) -> float:
        closing = self.budget.closing if self._leaves_out else 0.0
        return max(0.0, self._end - closing - time.monotonic())

    def _leaves_something_out(self, solution: Solution) -> bool:
        return any(not any(s in solution.placed for s in slots) for slots in self.compiled.slots_of)

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
