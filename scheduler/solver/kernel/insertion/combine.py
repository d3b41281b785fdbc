"""Combinations of a team's places, one for each slot, that go together."""

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.work import BEAM, kept_for

SAME = 1e-9
"""Costs that differ by less are the same."""


@compiled
def copy_choice(work, now, b, then, row, size):
    """Copy the places chosen for the first `size` slots."""
    for k in range(size):
        work.beam[then, row, k] = work.beam[now, b, k]


@compiled
def best_combinations(arrays, work, activity, begin, size, limit):
    """Combinations of places, one per slot, cheapest first, that pairs of slots admit; how many stand in beam[0]."""
    count, now = 1, 0
    work.sums[0, 0] = 0.0
    for n in range(size):
        then, found = 1 - now, 0
        for b in range(count):
            for i in range(kept_for(size)):
                cost = work.sums[now, b] + work.prices[n, i]
                if cost >= limit or (found == BEAM and cost >= work.sums[then, BEAM - 1]):
                    break
                if _in_order(arrays, work, begin, n, i, now, b) and _together(
                    arrays, work, activity, begin, n, i, now, b
                ):
                    row = _make_room(work, then, found, n + 1, cost)
                    copy_choice(work, now, b, then, row, n)
                    work.beam[then, row, n] = i
                    found = min(found + 1, BEAM)
        count, now = found, then
    if now == 1:
        for b in range(count):
            work.sums[0, b] = work.sums[1, b]
            copy_choice(work, 1, b, 0, b, size)
    return count


@compiled
def combinations_by_start(arrays, work, activity, begin, size, limit, count):
    """Add combinations that start when the last of their places admits it; how many stand in beam[0] now.

    A team starts when the last of its places lets it. So each place is taken for that one in turn, and each other slot
    goes where it costs least then. The cheapest combinations of some slots alone may leave no time to the rest.
    """
    for m in range(size):
        if arrays.node[arrays.pool[begin + m], at.TWIN] == 1:
            continue
        for i in range(kept_for(size)):
            if work.prices[m, i] >= limit:
                break
            cost = _around(arrays, work, activity, begin, size, m, i)
            full = count == BEAM and cost >= work.sums[0, BEAM - 1]
            if cost < limit and not full and not _is_known(work, size, count, cost):
                copy_choice(work, 1, 0, 0, _make_room(work, 0, count, size, cost), size)
                count = min(count + 1, BEAM)
    return count


@compiled
def _around(arrays, work, activity, begin, size, m, i):
    """Choose, in beam[1, 0], the cheapest place for each slot that starts no later than place i of slot m; the cost."""
    cost, chosen = work.prices[m, i], work.beam[1, 0]
    for n in range(size):
        chosen[n] = -1
    chosen[m] = i
    for n in range(size):
        if n != m:
            chosen[n] = _cheapest_then(arrays, work, activity, begin, size, m, n)
            if chosen[n] < 0:
                return np.inf
            cost += work.prices[n, chosen[n]]
    return cost


@compiled
def _cheapest_then(arrays, work, activity, begin, size, m, n):
    """The cheapest place of slot n that goes with all that are chosen and does not push slot m; -1 where none does."""
    u, v, chosen = arrays.pool[begin + n], arrays.pool[begin + m], work.beam[1, 0]
    for j in range(kept_for(size)):
        if work.prices[n, j] == np.inf:
            break
        if not _in_time(arrays, u, v, work.places[n, j, 2], work.places[m, chosen[m], 2]):
            continue
        goes = True
        for o in range(size):
            if goes and chosen[o] >= 0:
                goes = _goes(arrays, work, activity, begin, n, j, o, chosen[o])
        if goes:
            return j
    return -1


@compiled
def _is_known(work, size, count, cost):
    """Whether the same places stand in beam[0] as in beam[1, 0], though for other slots."""
    known = False
    for b in range(count):
        known = known or (abs(work.sums[0, b] - cost) < SAME and _are_alike(work, size, b))
    return known


@compiled
def _are_alike(work, size, b):
    for n in range(size):
        one, found = work.places[n, work.beam[1, 0, n]], False
        for m in range(size):
            other = work.places[m, work.beam[0, b, m]]
            found |= one[0] == other[0] and one[1] == other[1]
        if not found:
            return False
    return True


@compiled
def _make_room(work, beam, found, size, cost):
    """Move dearer combinations back, the last out where the beam is full; the row for one that costs so much."""
    row = found if found < BEAM else BEAM - 1
    while row > 0 and work.sums[beam, row - 1] > cost:
        work.sums[beam, row] = work.sums[beam, row - 1]
        copy_choice(work, beam, row - 1, beam, row, size)
        row -= 1
    work.sums[beam, row] = cost
    return row


@compiled
def _in_order(arrays, work, begin, n, i, now, b):
    """Whether twins stand in the order of their lanes: otherwise each combination would come in every order."""
    twin = arrays.node[arrays.pool[begin + n], at.TWIN] == 1
    return not twin or work.places[n, i, 0] >= work.places[n - 1, work.beam[now, b, n - 1], 0]


@compiled
def _together(arrays, work, activity, begin, n, i, now, b):
    """Whether place i of slot n goes with the places chosen for the slots before it."""
    goes = True
    for m in range(n):
        goes = goes and _goes(arrays, work, activity, begin, n, i, m, work.beam[now, b, m])
    return goes


@compiled
def _goes(arrays, work, activity, begin, n, i, m, j):
    """Whether place i of slot n goes with place j of slot m."""
    u, v = arrays.pool[begin + n], arrays.pool[begin + m]
    at_u, at_v = work.places[n, i], work.places[m, j]
    lane, other = at_u[0], at_v[0]
    if clash(arrays, activity, lane, other):
        return False
    if arrays.activity[activity, at.ONE_SITE] == 1 and arrays.lane[lane, at.SITE] != arrays.lane[other, at.SITE]:
        return False
    return _in_time(arrays, u, v, at_u[2], at_v[3]) and _in_time(arrays, v, u, at_v[2], at_u[3])


@compiled
def clash(arrays, activity, lane, other):
    """Whether two roles of the activity can't be in these lanes because of who that is."""
    if arrays.lane[lane, at.UNIT] == 1 or arrays.lane[other, at.UNIT] == 1:
        return lane == other
    apart = arrays.activity[activity, at.APART]
    same = arrays.lane[lane, at.RESOURCE] == arrays.lane[other, at.RESOURCE]
    return (lane == other and apart > 0) or (same and apart == at.ALWAYS)


@compiled
def _in_time(arrays, u, v, start, latest):
    """Whether the arcs from u, which starts then, let v start at the latest then."""
    for i in range(arrays.node[u, at.ARCS], arrays.node[u, at.ARCS_END], at.ARC):
        if arrays.pool[i] == v and start + arrays.pool[i + 1] > latest:
            return False
    return True
