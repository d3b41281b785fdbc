"""A neighbourhood changes nothing outside of it, and its costs are those of the whole plan."""

from random import Random

import pytest
from hypothesis import given

from scheduler.domain.override import Waiver
from scheduler.solver.compile import compile
from scheduler.solver.compiled import Compiled
from scheduler.solver.construct import construct
from scheduler.solver.cpsat import Answer, Budget, improve, in_units
from scheduler.solver.dayroutes import with_routes
from scheduler.solver.model import Focus
from scheduler.solver.solution import Solution, from_plan, to_plan
from scheduler.solver.verify import verify
from tests import builders as b
from tests.solver import small

BUDGET = Budget(seconds=60, deterministic=2.0)


def any_focus(compiled: Compiled, at: Solution, chance: Random) -> Focus:
    """Half of the activities and half of the days, with the days on which those activities are."""
    free = frozenset(a for a in range(len(compiled.activities)) if chance.random() < 0.5)
    days = [v for v, room in enumerate(compiled.lanes.is_room) if not room]
    own = {p.lane for s, p in at.placed.items() if int(compiled.slots.activity[s]) in free and p.lane in days}
    return Focus(at, free, frozenset(own | {v for v in days if chance.random() < 0.5}))


def assert_outside_unchanged(compiled: Compiled, focus: Focus, answer: Answer) -> None:
    assert answer.solution is not None
    before, after = focus.at, answer.solution
    fixed = {s for s in range(len(compiled.slots)) if int(compiled.slots.activity[s]) not in focus.free}
    assert {s for s in fixed if s in after.placed} == {s for s in fixed if s in before.placed}
    for slot, was in before.placed.items():
        if slot in fixed:
            now = after.placed[slot]
            assert (now.lane, now.duration) == (was.lane, was.duration) or compiled.slots.is_room[slot]
            assert now == was or was.lane in focus.lanes or compiled.slots.is_room[slot]
    for slot, now in after.placed.items():
        assert slot in fixed or now.lane in focus.lanes or compiled.lanes.is_room[now.lane]
    for lane in {*before.routes, *after.routes} - focus.lanes:
        assert after.routes.get(lane) == before.routes.get(lane)
    for lane in focus.lanes & before.routes.keys():
        order = [s for s in before.routes[lane].slots if s in fixed]
        assert [s for s in after.routes[lane].slots if s in fixed] == order if order else True


@given(small.SEEDS)
def test_an_improvement_stays_inside_and_is_one(seed: int) -> None:
    problem = small.fresh(seed, most=4)
    compiled = compile(problem)
    at = construct(compiled)
    focus = any_focus(compiled, at, Random(seed))
    answer = improve(compiled, focus, BUDGET)
    assert answer.solution is not None and not answer.infeasible
    assert_outside_unchanged(compiled, focus, answer)
    verdict = verify(problem, to_plan(compiled, answer.solution))
    assert [v.text for v in verdict.breaches if v.rule != "mandatory"] == []
    assert answer.costs[0] == verdict.score.mandatory_unscheduled
    assert in_units(compiled, answer.costs) == pytest.approx(verdict.score.levels)
    assert answer.bounds <= answer.costs
    if answer.optimal:
        assert verdict.score.order <= verify(problem, to_plan(compiled, at)).score.order


def test_what_is_kept_may_shift_in_time_for_what_comes_in() -> None:
    asked = [b.activity("a", place="p0", start_windows=(b.span("08:00", "12:00"),)), b.activity("b", place="p0")]
    window = asked[1].model_copy(update={"start_windows": (b.span("08:00", "08:00:01"),)})
    problem = b.problem(technicians=[b.technician("ann")], activities=[asked[0], window])
    compiled = compile(problem)
    at = from_plan(compiled, with_routes(problem, b.plan(b.booking("a", "ann", "08:30"))))
    (lane,) = at.routes
    answer = improve(compiled, Focus(at, frozenset({1}), frozenset({lane})), BUDGET)
    assert answer.solution is not None
    plan = to_plan(compiled, answer.solution)
    assert plan.by_activity["b"][0].start == b.moment("08:00")
    assert plan.by_activity["a"][0].start >= b.moment("09:00")
    stuck = improve(compiled, Focus(at, frozenset({1}), frozenset()), BUDGET)
    assert stuck.solution is not None and stuck.solution.placed == at.placed


def test_what_a_focus_says_of_slots() -> None:
    problem = b.problem(technicians=[b.technician("ann")], activities=[b.activity(name) for name in "abc"])
    compiled = compile(problem)
    plan = b.plan(b.booking("a", "ann", "09:00"), b.booking("b", "ann", "10:00"))
    at = from_plan(compiled, with_routes(problem, plan))
    (lane,) = at.routes
    focus = Focus(at, frozenset({0}), frozenset({lane}))
    assert [focus.is_free(compiled, slot) for slot in range(3)] == [True, False, False]
    assert [focus.kept(compiled, slot) for slot in range(3)] == [None, at.placed[1], None]
    assert focus.follower == {0: 1}
    outside = Focus(at, frozenset(), frozenset())
    assert outside.kept(compiled, 1) is None and outside.follower == {}


def test_who_may_stand_against_a_rule_elsewhere_is_kept_where_it_is() -> None:
    waiver = Waiver(activity="a", requirement="technician", rule="skill-match", largest_amount=1, why="agreed")
    problem = b.problem(
        technicians=[b.technician("ann"), b.technician("bob", skills=["gas"])],
        activities=[b.activity("a", skills=["gas"])],
        standing=b.plan(b.booking("a", "ann", "09:00")),
        waivers=[waiver],
    )
    compiled = compile(problem)
    at = from_plan(compiled, with_routes(problem, b.plan(b.booking("a", "bob", "09:00"))))
    assert compiled.holds
    answer = improve(compiled, Focus(at, frozenset(), frozenset(at.routes)), BUDGET)
    assert answer.solution is not None and answer.solution.placed[0].lane == at.placed[0].lane
