"""Taking activities out: strings of routes near a seed, and whole routes (Christiaens and Vanden Berghe 2020)."""

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.insert import measure
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.state import unlink
from scheduler.solver.kernel.ties import is_tied, loosen
from scheduler.solver.kernel.work import OUTSIDE, STEP, make_dirty, note_change, set_outside, touch

REMOVED, LONGEST = 10.0, 10.0
"""Mean number of activities taken out, and the longest string."""
SPLIT, GROW = 0.5, 0.01
"""Share of strings that leave a part in the middle, and how it grows."""
WHOLE_ROUTE, AT_LATE, AT_OUTSIDE = 0.02, 0.2, 0.1
"""Shares of the ruins."""


@compiled
def remove(arrays, state, spare, work, activity):
    """Take an activity out, and what can't be without it; False, and nothing done, where a part of it is held."""
    if not _removable(arrays, state, activity):
        return False
    for k in range(arrays.activity[activity, at.SETS], arrays.activity[activity, at.SETS_END], 2):
        for i in range(arrays.pool[k], arrays.pool[k + 1]):
            u = arrays.pool[i]
            lane = state.node[u, at.LANE]
            if lane < 0:
                continue
            touch(arrays, state, spare, work, lane)
            behind = state.node[u, at.NXT]
            if is_tied(arrays, u):
                state.lane[lane, at.TIES] -= 1
            unlink(state, u)
            measure(arrays, state, lane, behind)
            make_dirty(work, lane)
            if arrays.rate[at.HAS_TIES] > 0:
                loosen(arrays, state, spare, work, behind)
                for j in range(arrays.node[u, at.ARCS], arrays.node[u, at.ARCS_END], at.ARC):
                    v = arrays.pool[j]
                    if state.node[v, at.LANE] >= 0:
                        loosen(arrays, state, spare, work, v)
    set_outside(work, activity, True)
    note_change(work, activity)
    for i in range(arrays.activity[activity, at.LINKS], arrays.activity[activity, at.LINKS_END], at.LINK):
        other = arrays.pool[i]
        if arrays.pool[i + 1] & at.NEEDED and work.outside[1, other] < 0:
            remove(arrays, state, spare, work, other)
    return True


@compiled
def _removable(arrays, state, activity):
    for k in range(arrays.activity[activity, at.SETS], arrays.activity[activity, at.SETS_END], 2):
        for i in range(arrays.pool[k], arrays.pool[k + 1]):
            u = arrays.pool[i]
            if state.node[u, at.LANE] >= 0 and arrays.node[u, at.FIXED] == 1:
                return False
    for i in range(arrays.activity[activity, at.LINKS], arrays.activity[activity, at.LINKS_END], at.LINK):
        if arrays.pool[i + 1] & at.NEEDED and not _removable(arrays, state, arrays.pool[i]):
            return False
    return True


@compiled
def ruin(arrays, state, spare, work):
    """Take about ten activities out around a seed; the seed."""
    slots = arrays.suits.shape[0]
    seed = _seed(arrays, state, work)
    if np.random.random() < WHOLE_ROUTE and state.node[seed, at.LANE] >= 0:
        _route(arrays, state, spare, work, state.node[seed, at.LANE])
        return seed
    mean = _mean_size(arrays, state)
    longest = min(LONGEST, max(1.0, mean))
    strings = int(np.random.random() * max(1.0, 4.0 * REMOVED / (1.0 + longest) - 1.0)) + 1
    _string_at(arrays, state, spare, work, seed, longest, slots)
    done = 1
    for i in range(arrays.near.shape[1]):
        v = arrays.near[seed, i]
        if v < 0 or done >= strings:
            break
        lane = state.node[v, at.LANE]
        if lane >= 0 and arrays.lane[lane, at.UNIT] == 0 and work.mark[3, lane] != work.count[STEP]:
            _string_at(arrays, state, spare, work, v, longest, slots)
            done += 1
    return seed


@compiled
def _seed(arrays, state, work):
    slots = arrays.suits.shape[0]
    if work.count[OUTSIDE] > 0 and np.random.random() < AT_OUTSIDE:
        activity = work.outside[0, np.random.randint(work.count[OUTSIDE])]
        begin = arrays.activity[activity, at.SETS]
        for i in range(arrays.pool[begin], arrays.pool[begin + 1]):
            if arrays.node[arrays.pool[i], at.ROOM] == 0:
                return arrays.pool[i]
    late = (arrays.rate[at.LATE] > 0 or arrays.rate[at.LARGEST] > 0) and np.random.random() < AT_LATE
    seed = np.random.randint(slots)
    for _ in range(20):
        lane = state.node[seed, at.LANE]
        if lane >= 0 and arrays.lane[lane, at.UNIT] == 0 and (not late or state.lane[lane, at.LATEST_BY] > 0):
            return seed
        seed = np.random.randint(slots)
    return seed


@compiled
def _mean_size(arrays, state):
    """Mean number of bookings on the days that have some; looked at in a sample where lanes are many."""
    lanes = arrays.lane.shape[0]
    total, used = 0, 0
    for n in range(min(lanes, 64)):
        lane = n if lanes <= 64 else np.random.randint(lanes)
        if arrays.lane[lane, at.UNIT] == 0 and state.lane[lane, at.SIZE] > 0:
            total += state.lane[lane, at.SIZE]
            used += 1
    return total / max(1, used)


@compiled
def _route(arrays, state, spare, work, lane):
    slots = arrays.suits.shape[0]
    u = state.node[slots + lane, at.NXT]
    while u < slots:
        behind = state.node[u, at.NXT]
        remove(arrays, state, spare, work, arrays.node[u, at.ACTIVITY])
        u = behind if behind >= slots or state.node[behind, at.LANE] == lane else state.node[slots + lane, at.NXT]
        if (
            u == state.node[slots + lane, at.NXT]
            and u < slots
            and not _removable(arrays, state, arrays.node[u, at.ACTIVITY])
        ):
            break


@compiled
def _string_at(arrays, state, spare, work, v, longest, slots):
    """Take a string out of the route of v that holds v; sometimes a part of it in the middle stays."""
    lane = state.node[v, at.LANE]
    if lane < 0 or arrays.lane[lane, at.UNIT] == 1 or arrays.lane[lane, at.FROZEN] == 1:
        return
    work.mark[3, lane] = work.count[STEP]
    size = state.lane[lane, at.SIZE]
    length = int(1 + np.random.random() * min(float(size), longest))
    length = min(length, size)
    kept = 0
    if np.random.random() < SPLIT and length > 1:
        kept = 1
        while length + kept < size and np.random.random() > GROW:
            kept += 1
        kept = min(kept, size - length)
    u, back = v, np.random.randint(length + kept)
    while back > 0 and state.node[u, at.PRV] < slots:
        u = state.node[u, at.PRV]
        back -= 1
    stay = 1 + np.random.randint(length) if kept > 0 else length + 1
    chain = work.order
    count, n = 0, 0
    while u < slots and n < length + kept:
        if n < stay or n >= stay + kept:
            chain[count] = arrays.node[u, at.ACTIVITY]
            count += 1
        u = state.node[u, at.NXT]
        n += 1
    for i in range(count):
        if work.outside[1, chain[i]] < 0:
            remove(arrays, state, spare, work, chain[i])
