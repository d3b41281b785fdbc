"""A route laid out in rows: its stops in order, the drives to them, and what a try of it found."""

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.arrays import Floats, Ints
from scheduler.solver.kernel.jit import Tables, compiled
from scheduler.solver.kernel.legs import leg
from scheduler.solver.kernel.state import State

NODE, DRIVE, TAKEN, NOW, BEST = range(5)
"""Columns of rows: node, ticks of the drive to it, breaks taken before it, its start, its start in the best try."""
ARRIVAL, DEPARTURE, STOP, SKIPPED, LATENESS, WORK, BUSY, WAITED, IDLED, EARLY, STOCKED = range(11)
"""Facts of a try: return, departure, row before which the depot is visited (-1), breaks left out as bits, ..., and how
many breaks are taken before the departure and before the depot is left."""
FACTS = 11
ROUGH = 8
"""Places of a slot, cheapest by estimate, that are priced by their whole routes."""


class Scratch(Tables):
    """Room for one route: M rows, K numbers of breaks."""

    row: Ints
    cost: Floats
    times: Ints
    """(M, K) earliest start by breaks taken."""
    origin: Ints
    """(M, K) breaks taken at the row before."""
    late: Ints
    """(M, K) latest start by breaks taken, and"""
    onward: Ints
    """(M, K) how many are taken then before the next row."""
    leave: Ints
    """(4, K) when the row before is left; two for the depot."""
    fact: Ints
    """(2, FACTS) of the try at hand, and of the best."""
    rough: Ints
    """(ROUGH, 4) places whose price is estimated, the cheapest first, and"""
    estimate: Floats
    """(ROUGH,) their prices."""
    seen: Ints
    """(1,) how many places are looked at until one is overlooked."""
    looked: Ints
    """(1 + N,) how many searches for places there were; of each node, the one that last looked behind it."""
    asked: Ints
    """(L,) the search that last asked whether a lane admits its slot, negative if it does not."""
    overall: Floats
    """(3,) ticks of work that a person has, on average, how long an idle day is felt, and the largest lateness."""
    promise: Floats
    """(M,) at least what the route costs with the depot before a row, infinite where that was tried."""
    taken: Ints
    """(M,) breaks taken before each row, in the best try."""


def scratch_for(state: State) -> Scratch:
    rows, breaks = len(state.node) + 4, (state.node.shape[1] - at.TIMES) // 2
    return Scratch(
        row=np.zeros((rows, 5), dtype=np.int64),
        cost=np.zeros(rows),
        times=np.zeros((rows, breaks), dtype=np.int64),
        origin=np.zeros((rows, breaks), dtype=np.int64),
        late=np.zeros((rows, breaks), dtype=np.int64),
        onward=np.zeros((rows, breaks), dtype=np.int64),
        leave=np.zeros((4, breaks), dtype=np.int64),
        fact=np.zeros((2, FACTS), dtype=np.int64),
        rough=np.zeros((ROUGH, 4), dtype=np.int64),
        estimate=np.zeros(ROUGH),
        seen=np.zeros(1, dtype=np.int64),
        looked=np.zeros(len(state.node) + 1, dtype=np.int64),
        asked=np.zeros(len(state.lane), dtype=np.int64),
        overall=np.ones(3),
        promise=np.zeros(rows),
        taken=np.zeros(rows, dtype=np.int64),
    )


@compiled
def lay(arrays, state, scratch, lane, before, new):
    """Write the lane's stops into rows, with `new` behind `before` (-1: none); how many rows, the tail's included."""
    slots, lanes = arrays.suits.shape[0], arrays.lane.shape[0]
    u, tail, m = slots + lane, slots + lanes + lane, 0
    while u != tail:
        if u == before:
            _row(arrays, state, scratch, lane, m, u, new, False)
            m += 1
            _row(arrays, state, scratch, lane, m, new, state.node[u, at.NXT], False)
        else:
            _row(arrays, state, scratch, lane, m, u, state.node[u, at.NXT], True)
        m += 1
        u = state.node[u, at.NXT]
    return m


@compiled
def _row(arrays, state, scratch, lane, m, a, b, known):
    scratch.row[m, NODE] = b
    if known:
        scratch.row[m, DRIVE], scratch.cost[m] = state.node[b, at.DRIVE], state.drive[b]
        return
    kind = arrays.lane[lane, at.CLASS]
    scratch.row[m, DRIVE], scratch.cost[m] = leg(arrays, kind, state.node[a, at.WHERE], state.node[b, at.WHERE])


@compiled
def to_depot(arrays, state, scratch, lane, i):
    """Ticks and costs of the two legs when the depot is visited before row i."""
    slots = arrays.suits.shape[0]
    kind, depot = arrays.lane[lane, at.CLASS], arrays.lane[lane, at.DEPOT]
    a = slots + lane if i == 0 else scratch.row[i - 1, NODE]
    here, there = state.node[a, at.WHERE], state.node[scratch.row[i, NODE], at.WHERE]
    (first, price), (second, more) = leg(arrays, kind, here, depot), leg(arrays, kind, depot, there)
    return (first, second), price + more


@compiled
def cut_off(arrays, state, scratch, lane, i, stop):
    """Ticks of the drive to row i that those whom nothing moves leave no time for."""
    if i == stop:
        return np.int64(0)
    a = arrays.suits.shape[0] + lane if i == 0 else scratch.row[i - 1, NODE]
    here, there = state.node[a, at.WHERE], state.node[scratch.row[i, NODE], at.WHERE]
    ticks, _ = leg(arrays, arrays.lane[lane, at.CLASS], here, there)
    return ticks - scratch.row[i, DRIVE]
