"""The best times for a fixed order of stops: breaks taken or left out, the depot before any stop."""

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.route.cost import cost_of, stands_about
from scheduler.solver.kernel.route.forward import forward
from scheduler.solver.kernel.route.rests import rest_well
from scheduler.solver.kernel.route.rightward import move_right
from scheduler.solver.kernel.route.rows import (
    BEST,
    DEPARTURE,
    DRIVE,
    FACTS,
    IDLED,
    NODE,
    NOW,
    SKIPPED,
    STOP,
    TAKEN,
    to_depot,
)
from scheduler.solver.kernel.timing import driven

MOST_CHOICES = 6
"""Up to so many priced breaks of a day all choices of them are tried; of more, one is taken after the other."""


@compiled
def evaluate(arrays, state, scratch, lane, m):
    """Least cost of the rows as a route of the lane, infinite where there is none; times and facts of it are kept."""
    best = np.inf
    if m == 1:
        for k in range(FACTS):
            scratch.fact[1, k] = 0
        first, last = arrays.lane[lane, at.FIRST], arrays.lane[lane, at.LAST]
        if arrays.lane[lane, at.UNIT] == 0 and first < last:
            scratch.fact[1, IDLED] = driven(arrays, lane, first, last)
        return arrays.rate[at.IDLE] * scratch.fact[1, IDLED]
    priced = priced_breaks(arrays, lane)
    first, last = _stops(arrays, scratch, lane, m)
    floor = _with_break_left_out(arrays, scratch, lane, m, priced) if first < 0 else -np.inf
    _promise(arrays, state, scratch, lane, m, first, last)
    for _ in range(first, last):
        stop = first
        for other in range(first + 1, last):
            if scratch.promise[other - first] < scratch.promise[stop - first]:
                stop = other
        if scratch.promise[stop - first] >= best:
            break
        scratch.promise[stop - first] = np.inf
        if _count(priced) > MOST_CHOICES:
            best = _with_breaks_one_by_one(arrays, state, scratch, lane, m, priced, stop, best)
            continue
        skipped = 0
        while True:
            best = _better(arrays, state, scratch, lane, m, skipped, stop, best)
            skipped = (skipped - priced) & priced
            if skipped == 0 or best <= floor:
                break
    return best


@compiled
def _better(arrays, state, scratch, lane, m, skipped, stop, best):
    """The lesser of `best` and what the route costs with these breaks left out; if it is less, that is kept."""
    cost = _try(arrays, state, scratch, lane, m, skipped, stop)
    if cost >= best:
        return best
    for i in range(m):
        scratch.row[i, BEST], scratch.taken[i] = scratch.row[i, NOW], scratch.row[i, TAKEN]
    for k in range(FACTS):
        scratch.fact[1, k] = scratch.fact[0, k]
    return cost


@compiled
def _with_breaks_one_by_one(arrays, state, scratch, lane, m, priced, stop, best):
    """As `_better`, for all breaks taken, for none, and from there with one more as long as that costs less."""
    best = _better(arrays, state, scratch, lane, m, 0, stop, best)
    skipped, own = priced, _try(arrays, state, scratch, lane, m, priced, stop)
    best = _better(arrays, state, scratch, lane, m, priced, stop, best)
    while skipped > 0:
        chosen, bits = 0, skipped
        while bits > 0:
            one = bits & -bits
            bits -= one
            cost = _try(arrays, state, scratch, lane, m, skipped - one, stop)
            if cost < own:
                own, chosen = cost, one
        if chosen == 0:
            break
        skipped -= chosen
        best = _better(arrays, state, scratch, lane, m, skipped, stop, best)
    return best


@compiled
def _count(bits):
    count = 0
    while bits > 0:
        bits -= bits & -bits
        count += 1
    return count


@compiled
def _promise(arrays, state, scratch, lane, m, first, last):
    """Note at least what the route costs for each row before which the depot may be visited: the way, and the work."""
    if last - first <= 1 or arrays.rate[at.IDLE] > 0:
        for i in range(last - first):
            scratch.promise[i] = -np.inf
        return
    cost, ticks = arrays.money[lane, at.USED], arrays.lane[lane, at.RESTOCK]
    for i in range(m):
        u = scratch.row[i, NODE]
        cost += scratch.cost[i]
        ticks += scratch.row[i, DRIVE]
        if i < m - 1:
            ticks += arrays.node[u, at.BEFORE] + state.node[u, at.DURATION] + arrays.node[u, at.AFTER]
            if arrays.own.shape[0] > 0:
                cost += arrays.own[u, arrays.lane[lane, at.RESOURCE]]
    worked = arrays.money[lane, at.WORKED]
    for i in range(first, last):
        (there, on), more = to_depot(arrays, state, scratch, lane, i)
        longer = there + on - scratch.row[i, DRIVE]
        scratch.promise[i - first] = cost + more - scratch.cost[i] + worked * (ticks + longer)


@compiled
def _with_break_left_out(arrays, scratch, lane, m, priced):
    """At least what a route costs that leaves a break out: the way, who goes it, and the cheapest break."""
    if priced == 0 or arrays.rate[at.IDLE] > 0:
        return -np.inf
    least, begin = np.inf, arrays.lane[lane, at.PAUSES]
    for p in range((arrays.lane[lane, at.PAUSES_END] - begin) // at.PAUSE):
        if (priced >> p) & 1:
            least = min(least, arrays.fee[arrays.pool[begin + at.PAUSE * p + 5]])
    least += arrays.money[lane, at.USED]
    for i in range(m):
        least += scratch.cost[i]
        if i < m - 1 and arrays.own.shape[0] > 0:
            least += arrays.own[scratch.row[i, NODE], arrays.lane[lane, at.RESOURCE]]
    return least


@compiled
def priced_breaks(arrays, lane):
    """The breaks that may be left out, as bits."""
    bits = 0
    begin, end = arrays.lane[lane, at.PAUSES], arrays.lane[lane, at.PAUSES_END]
    for p in range((end - begin) // at.PAUSE):
        if arrays.pool[begin + at.PAUSE * p + 5] >= 0:
            bits |= 1 << p
    return bits


@compiled
def _stops(arrays, scratch, lane, m):
    """Rows before which the depot may be visited: from, to; -1, 0 where it need not be, nothing where it is in vain."""
    slots = arrays.suits.shape[0]
    kinds, counts = arrays.tools.shape[1], arrays.parts.shape[1]
    if arrays.lane[lane, at.UNIT] == 1 or kinds + counts == 0:
        return -1, 0
    last = m
    for i in range(m - 1):
        u = scratch.row[i, NODE]
        lacks = False
        for d in range(kinds):
            lacks |= arrays.tools[u, d] > arrays.tools[slots + lane, d]
        for d in range(counts):
            used = 0
            for k in range(i + 1):
                used += arrays.parts[scratch.row[k, NODE], d]
            lacks |= used > arrays.parts[slots + lane, d]
        if lacks:
            last = i
            break
    if last == m:
        return -1, 0
    if arrays.lane[lane, at.DEPOT] < 0:
        return 0, 0
    return 0, last + 1


@compiled
def _try(arrays, state, scratch, lane, m, skipped, stop):
    if not forward(arrays, state, scratch, lane, m, skipped, stop):
        return np.inf
    fact = scratch.fact[0]
    fact[STOP], fact[SKIPPED] = stop, skipped
    counts = arrays.lane[lane, at.UNIT] == 0 and stands_about(arrays, lane)
    if counts or (arrays.lane[lane, at.UNIT] == 0 and _is_early(arrays, scratch, m)):
        move_right(arrays, state, scratch, lane, m)
        if counts:
            rest_well(arrays, state, scratch, lane, m)
    else:
        fact[DEPARTURE] = arrays.lane[lane, at.FIRST]
    return cost_of(arrays, state, scratch, lane, m)


@compiled
def _is_early(arrays, scratch, m):
    """Whether somebody comes earlier than a price asks for."""
    early = False
    if arrays.rate[at.SHIFTED] > 0:
        for i in range(m - 1):
            early |= scratch.row[i, NOW] < arrays.node[scratch.row[i, NODE], at.STOOD]
    return early
