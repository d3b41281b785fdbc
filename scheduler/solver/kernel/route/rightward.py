"""Stops moved right as far as the next one lets them, where standing about costs.

For one window per stop this finds the shortest route that ends as early as it can.
"""

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.route.rows import ARRIVAL, DEPARTURE, DRIVE, NODE, NOW, TAKEN, to_depot
from scheduler.solver.kernel.timing import latest_start, leave_by


@compiled
def move_right(arrays, state, scratch, lane, m, skipped, stop):
    """Let stops wait for the next one rather than the other way round, and the day leave as late as it can."""
    y = scratch.fact[0, ARRIVAL]
    taken = scratch.row[m - 1, TAKEN]
    for i in range(m - 1, 0, -1):
        u = scratch.row[i - 1, NODE]
        leave = _leave_by(arrays, state, scratch, lane, i, y, skipped, stop, scratch.row[i - 1, TAKEN], taken)
        length = state.node[u, at.DURATION] + arrays.node[u, at.AFTER]
        if leave > -at.NEVER:
            s = min(leave - length, _no_later(arrays, scratch, i - 1))
            if s > scratch.row[i - 1, NOW]:
                s = latest_start(arrays, state, lane, u, s)
                scratch.row[i - 1, NOW] = max(scratch.row[i - 1, NOW], s)
        y, taken = scratch.row[i - 1, NOW] - arrays.node[u, at.BEFORE], scratch.row[i - 1, TAKEN]
    first = arrays.lane[lane, at.FIRST]
    departure = first
    if arrays.lane[lane, at.FIXED_DEPARTURE] == 0:
        departure = max(first, _leave_by(arrays, state, scratch, lane, 0, y, skipped, stop, taken, taken))
    scratch.fact[0, DEPARTURE] = departure


@compiled
def _leave_by(arrays, state, scratch, lane, i, y, skipped, stop, first, last):
    """The latest leave for row i that is reached by y."""
    if skipped:
        for p in range(first, last):
            if (skipped >> p) & 1:
                first = last
                break
    if i != stop:
        return leave_by(arrays, lane, y, scratch.row[i, DRIVE], first, last)
    (there, on), _ = to_depot(arrays, state, scratch, lane, i)
    y = leave_by(arrays, lane, y, on, first, last)
    if y <= -at.NEVER:
        return y
    return leave_by(arrays, lane, y - arrays.lane[lane, at.RESTOCK], there, last, last)


@compiled
def _no_later(arrays, scratch, i):
    """How far a stop may move right without being late, off its standing start or its wishes, or dragging others."""
    u, s = scratch.row[i, NODE], scratch.row[i, NOW]
    most = at.NEVER
    if arrays.node[u, at.ARCS] < arrays.node[u, at.ARCS_END]:
        return s
    if (
        arrays.node[u, at.LATES] < arrays.node[u, at.LATES_END]
        or arrays.node[u, at.WISHES] < arrays.node[u, at.WISHES_END]
    ):
        return s
    if arrays.rate[at.SHIFTED] > 0 and arrays.node[u, at.STOOD] >= 0:
        most = max(s, arrays.node[u, at.STOOD])
    return most
