"""What a plan's days look like in full: departures, breaks, restocking, starts."""

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.arrays import Arrays, Ints
from scheduler.solver.kernel.jit import Tables, compiled
from scheduler.solver.kernel.route.evaluate import evaluate
from scheduler.solver.kernel.route.rightward import set_out
from scheduler.solver.kernel.route.rows import (
    ARRIVAL,
    BEST,
    DRIVE,
    NODE,
    SKIPPED,
    STOCKED,
    STOP,
    cut_off,
    lay,
    to_depot,
)
from scheduler.solver.kernel.state import State
from scheduler.solver.kernel.timing import advance, driven, rest, restocked


class Days(Tables):
    """L lanes, S slots."""

    day: Ints
    """(L, 3) departure, return, restocking (-1: none)."""
    rests: Ints
    """(L, K) begins of breaks (-1: not taken)."""
    starts: Ints
    """(S,)"""


def days_for(arrays: Arrays, state: State) -> Days:
    lanes, breaks = len(arrays.lane), (state.node.shape[1] - at.TIMES) // 2
    return Days(
        day=np.zeros((lanes, 3), dtype=np.int64),
        rests=np.full((lanes, breaks), -1, dtype=np.int64),
        starts=np.zeros(len(arrays.suits), dtype=np.int64),
    )


@compiled
def tell(arrays, state, scratch, days):
    """Write down departure, return and restocking of each lane, its breaks' begins, and every stop's start."""
    for lane in range(arrays.lane.shape[0]):
        for p in range(days.rests.shape[1]):
            days.rests[lane, p] = -1
    for lane in range(arrays.lane.shape[0]):
        days.day[lane, 2] = -1
        if state.lane[lane, at.SIZE] == 0:
            continue
        m = lay(arrays, state, scratch, lane, -1, -1)
        if arrays.lane[lane, at.FROZEN] == 1 or evaluate(arrays, state, scratch, lane, m) == np.inf:
            _as_it_stands(arrays, state, scratch, lane, m, days)
            continue
        for i in range(m - 1):
            days.starts[scratch.row[i, NODE]] = scratch.row[i, BEST]
        _between(arrays, state, scratch, lane, m, days)


@compiled
def _as_it_stands(arrays, state, scratch, lane, m, days):
    for i in range(m - 1):
        u = scratch.row[i, NODE]
        days.starts[u] = state.node[u, at.START]


@compiled
def _between(arrays, state, scratch, lane, m, days):
    """What lies between the stops."""
    fact = scratch.fact[1]
    days.day[lane, 1] = fact[ARRIVAL]
    if arrays.lane[lane, at.UNIT] == 1:
        return
    x, taken = arrays.lane[lane, at.FIRST], np.int64(0)
    if arrays.lane[lane, at.FIXED_DEPARTURE] == 0:
        y = scratch.row[0, BEST] - arrays.node[scratch.row[0, NODE], at.BEFORE]
        departure, taken = set_out(arrays, state, scratch, lane, fact, y, scratch.taken[0])
        _rests(arrays, lane, days, x, np.int64(0), 0, taken, fact[SKIPPED])
        x = departure
    days.day[lane, 0] = x - cut_off(arrays, state, scratch, lane, 0, fact[STOP])
    for i in range(m):
        length = scratch.row[i, DRIVE]
        if i == fact[STOP]:
            (there, on), _ = to_depot(arrays, state, scratch, lane, i)
            x, there = _rests(arrays, lane, days, x, there, taken, fact[STOCKED], fact[SKIPPED])
            taken = max(taken, fact[STOCKED])
            days.day[lane, 2] = restocked(arrays, lane, advance(arrays, lane, x, there))
            x, length = days.day[lane, 2] + arrays.lane[lane, at.RESTOCK], on
        x, length = _rests(arrays, lane, days, x, length, taken, scratch.taken[i], fact[SKIPPED])
        taken = max(taken, scratch.taken[i])
        if i < m - 1:
            u = scratch.row[i, NODE]
            x = scratch.row[i, BEST] + state.node[u, at.DURATION] + arrays.node[u, at.AFTER]
    count = (arrays.lane[lane, at.PAUSES_END] - arrays.lane[lane, at.PAUSES]) // at.PAUSE
    _rests(arrays, lane, days, fact[ARRIVAL], np.int64(0), taken, count, fact[SKIPPED])
    days.day[lane, 1] += cut_off(arrays, state, scratch, lane, m - 1, fact[STOP])


@compiled
def _rests(arrays, lane, days, x, drive, first, last, skipped):
    """Write down breaks first to last - 1 on a drive from x on; when the last ends, and what is left of the drive."""
    for p in range(first, last):
        if (skipped >> p) & 1 == 0:
            pause = arrays.lane[lane, at.PAUSES] + at.PAUSE * p
            if arrays.pool[pause + 3] == 1:
                x, drive = advance(arrays, lane, x, drive), np.int64(0)
            days.rests[lane, p] = rest(arrays, lane, p, x)
            drive -= min(drive, driven(arrays, lane, x, days.rests[lane, p]))
            x = days.rests[lane, p] + arrays.pool[pause + 2]
    return x, drive
