"""Earliest starts of all stops, carried forward for every number of breaks taken so far, which is exact."""

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.route.rows import ARRIVAL, DRIVE, EARLY, NODE, NOW, STOCKED, TAKEN, to_depot
from scheduler.solver.kernel.timing import earliest_start, ready, rest, restocked


@compiled
def forward(arrays, state, scratch, lane, m, skipped, stop):
    """Earliest starts by breaks taken; whether the tail is reached in time with all breaks."""
    count = (arrays.lane[lane, at.PAUSES_END] - arrays.lane[lane, at.PAUSES]) // at.PAUSE + 1
    leave, then = scratch.leave[0], scratch.leave[1]
    leave[0] = arrays.lane[lane, at.FIRST]
    for k in range(1, count):
        leave[k] = rested_at_home(arrays, lane, leave[k - 1], k - 1, skipped)
    turn = arrays.lane[lane, at.TURNAROUND]
    for i in range(m - 1):
        u, drive = scratch.row[i, NODE], scratch.row[i, DRIVE]
        if i == stop:
            drive = _at_depot(arrays, state, scratch, lane, i, count, skipped)
        rest_of = state.node[u, at.DURATION] + arrays.node[u, at.AFTER] + turn
        reached = False
        for k in range(count):
            x, origin = _earliest(arrays, lane, leave, drive, k, skipped)
            s = at.NEVER
            if x < at.NEVER:
                s = earliest_start(arrays, state, lane, u, max(x + arrays.node[u, at.BEFORE], state.node[u, at.BOUND]))
            scratch.times[i, k], scratch.origin[i, k] = s, origin
            then[k] = at.NEVER if s >= at.NEVER else s + rest_of
            reached |= s < at.NEVER
        if not reached:
            return False
        for k in range(count):
            leave[k] = then[k]
    return _home(arrays, state, scratch, lane, m, count, skipped, stop)


@compiled
def rested_at_home(arrays, lane, x, p, skipped):
    """From when on somebody may leave home who takes break p there at x or later; NEVER where that can't be."""
    if x >= at.NEVER or arrays.lane[lane, at.FIXED_DEPARTURE] == 1:
        return at.NEVER
    if (skipped >> p) & 1:
        return x
    begin = rest(arrays, lane, p, x)
    return begin + arrays.pool[arrays.lane[lane, at.PAUSES] + at.PAUSE * p + 2] if begin < at.NEVER else at.NEVER


@compiled
def _earliest(arrays, lane, leave, drive, k, skipped):
    """Earliest end of a drive after which k breaks are taken, and how many were before it."""
    best, origin = at.NEVER, -1
    for j in range(k + 1):
        if leave[j] < at.NEVER:
            x = ready(arrays, lane, leave[j], drive, j, k, skipped)
            if x < best:
                best, origin = x, j
    return best, origin


@compiled
def _at_depot(arrays, state, scratch, lane, i, count, skipped):
    """Turn what is left into what the depot is left at; the ticks of the drive on from there."""
    (there, on), _ = to_depot(arrays, state, scratch, lane, i)
    for k in range(count):
        x, origin = _earliest(arrays, lane, scratch.leave[0], there, k, skipped)
        scratch.leave[2, k] = at.NEVER
        if x < at.NEVER:
            scratch.leave[2, k] = restocked(arrays, lane, x) + arrays.lane[lane, at.RESTOCK]
        scratch.leave[3, k] = origin
    for k in range(count):
        scratch.leave[0, k] = scratch.leave[2, k]
    return on


@compiled
def _home(arrays, state, scratch, lane, m, count, skipped, stop):
    """Find the earliest return, some breaks on the way and the rest after it, and trace the breaks taken backward."""
    best, origin, on_way = at.NEVER, -1, 0
    drive = scratch.row[m - 1, DRIVE]
    for j in range(count):
        if scratch.leave[0, j] >= at.NEVER:
            continue
        if owes_before_work(arrays, lane, j, count - 1, skipped):
            continue
        for k in range(j, count):
            x = ready(arrays, lane, scratch.leave[0, j], drive, j, k, skipped)
            if x < best and rests_after(arrays, lane, x, k, count - 1, skipped):
                best, origin, on_way = x, j, k
    if best > arrays.lane[lane, at.LATEST] + arrays.lane[lane, at.TURNAROUND] or origin < 0:
        return False
    scratch.fact[0, ARRIVAL] = best
    scratch.row[m - 1, TAKEN], scratch.row[m - 1, NOW] = on_way, best
    k = origin
    for i in range(m - 2, -1, -1):
        scratch.row[i, TAKEN], scratch.row[i, NOW] = k, scratch.times[i, k]
        k = scratch.origin[i, k]
        if i == stop:
            scratch.fact[0, STOCKED] = k
            k = scratch.leave[3, k]
    scratch.fact[0, EARLY] = k
    return True


@compiled
def owes_before_work(arrays, lane, first, last, skipped):
    """Whether a break that work must follow is among first to last - 1."""
    for p in range(first, last):
        if (skipped >> p) & 1 == 0 and arrays.pool[arrays.lane[lane, at.PAUSES] + at.PAUSE * p + 6] == 1:
            return True
    return False


@compiled
def rests_after(arrays, lane, x, first, last, skipped):
    """Whether breaks first to last - 1 fit after the return."""
    for p in range(first, last):
        if (skipped >> p) & 1:
            continue
        begin = rest(arrays, lane, p, x)
        if begin == at.NEVER:
            return False
        x = begin + arrays.pool[arrays.lane[lane, at.PAUSES] + at.PAUSE * p + 2]
    return True
