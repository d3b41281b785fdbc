"""Each move against its plain twin on random states, and against the judge on problems with everything in them."""

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings

from scheduler.domain.goal import Goal, Level, Term
from scheduler.domain.problem import Problem
from scheduler.domain.travel import Matrix
from scheduler.solver.compile import compile
from scheduler.solver.kernel.place import BLINK
from scheduler.solver.kernel.single import Kernel
from scheduler.solver.solution import Placed, Route, Solution, to_plan
from scheduler.solver.verify import verify
from tests import builders as b
from tests.solver import small
from tests.solver.kernel import moves
from tests.solver.kernel.test_kernel import begun
from tests.solver.kernel.twins import Twin

GOAL = Goal(levels=(Level(weights={Term.UNSCHEDULED: 1000, Term.TRAVEL_TIME: 1}),))
WORKED = Goal(levels=(Level(weights={Term.UNSCHEDULED: 1000, Term.WORKING_TIME: 1}),))
LATE = Goal(levels=(Level(weights={Term.UNSCHEDULED: 10_000, Term.TARDINESS: 1}),))
SKILLED = {"gas": 1}


def scattered(random: Random) -> Matrix:
    """Twenty places, all within some 40 minutes, no two ways alike."""
    at = np.array([[random.uniform(0, 2000), random.uniform(0, 2000)] for _ in range(20)])
    ways = np.hypot(*(at[:, None] - at[None, :]).transpose(2, 0, 1))
    ways *= 1 + np.array([[random.uniform(0, 0.1) for _ in at] for _ in at])
    return Matrix(places=tuple(f"p{n}" for n in range(20)), seconds=np.round(ways, 3), metres=ways)


def routing(random: Random, travel: Matrix | None = None, count: int = 14) -> Problem:
    """Work with windows, some of it twice a day, for some people only; on the line, or at places all different."""
    spots = random.choices(range(10), k=count + 4) if travel is None else random.sample(range(20), count + 4)
    asked = []
    for n, spot in enumerate(spots[4:]):
        opens = [f"{random.randint(8, 10):02}:00", f"{random.randint(13, 15):02}:00"]
        windows = [b.span(clock, f"{int(clock[:2]) + random.randint(1, 2):02}:00") for clock in opens]
        skills = SKILLED if random.random() < 0.2 else {}
        asked.append(
            b.activity(f"a{n}", minutes=random.choice([15, 30, 60]), place=f"p{spot}",
                       start_windows=random.choice([[], windows[:1], windows]),
                       requirements=(b.requirement(skills=skills),))
        )  # fmt: skip
    people = [b.technician(f"t{n}", at=f"p{home}", skills=SKILLED if n else {}) for n, home in enumerate(spots[:4])]
    travel = travel or b.line(10, minutes=5)
    return b.problem(technicians=people, activities=asked, goal=GOAL, travel=travel)


def state(seed: int) -> tuple[Kernel, Random]:
    """A kernel with a plan of no plan, or in the middle of a search, often with an empty day; on the line, or with ways
    that are longer in one direction."""
    random = Random(seed)
    problem = routing(random, random.choice([None, scattered(random)]))
    if random.random() < 0.5:
        kernel = begun(problem, seed % 1000)
        kernel.anneal(0.0, random.choice([0, 3, 20]))
    else:
        kernel = scrambled(problem, random)
    if random.random() < 0.5:
        moves.ruined(kernel, "day", random.randrange(14), 0, 0)
    return kernel, random


def scrambled(problem: Problem, random: Random) -> Kernel:
    """Each stop somewhere in the day of somebody, where that can be done in time."""
    kernel = Kernel(compile(problem))
    lanes: list[list[int]] = [[] for _ in kernel.arrays.lane]
    twin, slots = Twin(kernel, lanes), list(range(len(kernel.arrays.suits)))
    for u in random.sample(slots, len(slots)):
        lane = random.randrange(len(lanes))
        more = list(lanes[lane])
        more.insert(random.randint(0, len(more)), u)
        if twin.starts(lane, more) is not None:
            lanes[lane] = more
    placed = {
        u: Placed(lane, start, int(kernel.c.durations[u, kernel.c.lanes.resource[lane]]))
        for lane, stops in enumerate(lanes)
        for u, start in zip(stops, twin.starts(lane, stops) or [], strict=True)
    }
    routes = {lane: Route(tuple(stops), 0, 0) for lane, stops in enumerate(lanes) if stops}
    kernel.load(Solution(placed, routes))
    return kernel


@pytest.mark.parametrize("name", [name for name in moves.RUINS if name != "tardy"])
@settings(deadline=None, max_examples=30)
@given(seed=small.SEEDS)
def test_a_ruin_takes_out_what_its_twin_says(name: str, seed: int) -> None:
    kernel, random = state(seed)
    twin = Twin(kernel, moves.lanes(kernel))
    asked = random.randrange(14), random.randint(1, 8), random.randint(1, 8)
    assert moves.ruined(kernel, name, *asked) == twin.of(name)(*asked)
    left = Twin(kernel, moves.lanes(kernel))
    outside = 1000 * len(moves.outside(kernel))
    assert moves.cost(kernel) == pytest.approx(left.cost(left.lanes) + outside)  # type: ignore[operator]


@settings(deadline=None, max_examples=60)
@given(seed=small.SEEDS)
def test_regret_puts_back_what_its_twin_says(seed: int) -> None:
    """Places are scattered, so that no two ways cost the same."""
    random = Random(seed)
    kernel = begun(routing(random, scattered(random)), seed % 1000)
    kernel.anneal(0.0, random.choice([0, 3, 20]))
    for _ in range(random.randint(1, 3)):
        moves.ruined(kernel, "related", random.randrange(14), random.randint(1, 8), 0)
    out = sorted(moves.outside(kernel))
    expected = Twin(kernel, moves.lanes(kernel)).regret(out)
    moves.recreated(kernel, out)
    assert moves.lanes(kernel) == expected


@settings(deadline=None, max_examples=30)
@given(seed=small.SEEDS)
def test_dear_drives_are_known_where_working_time_alone_is_priced(seed: int) -> None:
    random = Random(seed)
    kernel = begun(routing(random).model_copy(update={"goal": WORKED}), seed % 1000)
    twin, asked = Twin(kernel, moves.lanes(kernel)), (random.randrange(14), random.randint(1, 8), 0)
    assert moves.ruined(kernel, "worst", *asked) == twin.worst(*asked)


@settings(deadline=None, max_examples=30)
@given(seed=small.SEEDS)
def test_a_tardy_ruin_takes_out_what_its_twin_says(seed: int) -> None:
    random = Random(seed)
    problem = routing(random)
    due = [random.choice([None, b.moment(f"{random.randint(8, 12):02}:00")]) for _ in problem.activities]
    asked = tuple(a.model_copy(update={"respond_by": d}) for a, d in zip(problem.activities, due, strict=True))
    kernel = begun(problem.model_copy(update={"activities": asked, "goal": LATE}), seed % 1000)
    kernel.anneal(0.0, random.choice([0, 3, 20]))
    twin, wanted = Twin(kernel, moves.lanes(kernel)), (random.randrange(14), random.randint(1, 6), 0)
    assert moves.ruined(kernel, "tardy", *wanted) == twin.tardy(*wanted)


@settings(deadline=None, max_examples=30)
@given(seed=small.SEEDS)
def test_a_shared_ruin_takes_out_what_its_twin_says_of_teams_and_rooms(seed: int) -> None:
    random = Random(seed)
    one, two, room = b.requirement("one"), b.requirement("two"), b.requirement("room", kind="room")
    kinds = [((one,), "p3"), ((one, two), "p7"), ((one, room), None), ((room, two, one), None)]
    asked = [b.activity(f"a{n}", minutes=30, place=place, requirements=needs)
             for n, (needs, place) in enumerate(random.choices(kinds, k=12))]  # fmt: skip
    people = [b.technician(f"t{n}", at=f"p{n}") for n in range(4)]
    kernel = begun(b.problem(technicians=people, rooms=[b.room("r0"), b.room("r1", at="p5")], activities=asked))
    kernel.anneal(0.0, random.choice([0, 3, 20]))
    twin = Twin(kernel, moves.lanes(kernel))
    wanted = random.randrange(len(kernel.arrays.suits)), random.randint(1, 6), 0
    assert moves.ruined(kernel, "shared", *wanted) == twin.shared(*wanted)


@settings(deadline=None, max_examples=40)
@given(seed=small.SEEDS)
def test_what_is_put_back_goes_where_its_twin_says(seed: int) -> None:
    """Places are scattered, so that no two ways cost the same."""
    random = Random(seed)
    kernel = begun(routing(random, scattered(random)), seed % 1000)
    kernel.anneal(0.0, random.choice([0, 3, 20]))
    for _ in range(random.randint(1, 3)):
        moves.ruined(kernel, "related", random.randrange(14), random.randint(1, 8), 0)
    for u in random.sample(out := sorted(moves.outside(kernel)), len(out)):
        lanes = Twin(kernel, before := moves.lanes(kernel)).put(u)
        assert moves.inserted(kernel, u) == (lanes != before)
        assert moves.lanes(kernel) == lanes


def test_one_place_in_a_hundred_is_overlooked() -> None:
    kernel = begun(routing(Random(0)))
    moves.seed_chance(1)
    assert moves.overlooked(kernel, 200_000) == pytest.approx(200_000 * BLINK, rel=0.1)


def test_a_tardy_ruin_takes_out_what_is_late_and_what_comes_before() -> None:
    asked = [b.activity(f"a{n}", minutes=60, place="p0", respond_by=b.moment("09:30" if n > 1 else "17:00"))
             for n in range(4)]  # fmt: skip
    kernel = begun(b.problem(technicians=[b.technician("ann")], activities=asked, goal=LATE))
    order = moves.lanes(kernel)[0]
    late = {n for n, u in enumerate(order) if u > 1 and n > 1}
    expected = {order[n] for n in late} | {order[n - 1] for n in late if n - 1 not in late}
    assert late and moves.ruined(kernel, "tardy", order[0], 10, 0) == expected


def drawn(name: str, twin: Twin, random: Random) -> tuple[int, ...] | None:
    """Arguments of an exchange; None where the state has none."""
    slots, used = len(twin.k.arrays.suits), [n for n, stops in enumerate(twin.lanes) if stops]
    placed = sorted(twin.lane_of)
    if len(used) < 2:
        return None
    u, v = random.sample(placed, 2)
    if name == "merge":
        return tuple(random.sample(used, 2))
    if name == "split":
        empty = [n for n, stops in enumerate(twin.lanes) if not stops]
        return (u, random.choice(empty)) if empty else None
    if name == "or-opt":
        chain = twin.lanes[twin.lane_of[u]][twin.lanes[twin.lane_of[u]].index(u) :][: random.randint(1, 3)]
        w = random.choice([x for x in [*placed, *(slots + n for n in range(4))] if x not in chain])
        return u, w, len(chain), random.random() < 0.5
    if twin.lane_of[u] == twin.lane_of[v]:
        return None
    return u, v


@pytest.mark.parametrize("name", [name for name in moves.EXCHANGES if name != "polish"])
@settings(deadline=None, max_examples=60)
@given(seed=small.SEEDS)
def test_an_exchange_stays_where_its_twin_gains(name: str, seed: int) -> None:
    stays_where_its_twin_gains(name, seed)


@pytest.mark.parametrize("name", [name for name in moves.EXCHANGES if name != "polish"])
def test_exchanges_gain_and_are_refused(name: str) -> None:
    """What the test above says is said of both."""
    gained = [stays_where_its_twin_gains(name, seed) for seed in range(150)]
    assert gained.count(True) >= 3 and gained.count(False) >= 30


def stays_where_its_twin_gains(name: str, seed: int) -> bool | None:
    """Whether the exchange gained; None where the state has none."""
    kernel, random = state(seed)
    twin = Twin(kernel, moves.lanes(kernel))
    asked = drawn(name, twin, random)
    if asked is None:
        return None
    lanes, cost, before = twin.of(name)(*asked), moves.cost(kernel), twin.cost(twin.lanes)
    after = twin.cost(lanes)  # type: ignore[arg-type]
    if name == "or-opt":
        gain = moves.exchanged(kernel, name, asked[0], asked[2], asked[1], asked[3])
    else:
        gain = moves.exchanged(kernel, name, *asked)
    assert before is not None
    if after is not None and after < before - 1e-6:
        assert gain == pytest.approx(before - after) and moves.lanes(kernel) == lanes
    else:
        assert gain == 0 and moves.lanes(kernel) == twin.lanes
    assert moves.cost(kernel) == pytest.approx(cost - gain)
    return gain > 0


@pytest.mark.parametrize("goal", [GOAL, WORKED])
def test_who_has_an_empty_day_gets_what_is_near_them(goal: Goal) -> None:
    """Ann stands with all there is, 81 minutes' drive from where Bob lives."""
    spots = ["p0", "p0", "p9", "p9", "p9"]
    asked = [b.activity(f"a{n}", minutes=20, place=spot) for n, spot in enumerate(spots)]
    people = [b.technician("ann", at="p0"), b.technician("bob", at="p9")]
    problem = b.problem(technicians=people, activities=asked, goal=goal, travel=b.line(10, minutes=9))
    kernel = Kernel(compile(problem))
    placed = {n: Placed(0, n, int(kernel.c.durations[n, 0])) for n in range(5)}
    kernel.load(Solution(placed, {0: Route(tuple(range(5)), 0, 0)}))
    assert moves.lanes(kernel) == [[0, 1, 2, 3, 4], []]
    gain = moves.exchanged(kernel, "polish")
    assert moves.lanes(kernel) == [[0, 1], [2, 3, 4]] and gain == pytest.approx(2 * 9 * 9)


@pytest.mark.slow
@settings(deadline=None, max_examples=40)
@given(seed=small.SEEDS)
def test_moves_break_no_rule_and_count_as_the_judge_does(seed: int) -> None:
    """Whatever a problem has in it: ruin, put back by regret, polish."""
    problem, random = small.fresh(seed), Random(seed)
    kernel = begun(problem, seed % 1000)
    for name in random.sample(moves.RUINS, len(moves.RUINS)):
        gone = moves.ruined(kernel, name, random.randrange(len(kernel.arrays.suits)), random.randint(1, 4), 4)
        moves.recreated(kernel, sorted(gone))
        cost = moves.cost(kernel)
        gain = moves.exchanged(kernel, "polish")
        assert gain >= 0 and moves.cost(kernel) == pytest.approx(cost - gain, abs=1e-3)
        kernel._best = kernel._state.copy()
        breaches = verify(problem, to_plan(kernel.c, kernel.best)).breaches
        assert [v.text for v in breaches if v.rule != "mandatory"] == []
