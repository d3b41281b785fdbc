"""Single exchanges, each tried in one plan again and again: at a random stop, with one that is near."""

from collections.abc import Callable

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.jit import compiled, entry
from scheduler.solver.kernel.moves.or_opt import LONGEST_CHAIN, or_opt
from scheduler.solver.kernel.moves.polish import NEIGHBOURS, polish
from scheduler.solver.kernel.moves.routes import merge, split
from scheduler.solver.kernel.moves.swap_star import swap_star
from scheduler.solver.kernel.moves.swap_tails import swap_tails
from scheduler.solver.kernel.place import free_one
from scheduler.solver.kernel.pooled import bound_slots, loose_lanes, write
from scheduler.solver.kernel.single import Kernel
from scheduler.solver.kernel.state import copy_lanes
from scheduler.solver.kernel.totals import of_all
from scheduler.solver.kernel.work import CHANGED, STEP, TOUCHED, WALK, touch

TAILS, OR_OPT, SWAP_STAR, SPLIT, MERGE, POLISH = range(6)
EXCHANGES = ("swap tails", "or-opt", "swap star", "split", "merge", "polish")


def exchanges(kernel: Kernel, name: str) -> Callable[[int], int]:
    """Prepare a kernel's plan; what is returned tries so many exchanges there, and says how many."""
    if name == "split":
        _free_a_day(kernel)
    plan, state, spare = kernel.kept, kernel.kept.copy(), kernel.kept.copy()
    which = EXCHANGES.index(name)

    def repeated(times: int) -> int:
        return int(_exchange(kernel.arrays, plan, state, spare, kernel._scratch, kernel._work, which, times))

    assert repeated(100) > 0, "the plan has something to exchange"
    return repeated


def _free_a_day(kernel: Kernel) -> None:
    """Empty the shortest day that hangs on no other, unless one is empty: a day is split with an empty one."""
    arrays, used = kernel.arrays, kernel.kept.lane[:, at.SIZE]
    people = (arrays.lane[:, at.UNIT] == 0) & (arrays.lane[:, at.FROZEN] == 0)
    loose = np.flatnonzero(loose_lanes(arrays, kernel.kept, bound_slots(arrays)))
    if (used[people] == 0).any() or not len(loose):
        return
    shortest = loose[[used[loose].argmin()]]
    kernel.write(kernel.kept)
    write(arrays, kernel.at_hand, shortest, ())
    kernel.adopt(shortest)


@entry
def _exchange(arrays, plan, state, spare, scratch, work, which, times):
    """Draw stops until so many exchanges were tried, or a hundred times as many were drawn; how many were tried.

    Those count whose days were brought up to date; the plan is the same for all.
    """
    tried, slots = 0, arrays.suits.shape[0]
    for _ in range(100 * times):
        u = np.random.randint(slots)
        v = np.int64(arrays.near[u, np.random.randint(min(NEIGHBOURS, arrays.near.shape[1]))])
        if v >= 0 and _is_visit(arrays, state, u) and _is_visit(arrays, state, v):
            work.count[STEP] += 1
            work.count[TOUCHED], work.count[CHANGED] = 0, 0
            work.count[WALK], work.overall[0] = 0, of_all(arrays, state)
            _at(arrays, state, spare, scratch, work, which, u, v)
            tried += work.count[WALK] > 0
            copy_lanes(plan, state, slots, work.lanes[0], work.count[TOUCHED])
        if tried == times:
            break
    return tried


@compiled
def _is_visit(arrays, state, u):
    return state.node[u, at.LANE] >= 0 and arrays.node[u, at.ROOM] == 0


@compiled
def _at(arrays, state, spare, scratch, work, which, u, v):
    """Try it with u and v, if these two ask for it."""
    one, two, behind = state.node[u, at.LANE], state.node[v, at.LANE], state.node[u, at.NXT]
    if which == OR_OPT:
        if behind != v and u != v:
            or_opt(arrays, state, spare, scratch, work, v, 1 + np.random.randint(LONGEST_CHAIN), u, False)
    elif which == SPLIT:
        near = np.int64(arrays.near_lanes[v, np.random.randint(arrays.near_lanes.shape[1])])
        other = np.int64(-1) if near < 0 else free_one(arrays, state, near, 0)
        if other >= 0 and state.lane[other, at.SIZE] == 0:
            split(arrays, state, spare, scratch, work, state.node[v, at.PRV], other)
    elif which == POLISH:
        touch(arrays, state, spare, work, one)
        touch(arrays, state, spare, work, two)
        polish(arrays, state, spare, scratch, work)
    elif one == two:
        return
    elif which == TAILS:
        swap_tails(arrays, state, spare, scratch, work, u, state.node[v, at.PRV])
    elif which == SWAP_STAR:
        swap_star(arrays, state, spare, scratch, work, u, v)
    else:
        merge(arrays, state, spare, scratch, work, one, two)
