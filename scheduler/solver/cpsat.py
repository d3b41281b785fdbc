"""Solving with CP-SAT: exactly, in a neighbourhood, or only asking whether a solution is admitted."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ortools.sat.python import cp_model

from scheduler.domain.plan import Plan
from scheduler.solver.compiled import Compiled
from scheduler.solver.model import Focus, SatModel
from scheduler.solver.rules import RULES
from scheduler.solver.rules.base import Expr, Rule
from scheduler.solver.solution import Solution, to_plan

LARGEST_OBJECTIVE = 2**52
"""Levels are solved as one weighted sum where that stays below; CP-SAT's bounds are exact up to here."""
POLL_SECONDS = 0.05

OnSolution = Callable[[Solution, tuple[int, ...], tuple[int, ...]], None]
"""Called with a solution, its integer costs by level, and the bounds known by level."""


@dataclass(frozen=True)
class Budget:
    """How long a call may take, and how much of that is kept free where a plan leaves something out.

    `deterministic` counts CP-SAT's own work units, the same on every machine.
    """

    seconds: float = 30.0
    deterministic: float | None = None
    workers: int = 1
    seed: int = 0
    cancel: Callable[[], bool] | None = None
    closing: float = 0.0


@dataclass(frozen=True)
class Answer:
    """What CP-SAT found: the best solution if any, costs and bounds by level (level 0: mandatory left out)."""

    solution: Solution | None
    costs: tuple[int, ...]
    bounds: tuple[int, ...]
    optimal: bool
    infeasible: bool
    work: float


@dataclass(frozen=True)
class ExactResult:
    """An exact solve in the goal's own units, by level of the goal."""

    plan: Plan | None
    bound: tuple[float, ...]
    optimal: bool


def solve_exactly(compiled: Compiled, *, seconds: float = 60.0, workers: int = 2, seed: int = 0) -> ExactResult:
    """The whole problem by CP-SAT alone."""
    answer = optimise(SatModel(compiled), Budget(seconds, workers=workers, seed=seed))
    plan = to_plan(compiled, answer.solution) if answer.solution is not None else None
    return ExactResult(plan, in_units(compiled, answer.bounds), answer.optimal)


def in_units(compiled: Compiled, costs: Sequence[int]) -> tuple[float, ...]:
    """Integer costs of the goal's levels in the goal's units."""
    return tuple(float(cost / scale) for cost, scale in zip(costs[1:], compiled.level_scale, strict=False))


def new_solver() -> cp_model.CpSolver:
    """CP-SAT with one worker, and without symmetries: its presolve aborts the process on some models that have them.

    Seen in OR-Tools 9.15: "Check failed: context_->VarToConstraints(var).empty()".
    """
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.symmetry_level = 0
    return solver


def admits(compiled: Compiled, solution: Solution, rules: Sequence[Rule] = RULES) -> bool:
    """Whether the model lets exactly these bookings be: its day routes are its own to choose."""
    return completion(compiled, solution, rules) is not None


def completion(compiled: Compiled, solution: Solution, rules: Sequence[Rule] = RULES) -> Solution | None:
    """These very bookings with day routes of the model's choice; None where it does not admit them."""
    model = SatModel(compiled, rules)
    model.fix(solution)
    solver = new_solver()
    status = solver.solve(model.cp)
    assert status != cp_model.MODEL_INVALID, model.cp.validate()
    return model.solution(solver) if status in (cp_model.OPTIMAL, cp_model.FEASIBLE) else None


def improve(compiled: Compiled, focus: Focus, budget: Budget) -> Answer:
    """The best plan in a neighbourhood of a solution, starting from it."""
    model = SatModel(compiled, focus=focus)
    model.hint(focus.at)
    return optimise(model, budget)


def best_times(compiled: Compiled, at: Solution, lanes: frozenset[int], budget: Budget) -> Answer:
    """The best times of what is booked in some lanes, rooms among them, which stay in their lanes and orders."""
    model = SatModel(compiled, focus=Focus(at, frozenset(), lanes))
    model.keep_order(at)
    model.hint(at)
    return optimise(model, budget)


def optimise(model: SatModel, budget: Budget, on_solution: OnSolution | None = None) -> Answer:
    """Make the levels small in their order: as one weighted sum where the numbers allow, otherwise one by one."""
    ranges = [_range(model, level) for level in model.levels]
    factors = _factors(ranges)
    if factors is not None:
        return _weighted(model, factors, ranges, budget, on_solution)
    return _one_by_one(model, ranges, budget, on_solution)


def _range(model: SatModel, level: Expr) -> tuple[int, int]:
    """Least and largest value that a level can take, from its variables' domains."""
    if isinstance(level, int):
        return level, level
    model.cp.minimize(level)
    objective, variables = model.cp.proto.objective, model.cp.proto.variables
    least = largest = int(objective.offset)
    for index, coefficient in zip(list(objective.vars), list(objective.coeffs), strict=True):
        domain = list(variables[index].domain)
        ends = (coefficient * domain[0], coefficient * domain[-1])
        least, largest = least + min(ends), largest + max(ends)
    model.cp.clear_objective()  # type: ignore[no-untyped-call]
    return least, largest


def _factors(ranges: list[tuple[int, int]]) -> list[int] | None:
    """A factor for each level so that no sum of lower levels outweighs one step; None where they grow too large."""
    factors, below = [1] * len(ranges), 1
    for n in range(len(ranges) - 1, -1, -1):
        factors[n] = below
        below *= ranges[n][1] - ranges[n][0] + 1
    return factors if below < LARGEST_OBJECTIVE else None


def _weighted(
    model: SatModel, factors: list[int], ranges: list[tuple[int, int]], budget: Budget, on_solution: OnSolution | None
) -> Answer:
    total = sum(f * (level - least) for f, level, (least, _) in zip(factors, model.levels, ranges, strict=True))
    if not isinstance(total, int):
        model.cp.minimize(total)

    def split(value: int) -> tuple[int, ...]:
        digits = []
        for factor, (least, _) in zip(factors, ranges, strict=True):
            digits.append(value // factor + least)
            value %= factor
        return tuple(digits)

    watch = _Watch(
        model, budget, (lambda s, bound: on_solution(s, _costs(model, watch), split(bound))) if on_solution else None
    )
    status = watch.solve(budget.seconds)
    solution = watch.best
    costs = split(round(watch.solver.objective_value)) if solution is not None and not isinstance(total, int) else ()
    if solution is not None and isinstance(total, int):
        costs = tuple(least for least, _ in ranges)
    bound = 0 if isinstance(total, int) else max(0, _ceil(watch.solver.best_objective_bound))
    return Answer(solution, costs, split(bound), status == cp_model.OPTIMAL, status == cp_model.INFEASIBLE, watch.work)


def _costs(model: SatModel, callback: "_Watch") -> tuple[int, ...]:
    return tuple(level if isinstance(level, int) else int(callback.value(level)) for level in model.levels)


def _one_by_one(
    model: SatModel, ranges: list[tuple[int, int]], budget: Budget, on_solution: OnSolution | None
) -> Answer:
    """Each level in turn, the ones above held at the best found; half of what is left goes to each but the last."""
    end, work = time.monotonic() + budget.seconds, 0.0
    answer = Answer(None, (), tuple(least for least, _ in ranges), False, False, 0.0)
    todo = [n for n, level in enumerate(model.levels) if not isinstance(level, int)]
    costs, bounds = [least for least, _ in ranges], [least for least, _ in ranges]
    best: Solution | None = None
    optimal = True
    for n in todo or [0]:
        if not isinstance(model.levels[n], int):
            model.cp.minimize(model.levels[n])
        left = max(0.0, end - time.monotonic())
        watch = _Watch(model, budget, None)
        status = watch.solve(left if n == todo[-1] else left / 2)
        work += watch.work
        if watch.best is None:
            infeasible = status == cp_model.INFEASIBLE and best is None
            return Answer(best, tuple(costs) if best else (), tuple(bounds), False, infeasible, work)
        best = watch.best
        costs = [level if isinstance(level, int) else int(watch.solver.value(level)) for level in model.levels]
        if optimal:
            bounds[n] = _ceil(watch.solver.best_objective_bound)
        optimal = optimal and status == cp_model.OPTIMAL
        if on_solution:
            on_solution(best, tuple(costs), tuple(bounds))
        if not isinstance(model.levels[n], int):
            model.demand(model.levels[n] <= costs[n])
        model.hint(best)
        answer = Answer(best, tuple(costs), tuple(bounds), optimal, False, work)
    return answer


def _ceil(bound: float) -> int:
    return -int(-(bound - 1e-6) // 1)


class _Watch(cp_model.CpSolverSolutionCallback):
    """One run of the solver: keeps the best solution, and stops when asked to or when time is up."""

    def __init__(self, model: SatModel, budget: Budget, found: Callable[[Solution, int], None] | None) -> None:
        super().__init__()
        self.solver = new_solver()
        self.best: Solution | None = None
        self.work = 0.0
        self._model, self._budget, self._found = model, budget, found
        self._done = threading.Event()

    def on_solution_callback(self) -> None:
        self.best = self._model.solution(self)
        if self._found is not None:
            self._found(self.best, max(0, _ceil(self.best_objective_bound)))

    def solve(self, seconds: float) -> object:
        parameters, budget = self.solver.parameters, self._budget
        parameters.max_time_in_seconds = max(0.01, seconds)
        parameters.num_workers = budget.workers
        parameters.random_seed = budget.seed
        if budget.deterministic is not None:
            parameters.max_deterministic_time = budget.deterministic
        poll = threading.Thread(target=self._poll, daemon=True) if budget.cancel else None
        if poll:
            poll.start()
        try:
            status = self.solver.solve(self._model.cp, self)
        finally:
            self._done.set()
        assert status != cp_model.MODEL_INVALID, self._model.cp.validate()
        self.work = self.solver.response_proto.deterministic_time
        return status

    def _poll(self) -> None:
        while not self._done.wait(POLL_SECONDS):
            if self._budget.cancel is not None and self._budget.cancel():
                self.solver.stop_search()
