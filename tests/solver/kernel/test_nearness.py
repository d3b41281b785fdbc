"""The nearest slots are those that a look at all of them finds."""

from datetime import timedelta
from math import cos, hypot

import numpy as np
import pytest

from benchmarks.sets.field import FIELD, Recipe, draw
from scheduler.domain.goal import Goal, Level, Term
from scheduler.domain.problem import Problem
from scheduler.solver.compile import compile
from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.arrays import Arrays
from scheduler.solver.kernel.near_slots import WAITING, WARP, near_slots
from scheduler.solver.kernel.nearness import spots
from scheduler.solver.kernel.single import Kernel

MOST, MORE = 12, 5


def apart(arrays: Arrays, u: int, v: int) -> float:
    """Ticks of travel between two slots."""
    place = spots(arrays)
    nowhere = len(arrays.globe) - 1
    if nowhere in (place[u], place[v]):
        return 0.0
    (north, east), (other, away) = arrays.globe[place[u], :2], arrays.globe[place[v], :2]
    metres = 0.5 * arrays.circle[0, 0] * hypot(north - other, (east - away) * cos(north))
    return float(metres * arrays.circle[0, 1] * arrays.circle[0, 2] / arrays.circle[0, 3])


def far(arrays: Arrays, u: int, v: int) -> float:
    """The same, with what must be waited or be late, by hard windows or by promises, whichever comes first."""
    travel = apart(arrays, u, v)
    return min(travel + _idle(arrays, a, b, travel) for a, b in ((u, v), (v, u)))


def _idle(arrays: Arrays, first: int, then: int, travel: float) -> float:
    windows = [arrays.pool[arrays.node[u, at.STARTS] : arrays.node[u, at.STARTS_END]] for u in (first, then)]
    due = [max(w[0], min(w[-1], arrays.node[u, at.DUE])) for u, w in zip((first, then), windows, strict=True)]
    length = arrays.duration[first].max() + travel
    wait = max(0.0, windows[1][0] - (due[0] + length))
    late = max(0.0, windows[0][0] + length - due[1])
    return float(WAITING * wait + WARP * late)


def promised(problem: Problem) -> Problem:
    """The same with lateness at a price: a third of the activities are to begin in the first ten hours."""
    by = problem.horizon.start + timedelta(hours=10)
    more = {"respond_by": by}
    some = tuple(a.model_copy(update=more if n % 3 == 0 else {}) for n, a in enumerate(problem.activities))
    late = Goal(levels=(*problem.goal.levels, Level(weights={Term.TARDINESS: 1})))
    return problem.model_copy(update={"activities": some, "goal": late})


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("late", [False, True])
def test_none_is_nearer_than_those_found(seed: int, late: bool) -> None:
    problem = FIELD.to_problem(draw(Recipe("full", 80, 2, seed)))
    arrays = Kernel(compile(promised(problem) if late else problem)).arrays
    assert late == bool((arrays.node[:, at.DUE] < at.NEVER).any())
    found = near_slots(arrays, MOST, MORE)
    rooms = arrays.node[: len(found), at.ROOM] == 1
    for u in range(len(found)):
        if rooms[u]:
            assert (found[u] == -1).all()
            continue
        others = {v for v in range(len(found)) if v != u and not rooms[v] and (arrays.suits[u] & arrays.suits[v]).any()}
        in_time, in_place = ([int(v) for v in part if v >= 0] for part in np.split(found[u], [MOST]))
        nearest = sorted(far(arrays, u, v) for v in others)[:MOST]
        assert [far(arrays, u, v) for v in in_time] == pytest.approx(nearest, abs=1e-6)
        nearest = sorted(apart(arrays, u, v) for v in others.difference(in_time))[:MORE]
        assert [apart(arrays, u, v) for v in in_place] == pytest.approx(nearest, abs=1e-6)
