"""Activities taken out near a seed whose drives cost most (Ropke and Pisinger 2006)."""

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.moves.remove import remove_of
from scheduler.solver.kernel.moves.ways import way, way_to


@compiled
def saving(arrays, state, u):
    """What the drives around u cost more than the one that would take their place."""
    before, behind = state.node[u, at.PRV], state.node[u, at.NXT]
    straight = way(arrays, state, state.node[u, at.LANE], before, behind)
    return way_to(arrays, state, u) + way_to(arrays, state, behind) - straight


@compiled
def ruin_worst(arrays, state, spare, work, seed, most):
    """Take out the seed's activity and, of its neighbours, those whose leaving saves most, `most` in all."""
    done = remove_of(arrays, state, spare, work, seed)
    while done < most:
        worst, dearest = np.int64(-1), 0.0
        for i in range(arrays.near.shape[1]):
            v = np.int64(arrays.near[seed, i])
            if v < 0:
                break
            if state.node[v, at.LANE] >= 0 and arrays.node[v, at.FIXED] == 0:
                cost = saving(arrays, state, v)
                if cost > dearest:
                    worst, dearest = v, cost
        if worst < 0 or remove_of(arrays, state, spare, work, worst) == 0:
            return
        done += 1
