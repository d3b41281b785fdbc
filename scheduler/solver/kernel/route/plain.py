"""Lanes whose stops need not be looked at together: no breaks, and starting earlier never costs more.

Their starts are followed stop by stop, only as far as they change; the result is that of `refresh`.
"""

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.legs import leg
from scheduler.solver.kernel.route.cost import cost_of_stop, lateness
from scheduler.solver.kernel.timing import advance, earliest_start, latest_start, retreat


@compiled
def is_plain(arrays, lane):
    row = arrays.lane[lane]
    return row[at.PRICED] != at.EXACT and row[at.PAUSES] == row[at.PAUSES_END] and arrays.rate[at.SHIFTED] == 0


@compiled
def walk(arrays, state, lane, u, to_end):
    """Earliest starts from u on, as far as they change, or to the end; whether all is reached in time."""
    slots, lanes = arrays.suits.shape[0], arrays.lane.shape[0]
    tail, turn = slots + lanes + lane, arrays.lane[lane, at.TURNAROUND]
    before = state.node[u, at.PRV]
    x = arrays.lane[lane, at.FIRST] if before >= slots else leave(arrays, state, before, turn)
    v = u
    while v != tail:
        x = advance(arrays, lane, x, state.node[v, at.DRIVE]) + arrays.node[v, at.BEFORE]
        s = earliest_start(arrays, state, lane, v, max(x, state.node[v, at.BOUND]))
        if s >= at.NEVER or s > arrays.node[v, at.UNTIL]:
            return False
        if s == state.node[v, at.START] and v != u and not to_end:
            return True
        state.node[v, at.TIMES] = state.node[v, at.START] = s
        x = leave(arrays, state, v, turn)
        v = state.node[v, at.NXT]
    state.node[tail, at.START] = advance(arrays, lane, x, state.node[tail, at.DRIVE])
    return state.node[tail, at.START] <= arrays.lane[lane, at.LATEST] + turn


@compiled
def keeps_short(arrays, state, lane, before, new):
    """Whether the day is as short as it must be, with `new` behind `before` (-1: none), if it is in time.

    It ends as early as it can, and departs as much later as all waiting and what every stop can be put off allow
    (forward time slack, Savelsbergh 1992).
    """
    if arrays.lane[lane, at.PRICED] != at.LIMITED:
        return True
    slots, lanes, kind = arrays.suits.shape[0], arrays.lane.shape[0], arrays.lane[lane, at.CLASS]
    head, tail, first = slots + lane, slots + lanes + lane, arrays.lane[lane, at.FIRST]
    a, x, waited, beyond = head, first, np.int64(0), np.int64(0)
    slack = np.int64(0) if arrays.lane[lane, at.FIXED_DEPARTURE] == 1 else at.NEVER
    while a != tail:
        b = new if a == before else state.node[before, at.NXT] if a == new else state.node[a, at.NXT]
        drive = state.node[b, at.DRIVE]
        if a in (head, new) or b in (tail, new):
            whole, _ = leg(arrays, kind, state.node[a, at.WHERE], state.node[b, at.WHERE])
            if new in (a, b):
                drive = whole
            beyond += whole - drive
        x += drive
        if b != tail:
            x += arrays.node[b, at.BEFORE]
            s = max(x, arrays.pool[arrays.node[b, at.STARTS]])
            waited += s - x
            close = min(arrays.pool[arrays.node[b, at.STARTS] + 1], arrays.node[b, at.UNTIL])
            slack = min(slack, waited + close - s)
            x = s + state.node[b, at.DURATION] + arrays.node[b, at.AFTER]
        a = b
    return x - first - min(slack, waited) + beyond <= arrays.lane[lane, at.MOST_TIME]


@compiled
def leave(arrays, state, u, turn):
    """When a stop is left that starts when it does."""
    return state.node[u, at.START] + state.node[u, at.DURATION] + arrays.node[u, at.AFTER] + turn


@compiled
def walk_back(arrays, state, lane, u, to_head):
    """Latest starts from u backward, as far as they change, or to the head; ties are left out of account."""
    slots, lanes = arrays.suits.shape[0], arrays.lane.shape[0]
    head, turn, late = slots + lane, arrays.lane[lane, at.TURNAROUND], at.TIMES + (state.node.shape[1] - at.TIMES) // 2
    state.node[head, at.TIMES] = arrays.lane[lane, at.FIRST]
    state.node[slots + lanes + lane, late] = arrays.lane[lane, at.LATEST]
    v = u
    while v != head:
        behind = state.node[v, at.NXT]
        by = retreat(
            arrays, lane, state.node[behind, late] - arrays.node[behind, at.BEFORE], state.node[behind, at.DRIVE]
        )
        length = state.node[v, at.DURATION] + arrays.node[v, at.AFTER] + (turn if behind < slots else 0)
        z = latest_start(arrays, state, lane, v, by - length)
        if z == state.node[v, late] and v != u and not to_head:
            return
        state.node[v, late] = z
        v = state.node[v, at.PRV]


@compiled
def sum_up(arrays, state, lane):
    """Cost and totals of the lane, from the starts of its stops."""
    slots, lanes = arrays.suits.shape[0], arrays.lane.shape[0]
    tail, resource = slots + lanes + lane, arrays.lane[lane, at.RESOURCE]
    cost, busy, drive, latest, size = arrays.money[lane, at.USED], np.int64(0), np.int64(0), np.int64(0), np.int64(0)
    for d in range(state.load.shape[1]):
        state.load[lane, d] = 0
    u = state.node[slots + lane, at.NXT]
    while u != tail:
        late = lateness(arrays, state, u, state.node[u, at.START])
        cost += state.drive[u] + arrays.rate[at.LATE] * late
        cost += cost_of_stop(arrays, lane, resource, u, state.node[u, at.START])
        latest = max(latest, late)
        drive += state.node[u, at.DRIVE]
        busy += arrays.node[u, at.BEFORE] + state.node[u, at.DURATION] + arrays.node[u, at.AFTER]
        for d in range(state.load.shape[1]):
            state.load[lane, d] += arrays.load[u, d]
        size += 1
        u = state.node[u, at.NXT]
    cost += state.drive[tail]
    if arrays.lane[lane, at.UNIT] == 0:
        over = state.node[tail, at.START] - arrays.lane[lane, at.LAST]
        cost += arrays.money[lane, at.OVER] * max(np.int64(0), over)
    state.cost[lane] = cost if size > 0 else 0.0
    state.lane[lane, at.SIZE], state.lane[lane, at.BUSY] = size, busy
    state.lane[lane, at.WORK] = busy + drive + state.node[tail, at.DRIVE] if size > 0 else 0
    state.lane[lane, at.LATEST_BY] = latest


@compiled
def put_in(arrays, state, lane, u, added):
    """Bring the lane up to date after u was put into it, which costs `added`; False where it can't be kept.

    Where lateness counts, all stops are asked how late they are: moves look for late lanes. Where the largest does,
    `added` holds what that costs more, which is no lane's.
    """
    if not walk(arrays, state, lane, u, False):
        return False
    walk_back(arrays, state, lane, u, False)
    if arrays.rate[at.LATE] > 0 or arrays.rate[at.LARGEST] > 0:
        sum_up(arrays, state, lane)
        return True
    length = arrays.node[u, at.BEFORE] + state.node[u, at.DURATION] + arrays.node[u, at.AFTER]
    state.cost[lane] += added
    state.lane[lane, at.SIZE] += 1
    state.lane[lane, at.BUSY] += length
    state.lane[lane, at.WORK] += length
    for d in range(state.load.shape[1]):
        state.load[lane, d] += arrays.load[u, d]
    return True
