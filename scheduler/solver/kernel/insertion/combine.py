"""Combinations of a team's places, one for each slot, that go together."""

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.work import BEAM, KEEP


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
            for i in range(KEEP):
                cost = work.sums[now, b] + work.prices[n, i]
                if cost >= limit or (found == BEAM and cost >= work.sums[then, BEAM - 1]):
                    break
                if not _together(arrays, work, activity, begin, n, i, now, b):
                    continue
                at_row = found if found < BEAM else BEAM - 1
                while at_row > 0 and work.sums[then, at_row - 1] > cost:
                    work.sums[then, at_row] = work.sums[then, at_row - 1]
                    copy_choice(work, then, at_row - 1, then, at_row, n + 1)
                    at_row -= 1
                work.sums[then, at_row] = cost
                copy_choice(work, now, b, then, at_row, n)
                work.beam[then, at_row, n] = i
                found = min(found + 1, BEAM)
        count, now = found, then
    if now == 1:
        for b in range(count):
            work.sums[0, b] = work.sums[1, b]
            copy_choice(work, 1, b, 0, b, size)
    return count


@compiled
def _together(arrays, work, activity, begin, n, i, now, b):
    """Whether place i of slot n goes with the places chosen for the slots before it."""
    u = arrays.pool[begin + n]
    lane = work.places[n, i, 0]
    for m in range(n):
        v, j = arrays.pool[begin + m], work.beam[now, b, m]
        other = work.places[m, j, 0]
        if other == lane:
            return False
        people = arrays.lane[lane, at.UNIT] == 0 and arrays.lane[other, at.UNIT] == 0
        alone = people and arrays.activity[activity, at.APART] == 1
        if alone and arrays.lane[lane, at.RESOURCE] == arrays.lane[other, at.RESOURCE]:
            return False
        if arrays.activity[activity, at.ONE_SITE] == 1 and arrays.lane[lane, at.SITE] != arrays.lane[other, at.SITE]:
            return False
        if not _in_time(arrays, u, v, work.places[n, i], work.places[m, j]):
            return False
        if not _in_time(arrays, v, u, work.places[m, j], work.places[n, i]):
            return False
    return True


@compiled
def _in_time(arrays, u, v, at_u, at_v):
    """Whether the arcs from u to v leave v a start."""
    for i in range(arrays.node[u, at.ARCS], arrays.node[u, at.ARCS_END], at.ARC):
        if arrays.pool[i] == v and at_u[2] + arrays.pool[i + 1] > at_v[3]:
            return False
    return True
