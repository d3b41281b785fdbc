"""The best times for a plan whose lanes and orders stay: exact, by CP-SAT, group by group of lanes that hang together.

The local search keeps stops at their earliest, or moves them right as far as the next one lets them. That is the best
where starting earlier never costs more; breaks, several windows and prices of standing about may ask for other times.
"""

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from scheduler.domain.goal import Term
from scheduler.solver.compiled import Compiled
from scheduler.solver.cpsat import Budget, best_times
from scheduler.solver.solution import Solution, to_plan
from scheduler.solver.verify import verify

STOPS, MODELS = 60, 16
"""Bookings that a model times at once, about, and in how many models a large plan is timed; small groups share one."""
WORK = 1.0
"""Deterministic work units for a model, where runs are to be repeatable."""

REGULAR = frozenset({Term.TARDINESS, Term.LARGEST_TARDINESS, Term.OVERTIME, Term.EARLIEST_DAY})
"""Starting earlier never costs more of these."""
TIMED = frozenset({
    Term.WAITING, Term.IDLE, Term.LARGEST_IDLE, Term.WORKING_TIME, Term.LABOUR_COST, Term.SHIFTED,
    Term.PREFERRED_WINDOW, Term.MISSED_BREAKS,
})  # fmt: skip
OVER_ALL = frozenset({Term.LARGEST_TARDINESS, Term.LARGEST_IDLE})
"""Measured over all lanes, which then hang together."""


def may_gain(compiled: Compiled) -> bool:
    """Whether other times than the search's may cost less."""
    counted = compiled.prices.keys() | compiled.limits.keys()
    if counted & TIMED:
        return True
    choices = any(compiled.pauses) or compiled.shared_windows or any(len(late.windows) > 1 for late in compiled.lates)
    return bool(counted & REGULAR and choices)


def with_best_times(compiled: Compiled, solution: Solution, budget: Budget) -> tuple[Solution, float]:
    """The plan at its best times, as far as the budget reaches, and the work that it took.

    It is the very plan where nothing is gained, or where judging it twice would take longer than there is time.
    """
    begin, stop = time.monotonic(), budget.cancel or (lambda: False)
    before, found, work = judged(compiled, solution), solution, 0.0
    end = begin + budget.seconds - (time.monotonic() - begin)
    for lanes in _batches(solution, groups(compiled, solution)):
        if (left := end - time.monotonic()) <= 0 or stop():
            break
        part = replace(budget, seconds=left, deterministic=None if budget.deterministic is None else WORK)
        answer = best_times(compiled, found, lanes, part)
        work += answer.work
        found = found if answer.solution is None else answer.solution
    if found is solution or stop():
        return solution, work
    return (found if judged(compiled, found) < before else solution), work


def judged(compiled: Compiled, solution: Solution) -> tuple[float, ...]:
    """By the judge, as CP-SAT may count otherwise what stands against a rule: breaches, then costs by level."""
    return verify(compiled.problem, to_plan(compiled, solution)).order


def _batches(solution: Solution, groups: Iterable[frozenset[int]]) -> Iterator[frozenset[int]]:
    """Groups put together until they hold some bookings."""
    sizes = defaultdict[int, int](int)
    for placed in solution.placed.values():
        sizes[placed.lane] += 1
    enough = max(STOPS, len(solution.placed) // MODELS)
    batch, stops = frozenset[int](), 0
    for group in groups:
        batch, stops = batch | group, stops + sum(sizes[lane] for lane in group)
        if stops >= enough:
            yield batch
            batch, stops = frozenset(), 0
    if batch:
        yield batch


def groups(compiled: Compiled, solution: Solution) -> list[frozenset[int]]:
    """Lanes in use, joined where the times of one depend on those of another."""
    root = {placed.lane: placed.lane for placed in solution.placed.values()}

    def find(lane: int) -> int:
        while root[lane] != lane:
            lane = root[lane]
        return lane

    first: dict[object, int] = {}
    for lane, reason in _joints(compiled, solution):
        root[find(lane)] = find(first.setdefault(reason, lane))
    found = defaultdict[int, set[int]](set)
    for lane in root:
        found[find(lane)].add(lane)
    return [frozenset(found[lane]) for lane in sorted(found)]


def _joints(compiled: Compiled, solution: Solution) -> Iterator[tuple[int, object]]:
    """Pairs of a lane in use and something that it has in common with others: a team, a precedence, a technician."""
    links = defaultdict[int, list[int]](list)
    for n, link in enumerate(compiled.links):
        links[link.before].append(n)
        links[link.after].append(n)
    measured = compiled.prices.keys() & OVER_ALL or compiled.limits
    for slot, placed in sorted(solution.placed.items()):
        activity = int(compiled.slots.activity[slot])
        yield placed.lane, ("activity", activity)
        yield placed.lane, ("resource", int(compiled.lanes.resource[placed.lane]))
        yield from ((placed.lane, ("link", n)) for n in links[activity])
        if measured:
            yield placed.lane, "all"
