"""An activity taken out of the plan."""

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.moves.lift import lift
from scheduler.solver.kernel.work import note_change, set_outside


@compiled
def remove(arrays, state, spare, work, activity):
    """Take an activity out, and what can't be without it; False, and nothing done, where a part of it is held."""
    if not removable(arrays, state, activity):
        return False
    for k in range(arrays.activity[activity, at.SETS], arrays.activity[activity, at.SETS_END], 2):
        for i in range(arrays.pool[k], arrays.pool[k + 1]):
            u = arrays.pool[i]
            if state.node[u, at.LANE] >= 0:
                lift(arrays, state, spare, work, u)
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


@compiled
def remove_of(arrays, state, spare, work, u):
    """Take the activity of a slot out; 1 where that was done."""
    if state.node[u, at.LANE] < 0:
        return 0
    return 1 if remove(arrays, state, spare, work, arrays.node[u, at.ACTIVITY]) else 0
