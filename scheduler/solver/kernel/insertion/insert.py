"""An activity put where it costs least."""

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.insertion.attempt import settle
from scheduler.solver.kernel.insertion.links import links_allow
from scheduler.solver.kernel.insertion.lone import put_lone
from scheduler.solver.kernel.insertion.team import best_team
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.ties import is_tied
from scheduler.solver.kernel.totals import largest


@compiled
def lone(arrays, activity):
    """The one slot of an activity that hangs on nothing; -1 where there are more, or it does."""
    row = arrays.activity[activity]
    begin, end = arrays.pool[row[at.SETS]], arrays.pool[row[at.SETS] + 1]
    found = row[at.SETS_END] - row[at.SETS] == 2 and end - begin == 1 and row[at.SHARED] == row[at.SHARED_END]
    u = arrays.pool[begin]
    if found and arrays.node[u, at.ROOM] == 0 and not is_tied(arrays, u):
        return u
    return np.int64(-1)


@compiled
def insert(arrays, state, spare, scratch, work, activity, blink):
    """Put the activity where it costs least; False, and nothing changed, where it fits nowhere or is not worth it."""
    if not links_allow(arrays, state, activity):
        return False
    if arrays.rate[at.LARGEST] > 0:
        scratch.overall[2] = largest(state, at.LATEST_BY)
    u = lone(arrays, activity)
    if u >= 0:
        return put_lone(arrays, state, spare, scratch, work, activity, u, blink)
    windows = (arrays.activity[activity, at.SHARED_END] - arrays.activity[activity, at.SHARED]) // 2
    limit, chosen, size, held = work.price[activity], -1, 0, arrays.activity[activity, at.HELD]
    for k in range(arrays.activity[activity, at.SETS], arrays.activity[activity, at.SETS_END], 2):
        begin, end = arrays.pool[k], arrays.pool[k + 1] - held
        for w in range(-1 if windows == 0 else 0, windows):
            if held > 0 and windows > 0 and w != state.node[arrays.pool[end], at.WINDOW]:
                continue
            cost = best_team(arrays, state, spare, scratch, work, activity, begin, end, w, limit, blink)
            if cost < limit:
                limit, chosen, size = cost, begin, end - begin
    if chosen < 0:
        return False
    return settle(arrays, state, spare, scratch, work, activity, chosen, size)
