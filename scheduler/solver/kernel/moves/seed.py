"""Where a ruin begins: anywhere, at what is late, or at what is outside."""

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.work import OUTSIDE

AT_LATE, AT_OUTSIDE = 0.2, 0.1
"""Shares of the seeds."""


@compiled
def seed_of(arrays, state, work):
    """A slot, mostly one that is in a route."""
    slots = arrays.suits.shape[0]
    if work.count[OUTSIDE] > 0 and np.random.random() < AT_OUTSIDE:
        activity = work.outside[0, np.random.randint(work.count[OUTSIDE])]
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
