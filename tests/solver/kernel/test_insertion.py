"""An activity put where it costs least, with all that it pushes: compared with every place there is, one by one."""

from itertools import pairwise, permutations, product
from random import Random

import numpy as np
import pytest

from scheduler.domain.activity import Meeting, Precedence
from scheduler.domain.goal import Goal, Level, Term
from scheduler.domain.problem import Problem
from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.single import Kernel
from scheduler.solver.solve import solve
from tests import builders as b
from tests.solver.kernel import moves
from tests.solver.kernel.test_kernel import assert_judged, begun

TRAVEL = Goal(levels=(Level(weights={Term.UNSCHEDULED: 1.0}), Level(weights={Term.TRAVEL_TIME: 1.0})))
LATE = Goal(
    levels=(
        Level(weights={Term.UNSCHEDULED: 1.0}),
        Level(weights={Term.TRAVEL_TIME: 1.0, Term.TARDINESS: 1.0, Term.LARGEST_TARDINESS: 3.0}),
    )
)


def visits(seed: int, share_of_pairs: float) -> Problem:
    """30 visits by 6 people, all promised early, some of them by two at a time."""
    chance = Random(seed)
    activities = tuple(
        b.activity(
            f"a{n:02}",
            minutes=chance.choice([20, 30, 40]),
            place=f"p{chance.randrange(10)}",
            requirements=tuple(b.requirement(f"r{k}") for k in range(1 + (chance.random() < share_of_pairs))),
            meeting=Meeting(kind="simultaneous"),
            resolve_by=b.moment(chance.choice(["09:00", "10:00", "11:00"])),
        )
        for n in range(30)
    )
    people = tuple(b.technician(f"t{n}") for n in range(6))
    return b.problem(technicians=people, activities=activities, travel=b.line(), goal=LATE)


def prices(kernel: Kernel, u: int) -> list[float]:
    """What the plan costs with the slot in each place that admits it, and as it is now, without it."""
    state, slots, found = kernel.at_hand, len(kernel.arrays.suits), list[float]()
    before = {name: array.copy() for name, array in state.arrays.items()}
    for lane, stops in enumerate(moves.lanes(kernel)):
        for behind in (slots + lane, *stops):
            ahead = int(state.node[behind, at.NXT])
            state.node[behind, at.NXT] = state.node[ahead, at.PRV] = u
            state.node[u, [at.PRV, at.NXT, at.LANE]] = behind, ahead, lane
            state.node[u, at.DURATION] = kernel.arrays.duration[u, 0]
            state.node[u, at.BOUND] = 0
            if kernel.settle() < 0:
                found.append(moves.cost(kernel) - float(kernel.arrays.price[kernel.arrays.node[u, at.ACTIVITY]]))
            for name, array in before.items():
                state.arrays[name][:] = array
    return found


def test_a_lone_slot_goes_where_all_that_it_pushes_costs_least() -> None:
    found = [cheapest_found(seed) for seed in range(6)]
    assert len(found) == 6 and all(len(one) >= 10 for one in found)
    assert sum(map(sum, found)) >= 0.95 * sum(map(len, found))


def cheapest_found(seed: int) -> list[bool]:
    """Of each slot that hangs on nothing, whether it comes back to the cheapest of all places; never below its cost."""
    kernel = begun(visits(seed, 0.4), seed)
    kernel.anneal(0.5, 200)
    return cheapest_of(kernel)


def cheapest_of(kernel: Kernel) -> list[bool]:
    state, arrays = kernel.at_hand, kernel.arrays
    lone = (arrays.node[:, at.ARCS] == arrays.node[:, at.ARCS_END])[: len(arrays.suits)]
    found = list[bool]()
    for u in np.flatnonzero(lone & (state.node[: len(lone), at.LANE] >= 0)).tolist():
        moves.ruined(kernel, "related", u, 1, 0)
        cheapest = min(prices(kernel, u))
        assert moves.inserted(kernel, int(arrays.node[u, at.ACTIVITY]))
        assert moves.cost(kernel) >= cheapest - 1e-6
        found.append(moves.cost(kernel) < cheapest + 1e-6)
    moves.taken_back(kernel)
    return found


@pytest.mark.parametrize("share_of_pairs", [0.0, 0.4])
def test_the_largest_lateness_counts_once(share_of_pairs: float) -> None:
    kernel = begun(visits(0, share_of_pairs))
    for part in range(10):
        kernel.anneal(part / 10, 100)
        costs = kernel.at_hand.cost.copy()
        assert kernel.settle() < 0
        assert np.allclose(costs, kernel.at_hand.cost)
    assert_judged(kernel)


def test_what_comes_first_pushes_a_chain_through_many_days() -> None:
    """60 visits of 60 people, each after the one before; then one more comes before the first of them."""
    names = [f"a{n:02}" for n in range(60)]
    visits = [b.activity(name, minutes=5, place="p0", skills=[name]) for name in names]
    early = b.activity("early", minutes=10, place="p0", skills=["a00"], start_windows=(b.span("08:00", "08:01"),))
    problem = b.problem(
        technicians=tuple(b.technician(f"t{name}", skills=[name]) for name in names),
        activities=(*visits, early),
        precedences=tuple(Precedence(before=one, after=other) for one, other in pairwise(names)),
        travel=b.line(),
    )
    kernel = begun(problem)
    state, number = kernel.at_hand, kernel.c.activities.index("early")
    u = int(np.flatnonzero(kernel.arrays.node[: len(kernel.arrays.suits), at.ACTIVITY] == number)[0])
    moves.ruined(kernel, "related", u, 1, 0)
    last = kernel.c.slots_of[kernel.c.activities.index("a59")][0]
    free = int(state.node[last, at.START])
    assert moves.inserted(kernel, number)
    assert state.node[last, at.START] > free


@pytest.mark.parametrize("people", [2, 3, 5, 14])
def test_a_team_of_people_who_are_alike_goes_into_an_empty_plan(people: int) -> None:
    team = b.activity("team", requirements=(b.requirement("r", count=people),))
    kernel = begun(b.problem(technicians=[b.technician(f"t{n}") for n in range(people)], activities=[team]))
    assert len(kernel.best.placed) == people
    assert_judged(kernel)


@pytest.mark.parametrize("capacities", [[1, 1, 1], [3], [2, 1]])
def test_rooms_and_parts_of_a_room_are_taken_together(capacities: list[int]) -> None:
    rooms = [b.room(f"r{n}", capacity=capacity) for n, capacity in enumerate(capacities)]
    asked = b.activity("fair", requirements=(b.requirement("r", kind="room", count=3),))
    kernel = begun(b.problem(technicians=[], rooms=rooms, activities=[asked]))
    assert len(kernel.best.placed) == 3
    assert_judged(kernel)


def teams(seed: int, roles: dict[str, int], people: int, visits: int) -> Kernel:
    """Visits by one, half of them by somebody skilled, and three that need so many people for each role at once."""
    chance = Random(seed)
    lone = [b.activity(f"a{n:02}", minutes=chance.choice([20, 30, 40]), place=f"p{chance.randrange(10)}",
                       skills=chance.choice([(), ("odd",), ("even",)]))
            for n in range(visits)]  # fmt: skip
    needs = tuple(b.requirement(role, count=count, skills={role: 1} if len(roles) > 1 else {})
                  for role, count in roles.items())  # fmt: skip
    crews = [b.activity(f"team{n}", minutes=30, place=f"p{chance.randrange(10)}", requirements=needs)
             for n in range(3)]  # fmt: skip
    known = [{"odd": 1}, {"even": 1}, {"odd": 1, "even": 1}]
    technicians = [b.technician(f"t{n}", skills=known[n % 3]) for n in range(people)]
    kernel = begun(b.problem(technicians=technicians, activities=[*lone, *crews], travel=b.line(), goal=TRAVEL), seed)
    kernel.leaving.share = 1.0
    kernel.anneal(0.5, 300)
    return kernel


def cost_of_cheapest_team(kernel: Kernel, team: tuple[int, ...]) -> float:
    """What the plan costs with the team in the best of all combinations of places, each tried; infinite without any."""
    state, arrays, cheapest = kernel.at_hand, kernel.arrays, np.inf
    gaps = [(len(arrays.suits) + lane, *stops) for lane, stops in enumerate(moves.lanes(kernel))]
    before = {name: array.copy() for name, array in state.arrays.items()}
    for lanes in permutations(range(len(gaps)), len(team)):
        suits = all(arrays.suits[u, arrays.lane[v, at.RESOURCE]] for u, v in zip(team, lanes, strict=True))
        twins = [n for n, u in enumerate(team) if arrays.node[u, at.TWIN]]
        if not suits or any(lanes[n] < lanes[n - 1] for n in twins):
            continue
        for behind in product(*(gaps[lane] for lane in lanes)):
            for u, lane, one in zip(team, lanes, behind, strict=True):
                ahead = int(state.node[one, at.NXT])
                state.node[one, at.NXT] = state.node[ahead, at.PRV] = u
                state.node[u, [at.PRV, at.NXT, at.LANE]] = one, ahead, lane
                state.node[u, [at.DURATION, at.BOUND]] = arrays.duration[u, 0], 0
                state.lane[lane, at.TIES] += 1
            if kernel.settle() < 0:
                cheapest = min(cheapest, moves.cost(kernel) - float(arrays.price[arrays.node[team[0], at.ACTIVITY]]))
            for name, array in before.items():
                state.arrays[name][:] = array
    return cheapest


@pytest.mark.parametrize("roles", [{"odd": 3}, {"odd": 1, "even": 1}, {"odd": 2, "even": 1}, {"odd": 4}])
def test_a_team_goes_where_all_of_it_costs_least(roles: dict[str, int]) -> None:
    found = list[bool]()
    for seed in range(3):
        kernel = teams(seed, roles, 5, 11)
        for number in (kernel.c.activities.index(f"team{n}") for n in range(3)):
            team = kernel.c.slots_of[number]
            moves.ruined(kernel, "related", team[0], 1, 0)
            cheapest = cost_of_cheapest_team(kernel, team)
            assert moves.inserted(kernel, number) == np.isfinite(cheapest)
            assert moves.cost(kernel) >= cheapest - 1e-6
            found.append(moves.cost(kernel) < cheapest + 1e-6)
            moves.taken_back(kernel)
    assert sum(found) >= 0.85 * len(found)


@pytest.mark.parametrize(("size", "people", "visits"), [(3, 8, 40), (5, 8, 40), (8, 8, 24), (12, 20, 60)])
def test_a_large_team_finds_its_people_in_full_days(size: int, people: int, visits: int) -> None:
    found = list[bool]()
    for seed in range(4):
        kernel = teams(seed, {"any": size}, people, visits)
        for number in (kernel.c.activities.index(f"team{n}") for n in range(3)):
            moves.ruined(kernel, "related", kernel.c.slots_of[number][0], 1, 0)
            found.append(moves.inserted(kernel, number))
        moves.taken_back(kernel)
    assert sum(found) >= 0.75 * len(found)


def test_a_team_is_worth_the_way_of_all_of_it() -> None:
    """Eight people drive three hours each: leaving one activity out is worse still, by the goal's first level."""
    team = b.activity("team", place="p9", requirements=(b.requirement("r", count=8),))
    people = [b.technician(f"t{n}") for n in range(8)]
    outcome = solve(b.problem(technicians=people, activities=[team], travel=b.line(), goal=TRAVEL), time_limit=0.2)
    kernel = begun(b.problem(technicians=people, activities=[team], travel=b.line(), goal=TRAVEL))
    kernel.anneal(1.0, 100)
    assert len(kernel.best.placed) == len(outcome.plan.bookings) == 8


def test_many_stops_at_one_place_stay_in_while_it_is_hot() -> None:
    asked = [b.activity(f"a{n}") for n in range(6)]
    kernel = begun(b.problem(technicians=[b.technician("ann")], activities=asked))
    kernel.anneal(0.1, 50)
    assert (kernel.kept.node[:6, at.LANE] >= 0).any()


def short_days(seed: int) -> Problem:
    """24 visits with a window each by 5 people, who leave when they like, for three hours at most."""
    chance = Random(seed)
    activities = tuple(
        b.activity(
            f"a{n:02}",
            minutes=chance.choice([10, 20, 30]),
            place=f"p{chance.randrange(10)}",
            start_windows=(b.span(f"{(begin := chance.randrange(8, 15)):02}:00", f"{begin + 2:02}:00"),),
        )
        for n in range(24)
    )
    people = tuple(b.technician(f"t{n}", max_time_per_day=b.minutes(180)) for n in range(5))
    return b.problem(technicians=people, activities=activities, travel=b.line(), goal=TRAVEL)


def test_a_slot_goes_to_the_cheapest_place_where_the_day_stays_short_enough() -> None:
    found, refused = list[bool](), 0
    for seed in range(6):
        kernel = begun(short_days(seed), seed)
        kernel.leaving.share = 1.0
        assert (kernel.arrays.lane[:, at.PRICED] == at.LIMITED).all()
        for part in range(5):
            kernel.anneal(0.2 * part, 100)
            found += cheapest_of(kernel)
            refused += refusals(kernel)
    assert len(found) > 200 and sum(found) >= 0.95 * len(found)
    assert refused > 20


def refusals(kernel: Kernel) -> int:
    """How many activities that are outside have no place at all; the kernel finds none for them either."""
    slots = len(kernel.arrays.suits)
    out = np.flatnonzero(kernel.at_hand.node[:slots, at.LANE] < 0).tolist()
    impossible = [u for u in out if not prices(kernel, u)]
    assert not any(moves.inserted(kernel, int(kernel.arrays.node[u, at.ACTIVITY])) for u in impossible)
    return len(impossible)


def test_who_alone_can_is_asked_though_all_neighbours_are_with_others() -> None:
    """Ninety visits at the same place are nearer than the far ones of the only day that can hold the last."""
    far = [
        b.activity(f"far{n}", minutes=5, place="p9", skills=["far"], start_windows=(b.span("08:00", "10:00"),))
        for n in range(3)
    ]
    near = [
        b.activity(f"near{n:02}", minutes=5, place="p0", skills=["near"], start_windows=(b.span("13:00", "15:00"),))
        for n in range(90)
    ]
    last = b.activity("last", minutes=5, place="p0", skills=["far"], start_windows=(b.span("10:30", "12:00"),))
    alone = b.technician("alone", skills=["far", "near"], working_hours=b.hours("08:00", "12:30"))
    others = [b.technician(f"t{n}", skills=["near"]) for n in range(9)]
    kernel = begun(b.problem(technicians=(alone, *others), activities=(*far, *near, last), travel=b.line()))
    assert not moves.outside(kernel)
    assert_judged(kernel)
