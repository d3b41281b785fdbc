"""Breaks where they make the day short.

The forward pass takes every break where the day ends first. Where somebody waits in it, other ways of taking them may
begin it later, or end it later by less than the break is long.
"""

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.route.forward import owes_before_work, rests_after
from scheduler.solver.kernel.route.rightward import late_leave, no_later, rested_until
from scheduler.solver.kernel.route.rows import ARRIVAL, DEPARTURE, DRIVE, EARLY, NODE, NOW, SKIPPED, STOP, TAKEN
from scheduler.solver.kernel.timing import driven, latest_start, ready


@compiled
def rest_well(arrays, state, scratch, lane, m):
    """Take the breaks of the try at hand where the day is worth most, if somebody waits in it and passes no depot."""
    fact, last = scratch.fact[0], (arrays.lane[lane, at.PAUSES_END] - arrays.lane[lane, at.PAUSES]) // at.PAUSE
    if last == 0 or arrays.lane[lane, at.FIXED_DEPARTURE] == 1 or fact[STOP] >= 0:
        return
    if not _waits(arrays, state, scratch, lane, m):
        return
    taken = scratch.row[m - 1, TAKEN]
    best, best_end = _worth(arrays, scratch, lane, fact[DEPARTURE], fact[ARRIVAL], fact[EARLY], taken), -1
    for end in range(last + 1):
        arrival = _arrival(arrays, state, scratch, lane, m, end, last)
        if arrival < at.NEVER:
            _latest(arrays, state, scratch, lane, m, arrival, end, last)
            departure, early, _ = _set_out(arrays, scratch, lane, end)
            if departure > -at.NEVER:
                worth = _worth(arrays, scratch, lane, departure, arrival, early, end)
                if worth > best:
                    best, best_end = worth, end
    if best_end >= 0:
        arrival = _arrival(arrays, state, scratch, lane, m, best_end, last)
        _latest(arrays, state, scratch, lane, m, arrival, best_end, last)
        _take(arrays, scratch, lane, m, arrival, best_end)


@compiled
def _waits(arrays, state, scratch, lane, m):
    """Whether there is time in the day that is neither work nor travel nor a break."""
    fact, pauses = scratch.fact[0], arrays.lane[lane, at.PAUSES]
    free = driven(arrays, lane, fact[DEPARTURE], fact[ARRIVAL])
    for i in range(m):
        u = scratch.row[i, NODE]
        free -= scratch.row[i, DRIVE]
        if i < m - 1:
            free -= arrays.node[u, at.BEFORE] + state.node[u, at.DURATION] + arrays.node[u, at.AFTER]
    for p in range(fact[EARLY], scratch.row[m - 1, TAKEN]):
        if (fact[SKIPPED] >> p) & 1 == 0:
            free -= arrays.pool[pauses + at.PAUSE * p + 2]
    return free > 0


@compiled
def _worth(arrays, scratch, lane, departure, arrival, early, end):
    """What is saved by a day from departure to arrival with breaks early to end - 1 in it, against a longer one."""
    waited, worked = arrays.rate[at.WAITED], arrays.money[lane, at.WORKED]
    if waited + worked == 0.0:
        worked = 1.0
    worth = (waited + worked) * (departure - arrival)
    worth -= arrays.money[lane, at.OVER] * max(np.int64(0), arrival - arrays.lane[lane, at.LAST])
    for p in range(early, end):
        if (scratch.fact[0, SKIPPED] >> p) & 1 == 0:
            pause = arrays.lane[lane, at.PAUSES] + at.PAUSE * p
            worth += arrays.pool[pause + 2] * (waited + worked * (1 - arrays.pool[pause + 4]))
    return worth


@compiled
def _arrival(arrays, state, scratch, lane, m, end, last):
    """The earliest return with so many breaks taken before it and the others after it; NEVER where that can't be."""
    u, skipped, arrival = scratch.row[m - 2, NODE], scratch.fact[0, SKIPPED], at.NEVER
    length = state.node[u, at.DURATION] + arrays.node[u, at.AFTER]
    for j in range(end + 1):
        if scratch.times[m - 2, j] < at.NEVER and not owes_before_work(arrays, lane, j, last, skipped):
            leave = scratch.times[m - 2, j] + length
            arrival = min(arrival, ready(arrays, lane, leave, scratch.row[m - 1, DRIVE], j, end, skipped))
    in_time = arrival <= arrays.lane[lane, at.LATEST]
    return arrival if in_time and rests_after(arrays, lane, arrival, end, last, skipped) else at.NEVER


@compiled
def _latest(arrays, state, scratch, lane, m, arrival, end, last):
    """Latest starts of all stops by breaks taken before them, of a day with `end` breaks until its return."""
    skipped = scratch.fact[0, SKIPPED]
    for k in range(end + 1):
        scratch.late[m - 1, k] = arrival if k == end else -at.NEVER
    for i in range(m - 1, 0, -1):
        u, v = scratch.row[i - 1, NODE], scratch.row[i, NODE]
        length = state.node[u, at.DURATION] + arrays.node[u, at.AFTER]
        before = arrays.node[v, at.BEFORE] if i < m - 1 else np.int64(0)
        most = no_later(arrays, scratch, i - 1)
        for j in range(end + 1):
            leave, onward = -at.NEVER, -1
            for k in range(j, end + 1):
                if scratch.late[i, k] > -at.NEVER:
                    by = late_leave(arrays, lane, scratch.late[i, k] - before, scratch.row[i, DRIVE], j, k, skipped)
                    if by > leave:
                        leave, onward = by, k
            scratch.late[i - 1, j], scratch.onward[i - 1, j] = -at.NEVER, onward
            if onward < 0 or (i == m - 1 and owes_before_work(arrays, lane, j, last, skipped)):
                continue
            s = latest_start(arrays, state, lane, u, min(leave - length, most))
            if s >= scratch.times[i - 1, j] and (most >= at.NEVER or s >= scratch.row[i - 1, NOW]):
                scratch.late[i - 1, j] = s


@compiled
def _set_out(arrays, scratch, lane, end):
    """The departure worth most, how many breaks lie before it, and how many before the first stop."""
    skipped, drive = scratch.fact[0, SKIPPED], scratch.row[0, DRIVE]
    before = arrays.node[scratch.row[0, NODE], at.BEFORE]
    departure, early, taken, best = -at.NEVER, 0, 0, -np.inf
    for k in range(end + 1):
        for j in range(k, -1, -1):
            if scratch.late[0, k] <= -at.NEVER:
                break
            leave = late_leave(arrays, lane, scratch.late[0, k] - before, drive, j, k, skipped)
            if rested_until(arrays, lane, j, skipped) <= leave:
                worth = _worth(arrays, scratch, lane, leave, np.int64(0), j, end)
                if worth > best:
                    departure, early, taken, best = leave, j, k, worth
                break
    return departure, early, taken


@compiled
def _take(arrays, scratch, lane, m, arrival, end):
    """Make the latest starts those of the try."""
    fact = scratch.fact[0]
    fact[DEPARTURE], fact[EARLY], k = _set_out(arrays, scratch, lane, end)
    for i in range(m - 1):
        scratch.row[i, TAKEN], scratch.row[i, NOW] = k, scratch.late[i, k]
        k = scratch.onward[i, k]
    fact[ARRIVAL] = scratch.row[m - 1, NOW] = arrival
    scratch.row[m - 1, TAKEN] = end
