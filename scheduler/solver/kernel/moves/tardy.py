"""Late activities taken out, and what comes just before them."""

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.moves.remove import remove_of
from scheduler.solver.kernel.route.cost import lateness


@compiled
def ruin_tardy(arrays, state, spare, work, seed, most):
    """Take out late stops of the day routes near a seed, the seed's first, each with the stop before it; about `most`.

    What comes before a late stop is what makes it late.
    """
    done = 0
    lane = state.node[seed, at.LANE]
    if lane >= 0:
        done += _of_lane(arrays, state, spare, work, lane, most)
    for i in range(arrays.near.shape[1]):
        v = np.int64(arrays.near[seed, i])
        if v < 0 or done >= most:
            break
        lane = state.node[v, at.LANE]
        if lane >= 0 and state.lane[lane, at.LATEST_BY] > 0:
            done += _of_lane(arrays, state, spare, work, lane, most - done)


@compiled
def _of_lane(arrays, state, spare, work, lane, most):
    slots, count = arrays.suits.shape[0], 0
    u, early = state.node[slots + lane, at.NXT], -1
    while u < slots and count < most:
        if lateness(arrays, state, u, state.node[u, at.START]) > 0:
            if early >= 0:
                work.order[count] = early
                count += 1
            work.order[count] = u
            count += 1
            early = -1
        else:
            early = u
        u = state.node[u, at.NXT]
    done = 0
    for i in range(count):
        done += remove_of(arrays, state, spare, work, work.order[i])
    return done
