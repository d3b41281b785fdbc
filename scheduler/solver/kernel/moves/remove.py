"""An activity taken out of the plan."""

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.insertion.put import measure
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.state import unlink
from scheduler.solver.kernel.ties import is_tied
from scheduler.solver.kernel.work import make_dirty, note_change, set_outside, touch


@compiled
def remove(arrays, state, spare, work, activity):
    """Take an activity out, and what can't be without it; False, and nothing done, where a part of it is held."""
    if not removable(arrays, state, activity):
        return False
    for k in range(arrays.activity[activity, at.SETS], arrays.activity[activity, at.SETS_END], 2):
        for i in range(arrays.pool[k], arrays.pool[k + 1]):
            u = arrays.pool[i]
            lane = state.node[u, at.LANE]
            if lane < 0:
                continue
            touch(arrays, state, spare, work, lane)
            behind = state.node[u, at.NXT]
            if is_tied(arrays, u):
                state.lane[lane, at.TIES] -= 1
            unlink(state, u)
            measure(arrays, state, lane, behind)
            make_dirty(work, lane)
            for j in range(arrays.node[u, at.ARCS], arrays.node[u, at.ARCS_END], at.ARC):
                other = state.node[arrays.pool[j], at.LANE]
                if other >= 0:
                    touch(arrays, state, spare, work, other)
                    make_dirty(work, other)
    set_outside(work, activity, True)
    note_change(work, activity)
    for i in range(arrays.activity[activity, at.LINKS], arrays.activity[activity, at.LINKS_END], at.LINK):
        other = arrays.pool[i]
        if arrays.pool[i + 1] & at.NEEDED and work.outside[1, other] < 0:
            remove(arrays, state, spare, work, other)
    return True


@compiled
def removable(arrays, state, activity):
    for k in range(arrays.activity[activity, at.SETS], arrays.activity[activity, at.SETS_END], 2):
        for i in range(arrays.pool[k], arrays.pool[k + 1]):
            u = arrays.pool[i]
            if state.node[u, at.LANE] >= 0 and arrays.node[u, at.FIXED] == 1:
                return False
    for i in range(arrays.activity[activity, at.LINKS], arrays.activity[activity, at.LINKS_END], at.LINK):
        if arrays.pool[i + 1] & at.NEEDED and not removable(arrays, state, arrays.pool[i]):
            return False
    return True
