"""Days that fetch tools and parts at a depot, at the best of all moments, and who is asked where others must fetch."""

from itertools import pairwise
from random import Random

import pytest
from hypothesis import example, given, settings

from scheduler.domain.goal import Goal, Level, Term
from scheduler.domain.interval import Interval
from scheduler.domain.problem import Problem
from scheduler.domain.resource import Absence, Break
from scheduler.solver.compile import compile
from scheduler.solver.construct import construct
from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.parts.task import anneal_part
from scheduler.solver.kernel.single import Kernel
from scheduler.solver.solution import from_plan, to_plan
from scheduler.solver.solve import solve
from tests import builders as b
from tests.solver.kernel import moves
from tests.solver.kernel.test_insertion import cheapest_of
from tests.solver.kernel.test_kernel import assert_judged, begun
from tests.solver.kernel.test_moves import scattered
from tests.solver.kernel.test_parts import tasks
from tests.solver.small import SEEDS

GOAL = Goal(levels=(Level(weights={Term.UNSCHEDULED: 10_000, Term.WORKING_TIME: 1}),))
TOOLS = ("drill", "saw", "torch")


def stocked(seed: int, people: int, windows: bool) -> Problem:
    """Most work asks for a tool or a part; ten technicians carry one tool, all carry two parts; the rest is fetched."""
    chance = Random(seed)
    spots = [f"p{n}" for n in range(20)]
    opens = [chance.randrange(8, 14) for _ in range(24)]
    asked = [
        b.activity(
            f"a{n:02}", minutes=chance.choice([10, 20, 30]), place=chance.choice(spots),
            tools={chance.choice(TOOLS)} if chance.random() < 0.4 else set(),
            parts={"valve": chance.randint(1, 2)} if chance.random() < 0.4 else {},
            start_windows=(b.span(f"{begin:02}:00", f"{begin + 3:02}:00"),) if windows else (),
        )
        for n, begin in enumerate(opens)
    ]  # fmt: skip
    technicians = [
        b.technician(f"t{n:02}", at=chance.choice(spots), tools={chance.choice(TOOLS)} if n < 10 else set(),
                     parts={"valve": 2}, depot="p0")
        for n in range(people)
    ]  # fmt: skip
    return b.problem(technicians=technicians, activities=asked, goal=GOAL, travel=scattered(chance))


def worked(kernel: Kernel, lane: int, stops: list[int]) -> int:
    """Ticks that a day takes by the shortest way that passes the depot in time; nobody waits in it."""
    c, arrays, slots = kernel.c, kernel.arrays, len(kernel.arrays.suits)

    def ticks(places: list[int]) -> int:
        return sum(int(c.travel.tables(0, [one], [other])[0][0, 0]) for one, other in pairwise(places))

    ends = int(c.lanes.start_place[lane]), int(c.lanes.end_place[lane])
    where, depot = [int(c.slots.place[u]) for u in stops], int(c.depot[lane])
    lacking = [
        n
        for n, u in enumerate(stops)
        if (arrays.tools[u] > arrays.tools[slots + lane]).any()
        or (arrays.parts[stops[: n + 1]].sum(axis=0) > arrays.parts[slots + lane]).any()
    ]
    ways = [ticks([ends[0], *where, ends[1]])]
    if lacking:
        ways = [ticks([ends[0], *where[:n], depot, *where[n:], ends[1]]) for n in range(lacking[0] + 1)]
    return min(ways) + sum(int(c.durations[u, c.lanes.resource[lane]]) for u in stops)


def test_the_depot_is_passed_where_that_is_nearest() -> None:
    by_depot = 0
    for seed in range(5):
        kernel = begun(stocked(seed, 12, windows=False), seed)
        for along in (0.0, 0.5, 1.0):
            kernel.anneal(along, 50)
            for lane, stops in enumerate(moves.lanes(kernel)):
                if stops:
                    assert kernel.at_hand.lane[lane, at.WORK] == worked(kernel, lane, stops)
                    by_depot += int(kernel.at_hand.lane[lane, at.VISIT] >= 0)
        assert_judged(kernel)
    assert by_depot > 10


def test_work_goes_to_the_cheapest_place_whoever_lacks_what_it_takes() -> None:
    found = list[bool]()
    for seed in range(5):
        kernel = begun(stocked(seed, 40, windows=True), seed)
        for along in (0.2, 1.0):
            kernel.anneal(along, 100)
            found += cheapest_of(kernel)
    assert len(found) > 200 and sum(found) >= 0.98 * len(found), (sum(found), len(found))


def test_a_plan_that_passes_the_depot_stands_whole() -> None:
    problem = stocked(0, 12, windows=True)
    standing = solve(problem, deterministic=1.0, workers=1).plan
    assert any(route.restock for route in standing.routes)
    compiled = compile(problem.model_copy(update={"standing": standing}))
    start = from_plan(compiled, standing)
    kernel = Kernel(compiled)
    kernel.load(construct(compiled, start, lambda: True))
    assert {s: p.lane for s, p in kernel.best.placed.items()} == {s: p.lane for s, p in start.placed.items()}


def interrupted(seed: int) -> Problem:
    """Two technicians with up to five breaks and two absences a day, who fetch drills at depots."""
    chance = Random(seed)
    one = chance.choice

    def pause(n: int) -> Break:
        begin, length = 15 * chance.randrange(32, 56), one([10, 15, 30])
        return b.pause(length, clock(begin), clock(begin + length + one([0, 0, 15, 60])), id=f"b{n}",
                       price=one([None, None, 1]), after_drive=chance.random() < 0.3,
                       before_work=chance.random() < 0.2)  # fmt: skip

    def away() -> Absence:
        begin = 15 * chance.randrange(32, 52)
        return b.absence(clock(begin), clock(begin + 15 * chance.randrange(1, 8)))

    def spot() -> str:
        return f"p{chance.randrange(20)}"

    def window() -> Interval:
        begin = 60 * chance.randrange(8, 15)
        return b.span(clock(begin), clock(begin + one([30, 120])))

    people = [
        b.technician(f"t{n}", at=spot(), depot=spot(), restock_duration=b.minutes(one([0, 20])),
                     breaks=tuple(pause(k) for k in range(chance.randrange(6))),
                     absences=tuple(away() for _ in range(chance.randrange(1, 3))), overtime_limit=b.minutes(60))
        for n in range(2)
    ]  # fmt: skip
    asked = [
        b.activity(f"a{n}", minutes=one([15, 30, 60]), place=spot(), tools={"drill"} if chance.random() < 0.4 else (),
                   start_windows=(window(),))
        for n in range(6)
    ]  # fmt: skip
    priced = one([Term.WORKING_TIME, Term.TRAVEL_TIME, Term.WAITING, Term.IDLE])
    goal = Goal(levels=(Level(weights={Term.UNSCHEDULED: 10_000, priced: 1}),))
    return b.problem(technicians=people, activities=asked, goal=goal, travel=scattered(chance))


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


@settings(deadline=None)
@given(SEEDS)
@example(1594)
@example(2827)
def test_breaks_absences_and_the_depot_are_told_as_they_are_counted(seed: int) -> None:
    kernel = begun(interrupted(seed), seed)
    for along in (0.2, 0.9):
        kernel.anneal(along, 60)
    assert_judged(kernel)


@pytest.mark.parametrize("priced", [Term.TRAVEL_TIME, Term.WORKING_TIME])
def test_lunch_is_taken_on_the_way_to_the_depot(priced: Term) -> None:
    lunch = b.pause(30, "12:00", "12:30")
    problem = b.problem(
        technicians=[b.technician("t", breaks=(lunch,), depot="p2", restock_duration=b.minutes(20))],
        activities=[
            b.activity("a", minutes=230, place="p0", start_windows=(b.span("08:00", "08:01"),)),
            b.activity("b", place="p0", tools={"drill"}, start_windows=(b.span("13:00", "16:00"),)),
        ],
        goal=Goal(levels=(Level(weights={Term.UNSCHEDULED: 10_000, priced: 1}),)),
    )
    kernel = begun(problem)
    kernel.anneal(0.5, 20)
    assert_judged(kernel)
    [route] = to_plan(kernel.c, kernel.best).routes
    assert [(one.start, one.end) for one in route.breaks] == [(b.moment("12:00"), b.moment("12:30"))]
    assert route.restock is not None and route.restock.start in (b.moment("12:40"), b.moment("12:41"))


def test_a_part_knows_before_which_of_its_stops_the_depot_is_visited() -> None:
    kernel = begun(stocked(0, 12, windows=False))
    visits = 0
    for task in tasks(kernel, 6):
        part = task.part.state
        for lane, visit in enumerate(part.lane[:, at.VISIT].tolist()):
            whole = int(kernel.kept.lane[task.part.lanes[lane], at.VISIT])
            assert visit == (-1 if whole < 0 else task.part.slots.tolist().index(whole))
            visits += visit >= 0
        anneal_part(task)
    assert visits > 1
