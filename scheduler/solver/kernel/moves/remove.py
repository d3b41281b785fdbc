"""An activity taken out of the plan."""

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.insertion.held import send_held
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.moves.lift import lift
from scheduler.solver.kernel.work import FOLLOWED, note_change, set_outside


@compiled
def remove(arrays, state, spare, work, activity):
    """Take an activity out, and what can't be without it, but for what joined others who are held; False, and nothing
    done, where nobody may leave."""
    count = _with_followers(arrays, state, work, activity)
    for n in range(count):
        _take_out(arrays, state, spare, work, work.followers[0, n])
    return count > 0


@compiled
def removable(arrays, state, work, activity):
    """Whether nothing of the activity, and of what can't be without it, is held."""
    return _with_followers(arrays, state, work, activity) > 0


@compiled
def _with_followers(arrays, state, work, activity):
    """List the activity and all in the plan that can't be without it; how many, 0 where one of them is held."""
    work.count[FOLLOWED] += 1
    work.followers[0, 0], work.followers[1, activity] = activity, work.count[FOLLOWED]
    n, count = 0, 1
    while n < count:
        one = work.followers[0, n]
        n += 1
        if not _may_leave(arrays, state, one):
            return 0
        for i in range(arrays.activity[one, at.LINKS], arrays.activity[one, at.LINKS_END], at.LINK):
            other = arrays.pool[i]
            there = arrays.pool[i + 1] & at.NEEDED and work.outside[1, other] < 0
            if there and work.followers[1, other] != work.count[FOLLOWED]:
                work.followers[0, count], work.followers[1, other] = other, work.count[FOLLOWED]
                count += 1
    return count


@compiled
def _may_leave(arrays, state, activity):
    """Whether nobody of the activity is fixed but whom others joined."""
    for k in range(arrays.activity[activity, at.SETS], arrays.activity[activity, at.SETS_END], 2):
        for i in range(arrays.pool[k], arrays.pool[k + 1] - arrays.activity[activity, at.HELD]):
            u = arrays.pool[i]
            if state.node[u, at.LANE] >= 0 and arrays.node[u, at.FIXED] > 0:
                return False
    return True


@compiled
def _take_out(arrays, state, spare, work, activity):
    for k in range(arrays.activity[activity, at.SETS], arrays.activity[activity, at.SETS_END], 2):
        for i in range(arrays.pool[k], arrays.pool[k + 1] - arrays.activity[activity, at.HELD]):
            u = arrays.pool[i]
            if state.node[u, at.LANE] >= 0:
                lift(arrays, state, spare, work, u)
    send_held(arrays, state, spare, work, activity)
    set_outside(work, activity, True)
    note_change(work, activity)


@compiled
def remove_of(arrays, state, spare, work, u):
    """Take the activity of a slot out; 1 where that was done."""
    if state.node[u, at.LANE] < 0 or arrays.node[u, at.FIXED] > 0:
        return 0
    return 1 if remove(arrays, state, spare, work, arrays.node[u, at.ACTIVITY]) else 0
