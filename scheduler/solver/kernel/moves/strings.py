"""Strings of routes near a seed taken out (Christiaens and Vanden Berghe 2020)."""

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.moves.remove import remove
from scheduler.solver.kernel.work import STEP

REMOVED, LONGEST = 10.0, 10.0
"""Mean number of activities taken out, and the longest string."""
SPLIT, GROW = 0.5, 0.01
"""Share of strings that leave a part in the middle, and how it grows."""


@compiled
def ruin_strings(arrays, state, spare, work, seed):
    """Take strings out of the routes nearest to the seed, about ten activities in all."""
    slots = arrays.suits.shape[0]
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
