"""Whole routes: one split in two, two merged. One is closed by taking a `day` out."""

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.moves.swap_tails import swap_tails


@compiled
def split(arrays, state, spare, scratch, work, u, lane):
    """Move what comes after u into an empty lane; what it gained, 0 where it stays."""
    if state.lane[lane, at.SIZE] > 0 or state.node[u, at.LANE] == lane:
        return 0.0
    return swap_tails(arrays, state, spare, scratch, work, u, arrays.suits.shape[0] + lane)


@compiled
def merge(arrays, state, spare, scratch, work, one, two):
    """Put all that lane two holds behind what lane one holds; what it gained, 0 where it stays."""
    slots, lanes = arrays.suits.shape[0], arrays.lane.shape[0]
    if one == two:
        return 0.0
    return swap_tails(arrays, state, spare, scratch, work, state.node[slots + lanes + one, at.PRV], slots + two)
