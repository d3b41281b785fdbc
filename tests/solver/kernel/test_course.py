"""Several coolings and their offspring: no rule is broken, the best of all is told, and what comes along is exact."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from benchmarks.sets.field import FIELD, Recipe, draw
from scheduler.domain.problem import Problem
from scheduler.solver.compile import compile
from scheduler.solver.kernel import Better, search
from scheduler.solver.kernel import course as courses
from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.mating import mate
from scheduler.solver.kernel.single import Kernel
from scheduler.solver.kernel.state import stops_of
from scheduler.solver.packing import choose
from scheduler.solver.solution import Solution, to_plan
from scheduler.solver.verify import verify
from tests import builders as b
from tests.solver import small
from tests.solver.kernel.test_kernel import assert_judged, begun


def offspring(problem: Problem, seed: int) -> Kernel | None:
    """A kernel that goes on from what two others found; None where these can't be mated."""
    parents = [begun(problem, n) for n in range(2)]
    for parent in parents:
        if not parent.can_move:
            return None
        parent.anneal(0.3, 50)
    child = parents[0]
    child.write(child.best_state)
    done = mate(child.arrays, child.at_hand, parents[1].best_state, np.random.default_rng(seed))
    if not done or child.settle() >= 0:
        return None
    child.begin(seed)
    return child


@settings(deadline=None)
@given(small.SEEDS)
def test_offspring_breaks_no_rule_and_costs_what_it_says(seed: int) -> None:
    child = offspring(small.fresh(seed), seed)
    if child is not None:
        assert_judged(child)
        child.anneal(0.6, 50)
        assert_judged(child)


@settings(deadline=None)
@given(small.SEEDS)
def test_what_is_locked_stays_in_offspring(seed: int) -> None:
    problem = small.locked(seed)
    child = offspring(problem, seed)
    if child is not None:
        before = verify(problem, to_plan(child.c, begun(problem, 0).best)).breaches
        after = verify(problem, to_plan(child.c, child.best)).breaches
        assert {v.text for v in after if v.rule == "locks"} <= {v.text for v in before if v.rule == "locks"}


def test_days_come_over_whole() -> None:
    problem = FIELD.to_problem(draw(Recipe("routing", 100, 2, 1)))
    one, other = (Kernel(compile(problem), n) for n in range(2))
    for kernel in (one, other):
        kernel.load(Solution())
        kernel.anneal(0.5, 30)
    old, giver = (
        [stops_of(one.best_state, lane) for lane in range(len(one.arrays.lane))],
        [stops_of(other.best_state, lane) for lane in range(len(other.arrays.lane))],
    )
    came = 0
    for seed in range(10):
        one.write(one.best_state)
        mate(one.arrays, one.at_hand, other.best_state, np.random.default_rng(seed))
        for lane, stops in enumerate([stops_of(one.at_hand, lane) for lane in range(len(one.arrays.lane))]):
            assert stops == giver[lane] or set(stops) <= set(old[lane])
            came += stops == giver[lane] and not set(stops) <= set(old[lane])
    assert came >= 10


def test_parts_of_teams_and_what_hangs_on_others_do_not_come_along() -> None:
    two = b.activity("two", requirements=(b.requirement("r", count=2),))
    problem = b.problem(
        technicians=[b.technician("ann"), b.technician("bob"), b.technician("cy")],
        activities=[two, b.activity("before"), b.activity("after")],
        precedences=[{"before": "before", "after": "after", "technicians": "same"}],
    )
    kernel = begun(problem, 0)
    assert len(kernel.best.activities(kernel.c)) == 3
    owner = kernel.arrays.node[: len(kernel.arrays.suits), at.ACTIVITY]
    alone = set[str]()
    for seed in range(20):
        kernel.write(kernel.best_state)
        if mate(kernel.arrays, kernel.at_hand, kernel.best_state.copy(), np.random.default_rng(seed)):
            there = kernel.at_hand.node[: len(owner), at.LANE] >= 0
            alone |= {kernel.c.activities[a] for a in owner if there[owner == a].sum() == 1} & {"two"}
            left = {kernel.c.activities[a] for a in set(owner.tolist()) if not there[owner == a].any()}
            assert "before" not in left or "after" in left
    assert alone == set()


def with_room(problem: Problem) -> Problem:
    """Without what a first plan leaves out."""
    kernel = begun(problem)
    names = {kernel.c.activities[n] for n in kernel.best.activities(kernel.c)}
    return problem.model_copy(update={"activities": tuple(a for a in problem.activities if a.id in names)})


@pytest.mark.parametrize("room", [True, False])
def test_a_long_search_has_several_coolings_if_all_finds_room_and_tells_the_best(
    room: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem, mated, asked = FIELD.to_problem(draw(Recipe("routing", 100, 2, 1))), courses.mate, list[bool]()
    problem = with_room(problem) if room else problem
    assert not room or not begun(problem).lacks_room

    def counted(*given: Any) -> bool:
        asked.append(mated(*given))
        return asked[-1]

    monkeypatch.setattr(courses, "mate", counted)
    monkeypatch.setattr(courses, "SEVERAL_FROM", 100)
    monkeypatch.setattr(courses, "STEPS_EACH", 40)

    def run() -> list[Better]:
        told: list[Better] = []
        search(compile(problem), Solution(), lambda: 60, 12_000, 1, 3, lambda: False, told.append, choose)
        return told

    told = run()
    assert (sum(asked) > 5) == room
    costs = [one.cost for one in told]
    assert costs == sorted(costs, reverse=True) and costs == [one.cost for one in run()]
    best = Kernel(compile(problem), 0)
    best.load(told[-1].solution)
    assert best.cost == pytest.approx(told[-1].cost, abs=1e-6)


def test_activities_that_need_nobody_but_a_room() -> None:
    asked = [b.activity(f"a{n}", place=None, requirements=(b.requirement("room", kind="room"),)) for n in range(3)]
    problem, told = b.problem(technicians=[b.technician("ann")], rooms=[b.room("r")], activities=asked), list[Better]()
    search(compile(problem), Solution(), lambda: 60, 2000, 1, 1, lambda: False, told.append, choose)
    assert len(told[-1].solution.placed) == 3
