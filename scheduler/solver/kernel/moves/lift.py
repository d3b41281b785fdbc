"""A stop lifted out of its lane."""

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.insertion.put import measure
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.state import unlink
from scheduler.solver.kernel.ties import dirty_behind, dirty_from, is_tied
from scheduler.solver.kernel.work import touch


@compiled
def lift(arrays, state, spare, work, u):
    """Take one slot out of its lane; that lane and those that it pushed are to be brought up to date."""
    lane, behind = state.node[u, at.LANE], state.node[u, at.NXT]
    touch(arrays, state, spare, work, lane)
    if is_tied(arrays, u):
        state.lane[lane, at.TIES] -= 1
    unlink(state, u)
    measure(arrays, state, lane, behind)
    dirty_behind(state, work, lane, u, behind)
    for j in range(arrays.node[u, at.ARCS], arrays.node[u, at.ARCS_END], at.ARC):
        other = state.node[arrays.pool[j], at.LANE]
        if other >= 0 and arrays.lane[other, at.FROZEN] == 0:
            touch(arrays, state, spare, work, other)
            dirty_from(state, work, other, arrays.pool[j], state.node[arrays.pool[j], at.START])
