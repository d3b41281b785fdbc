"""Precedences between activities of one day: pushing one over midnight breaks them."""

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.timing import day_of
from scheduler.solver.kernel.work import FAILED, TOUCHED, TRIED, TRYING, is_in


@compiled
def days_are_shared(arrays, state, work):
    """Whether all in the lanes that the try, or else the step, touched is on the days that it must share.

    What stands still is as it is; otherwise the lane is noted as the one that fails.
    """
    trying, slots = work.count[TRYING], arrays.suits.shape[0]
    for n in range(work.count[TRIED] if trying == 1 else work.count[TOUCHED]):
        lane = work.lanes[trying, n]
        u = state.node[slots + lane, at.NXT]
        while u < slots and arrays.lane[lane, at.FROZEN] == 0:
            if not _shares_day(arrays, state, arrays.node[u, at.ACTIVITY]):
                work.count[FAILED] = lane
                return False
            u = state.node[u, at.NXT]
    return True


@compiled
def _shares_day(arrays, state, activity):
    for i in range(arrays.activity[activity, at.LINKS], arrays.activity[activity, at.LINKS_END], at.LINK):
        other, kind = arrays.pool[i], arrays.pool[i + 1]
        bound = kind & at.SAME_DAY and is_in(arrays, state, other)
        if bound and _day(arrays, state, activity) != _day(arrays, state, other):
            return False
    return True


@compiled
def _day(arrays, state, activity):
    first = at.NEVER
    for k in range(arrays.activity[activity, at.SETS], arrays.activity[activity, at.SETS_END], 2):
        for i in range(arrays.pool[k], arrays.pool[k + 1]):
            if state.node[arrays.pool[i], at.LANE] >= 0:
                first = min(first, state.node[arrays.pool[i], at.START])
    return day_of(arrays, first)
