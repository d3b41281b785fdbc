"""An activity put where it costs least."""

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.insertion.attempt import settle
from scheduler.solver.kernel.insertion.links import links_allow
from scheduler.solver.kernel.insertion.lone import put_lone
from scheduler.solver.kernel.insertion.team import best_team
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.ties import is_tied
from scheduler.solver.kernel.work import MOST_TEAM


@compiled
def insert(arrays, state, spare, scratch, work, activity, blink):
    """Put the activity where it costs least; False, and nothing changed, where it fits nowhere or is not worth it."""
    if not links_allow(arrays, state, activity):
        return False
    windows = (arrays.activity[activity, at.SHARED_END] - arrays.activity[activity, at.SHARED]) // 2
    limit, chosen, size = work.price[activity], -1, 0
    for k in range(arrays.activity[activity, at.SETS], arrays.activity[activity, at.SETS_END], 2):
        begin, end = arrays.pool[k], arrays.pool[k + 1]
        if end - begin > MOST_TEAM:
            continue
        if end - begin == 1 and windows == 0 and arrays.node[arrays.pool[begin], at.ROOM] == 0:
            u = arrays.pool[begin]
            if (
                not is_tied(arrays, u)
                and arrays.activity[activity, at.SETS_END] - arrays.activity[activity, at.SETS] == 2
            ):
                return put_lone(arrays, state, spare, scratch, work, activity, u, blink)
        for w in range(-1 if windows == 0 else 0, windows):
            cost = best_team(arrays, state, spare, scratch, work, activity, begin, end, w, limit, blink)
            if cost < limit:
                limit, chosen, size = cost, begin, end - begin
    if chosen < 0:
        return False
    return settle(arrays, state, spare, scratch, work, activity, chosen, size)
