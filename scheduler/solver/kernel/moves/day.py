"""All that a resource does on a day taken out."""

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.moves.remove import removable, remove


@compiled
def ruin_day(arrays, state, spare, work, lane):
    """Take out what the lane holds, as far as it can be moved."""
    slots = arrays.suits.shape[0]
    u = state.node[slots + lane, at.NXT]
    while u < slots:
        behind = state.node[u, at.NXT]
        remove(arrays, state, spare, work, arrays.node[u, at.ACTIVITY])
        u = behind if behind >= slots or state.node[behind, at.LANE] == lane else state.node[slots + lane, at.NXT]
        if (
            u == state.node[slots + lane, at.NXT]
            and u < slots
            and not removable(arrays, state, work, arrays.node[u, at.ACTIVITY])
        ):
            break
