"""Where a ruin begins: anywhere, at what is late, or at what is outside."""

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.admission import suited
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.moves.mix import ROOM
from scheduler.solver.kernel.work import OUTSIDE

AT_LATE, AT_OUTSIDE = 0.2, 0.1
"""Shares of the seeds."""
DEAREST_OF = 4
"""Where room is made, the seed is the dearest of so many that are outside."""
RIVALS = 20
"""Neighbours that are asked whether they stand where the seed could."""


@compiled
def seed_of(arrays, state, work):
    """A slot, mostly one that is in a route."""
    slots = arrays.suits.shape[0]
    if work.count[OUTSIDE] > 0 and np.random.random() < AT_OUTSIDE:
        activity = work.outside[0, np.random.randint(work.count[OUTSIDE])]
        for _ in range(DEAREST_OF - 1 if work.mix[ROOM] > 0 else 0):
            other = work.outside[0, np.random.randint(work.count[OUTSIDE])]
            if arrays.price[other] > arrays.price[activity]:
                activity = other
        begin = arrays.activity[activity, at.SETS]
        for i in range(arrays.pool[begin], arrays.pool[begin + 1]):
            if arrays.node[arrays.pool[i], at.ROOM] == 0:
                return arrays.pool[i]
    late = (arrays.rate[at.LATE] > 0 or arrays.rate[at.LARGEST] > 0) and np.random.random() < AT_LATE
    seed = np.random.randint(slots)
    for _ in range(20):
        lane = state.node[seed, at.LANE]
        if lane >= 0 and arrays.lane[lane, at.UNIT] == 0 and (not late or state.lane[lane, at.LATEST_BY] > 0):
            return seed
        seed = np.random.randint(slots)
    return seed


@compiled
def rival_of(arrays, state, u):
    """A stop of a route that could hold a slot that is outside; the slot itself where none is found."""
    begin, end = arrays.node[u, at.FEW], arrays.node[u, at.FEW_END]
    if begin < end:
        lane = arrays.pool[begin + np.random.randint(end - begin)]
        return _any_stop(arrays, state, lane) if state.lane[lane, at.SIZE] > 0 else u
    for _ in range(RIVALS):
        v = np.int64(arrays.near[u, np.random.randint(arrays.near.shape[1])])
        if v >= 0 and state.node[v, at.LANE] >= 0 and suited(arrays, u, state.node[v, at.LANE]):
            return v
    return u


@compiled
def _any_stop(arrays, state, lane):
    u = state.node[arrays.suits.shape[0] + lane, at.NXT]
    for _ in range(np.random.randint(state.lane[lane, at.SIZE])):
        u = state.node[u, at.NXT]
    return u
