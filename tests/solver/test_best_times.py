"""Times of a plan whose lanes and orders stay: as good as CP-SAT finds them for the whole problem at once."""

from itertools import combinations, pairwise
from random import Random

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from scheduler.domain.goal import Goal, Level, Term
from scheduler.domain.problem import Problem
from scheduler.solver.best_times import groups, may_gain, with_best_times
from scheduler.solver.compile import compile
from scheduler.solver.compiled import Compiled
from scheduler.solver.construct import construct
from scheduler.solver.cpsat import Budget, completion, in_units, optimise
from scheduler.solver.dayroutes import with_routes
from scheduler.solver.kernel.single import Kernel
from scheduler.solver.model import SatModel
from scheduler.solver.solution import Solution, from_plan, to_plan
from scheduler.solver.verify import verify
from tests import builders as b
from tests.solver import small
from tests.solver.tiny import Tiny

BUDGET = Budget(seconds=60)


def goal(weights: dict[Term, float]) -> Goal:
    return Goal(levels=(Level(weights=weights),))


def searched(problem: Problem, seed: int) -> tuple[Compiled, Solution]:
    """A plan of the local search."""
    compiled = compile(problem)
    kernel = Kernel(compiled, seed)
    kernel.load(construct(compiled, None, lambda: True))
    for along in (0.2, 0.9) if kernel.can_move else ():
        kernel.anneal(along, 50)
    return compiled, kernel.best


def least(compiled: Compiled, at: Solution) -> tuple[float, ...]:
    """Costs by level of the best times, by a model of the whole problem with lanes and orders demanded."""
    model = SatModel(compiled)
    for slot in range(len(compiled.slots)):
        placed = at.placed.get(slot)
        model.demand(model.present(slot) == int(placed is not None))
        if placed is not None:
            model.demand(model.in_lane(slot, placed.lane) == 1)
    for lane, route in at.routes.items():
        stop = model.lanes[lane].restock
        if stop is not None and not lacks_something(compiled, lane, list(route.slots)):
            model.demand(stop.here == 0)
        for before, after in combinations(route.slots, 2):
            model.demand(model.lanes[lane].arcs.get((after, before), 0) == 0)
        for before, after in pairwise(route.slots):
            model.demand(model.start(before) <= model.start(after))
    answer = optimise(model, BUDGET)
    assert answer.optimal
    return in_units(compiled, answer.costs)


def lacks_something(compiled: Compiled, lane: int, slots: list[int]) -> bool:
    """Whether the day needs what it does not carry; only then may it stop at the depot."""
    tools = compiled.tools.size and (compiled.tools[slots] & ~compiled.tools_carried[lane]).any()
    return bool(tools or (compiled.parts.size and (compiled.parts[slots].sum(0) > compiled.parts_carried[lane]).any()))


def levels(problem: Problem, compiled: Compiled, solution: Solution) -> tuple[float, ...]:
    return verify(problem, to_plan(compiled, solution)).score.levels


def check(problem: Problem, seed: int) -> None:
    compiled, at = searched(problem, seed)
    breaches = {v.rule for v in verify(problem, to_plan(compiled, at)).violations} - {"mandatory"}
    if not at.placed or breaches or completion(compiled, at) is None:
        event("beside the point: nothing is planned, or what stands against a rule")
        return
    best, _ = with_best_times(compiled, at, BUDGET)
    before, after, wanted = levels(problem, compiled, at), levels(problem, compiled, best), least(compiled, at)
    assert after == pytest.approx(wanted)
    event("better" if after < before else "as good")
    if not may_gain(compiled):
        assert before == pytest.approx(wanted)
    assert [v.text for v in verify(problem, to_plan(compiled, best)).breaches if v.rule != "mandatory"] == []
    assert {s: (p.lane, p.duration) for s, p in best.placed.items()} == {
        s: (p.lane, p.duration) for s, p in at.placed.items()
    }
    assert {v: r.slots for v, r in best.routes.items()} == {v: r.slots for v, r in at.routes.items()}


@settings(deadline=None)
@given(st.integers(0, 2**32))
def test_times_of_tiny_plans_are_the_best(seed: int) -> None:
    try:
        problem = Tiny(Random(seed)).problem()
    except ValidationError:
        return
    check(problem, seed)


@settings(deadline=None)
@given(small.SEEDS, st.lists(st.sampled_from(list(Term)), max_size=3))
def test_times_of_small_plans_are_the_best(seed: int, terms: list[Term]) -> None:
    problem = small.fresh(seed)
    check(problem.replace(goal=goal({Term.UNSCHEDULED: 100.0, **dict.fromkeys(terms, 1.0)})), seed)


def test_the_search_itself_nearly_always_takes_a_break_where_the_day_is_shortest() -> None:
    """Not where it would have to come home later than it could, for the break to lie where somebody waits."""
    longer = 0
    for seed in range(100):
        problem = day_with_break(Random(seed))
        compiled, at = searched(problem, seed)
        best, _ = with_best_times(compiled, at, BUDGET)
        longer += levels(problem, compiled, best) < levels(problem, compiled, at)
    assert longer <= 1


def day_with_break(chance: Random) -> Problem:
    """One person, paid for every minute at work, who has a break and some appointments."""

    def clock(minutes: int) -> str:
        return f"{minutes // 60:02}:{minutes % 60:02}"

    def between(begin: int, length: int) -> tuple[str, str]:
        return clock(begin), clock(begin + length)

    length = chance.choice([10, 30, 45])
    lunch = b.pause(length, *between(5 * chance.randint(108, 180), length + chance.choice([15, 60, 120])))
    asked = []
    for n in range(chance.randint(2, 5)):
        window = between(5 * chance.randint(96, 190), chance.choice([5, 30, 240]))
        minutes, place = chance.choice([15, 30, 60, 90]), f"p{chance.randint(0, 4)}"
        asked.append(b.activity(f"a{n}", minutes=minutes, place=place, start_windows=(b.span(*window),)))
    ann = b.technician("ann", breaks=(lunch,), max_time_per_day=b.minutes(chance.choice([240, 540])))
    return b.problem(technicians=[ann], activities=asked, goal=goal({Term.UNSCHEDULED: 1000.0, Term.WORKING_TIME: 1.0}))


def test_lunch_at_home_leaves_a_day_short_enough() -> None:
    """Ann may be at work for four and a half hours, and must come at four: noon to two is best spent at home."""
    ann = b.technician("ann", breaks=(b.pause(45, "12:00", "14:00"),), max_time_per_day=b.minutes(270))
    late = b.activity("late", minutes=60, place="p0", start_windows=(b.span("16:00", "16:05"),))
    asked = [late, *(b.activity(f"a{n}", minutes=60, place="p0") for n in range(3))]
    compiled, at = searched(b.problem(technicians=[ann], activities=asked), 0)
    assert at.activities(compiled) == {0, 1, 2, 3}


def test_the_day_waits_for_the_window_in_which_nobody_is_late() -> None:
    """Ann could come at once, an hour late for the first window; there is a second one."""
    windows = (b.span("06:00", "08:00"), b.span("10:00", "12:00"))
    asked = b.activity("a", minutes=60, place="p0", service_windows=windows, priced_windows=True)
    problem = b.problem(technicians=[b.technician("ann")], activities=[asked], goal=goal({Term.TARDINESS: 1.0}))
    compiled = compile(problem)
    at = from_plan(compiled, with_routes(problem, b.plan(b.booking("a", "ann", "08:00"))))
    assert may_gain(compiled) and levels(problem, compiled, at) == (60.0,)
    best, _ = with_best_times(compiled, at, BUDGET)
    assert levels(problem, compiled, best) == (0.0,)
    assert to_plan(compiled, best).by_activity["a"][0].start >= b.moment("10:00")


def test_lanes_hang_together_by_teams_and_people() -> None:
    both = b.activity("both", requirements=(b.requirement("r", count=2),))
    problem = b.problem(
        technicians=[b.technician(name) for name in ("ann", "bob", "eve")],
        activities=[both, b.activity("a"), b.activity("later")],
        days=2,
    )
    compiled = compile(problem)
    bookings = [b.booking("both", "ann", "09:00", requirement="r"), b.booking("a", "eve", "09:00")]
    bookings += [
        b.booking("both", "bob", "09:00", requirement="r", ordinal=1),
        b.booking("later", "bob", "09:00", day=1),
    ]
    at = from_plan(compiled, with_routes(problem, b.plan(*bookings)))
    days = [[int(v) for v in compiled.lanes_of[n]] for n in range(3)]
    assert set(groups(compiled, at)) == {frozenset({days[0][0], *days[1]}), frozenset({days[2][0]})}


def test_no_time_and_a_wish_to_stop_leave_the_plan_as_it_is() -> None:
    problem = b.problem(technicians=[b.technician("ann")], activities=[b.activity("a")])
    compiled, at = searched(problem, 0)
    assert with_best_times(compiled, at, Budget(0.0)) == (at, 0.0)
    assert with_best_times(compiled, at, Budget(60, cancel=lambda: True)) == (at, 0.0)
