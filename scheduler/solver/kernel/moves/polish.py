"""Local search around the lanes that a step touched: once over their stops, and over those of lanes that it changes."""

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.admission import admitted
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.moves.exchange import EPSILON
from scheduler.solver.kernel.moves.or_opt import LONGEST_CHAIN, or_opt
from scheduler.solver.kernel.moves.routes import merge, split
from scheduler.solver.kernel.moves.swap_star import swap_star
from scheduler.solver.kernel.moves.swap_tails import swap_tails
from scheduler.solver.kernel.moves.ways import way, way_to
from scheduler.solver.kernel.place import free_one
from scheduler.solver.kernel.totals import of_all
from scheduler.solver.kernel.work import TOUCHED, WALK

NEIGHBOURS = 12
"""Of a stop, looked at in each move."""
LONGEST_WALK = 200_000
"""Stops of all lanes that are tried, several times what is usual: with very long days a search would come back late."""


@compiled
def polish(arrays, state, spare, scratch, work):
    """Try all moves at all stops of the lanes that the step touched; what they gained."""
    total, slots, n = 0.0, arrays.suits.shape[0], 0
    work.count[WALK] = 0
    work.overall[0] = of_all(arrays, state)
    while n < work.count[TOUCHED]:
        lane = work.lanes[0, n]
        n += 1
        if arrays.lane[lane, at.UNIT] == 1 or arrays.lane[lane, at.FROZEN] == 1:
            continue
        u = state.node[slots + lane, at.NXT]
        while u < slots and state.node[u, at.LANE] == lane and work.count[WALK] < LONGEST_WALK:
            total += at_stop(arrays, state, spare, scratch, work, u)
            total += _behind(arrays, state, spare, scratch, work, u)
            u = state.node[u, at.NXT]
    return total


@compiled
def _behind(arrays, state, spare, scratch, work, u):
    """Try to give what comes after u an empty day; after the last stop, to put a neighbour's whole day there."""
    lane, slots = state.node[u, at.LANE], arrays.suits.shape[0]
    v = state.node[u, at.NXT]
    if v >= slots:
        return _whole_day(arrays, state, spare, scratch, work, u, lane)
    for i in range(arrays.near_lanes.shape[1]):
        near = np.int64(arrays.near_lanes[v, i])
        if near < 0:
            break
        other = free_one(arrays, state, near, 0)
        empty = other >= 0 and state.lane[other, at.SIZE] == 0 and admitted(arrays, state, v, other)
        if empty and _split_promises(arrays, state, u, lane, other):
            return split(arrays, state, spare, scratch, work, u, other)
    return 0.0


@compiled
def _whole_day(arrays, state, spare, scratch, work, u, lane):
    """Try to put the whole day of a neighbour behind u, the last stop of its lane."""
    for i in range(min(NEIGHBOURS, arrays.near.shape[1])):
        v = np.int64(arrays.near[u, i])
        if v < 0:
            break
        other = state.node[v, at.LANE]
        if other < 0 or other == lane or arrays.lane[other, at.FROZEN] == 1:
            continue
        gain = merge(arrays, state, spare, scratch, work, lane, other)
        if gain > 0:
            return gain
    return 0.0


@compiled
def _split_promises(arrays, state, u, lane, other):
    """Whether the drives become cheaper when what comes after u is done in another, empty lane."""
    slots, lanes = arrays.suits.shape[0], arrays.lane.shape[0]
    v, tail, end = state.node[u, at.NXT], slots + lanes + lane, slots + lanes + other
    cost = way(arrays, state, lane, u, tail) + way(arrays, state, other, slots + other, v)
    cost += way(arrays, state, other, state.node[tail, at.PRV], end)
    return cost < way_to(arrays, state, v) + way_to(arrays, state, tail) - EPSILON


@compiled
def at_stop(arrays, state, spare, scratch, work, u):
    """Try to bring each near neighbour next to u; what was gained."""
    gain, slots = 0.0, arrays.suits.shape[0]
    for i in range(min(NEIGHBOURS, arrays.near.shape[1])):
        v = np.int64(arrays.near[u, i])
        if v < 0:
            break
        lane, other = state.node[u, at.LANE], state.node[v, at.LANE]
        if lane < 0 or other < 0 or arrays.lane[other, at.FROZEN] == 1 or state.node[u, at.NXT] == v:
            continue
        gain += _chains(arrays, state, spare, scratch, work, u, v)
        if state.node[v, at.LANE] != state.node[u, at.LANE]:
            if _tails_promise(arrays, state, u, v):
                gain += swap_tails(arrays, state, spare, scratch, work, u, state.node[v, at.PRV])
            behind = state.node[u, at.NXT]
            if behind < slots and state.node[v, at.LANE] != state.node[u, at.LANE]:
                gain += swap_star(arrays, state, spare, scratch, work, behind, v)
    return gain


@compiled
def _tails_promise(arrays, state, u, v):
    """Whether the drives at the cuts become cheaper when v follows u."""
    w, a = state.node[v, at.PRV], state.node[u, at.NXT]
    new = way(arrays, state, state.node[u, at.LANE], u, v) + way(arrays, state, state.node[v, at.LANE], w, a)
    return new < way_to(arrays, state, v) + way_to(arrays, state, a) - EPSILON


@compiled
def _chains(arrays, state, spare, scratch, work, u, v):
    """Try to move one to three stops from v on, or up to v turned round, behind u."""
    slots = arrays.suits.shape[0]
    lane, other = state.node[u, at.LANE], state.node[v, at.LANE]
    behind, last = state.node[u, at.NXT], v
    for length in range(1, LONGEST_CHAIN + 1):
        after = state.node[last, at.NXT]
        if last == u or after == u:
            break
        before = state.node[v, at.PRV]
        old = way_to(arrays, state, v) + way_to(arrays, state, after) + way_to(arrays, state, behind)
        new = way(arrays, state, lane, u, v) + way(arrays, state, lane, last, behind)
        new += way(arrays, state, other, before, after)
        if new < old - EPSILON:
            gain = or_opt(arrays, state, spare, scratch, work, v, length, u, False)
            if gain > 0:
                return gain
        if after >= slots:
            break
        last = after
    return 0.0
