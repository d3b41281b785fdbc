"""Where one slot can go: the places next to its neighbours and in empty lanes, cheapest first."""

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.legs import leg
from scheduler.solver.kernel.route.cost import lateness
from scheduler.solver.kernel.route.evaluate import evaluate
from scheduler.solver.kernel.route.rows import WORK, lay
from scheduler.solver.kernel.timing import advance, earliest_start, leave_by, ready

MOST_PLACES = 16
"""Places of a slot that are kept."""
BLINK = 0.01
"""Share of the places that are overlooked (Christiaens and Vanden Berghe 2020)."""


@compiled
def suited(arrays, u, lane):
    """Whether rules about who, and who on which day, let the slot into the lane."""
    if arrays.lane[lane, at.FROZEN] == 1 or not arrays.suits[u, arrays.lane[lane, at.RESOURCE]]:
        return False
    barred = False
    for i in range(arrays.node[u, at.BARRED], arrays.node[u, at.BARRED_END]):
        barred |= arrays.pool[i] == lane
    return not barred


@compiled
def admitted(arrays, state, u, lane):
    """Whether the lane may hold the slot besides what it holds: rules about who, loads, and daily limits."""
    if not suited(arrays, u, lane):
        return False
    slots = arrays.suits.shape[0]
    for d in range(state.load.shape[1]):
        if arrays.load[u, d] > 0 and state.load[lane, d] + arrays.load[u, d] > arrays.load[slots + lane, d]:
            return False
    most = arrays.lane[lane, at.MOST_BOOKINGS]
    if 0 <= most <= state.lane[lane, at.SIZE]:
        return False
    most = arrays.lane[lane, at.MOST_TIME]
    if most >= 0:
        length = arrays.node[u, at.BEFORE] + duration_on(arrays, u, lane) + arrays.node[u, at.AFTER]
        if state.lane[lane, at.BUSY] + length > most:
            return False
    return True


@compiled
def within_limits(arrays, state, lane):
    """Whether what the lane holds is no more than loads and daily limits allow."""
    slots = arrays.suits.shape[0]
    for d in range(state.load.shape[1]):
        if state.load[lane, d] > arrays.load[slots + lane, d]:
            return False
    most, longest = arrays.lane[lane, at.MOST_BOOKINGS], arrays.lane[lane, at.MOST_TIME]
    return not (0 <= most < state.lane[lane, at.SIZE] or 0 <= longest < state.lane[lane, at.BUSY])


@compiled
def duration_on(arrays, u, lane):
    return arrays.duration[u, arrays.lane[lane, at.RESOURCE] if arrays.duration.shape[1] > 1 else 0]


@compiled
def price_of(arrays, state, scratch, u, lane, before, cutoff):
    """What the slot adds to the lane behind `before`, and its earliest and latest start there; infinite above `cutoff`.

    Where routes are priced as a whole it is an estimate. The slot's duration, place and window must be set. The latest
    start leaves ties of later stops out of account.
    """
    kind, behind = arrays.lane[lane, at.CLASS], state.node[before, at.NXT]
    here, a, b = state.node[u, at.WHERE], state.node[before, at.WHERE], state.node[behind, at.WHERE]
    (there, cost), (on, more) = leg(arrays, kind, a, here), leg(arrays, kind, here, b)
    cost += more - state.drive[behind]
    if arrays.own.shape[0] > 0:
        cost += arrays.own[u, arrays.lane[lane, at.RESOURCE]]
    if state.lane[lane, at.SIZE] == 0:
        cost += arrays.money[lane, at.USED]
    if arrays.node[u, at.CHARGED] == 1:
        cost += arrays.rate[at.PER_DAY] * arrays.lane[lane, at.DAY]
    length = state.node[u, at.DURATION] + arrays.node[u, at.AFTER]
    if priced_whole(arrays, lane):
        added = arrays.node[u, at.BEFORE] + length + there + on - state.node[behind, at.DRIVE]
        cost += _of_length(arrays, state, lane, added)
        if arrays.rate[at.BALANCE] > 0:
            cost += _of_balance(arrays, state, scratch, lane, added)
    if cost >= cutoff:
        return np.inf, at.NEVER, -at.NEVER
    first, last = _between(arrays, state, lane, u, before, behind, there, on, length)
    if first > last:
        return np.inf, at.NEVER, -at.NEVER
    if arrays.lane[lane, at.PRICED] != at.TRAVEL_ONLY:
        cost += _pushed(arrays, state, lane, u, first, behind, on, length, cutoff - cost)
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
def _of_balance(arrays, state, scratch, lane, added):
    """What it costs that whoever has the lane works so much more."""
    resource, own = arrays.lane[lane, at.RESOURCE], state.lane[lane, at.WORK]
    for way in (-1, 1):
        other = lane + way
        while 0 <= other < arrays.lane.shape[0] and arrays.lane[other, at.RESOURCE] == resource:
            own += state.lane[other, at.WORK]
            other += way
    off = own - scratch.mean[0]
    return arrays.rate[at.BALANCE] * (abs(off + added) - abs(off))


@compiled
def _price_whole(arrays, state, scratch, u, cutoff, keep, found, places, prices):
    """Price the places in `rough` by their whole routes, and keep the cheapest."""
    for n in range(scratch.rough.shape[0]):
        if scratch.estimate[n] == np.inf:
            break
        lane, before = scratch.rough[n, 0], scratch.rough[n, 1]
        state.node[u, at.DURATION] = duration_on(arrays, u, lane)
        m = lay(arrays, state, scratch, lane, before, u)
        cost = evaluate(arrays, state, scratch, lane, m) - state.cost[lane]
        if arrays.rate[at.BALANCE] > 0:
            cost += _of_balance(arrays, state, scratch, lane, scratch.fact[1, WORK] - state.lane[lane, at.WORK])
        if cost < (prices[found - 1] if found == keep else cutoff):
            found = _keep(places, prices, found, keep, lane, before, scratch.rough[n, 2], scratch.rough[n, 3], cost)
    return found


@compiled
def _pushed(arrays, state, lane, u, s, v, on, length, cutoff):
    """What lateness and overtime cost more when u starts at s in front of v; infinite above `cutoff`."""
    slots = arrays.suits.shape[0]
    cost = arrays.rate[at.LATE] * lateness(arrays, state, u, s)
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
        cost += arrays.rate[at.LATE] * (lateness(arrays, state, v, s) - lateness(arrays, state, v, old))
        turn = arrays.lane[lane, at.TURNAROUND]
        s += state.node[v, at.DURATION] + arrays.node[v, at.AFTER] + turn
        v = state.node[v, at.NXT]
        x = advance(arrays, lane, s, state.node[v, at.DRIVE])
    if arrays.lane[lane, at.UNIT] == 0:
        before = max(np.int64(0), state.node[v, at.START] - arrays.lane[lane, at.LAST])
        cost += arrays.money[lane, at.OVER] * (max(np.int64(0), x - arrays.lane[lane, at.LAST]) - before)
    return cost


@compiled
def _between(arrays, state, lane, u, before, behind, there, on, length):
    """Earliest and latest start of u between two stops, over all ways to spread the breaks; exact in plain lanes."""
    count = (arrays.lane[lane, at.PAUSES_END] - arrays.lane[lane, at.PAUSES]) // at.PAUSE + 1
    breaks = (state.node.shape[1] - at.TIMES) // 2
    slots, _lanes = arrays.suits.shape[0], arrays.lane.shape[0]
    relaxed = arrays.lane[lane, at.PRICED] == at.EXACT and count > 1
    turn = arrays.lane[lane, at.TURNAROUND]
    since = np.int64(0)
    if before < slots:
        since = state.node[before, at.DURATION] + arrays.node[before, at.AFTER] + turn
    setup = arrays.node[u, at.BEFORE]
    first, last = at.NEVER, -at.NEVER
    for k in range(count):
        s = at.NEVER
        for j in range(k + 1):
            t = state.node[before, at.TIMES + j]
            if t < at.NEVER:
                x = (
                    t + since + there
                    if count == 1 and arrays.lane[lane, at.BLOCKED] == arrays.lane[lane, at.BLOCKED_END]
                    else ready(arrays, lane, t + since, there, k if relaxed else j, k, 0)
                )
                s = min(s, x)
        if s >= at.NEVER:
            continue
        s = earliest_start(arrays, state, lane, u, max(s + setup, state.node[u, at.BOUND]))
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


@compiled
def best_places(arrays, state, scratch, u, cutoff, keep, places, prices, blink):
    """Fill `places` with (lane, before, earliest, latest) of the cheapest places, `prices` beside them; how many."""
    if arrays.node[u, at.ROOM] == 1:
        return _units(arrays, state, scratch, u, keep, places, prices)
    found, rough, slots = 0, 0, arrays.suits.shape[0]
    for i in range(arrays.near.shape[1]):
        v = arrays.near[u, i]
        if v < 0:
            break
        v = np.int64(v)
        lane = state.node[v, at.LANE]
        if lane < 0 or not admitted(arrays, state, u, lane):
            continue
        for before in (v, state.node[v, at.PRV]):
            if not blink or np.random.random() >= BLINK:
                found, rough = _weigh(
                    arrays, state, scratch, u, lane, before, cutoff, keep, found, rough, places, prices
                )
    for i in range(arrays.near_lanes.shape[1]):
        near = np.int64(arrays.near_lanes[u, i])
        if near < 0:
            break
        lane = _free_one(arrays, state, near)
        if lane >= 0 and admitted(arrays, state, u, lane):
            found, rough = _weigh(
                arrays, state, scratch, u, lane, slots + lane, cutoff, keep, found, rough, places, prices
            )
    if rough == 0:
        return found
    if rough < scratch.rough.shape[0]:
        scratch.estimate[rough] = np.inf
    return _price_whole(arrays, state, scratch, u, cutoff, keep, found, places, prices)


@compiled
def _weigh(arrays, state, scratch, u, lane, before, cutoff, keep, found, rough, places, prices):
    """Keep a place if it is among the cheapest, of those that are known or of those that are estimated; how many."""
    state.node[u, at.DURATION] = duration_on(arrays, u, lane)
    if priced_whole(arrays, lane):
        most = scratch.rough.shape[0]
        limit = scratch.estimate[rough - 1] if rough == most else cutoff
        cost, first, last = price_of(arrays, state, scratch, u, lane, before, limit)
        if cost < limit:
            rough = _keep(scratch.rough, scratch.estimate, rough, most, lane, before, first, last, cost)
        return found, rough
    limit = prices[found - 1] if found == keep else cutoff
    cost, first, last = price_of(arrays, state, scratch, u, lane, before, limit)
    if cost < limit:
        found = _keep(places, prices, found, keep, lane, before, first, last, cost)
    return found, rough


@compiled
def _free_one(arrays, state, lane):
    """An empty lane like this one; the lane itself where it is the only one of its class; -1 if all are used."""
    begin, end = arrays.lane[lane, at.MEMBERS], arrays.lane[lane, at.MEMBERS_END]
    if end - begin == 1:
        return lane
    for i in range(begin, end):
        if state.lane[arrays.pool[i], at.SIZE] == 0:
            return arrays.pool[i]
    return -1


@compiled
def _units(arrays, state, scratch, u, keep, places, prices):
    """Places in rooms: every gap of the first units that have room; travel plays no part there."""
    found = 0
    slots, lanes = arrays.suits.shape[0], arrays.lane.shape[0]
    for lane in range(lanes - 1, -1, -1):
        if arrays.lane[lane, at.UNIT] == 0:
            break  # rooms come last
        if not admitted(arrays, state, u, lane):
            continue
        empty = state.lane[lane, at.SIZE] == 0
        if empty and _free_one(arrays, state, lane) != lane:
            continue
        before = slots + lane
        while before != slots + lanes + lane:
            cost, first, last = price_of(arrays, state, scratch, u, lane, before, np.inf)
            cost += 1e-6 * found
            if cost < np.inf and (found < keep or cost < prices[found - 1]):
                found = _keep(places, prices, found, keep, lane, before, first, last, cost)
            before = state.node[before, at.NXT]
    return found


@compiled
def _keep(places, prices, found, keep, lane, before, first, last, cost):
    """Insert into the sorted list unless it stands there."""
    for n in range(found):
        if places[n, 0] == lane and places[n, 1] == before:
            return found
    n = found if found < keep else keep - 1
    while n > 0 and prices[n - 1] > cost:
        for k in range(4):
            places[n, k] = places[n - 1, k]
        prices[n] = prices[n - 1]
        n -= 1
    places[n, 0], places[n, 1], places[n, 2], places[n, 3] = lane, before, first, last
    prices[n] = cost
    return min(found + 1, keep)
