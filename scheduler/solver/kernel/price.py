"""What a slot adds to a lane between two of its stops, from what is known of these."""

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.legs import leg, leg_to
from scheduler.solver.kernel.restock import of_depot
from scheduler.solver.kernel.route.cost import lateness
from scheduler.solver.kernel.timing import advance, earliest_start, leave_by, ready
from scheduler.solver.kernel.totals import POWER


@compiled
def price_of(arrays, state, scratch, u, lane, before, cutoff):
    """What the slot adds to the lane behind `before`, and its earliest and latest start there; infinite above `cutoff`.

    Where routes are priced as a whole it is an estimate. The slot's duration, place and window must be set. The latest
    start leaves ties of later stops out of account.
    """
    kind, behind = arrays.lane[lane, at.CLASS], state.node[before, at.NXT]
    length = state.node[u, at.DURATION] + arrays.node[u, at.AFTER]
    begin, end = _gap(arrays, state, lane, before, behind)
    free = end - begin - arrays.node[u, at.BEFORE] - length
    if free < 0:
        return np.inf, at.NEVER, -at.NEVER
    here, a, b = state.node[u, at.WHERE], state.node[before, at.WHERE], state.node[behind, at.WHERE]
    (there, cost), (on, more) = leg_to(arrays, kind, here, a), leg(arrays, kind, here, b)
    if free < there + on:
        return np.inf, at.NEVER, -at.NEVER
    used = state.lane[lane, at.SIZE] > 0
    cost += more - (state.drive[behind] if used else 0.0)
    if arrays.own.shape[0] > 0:
        cost += arrays.own[u, arrays.lane[lane, at.RESOURCE]]
    if not used:
        cost += arrays.money[lane, at.USED]
    if arrays.node[u, at.CHARGED] == 1:
        cost += arrays.rate[at.PER_DAY] * arrays.lane[lane, at.DAY]
    if priced_whole(arrays, lane):
        added = arrays.node[u, at.BEFORE] + length + there + on - (state.node[behind, at.DRIVE] if used else 0)
        if arrays.tools.shape[1] + arrays.parts.shape[1] > 0:
            ticks, fee = of_depot(arrays, state, lane, u, before)
            added, cost = added + ticks, cost + fee
        cost += _of_length(arrays, state, lane, added)
        if arrays.rate[at.BALANCE] > 0:
            cost += of_balance(arrays, state, scratch, lane, added)
        if arrays.rate[at.LARGEST_IDLE] > 0:
            cost += of_idle(arrays, state, scratch, lane, state.lane[lane, at.IDLED] - added)
    if cost >= cutoff:
        return np.inf, at.NEVER, -at.NEVER
    first, last = _between(arrays, state, lane, u, before, behind, there, on, length, begin, end)
    if first > last:
        return np.inf, at.NEVER, -at.NEVER
    if arrays.lane[lane, at.PRICED] == at.EXACT or arrays.lane[lane, at.PRICED] == at.REGULAR:
        cost += _pushed(arrays, state, scratch, lane, u, first, behind, on, length, cutoff - cost)
    return cost, first, last


@compiled
def priced_whole(arrays, lane):
    """Whether what a stop adds to the lane is known from the whole route only."""
    return arrays.lane[lane, at.PRICED] == at.EXACT and arrays.lane[lane, at.UNIT] == 0


@compiled
def _of_length(arrays, state, lane, added):
    """At least what it costs that so many more ticks of the day are worked: they use up waiting first."""
    used = min(max(np.int64(0), added), state.lane[lane, at.SLACK])
    cost = arrays.money[lane, at.WORKED] * max(np.int64(0), added - state.lane[lane, at.SLACK])
    return cost - arrays.rate[at.IDLE] * max(np.int64(0), added) - arrays.rate[at.WAITED] * used


@compiled
def of_balance(arrays, state, scratch, lane, added):
    """What it costs that whoever has the lane works so much more."""
    resource, own = arrays.lane[lane, at.RESOURCE], state.lane[lane, at.WORK]
    for way in (-1, 1):
        other = lane + way
        while 0 <= other < arrays.lane.shape[0] and arrays.lane[other, at.RESOURCE] == resource:
            own += state.lane[other, at.WORK]
            other += way
    off = own - scratch.overall[0]
    return arrays.rate[at.BALANCE] * (abs(off + added) - abs(off))


@compiled
def of_idle(arrays, state, scratch, lane, ticks):
    """What it costs, as the search counts, that the day of the lane is idle for so long."""
    before, after = state.lane[lane, at.IDLED] / scratch.overall[1], max(np.int64(0), ticks) / scratch.overall[1]
    return arrays.rate[at.LARGEST_IDLE] * scratch.overall[1] * (after**POWER - before**POWER) / POWER


@compiled
def _pushed(arrays, state, scratch, lane, u, s, v, on, length, cutoff):
    """What lateness and overtime cost more when u starts at s in front of v; infinite above `cutoff`."""
    slots = arrays.suits.shape[0]
    late = lateness(arrays, state, u, s)
    cost, worst = arrays.rate[at.LATE] * late + of_largest(arrays, scratch, 0, late), late
    x = advance(arrays, lane, s + length, on)
    while v < slots:
        if cost >= cutoff:
            return np.inf
        old = state.node[v, at.START]
        s = earliest_start(arrays, state, lane, v, max(x + arrays.node[v, at.BEFORE], state.node[v, at.BOUND]))
        if s <= old:
            return cost
        if s >= at.NEVER:
            return np.inf
        late = lateness(arrays, state, v, s)
        cost += arrays.rate[at.LATE] * (late - lateness(arrays, state, v, old))
        cost += of_largest(arrays, scratch, worst, late)
        worst = max(worst, late)
        turn = arrays.lane[lane, at.TURNAROUND]
        s += state.node[v, at.DURATION] + arrays.node[v, at.AFTER] + turn
        v = state.node[v, at.NXT]
        x = advance(arrays, lane, s, state.node[v, at.DRIVE])
    if arrays.lane[lane, at.UNIT] == 0:
        before = max(np.int64(0), state.node[v, at.START] - arrays.lane[lane, at.LAST])
        cost += arrays.money[lane, at.OVER] * (max(np.int64(0), x - arrays.lane[lane, at.LAST]) - before)
    return cost


@compiled
def of_largest(arrays, scratch, worst, late):
    """What it costs that the largest lateness grows to `late`, beyond what it grew to before."""
    return arrays.rate[at.LARGEST] * max(0.0, late - max(scratch.overall[2], worst))


@compiled
def _gap(arrays, state, lane, before, behind):
    """From when on somebody may leave the one stop, and by when they must be at the other, whatever the breaks."""
    slots, turn = arrays.suits.shape[0], arrays.lane[lane, at.TURNAROUND]
    breaks, begin, end = (state.node.shape[1] - at.TIMES) // 2, at.NEVER, -at.NEVER
    for k in range(_states(arrays, lane)):
        begin = min(begin, state.node[before, at.TIMES + k])
        end = max(end, state.node[behind, at.TIMES + breaks + k])
    if before < slots:
        begin += state.node[before, at.DURATION] + arrays.node[before, at.AFTER] + turn
    if behind < slots:
        end -= arrays.node[behind, at.BEFORE] + turn
    return begin, end


@compiled
def _states(arrays, lane):
    """How many breaks may have been taken: none, one, up to all."""
    return (arrays.lane[lane, at.PAUSES_END] - arrays.lane[lane, at.PAUSES]) // at.PAUSE + 1


@compiled
def _between(arrays, state, lane, u, before, behind, there, on, length, begin, end):
    """Earliest and latest start of u between two stops that leave the gap from begin to end; exact in plain lanes."""
    setup, bound = arrays.node[u, at.BEFORE], state.node[u, at.BOUND]
    first, last = earliest_start(arrays, state, lane, u, max(begin + there + setup, bound)), end - on - length
    if first > last:
        return at.NEVER, -at.NEVER
    count = _states(arrays, lane)
    if count == 1 and arrays.lane[lane, at.BLOCKED] == arrays.lane[lane, at.BLOCKED_END]:
        return first, last
    return _around_breaks(arrays, state, lane, u, before, behind, there, on, length, count)


@compiled
def _around_breaks(arrays, state, lane, u, before, behind, there, on, length, count):
    """As `_between`, over all ways to spread the breaks, and through blocked time."""
    breaks, slots = (state.node.shape[1] - at.TIMES) // 2, arrays.suits.shape[0]
    relaxed = arrays.lane[lane, at.PRICED] == at.EXACT and count > 1
    turn, since = arrays.lane[lane, at.TURNAROUND], np.int64(0)
    if before < slots:
        since = state.node[before, at.DURATION] + arrays.node[before, at.AFTER] + turn
    first, last = at.NEVER, -at.NEVER
    for k in range(count):
        s = at.NEVER
        for j in range(k + 1):
            t = state.node[before, at.TIMES + j]
            if t < at.NEVER:
                s = min(s, ready(arrays, lane, t + since, there, k if relaxed else j, k, 0))
        if s >= at.NEVER:
            continue
        s = earliest_start(arrays, state, lane, u, max(s + arrays.node[u, at.BEFORE], state.node[u, at.BOUND]))
        if s >= at.NEVER:
            continue
        by = -at.NEVER
        for j in range(k, count):
            z = state.node[behind, at.TIMES + breaks + j]
            if z > -at.NEVER:
                z -= arrays.node[behind, at.BEFORE]
                by = max(by, leave_by(arrays, lane, z, on, j if relaxed else k, j, 0))
        by -= length + (turn if behind < slots else 0)
        if s <= by:
            first, last = min(first, s), max(last, by)
    return first, last
