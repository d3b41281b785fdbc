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
        left_out = _left_out(arrays, work)
        if left_out >= 0:
            return left_out
    late = (arrays.rate[at.LATE] > 0 or arrays.rate[at.LARGEST] > 0) and np.random.random() < AT_LATE
    seed = np.random.randint(slots)
    for _ in range(20):
        lane = state.node[seed, at.LANE]
        if lane >= 0 and arrays.lane[lane, at.UNIT] == 0 and (not late or state.lane[lane, at.LATEST_BY] > 0):
            return seed
        seed = np.random.randint(slots)
    return seed


@compiled
def _left_out(arrays, work):
    """A slot that is outside and that somebody could serve; -1 where none was drawn."""
    found, price = np.int64(-1), -1.0
    for _ in range(DEAREST_OF if work.mix[ROOM] > 0 else 1):
        activity = work.outside[0, np.random.randint(work.count[OUTSIDE])]
        u = _first_slot(arrays, activity)
        if arrays.price[activity] > price and u >= 0 and _anybody(arrays, u):
            found, price = u, arrays.price[activity]
    return found


@compiled
def _first_slot(arrays, activity):
    begin = arrays.activity[activity, at.SETS]
    for i in range(arrays.pool[begin], arrays.pool[begin + 1]):
        if arrays.node[arrays.pool[i], at.ROOM] == 0:
            return arrays.pool[i]
    return np.int64(-1)


@compiled
def _anybody(arrays, u):
    resource = 0
    while resource < arrays.suits.shape[1] and not arrays.suits[u, resource]:
        resource += 1
    return resource < arrays.suits.shape[1]


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
