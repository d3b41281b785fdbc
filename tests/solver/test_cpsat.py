"""CP-SAT finds the optimum, says so, and puts the levels of a goal in their order."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import permutations, product
from math import inf
from typing import Any

import pytest
from hypothesis import given, settings

import scheduler.solver.cpsat as module
from scheduler.domain.goal import Goal, Level, Term
from scheduler.domain.plan import Booking, Plan
from scheduler.domain.problem import Problem
from scheduler.solver.compile import compile
from scheduler.solver.construct import construct
from scheduler.solver.cpsat import Answer, Budget, admits, in_units, optimise, solve_exactly
from scheduler.solver.dayroutes import with_routes
from scheduler.solver.model import SatModel
from scheduler.solver.solution import Solution, from_plan, to_plan
from scheduler.solver.verify import verify
from tests import builders as b
from tests.solver import small

BUDGET = Budget(seconds=60, deterministic=20.0)


def best_of_all(problem: Problem, starts: list[str]) -> tuple[float, ...]:
    """The least score of all plans that book one technician for each activity, or nobody, at these times."""
    choices: list[list[Booking | None]] = []
    for activity in problem.activities:
        length = activity.duration / timedelta(minutes=1)
        options = product(problem.technicians, starts)
        bookings = (b.booking(activity.id, t.id, clock, length) for t, clock in options)
        choices.append([None, *(booking for booking in bookings if verify(problem, b.plan(booking)).ok)])
    plans = (b.plan(*(booking for booking in chosen if booking)) for chosen in product(*choices))
    verdicts = (verify(problem, plan) for plan in plans)
    return min(v.score.order for v in verdicts if all(x.rule == "mandatory" for x in v.breaches))


def cheapest_tour(homes: list[int], places: list[int]) -> float:
    """Least minutes of travel on the line, in any order and by anybody, by a program that knows nothing of plans."""

    def tour(home: int, stops: tuple[int, ...]) -> int:
        return min(
            (
                sum(abs(a - c) for a, c in zip((home, *order), (*order, home), strict=True))
                for order in permutations(stops)
            ),
            default=0,
        )

    return 10 * min(
        sum(
            tour(home, tuple(p for p, who in zip(places, split, strict=True) if who == n))
            for n, home in enumerate(homes)
        )
        for split in product(range(len(homes)), repeat=len(places))
    )


def levels(*weights: dict[Term, float]) -> Goal:
    return Goal(levels=tuple(Level(weights=w) for w in weights))


@pytest.mark.parametrize(
    "more",
    [
        {"goal": levels({Term.UNSCHEDULED: 1}, {Term.TARDINESS: 1, Term.TRAVEL_TIME: 0.5})},
        {"goal": levels({Term.UNSCHEDULED: 1}, {Term.RESOURCES_USED: 1}, {Term.WORKING_TIME: 1})},
        {"goal": levels({Term.UNSCHEDULED: 60, Term.WAITING: 1, Term.TRAVEL_DISTANCE: 3})},
        {"goal": levels({Term.TARDINESS: 1}, {Term.UNSCHEDULED: 1})},
    ],
)
def test_no_plan_on_a_coarse_grid_is_better(more: dict[str, Any]) -> None:
    """Everything lasts and is an hour apart, so that some best plan starts everything on the hour."""
    asked = [
        b.activity("a", place="p1", resolve_by=b.moment("11:00"), priority=2),
        b.activity("b", place="p2", start_windows=(b.span("09:00", "11:00"),), skills=["gas"]),
        b.activity("c", place="p1", deadline=b.moment("12:00"), respond_by=b.moment("10:00")),
    ]
    hours = b.hours("08:00", "13:00")
    people = [
        b.technician("ann", skills=["gas"], working_hours=hours),
        b.technician("bob", at="p2", working_hours=hours, breaks=(b.pause(60, "10:00", "11:00"),)),
    ]
    problem = b.problem(travel=b.line(3, minutes=60), technicians=people, activities=asked, **more)
    found = solve_exactly(compile(problem))
    assert found.optimal and found.plan is not None
    verdict = verify(problem, found.plan)
    assert verdict.ok
    assert verdict.score.order == pytest.approx(best_of_all(problem, [f"{hour:02}:00" for hour in range(8, 13)]))
    assert found.bound == pytest.approx(verdict.score.levels)


@pytest.mark.parametrize(
    ("homes", "places"),
    [([0], [3, 1, 5, 2]), ([0, 9], [1, 8, 4, 6, 5]), ([5, 5], [0, 9, 4, 6]), ([2, 7, 4], [9, 0, 3, 3])],
)
def test_travel_is_as_short_as_it_can_be(homes: list[int], places: list[int]) -> None:
    people = [b.technician(f"t{n}", at=f"p{home}") for n, home in enumerate(homes)]
    asked = [b.activity(f"a{n}", minutes=15, place=f"p{at}") for n, at in enumerate(places)]
    goal = Goal.weighted(unscheduled=10_000, travel_time=1)
    found = solve_exactly(compile(b.problem(technicians=people, activities=asked, goal=goal)))
    assert found.optimal and found.bound == (cheapest_tour(homes, places),)


def tension(order: Goal) -> Problem:
    """Whoever goes to both places is late at one of them; bob begins early and lives far away."""
    asked = [
        b.activity("a", place="p1", respond_by=b.moment("08:10"), mandatory=True),
        b.activity("b", place="p2", respond_by=b.moment("08:20"), mandatory=True),
    ]
    people = [b.technician("ann"), b.technician("bob", at="p9", working_hours=b.hours("06:00"))]
    return b.problem(technicians=people, activities=asked, goal=order)


ORDERS: list[tuple[tuple[Term, ...], tuple[float, ...]]] = [
    ((Term.TARDINESS, Term.TRAVEL_TIME), (0, 160)),
    ((Term.TRAVEL_TIME, Term.TARDINESS), (40, 60)),
    ((Term.RESOURCES_USED, Term.TARDINESS, Term.TRAVEL_TIME), (1, 10, 160)),
    ((Term.RESOURCES_USED, Term.TRAVEL_TIME, Term.TARDINESS), (1, 40, 60)),
    ((Term.UNSCHEDULED, Term.TRAVEL_DISTANCE, Term.TARDINESS), (0, 40, 60)),
]


@pytest.fixture(params=["weighted", "one by one"])
def path(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Both ways of putting levels in order; the other one must not be taken."""
    unused: Callable[..., Any] = lambda *_: pytest.fail("the other path was taken")  # noqa: E731
    if request.param == "one by one":
        monkeypatch.setattr(module, "LARGEST_OBJECTIVE", 2)
    monkeypatch.setattr(module, "_one_by_one" if request.param == "weighted" else "_weighted", unused)
    yield request.param


@pytest.mark.usefixtures("path")
@pytest.mark.parametrize(("order", "expected"), ORDERS)
def test_a_lower_level_never_outweighs_one_above(order: tuple[Term, ...], expected: tuple[float, ...]) -> None:
    problem = tension(levels(*({term: 1.0} for term in order)))
    found = solve_exactly(compile(problem))
    assert found.optimal and found.plan is not None
    assert verify(problem, found.plan).score.levels == pytest.approx(expected)
    assert found.bound == pytest.approx(expected)


def test_weights_that_need_huge_numbers_are_solved_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_weighted", lambda *_: pytest.fail("the numbers are too large for one sum"))
    terms = {Term.TARDINESS: 1.0, Term.WAITING: 0.123457}, {Term.TRAVEL_TIME: 1.0, Term.IDLE: 0.7654321}
    problem = tension(levels(*terms, {Term.WORKING_TIME: 0.333331, Term.TRAVEL_DISTANCE: 1.0}))
    found = solve_exactly(compile(problem))
    assert found.optimal and found.plan is not None
    assert found.bound == pytest.approx(verify(problem, found.plan).score.levels, rel=1e-4)


@settings(max_examples=25)
@given(small.SEEDS)
def test_both_paths_find_the_same_and_bounds_never_exceed_costs(seed: int) -> None:
    problem = small.fresh(seed, most=3)
    compiled = compile(problem)
    answers = [optimise(SatModel(compiled), BUDGET)]
    before, module.LARGEST_OBJECTIVE = module.LARGEST_OBJECTIVE, 1
    try:
        if any(not isinstance(level, int) for level in SatModel(compiled).levels):
            answers.append(optimise(SatModel(compiled), BUDGET))
    finally:
        module.LARGEST_OBJECTIVE = before
    for answer in answers:
        assert_proven(problem, answer)
    if all(answer.optimal for answer in answers):
        assert len({answer.costs for answer in answers}) == 1


def assert_proven(problem: Problem, answer: Answer) -> None:
    """There is a plan, verified; it costs what it says and no less than the bound."""
    compiled = compile(problem)
    assert answer.solution is not None and not answer.infeasible
    verdict = verify(problem, to_plan(compiled, answer.solution))
    assert [v.text for v in verdict.breaches if v.rule != "mandatory"] == []
    assert answer.costs[0] == verdict.score.mandatory_unscheduled
    assert in_units(compiled, answer.costs) == pytest.approx(verdict.score.levels)
    assert answer.bounds <= answer.costs
    assert not answer.optimal or answer.bounds == answer.costs
    if answer.optimal:
        start = verify(problem, to_plan(compiled, construct(compiled)))
        assert verdict.score.order <= tuple(cost + 1e-6 for cost in start.score.order)


def test_what_is_mandatory_stands_above_all_levels() -> None:
    asked = [b.activity("far", place="p9", mandatory=True), b.activity("near", priority=1000)]
    window = (b.span("10:00", "10:30"),)
    late = [a.model_copy(update={"start_windows": window}) for a in asked]
    problem = b.problem(technicians=[b.technician("ann")], activities=late)
    found = solve_exactly(compile(problem))
    assert found.optimal and found.plan is not None and set(found.plan.by_activity) == {"far"}


def test_a_goal_without_anything_to_choose() -> None:
    found = solve_exactly(compile(b.problem()))
    assert found.optimal and found.plan is not None and found.plan.bookings == () and found.bound == (0.0, 0.0)


def test_every_solution_is_told_with_its_costs_and_bounds() -> None:
    problem = tension(levels({Term.TARDINESS: 1}, {Term.TRAVEL_TIME: 1}))
    compiled = compile(problem)
    told: list[tuple[Solution, tuple[int, ...], tuple[int, ...]]] = []
    answer = optimise(SatModel(compiled), BUDGET, lambda *found: told.append(found))
    assert told and told[-1][:2] == (answer.solution, answer.costs)
    costs = [c for _, c, _ in told]
    assert costs == sorted(costs, reverse=True) and all(bounds <= costs[-1] for _, _, bounds in told)


def test_who_asks_to_stop_is_heard() -> None:
    """Asked again and again, while a problem is solved that takes far longer than that."""
    asked = [b.activity(f"a{n}", minutes=20 + n, place=f"p{n % 10}") for n in range(25)]
    problem = b.problem(technicians=[b.technician(f"t{n}", at=f"p{2 * n}") for n in range(4)], activities=asked)
    calls = 0

    def cancel() -> bool:
        nonlocal calls
        calls += 1
        return calls >= 3

    answer = optimise(SatModel(compile(problem)), Budget(seconds=300, cancel=cancel))
    assert calls >= 3 and not answer.optimal


@pytest.mark.parametrize(("clock", "admitted"), [("08:10", True), ("08:00", False), ("16:50", False)])
def test_whether_bookings_are_admitted(clock: str, admitted: bool) -> None:
    problem = b.problem(technicians=[b.technician("ann")], activities=[b.activity("a")])
    compiled = compile(problem)
    plan: Plan = with_routes(problem, b.plan(b.booking("a", "ann", clock)))
    assert admits(compiled, from_plan(compiled, plan)) is admitted


def test_costs_come_back_in_the_goals_own_units() -> None:
    problem = tension(levels({Term.TARDINESS: 0.25, Term.OVERTIME: 1}, {Term.TRAVEL_TIME: 1 / 3}))
    compiled = compile(problem)
    answer = optimise(SatModel(compiled), BUDGET)
    assert answer.solution is not None
    score = verify(problem, to_plan(compiled, answer.solution)).score
    assert in_units(compiled, answer.costs) == pytest.approx(score.levels)
    assert score.levels[0] < inf
