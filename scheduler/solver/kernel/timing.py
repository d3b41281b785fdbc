"""When: from one stop to the next, through blocked time and breaks, forward and backward."""

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.jit import compiled


@compiled
def advance(arrays, lane, x, length):
    """When `length` ticks of driving that begin at x are done; nobody drives in blocked time."""
    for i in range(arrays.lane[lane, at.BLOCKED], arrays.lane[lane, at.BLOCKED_END], 2):
        begin, end = arrays.pool[i], arrays.pool[i + 1]
        if end <= x:
            continue
        if x + length <= begin:
            break
        length -= max(np.int64(0), begin - x)
        x = end
    return x + length


@compiled
def retreat(arrays, lane, y, length):
    """The latest begin of `length` ticks of driving that are done by y."""
    for i in range(arrays.lane[lane, at.BLOCKED_END] - 2, arrays.lane[lane, at.BLOCKED] - 2, -2):
        begin, end = arrays.pool[i], arrays.pool[i + 1]
        if begin >= y:
            continue
        if y - length >= end:
            break
        length -= max(np.int64(0), y - end)
        y = begin
    return y - length


@compiled
def _only_starts(arrays, state, lane, u):
    """Whether nothing but the windows of its own start says when u may start."""
    free = arrays.lane[lane, at.BLOCKED] == arrays.lane[lane, at.BLOCKED_END]
    free = free and arrays.lane[lane, at.CLOSED] == arrays.lane[lane, at.CLOSED_END]
    return free and arrays.node[u, at.ENDS] == arrays.node[u, at.ENDS_END] and state.node[u, at.WINDOW] < 0


@compiled
def earliest_start(arrays, state, lane, u, x):
    """The first admitted start of u at or after x, NEVER if there is none."""
    if _only_starts(arrays, state, lane, u):
        return _next(arrays, arrays.node[u, at.STARTS], arrays.node[u, at.STARTS_END], x)
    duration = state.node[u, at.DURATION]
    if state.node[u, at.WINDOW] >= 0:
        x = max(x, _shared(arrays, state, u, 0, duration))
    while True:
        s = _next(arrays, arrays.node[u, at.STARTS], arrays.node[u, at.STARTS_END], x)
        if s < at.NEVER and arrays.node[u, at.ENDS] < arrays.node[u, at.ENDS_END]:
            s = _next(arrays, arrays.node[u, at.ENDS], arrays.node[u, at.ENDS_END], s + duration) - duration
        begin, end = s - arrays.node[u, at.BEFORE], s + duration + arrays.node[u, at.AFTER]
        i = _met(arrays, lane, u, begin, end)
        if i >= 0:
            s = arrays.pool[i + 1] + arrays.node[u, at.BEFORE]
        if s >= at.NEVER - duration:
            return at.NEVER
        if s == x:
            break
        x = s
    if state.node[u, at.WINDOW] >= 0 and s > _shared(arrays, state, u, 1, duration):
        return at.NEVER
    return s


@compiled
def latest_start(arrays, state, lane, u, y):
    """The last admitted start of u at or before y, -NEVER if there is none."""
    if _only_starts(arrays, state, lane, u):
        return _last(arrays, arrays.node[u, at.STARTS], arrays.node[u, at.STARTS_END], y)
    duration = state.node[u, at.DURATION]
    y = min(y, arrays.node[u, at.UNTIL])
    if state.node[u, at.WINDOW] >= 0:
        y = min(y, _shared(arrays, state, u, 1, duration))
    while True:
        s = _last(arrays, arrays.node[u, at.STARTS], arrays.node[u, at.STARTS_END], y)
        if s > -at.NEVER and arrays.node[u, at.ENDS] < arrays.node[u, at.ENDS_END]:
            s = _last(arrays, arrays.node[u, at.ENDS], arrays.node[u, at.ENDS_END], s + duration) - duration
        begin, end = s - arrays.node[u, at.BEFORE], s + duration + arrays.node[u, at.AFTER]
        i = _met(arrays, lane, u, begin, end)
        if i >= 0:
            s = arrays.pool[i] - duration - arrays.node[u, at.AFTER]
        if s <= -at.NEVER + duration:
            return -at.NEVER
        if s == y:
            break
        y = s
    if state.node[u, at.WINDOW] >= 0 and s < _shared(arrays, state, u, 0, duration):
        return -at.NEVER
    return s


@compiled
def _met(arrays, lane, u, begin, end):
    """Where a span stands that u may not be in and would be in some of; -1 where there is none, or nothing moves u."""
    if is_held(arrays, u):
        return np.int64(-1)
    for i in range(arrays.lane[lane, at.BLOCKED], arrays.lane[lane, at.BLOCKED_END], 2):
        if arrays.pool[i] < end and begin < arrays.pool[i + 1]:
            return i
    for i in range(arrays.lane[lane, at.CLOSED], arrays.lane[lane, at.CLOSED_END], 2):
        if arrays.pool[i] < end and begin < arrays.pool[i + 1]:
            return i
    return np.int64(-1)


@compiled
def is_held(arrays, u):
    """Whether a lock or a fact says where it stands, at the one moment at which it may."""
    return arrays.node[u, at.FIXED] == at.STANDS


@compiled
def _shared(arrays, state, u, which, duration):
    """First or last start in the window that the activity's slots share."""
    activity = arrays.node[u, at.ACTIVITY]
    tick = arrays.pool[arrays.activity[activity, at.SHARED] + 2 * state.node[u, at.WINDOW] + which]
    return tick - duration if arrays.activity[activity, at.OPENS_AT_END + which] == 1 else tick


@compiled
def _next(arrays, begin, end, x):
    for i in range(begin, end, 2):
        if x <= arrays.pool[i + 1]:
            return max(x, arrays.pool[i])
    return at.NEVER


@compiled
def _last(arrays, begin, end, y):
    for i in range(end - 2, begin - 2, -2):
        if y >= arrays.pool[i]:
            return min(y, arrays.pool[i + 1])
    return -at.NEVER


@compiled
def rest(arrays, lane, p, x):
    """The first start of break p at or after x, outside blocked time; NEVER if it does not fit its window."""
    i = arrays.lane[lane, at.PAUSES] + at.PAUSE * p
    begin = unblocked(arrays, lane, max(x, arrays.pool[i]), arrays.pool[i + 2])
    return begin if begin + arrays.pool[i + 2] <= arrays.pool[i + 1] else at.NEVER


@compiled
def restocked(arrays, lane, x):
    """When the stop at the depot begins of somebody who is there at x: not before work, nor in blocked time."""
    return unblocked(arrays, lane, max(x, arrays.lane[lane, at.FIRST]), arrays.lane[lane, at.RESTOCK])


@compiled
def unblocked(arrays, lane, x, length):
    """The first moment at or after x from which `length` ticks are not blocked."""
    for j in range(arrays.lane[lane, at.BLOCKED], arrays.lane[lane, at.BLOCKED_END], 2):
        if arrays.pool[j] < x + length and x < arrays.pool[j + 1]:
            x = arrays.pool[j + 1]
    return x


@compiled
def unblocked_by(arrays, lane, x, length):
    """The last moment at or before x from which `length` ticks are not blocked."""
    for j in range(arrays.lane[lane, at.BLOCKED_END] - 2, arrays.lane[lane, at.BLOCKED] - 2, -2):
        if arrays.pool[j] < x + length and x < arrays.pool[j + 1]:
            x = arrays.pool[j] - length
    return x


@compiled
def ready(arrays, lane, x, length, first, last, skipped):
    """When a drive of `length` from x is done, with breaks first to last - 1 on it; NEVER if they don't fit."""
    for p in range(first, last):
        if (skipped >> p) & 1:
            continue
        i = arrays.lane[lane, at.PAUSES] + at.PAUSE * p
        if arrays.pool[i + 3] == 1:
            x, length = advance(arrays, lane, x, length), np.int64(0)
        begin = rest(arrays, lane, p, x)
        if begin == at.NEVER:
            return at.NEVER
        length -= min(length, driven(arrays, lane, x, begin))
        x = begin + arrays.pool[i + 2]
    return advance(arrays, lane, x, length)


@compiled
def day_of(arrays, s):
    """The day of the calendar on which the moment lies, counted from the first."""
    day = 0
    while day + 1 < arrays.midnights.shape[0] and arrays.midnights[day + 1] <= s:
        day += 1
    return day


@compiled
def driven(arrays, lane, x, y):
    """Ticks between x and y that are not blocked."""
    free = y - x
    for j in range(arrays.lane[lane, at.BLOCKED], arrays.lane[lane, at.BLOCKED_END], 2):
        free -= max(np.int64(0), min(y, arrays.pool[j + 1]) - max(x, arrays.pool[j]))
    return max(np.int64(0), free)


@compiled
def leave_by(arrays, lane, y, length, first, last, skipped):
    """The latest leave from which a drive with breaks first to last - 1 is done by y; exact without blocked time.

    From the first break that is taken seated on, all lie behind the drive.
    """
    pauses = arrays.lane[lane, at.PAUSES]
    seated = first
    while seated < last and ((skipped >> seated) & 1 or arrays.pool[pauses + at.PAUSE * seated + 3] == 0):
        seated += 1
    for p in range(last - 1, first - 1, -1):
        if (skipped >> p) & 1:
            continue
        i = pauses + at.PAUSE * p
        earliest, latest_end, rested = arrays.pool[i], arrays.pool[i + 1], arrays.pool[i + 2]
        if y - rested < earliest:
            return -at.NEVER
        y = min(y, latest_end + (length if p < seated else 0)) - rested
    return retreat(arrays, lane, y, length)
