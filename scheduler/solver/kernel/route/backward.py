"""Latest starts of all stops, by the number of breaks taken before them."""

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.route.forward import owes_before_work, rested_at_home
from scheduler.solver.kernel.timing import latest_start, leave_by


@compiled
def backward(arrays, state, lane, slots, count, relaxed):
    """Latest starts by breaks taken; breaks that may be left out do not count."""
    lanes, breaks = arrays.lane.shape[0], (state.node.shape[1] - at.TIMES) // 2
    late = at.TIMES + breaks
    head, v = slots + lane, slots + lanes + lane
    state.node[head, at.TIMES] = arrays.lane[lane, at.FIRST]
    for k in range(count):
        if k > 0:
            x = state.node[head, at.TIMES + k - 1]
            state.node[head, at.TIMES + k] = rested_at_home(arrays, lane, x, k - 1, 0)
        state.node[v, late + k] = _return_by(arrays, lane, k, count - 1, relaxed)
    turn = arrays.lane[lane, at.TURNAROUND]
    u = state.node[v, at.PRV]
    while u != head:
        length = state.node[u, at.DURATION] + arrays.node[u, at.AFTER] + (turn if v < slots else 0)
        before = arrays.node[v, at.BEFORE]
        for j in range(count):
            best = -at.NEVER
            for k in range(j, count):
                y = state.node[v, late + k]
                if y > -at.NEVER:
                    first = k if relaxed > 0 else j
                    best = max(best, leave_by(arrays, lane, y - before, state.node[v, at.DRIVE], first, k, 0))
            state.node[u, late + j] = latest_start(arrays, state, lane, u, best - length) if best > -at.NEVER else best
        v, u = u, state.node[u, at.PRV]


@compiled
def _return_by(arrays, lane, k, last, relaxed):
    """The latest return with k breaks taken: the others fit behind it, or can be left out."""
    latest = arrays.lane[lane, at.LATEST]
    if relaxed > 0:
        return latest
    if owes_before_work(arrays, lane, k, last, 0):
        return -at.NEVER
    begin = at.NEVER
    for p in range(last - 1, k - 1, -1):
        i = arrays.lane[lane, at.PAUSES] + at.PAUSE * p
        begin = min(arrays.pool[i + 1], begin) - arrays.pool[i + 2]
    return min(latest, begin)
