"""Stops moved right as far as the next one lets them, where standing about costs.

For one window per stop this finds the shortest route that ends as early as it can.
"""

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.route.forward import rested_at_home
from scheduler.solver.kernel.route.rows import (
    ARRIVAL,
    DEPARTURE,
    DRIVE,
    EARLY,
    NODE,
    NOW,
    SKIPPED,
    STOCKED,
    STOP,
    TAKEN,
    to_depot,
)
from scheduler.solver.kernel.timing import latest_start, leave_by, ready, unblocked_by

CORRECTIONS = 4
"""How often a leave that is too late is put forward, before it is given up."""


@compiled
def move_right(arrays, state, scratch, lane, m):
    """Let stops wait for the next one rather than the other way round, and the day leave as late as it can."""
    fact = scratch.fact[0]
    y = fact[ARRIVAL]
    taken = scratch.row[m - 1, TAKEN]
    for i in range(m - 1, 0, -1):
        u = scratch.row[i - 1, NODE]
        leave = _leave_by(arrays, state, scratch, lane, fact, i, y, scratch.row[i - 1, TAKEN], taken)
        length = state.node[u, at.DURATION] + arrays.node[u, at.AFTER]
        if leave > -at.NEVER:
            s = min(leave - length, no_later(arrays, scratch, i - 1))
            if s > scratch.row[i - 1, NOW]:
                s = latest_start(arrays, state, lane, u, s)
                scratch.row[i - 1, NOW] = max(scratch.row[i - 1, NOW], s)
        y, taken = scratch.row[i - 1, NOW] - arrays.node[u, at.BEFORE], scratch.row[i - 1, TAKEN]
    fact[DEPARTURE], fact[EARLY] = set_out(arrays, state, scratch, lane, fact, y, taken)


@compiled
def set_out(arrays, state, scratch, lane, fact, y, taken):
    """The latest departure for a drive that is done by y, and how many of the breaks taken so far lie before it."""
    if arrays.lane[lane, at.FIXED_DEPARTURE] == 1:
        return arrays.lane[lane, at.FIRST], np.int64(0)
    for early in range(taken, -1, -1):
        leave = _leave_by(arrays, state, scratch, lane, fact, 0, y, early, taken)
        if rested_until(arrays, lane, early, fact[SKIPPED]) <= leave:
            return leave, np.int64(early)
    return rested_until(arrays, lane, fact[EARLY], fact[SKIPPED]), fact[EARLY]


@compiled
def rested_until(arrays, lane, count, skipped):
    """When the day's first breaks are over, so many of them, where nobody leaves before."""
    x = arrays.lane[lane, at.FIRST]
    for p in range(count):
        x = rested_at_home(arrays, lane, x, p, skipped)
    return x


@compiled
def _leave_by(arrays, state, scratch, lane, fact, i, y, first, last):
    """A late leave for row i that is reached by y with breaks first to last - 1 on the way, by the depot if it is."""
    if i != fact[STOP]:
        return late_leave(arrays, lane, y, scratch.row[i, DRIVE], first, last, fact[SKIPPED])
    (there, on), _ = to_depot(arrays, state, scratch, lane, i)
    stocked, length = max(first, fact[STOCKED]), arrays.lane[lane, at.RESTOCK]
    by = late_leave(arrays, lane, y, on, stocked, last, fact[SKIPPED])
    if by <= -at.NEVER:
        return by
    by = unblocked_by(arrays, lane, by - length, length)
    return late_leave(arrays, lane, by, there, first, stocked, fact[SKIPPED])


@compiled
def late_leave(arrays, lane, y, drive, first, last, skipped):
    """A late leave for a drive that is done by y: the latest, where breaks and blocked time don't meet."""
    by = leave_by(arrays, lane, y, drive, first, last, skipped)
    if first < last and arrays.lane[lane, at.BLOCKED] < arrays.lane[lane, at.BLOCKED_END]:
        for _ in range(CORRECTIONS):
            late = ready(arrays, lane, by, drive, first, last, skipped) - y
            if late <= 0 or by <= -at.NEVER:
                break
            by -= late
        if ready(arrays, lane, by, drive, first, last, skipped) > y:
            return -at.NEVER
    return by


@compiled
def no_later(arrays, scratch, i):
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
    if arrays.rate[at.SHIFTED] > 0 and arrays.node[u, at.STOOD] > -at.NEVER:
        most = max(s, arrays.node[u, at.STOOD])
    return most
