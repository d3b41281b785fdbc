"""What a drive costs with the working time that it takes: where that alone is priced, the drives cost nothing else."""

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.legs import leg


@compiled
def way(arrays, state, lane, u, v):
    """Of the lane's drive from u's place to v's."""
    ticks, cost = leg(arrays, arrays.lane[lane, at.CLASS], state.node[u, at.WHERE], state.node[v, at.WHERE])
    return cost + arrays.money[lane, at.WORKED] * ticks


@compiled
def way_to(arrays, state, u):
    """Of the drive to u as it is planned."""
    return state.drive[u] + arrays.money[state.node[u, at.LANE], at.WORKED] * state.node[u, at.DRIVE]
