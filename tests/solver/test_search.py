"""The search: the whole problem where it is small, neighbourhoods otherwise, until the budget ends."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

import scheduler.solver.search as module
from benchmarks.sets.field import FIELD, Recipe, draw
from scheduler.domain.activity import Precedence
from scheduler.domain.outcome import StopReason
from scheduler.domain.problem import Problem
from scheduler.solver.compile import compile
from scheduler.solver.compiled import Compiled
from scheduler.solver.construct import construct
from scheduler.solver.cpsat import Answer, Budget, in_units
from scheduler.solver.search import LARGEST_SIZE, Found, Picker, Search, arcs
from scheduler.solver.solution import Solution, to_plan
from scheduler.solver.verify import verify
from tests import builders as b
from tests.solver import small

Told = list[tuple[str, Solution, tuple[int, ...], tuple[int, ...]]]


def busy(count: int = 14) -> Problem:
    """More work than three people can do, all over the line."""
    asked = [b.activity(f"a{n}", minutes=60 + 15 * (n % 4), place=f"p{(7 * n) % 10}") for n in range(count)]
    return b.problem(technicians=[b.technician(f"t{n}", at=f"p{4 * n}") for n in range(3)], activities=asked)


def searched(problem: Problem, budget: Budget, told: Told | None = None) -> Found:
    found: Told = [] if told is None else told
    return Search(compile(problem), budget, lambda *more: found.append(more)).run(None)


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every problem counts as large."""
    monkeypatch.setattr(module, "SMALL", -1)
    yield


def test_a_small_problem_is_solved_to_the_end() -> None:
    told: Told = []
    found = searched(b.problem(technicians=[b.technician("ann")], activities=[b.activity("a")]), Budget(60), told)
    assert found.stopped is StopReason.OPTIMAL and found.optimal and found.bounds == found.costs == (0, 0, 4)
    assert told[0][0] == "construct" and {stage for stage, *_ in told} <= {"construct", "local search", "exact"}


@pytest.mark.parametrize(("count", "seconds"), [(1, 10), (30, 1)])
def test_time_for_reasons_is_kept_where_something_is_left_out(
    count: int, seconds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten seconds, nine of them for reasons: the search is given all where the first plan leaves nothing out."""
    asked, own = list[float](), module.search

    def briefly(compiled: Compiled, start: Solution, given: Callable[[], float], *more: Any) -> int:
        return own(compiled, start, lambda: asked.append(given()) or 0.01, *more)

    monkeypatch.setattr(module, "search", briefly)
    monkeypatch.setattr(module, "SHARE", 1.0)
    monkeypatch.setattr(module, "SHARE_OF_SMALL", 1.0)
    monkeypatch.setattr(module, "MOST_OF_SMALL", 1.0)
    searched(busy(count), Budget(10, closing=9))
    assert asked[0] == pytest.approx(seconds, rel=0.2)


@pytest.mark.usefixtures("large")
def test_neighbourhoods_make_a_plan_better_and_better() -> None:
    problem, told = busy(), Told()
    found = searched(problem, Budget(600, deterministic=0.6), told)
    compiled = compile(problem)
    assert found.stopped is StopReason.EXHAUSTED and not found.optimal and found.steps > 1
    stages = [stage for stage, *_ in told]
    assert stages == sorted(stages, key=["construct", "local search", "times", "neighbourhood"].index)
    costs = [c for stage, _, c, _ in told if stage == "neighbourhood"]
    assert all(later < earlier for earlier, later in pairwise(costs))
    verdict = verify(problem, to_plan(compiled, found.solution))
    assert [v.text for v in verdict.breaches if v.rule != "mandatory"] == []
    if found.costs:
        assert in_units(compiled, found.costs) == pytest.approx(verdict.score.levels)
    assert verdict.score.order <= verify(problem, to_plan(compiled, construct(compiled))).score.order


@pytest.mark.parametrize("limit", [-1, 10**6])
def test_a_plan_of_a_solver_that_was_cut_off_replaces_no_better_one(
    limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CP-SAT does not always come to the plan that it is to start from."""
    problem, asked = FIELD.to_problem(draw(Recipe("routing", 60, 1, 1))), list[Any]()

    def cut_off(*given: Any) -> Answer:
        asked.append(given)
        return Answer(Solution(), (0, 14), (0, 0), optimal=False, infeasible=False, work=1.0)

    monkeypatch.setattr(module, "SMALL", limit)
    monkeypatch.setattr(module, "SHARE", 0.0)
    for name in ("optimise", "improve"):
        monkeypatch.setattr(module, name, cut_off)
    told, compiled = Told(), compile(problem)
    found = searched(problem, Budget(600, deterministic=0.6), told)
    orders = [verify(problem, to_plan(compiled, one)).score.order for one in (found.solution, *(t[1] for t in told))]
    assert asked and orders[0] == min(orders)


@pytest.mark.usefixtures("large")
@settings(max_examples=15)
@given(small.SEEDS)
def test_neighbourhoods_of_anything_breach_nothing(seed: int) -> None:
    problem = small.fresh(seed)
    compiled = compile(problem)
    found = searched(problem, Budget(600, deterministic=0.05))
    verdict = verify(problem, to_plan(compiled, found.solution))
    assert [v.text for v in verdict.breaches if v.rule != "mandatory"] == []
    assert verdict.score.order <= verify(problem, to_plan(compiled, construct(compiled))).score.order
    assert not found.costs or in_units(compiled, found.costs) == pytest.approx(verdict.score.levels)


@pytest.mark.parametrize("limit", [-1, 10**6])
def test_the_same_seed_gives_the_same_solution(limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SMALL", limit)
    budget = Budget(600, deterministic=0.2, seed=7)
    first, again = (searched(busy(10), budget) for _ in range(2))
    assert (first.solution, first.costs, first.steps) == (again.solution, again.costs, again.steps)


@pytest.mark.parametrize("limit", [-1, 10**6])
def test_who_asks_to_stop_is_heard(limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SMALL", limit)
    asked = 0

    def cancel() -> bool:
        nonlocal asked
        asked += 1
        return asked > 2

    found = searched(busy(), Budget(3000, cancel=cancel))
    assert found.stopped is StopReason.CANCELLED and asked > 2 and found.solution.placed


def test_a_budget_of_nothing_still_gives_a_plan() -> None:
    found = searched(busy(), Budget(0.0))
    assert found.stopped is StopReason.TIME_LIMIT and found.solution.placed


def test_nothing_to_do_is_optimal() -> None:
    assert searched(b.problem(), Budget(60)).stopped is StopReason.OPTIMAL


def test_how_large_a_problem_is() -> None:
    asked = [b.activity("a", skills=["gas"]), b.activity("b"), b.activity("c", place="p2")]
    people = [b.technician("ann", skills=["gas"]), b.technician("bob")]
    assert arcs(compile(b.problem(technicians=people, activities=asked, days=2))) == 2 * (3**2 + 2**2)
    in_room = b.activity("r", requirements=(b.requirement("room", kind="room"),))
    assert arcs(compile(b.problem(rooms=[b.room("lab")], activities=[in_room]))) == 0


def test_what_hangs_together_is_picked_together() -> None:
    """Of forty visits two are linked and far apart in place and time: they are often free in one neighbourhood."""
    asked = [b.activity(f"a{n:02}", minutes=10, place="p1") for n in range(38)]
    first = b.activity("first", minutes=10, place="p9", start_windows=(b.span("08:00", "10:00"),))
    then = b.activity("then", minutes=10, place="p0", start_windows=(b.span("15:00", "16:00"),))
    problem = b.problem(
        technicians=[b.technician("ann"), b.technician("bob", at="p9")],
        activities=[*asked, first, then],
        precedences=[Precedence(before="first", after="then")],
    )
    compiled = compile(problem)
    at, picker = construct(compiled), Picker(compiled, Random(1))
    pair = {compiled.activities.index(name) for name in ("first", "then")}
    assert sum(pair <= picker.pick(at, 5).free for _ in range(100)) > 15


@given(small.SEEDS)
def test_a_picked_neighbourhood_holds_its_activities_and_their_days(seed: int) -> None:
    compiled, chance = compile(small.fresh(seed)), Random(seed)
    at = construct(compiled)
    picker = Picker(compiled, chance)
    for size in (1, 5, LARGEST_SIZE):
        focus = picker.pick(at, size)
        assert focus.at is at and len(focus.free) <= max(1, size)
        assert focus.free <= set(range(len(compiled.activities)))
        assert not compiled.lanes.is_room[np.array(sorted(focus.lanes), dtype=np.int64)].any()
        used = {p.lane for s, p in at.placed.items() if int(compiled.slots.activity[s]) in focus.free}
        assert {v for v in used if not compiled.lanes.is_room[v]} <= focus.lanes
