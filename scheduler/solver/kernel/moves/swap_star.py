"""Two stops change days, each to the place in the other's day that suits it best (SWAP*, Vidal 2022)."""

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.moves.exchange import conclude, movable, place
from scheduler.solver.kernel.moves.lift import lift
from scheduler.solver.kernel.moves.ways import way, way_to
from scheduler.solver.kernel.moves.worst import saving
from scheduler.solver.kernel.work import begin_try


@compiled
def swap_star(arrays, state, spare, scratch, work, u, v):
    """Exchange u and v of different lanes; what it gained, 0 where they stay.

    Places are compared by their drives; times are looked at when both have moved.
    """
    one, two = state.node[u, at.LANE], state.node[v, at.LANE]
    if not (movable(arrays, state, u, two) and movable(arrays, state, v, one)):
        return 0.0
    (there, more), (here, other) = _cheapest(arrays, state, u, two, v), _cheapest(arrays, state, v, one, u)
    if more + other >= saving(arrays, state, u) + saving(arrays, state, v):
        return 0.0
    begin_try(work)
    lift(arrays, state, spare, work, u)
    lift(arrays, state, spare, work, v)
    place(arrays, state, spare, work, u, two, there)
    place(arrays, state, spare, work, v, one, here)
    return conclude(arrays, state, spare, scratch, work)


@compiled
def _cheapest(arrays, state, u, lane, gone):
    """The stop of the lane behind which u costs least to drive to, once `gone` has left it; and how much."""
    slots, lanes = arrays.suits.shape[0], arrays.lane.shape[0]
    w, found, least = slots + lane, slots + lane, np.inf
    while w != slots + lanes + lane:
        behind = state.node[w, at.NXT]
        old = way_to(arrays, state, behind)
        if behind == gone:
            behind = state.node[gone, at.NXT]
            old = way(arrays, state, lane, w, behind)
        cost = way(arrays, state, lane, w, u) + way(arrays, state, lane, u, behind) - old
        if cost < least:
            found, least = w, cost
        w = behind
    return found, least
