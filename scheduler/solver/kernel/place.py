"""Where one slot can go: the places next to its neighbours and in empty lanes, cheapest first."""

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.admission import admitted, duration_on
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.price import of_balance, of_idle, price_of, priced_whole
from scheduler.solver.kernel.route.evaluate import evaluate
from scheduler.solver.kernel.route.plain import keeps_short
from scheduler.solver.kernel.route.rows import IDLED, WORK, lay

LONGEST = 32
"""Stops of a lane of which all places are looked at, at most."""
BLINK = 0.01
"""Share of the places that are overlooked (Christiaens and Vanden Berghe 2020)."""


@compiled
def best_places(arrays, state, scratch, u, cutoff, keep, places, prices, blink, mates):
    """Fill `places` with (lane, before, earliest, latest) of the cheapest places, `prices` beside them; how many.

    Of empty lanes that are alike it looks at the first, and at one more for each of so many mates. Where few lanes may
    hold the slot, it looks at all places there.
    """
    found, rough, slots = 0, 0, arrays.suits.shape[0]
    scratch.looked[0] += 1
    for i in range(arrays.near.shape[1]):
        v = arrays.near[u, i]
        if v < 0:
            break
        v = np.int64(v)
        lane = state.node[v, at.LANE]
        if lane < 0 or not _asked(arrays, state, scratch, u, lane):
            continue
        for before in (v, state.node[v, at.PRV]):
            if _is_new(scratch, before) and (not blink or is_seen(scratch)):
                found, rough = _weigh(
                    arrays, state, scratch, u, lane, before, cutoff, keep, found, rough, places, prices
                )
    for i in range(arrays.near_lanes.shape[1]):
        near = np.int64(arrays.near_lanes[u, i])
        if near < 0:
            break
        last = np.int64(-1)
        for more in range(mates + 1):
            lane = free_one(arrays, state, near, more)
            if lane == last:
                break
            last = lane
            if admitted(arrays, state, u, lane):
                found, rough = _weigh(
                    arrays, state, scratch, u, lane, slots + lane, cutoff, keep, found, rough, places, prices
                )
    for i in range(arrays.node[u, at.FEW], arrays.node[u, at.FEW_END]):
        lane = arrays.pool[i]
        if state.lane[lane, at.SIZE] <= LONGEST and _asked(arrays, state, scratch, u, lane):
            found, rough = _weigh_all(
                arrays, state, scratch, u, lane, cutoff, keep, found, rough, places, prices, blink
            )
    return _price_whole(arrays, state, scratch, u, cutoff, keep, found, rough, places, prices)


@compiled
def _weigh_all(arrays, state, scratch, u, lane, cutoff, keep, found, rough, places, prices, blink):
    """Look at every place of a lane that was not looked at yet; how many are kept."""
    slots = arrays.suits.shape[0]
    before = slots + lane
    while before < slots or before == slots + lane:
        if _is_new(scratch, before) and (not blink or is_seen(scratch)):
            found, rough = _weigh(arrays, state, scratch, u, lane, before, cutoff, keep, found, rough, places, prices)
        before = state.node[before, at.NXT]
    return found, rough


@compiled
def may_begin(arrays, state, u):
    """Whether there is an empty lane near that may hold the slot."""
    for i in range(arrays.near_lanes.shape[1]):
        near = np.int64(arrays.near_lanes[u, i])
        if near < 0:
            return False
        lane = free_one(arrays, state, near, 0)
        if lane >= 0 and state.lane[lane, at.SIZE] == 0 and admitted(arrays, state, u, lane):
            return True
    return False


@compiled
def _asked(arrays, state, scratch, u, lane):
    """Whether the lane admits the slot, asked only once in a search: many neighbours share a lane."""
    answer = scratch.asked[lane]
    if abs(answer) != scratch.looked[0]:
        answer = scratch.looked[0] if admitted(arrays, state, u, lane) else -scratch.looked[0]
        scratch.asked[lane] = answer
    return answer > 0


@compiled
def _is_new(scratch, before):
    """Whether the place was not looked at yet: neighbours often stand next to each other."""
    known = scratch.looked[1 + before] == scratch.looked[0]
    scratch.looked[1 + before] = scratch.looked[0]
    return not known


@compiled
def is_seen(scratch):
    """Whether the next place is not overlooked. Chance is asked only when one is, for how long all will be seen."""
    scratch.seen[0] -= 1
    if scratch.seen[0] >= 0:
        return True
    scratch.seen[0] = int(np.log(1.0 - np.random.random()) / np.log(1.0 - BLINK))
    return False


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
    if cost < limit and keeps_short(arrays, state, lane, before, u):
        found = _keep(places, prices, found, keep, lane, before, first, last, cost)
    return found, rough


@compiled
def _price_whole(arrays, state, scratch, u, cutoff, keep, found, rough, places, prices):
    """Price the places in `rough` by their whole routes, and keep the cheapest. Estimates are hardly ever too high."""
    for n in range(rough):
        if found == keep and scratch.estimate[n] >= prices[found - 1]:
            break
        lane, before = scratch.rough[n, 0], scratch.rough[n, 1]
        state.node[u, at.DURATION] = duration_on(arrays, u, lane)
        m = lay(arrays, state, scratch, lane, before, u)
        cost = evaluate(arrays, state, scratch, lane, m) - state.cost[lane]
        if arrays.rate[at.BALANCE] > 0:
            cost += of_balance(arrays, state, scratch, lane, scratch.fact[1, WORK] - state.lane[lane, at.WORK])
        if arrays.rate[at.LARGEST_IDLE] > 0:
            cost += of_idle(arrays, state, scratch, lane, scratch.fact[1, IDLED])
        if cost < (prices[found - 1] if found == keep else cutoff):
            found = _keep(places, prices, found, keep, lane, before, scratch.rough[n, 2], scratch.rough[n, 3], cost)
    return found


@compiled
def free_one(arrays, state, lane, skipped):
    """An empty lane like this one; the lane itself where it is the only one of its class; -1 if all are used.

    So many empty ones before it are skipped, as far as there are others.
    """
    begin, end = arrays.lane[lane, at.MEMBERS], arrays.lane[lane, at.MEMBERS_END]
    if end - begin == 1:
        return lane
    last = np.int64(-1)
    for i in range(begin, end):
        if state.lane[arrays.pool[i], at.SIZE] == 0:
            last = arrays.pool[i]
            skipped -= 1
            if skipped < 0:
                break
    return last


@compiled
def _offered(arrays, state, lane, mates):
    """Whether an empty lane is the first of those that are alike, or one of so many more."""
    offered = False
    for more in range(mates + 1):
        offered = offered or free_one(arrays, state, lane, more) == lane
    return offered


@compiled
def places_in_rooms(arrays, state, scratch, u, house, keep, places, prices, mates):
    """As `best_places`, in the rooms of a house (-1: of any): every gap of the first units; travel plays no part."""
    found = 0
    slots, lanes = arrays.suits.shape[0], arrays.lane.shape[0]
    for lane in range(lanes - 1, -1, -1):
        if arrays.lane[lane, at.UNIT] == 0:
            break  # rooms come last
        elsewhere = house >= 0 and arrays.lane[lane, at.HOUSE] != house
        if elsewhere or not admitted(arrays, state, u, lane):
            continue
        if state.lane[lane, at.SIZE] == 0 and not _offered(arrays, state, lane, mates):
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
