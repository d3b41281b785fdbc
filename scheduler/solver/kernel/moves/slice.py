"""Activities taken out that begin at about the same time, in the day routes near a seed."""

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.moves.remove import remove_of
from scheduler.solver.kernel.work import STEP


@compiled
def ruin_slice(arrays, state, spare, work, seed, width, most):
    """Take out what begins within `width` ticks of the seed's start, in its lane and its neighbours', about `most`."""
    if state.node[seed, at.LANE] < 0:
        return
    middle = state.node[seed, at.START]
    done = _of_lane(arrays, state, spare, work, state.node[seed, at.LANE], middle, width)
    for i in range(arrays.near.shape[1]):
        v = np.int64(arrays.near[seed, i])
        if v < 0 or done >= most:
            break
        lane = state.node[v, at.LANE]
        if lane >= 0 and work.mark[3, lane] != work.count[STEP]:
            done += _of_lane(arrays, state, spare, work, lane, middle, width)


@compiled
def _of_lane(arrays, state, spare, work, lane, middle, width):
    work.mark[3, lane] = work.count[STEP]
    slots, count = arrays.suits.shape[0], 0
    u = state.node[slots + lane, at.NXT]
    while u < slots:
        if abs(state.node[u, at.START] - middle) <= width:
            work.order[count] = u
            count += 1
        u = state.node[u, at.NXT]
    done = 0
    for i in range(count):
        done += remove_of(arrays, state, spare, work, work.order[i])
    return done
