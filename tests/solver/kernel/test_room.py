"""A step around what is outside makes room for it: for the dearest first, in days that could hold it."""

from random import Random

import numpy as np

from benchmarks.sets.field import FIELD, Recipe, draw
from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.moves.mix import ROOM
from scheduler.solver.kernel.single import Kernel
from tests.solver.kernel import moves
from tests.solver.kernel.test_kernel import begun
from tests.solver.kernel.test_moves import routing

CHANCES = 3000


def full(activities: int = 300) -> Kernel:
    """A plan that leaves a part out; of 100 activities much that nobody can do."""
    return begun(FIELD.to_problem(draw(Recipe("routing", activities, 5, 1))))


def begins(kernel: Kernel) -> tuple[float, float]:
    """Of ruins around what is outside: the mean rank of its price among all outside, 0 to 1.

    And the share of those that take something out of a day that could hold it.
    """
    state, arrays, outside = kernel.at_hand, kernel.arrays, moves.outside(kernel)
    prices = np.sort(arrays.price[list(outside)])
    ranks, made = list[float](), list[bool]()
    for chance in range(CHANCES):
        kernel.write(kernel.kept)
        before = state.node[:, at.LANE].copy()
        seed = moves.ruined_somewhere(kernel, chance)
        activity = int(arrays.node[seed, at.ACTIVITY])
        if activity in outside:
            ranks.append(float(np.searchsorted(prices, arrays.price[activity])) / len(prices))
            taken = np.flatnonzero((before >= 0) & (state.node[:, at.LANE] < 0))
            made.append(bool(arrays.suits[seed, arrays.lane[before[taken], at.RESOURCE]].any()))
    assert len(ranks) > CHANCES / 20
    return float(np.mean(ranks)), float(np.mean(made))


def test_room_is_made_for_the_dearest_where_it_could_go() -> None:
    kernel = full()
    assert len(moves.outside(kernel)) > 5
    rank, share = begins(kernel)
    kernel._work.mix[ROOM] = 0.0
    any_rank, any_share = begins(kernel)
    assert share > 0.95 and rank > any_rank + 0.1
    assert any_share < share


def test_no_step_seeks_room_for_what_nobody_can_do() -> None:
    kernel = full(100)
    outside, arrays = moves.outside(kernel), kernel.arrays
    seeds = {moves.ruined_somewhere(kernel, chance) for chance in range(1000)}
    sought = [seed for seed in seeds if int(arrays.node[seed, at.ACTIVITY]) in outside]
    slots = np.flatnonzero(np.isin(arrays.node[: len(arrays.suits), at.ACTIVITY], list(outside)))
    assert (~arrays.suits[slots].any(axis=1)).any()
    assert sought and all(arrays.suits[seed].any() for seed in sought)


def test_what_stands_where_something_outside_could_is_found() -> None:
    """Where nobody who can has a stop that is near, none is: the slot itself."""
    found = 0
    for seed in range(20):
        problem = routing(Random(seed))
        kernel = begun(problem.model_copy(update={"technicians": problem.technicians[:2]}))
        slots, state = kernel.arrays.suits, kernel.at_hand
        for activity in moves.outside(kernel):
            u = int(np.flatnonzero(kernel.arrays.node[: len(slots), at.ACTIVITY] == activity)[0])
            v = moves.rival(kernel, u, seed)
            if v != u:
                assert slots[u, kernel.arrays.lane[state.node[v, at.LANE], at.RESOURCE]]
                found += 1
    assert found > 5
