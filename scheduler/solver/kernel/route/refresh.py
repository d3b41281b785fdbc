"""A lane brought up to date after its stops changed: times, cost and totals."""

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.route.backward import backward
from scheduler.solver.kernel.route.evaluate import evaluate, priced_breaks
from scheduler.solver.kernel.route.forward import forward
from scheduler.solver.kernel.route.rows import ARRIVAL, BEST, BUSY, LATENESS, NODE, STOP, WAITED, WORK, lay
from scheduler.solver.kernel.timing import earliest_start, latest_start


@compiled
def refresh(arrays, state, scratch, lane):
    """Bring times, cost and totals of a lane up to date after its stops changed; whether it can be kept at all."""
    m = lay(arrays, state, scratch, lane, -1, -1)
    cost = evaluate(arrays, state, scratch, lane, m)
    if cost == np.inf:
        return False
    slots = arrays.suits.shape[0]
    facts, count = scratch.fact[1], (arrays.lane[lane, at.PAUSES_END] - arrays.lane[lane, at.PAUSES]) // at.PAUSE + 1
    state.cost[lane] = cost
    state.lane[lane, at.SIZE], state.lane[lane, at.BUSY] = m - 1, facts[BUSY]
    state.lane[lane, at.WORK], state.lane[lane, at.LATEST_BY] = facts[WORK], facts[LATENESS]
    state.lane[lane, at.SLACK] = facts[WAITED]
    for d in range(state.load.shape[1]):
        state.load[lane, d] = 0
    for i in range(m - 1):
        u = scratch.row[i, NODE]
        state.node[u, at.START] = scratch.row[i, BEST]
        for d in range(state.load.shape[1]):
            state.load[lane, d] += arrays.load[u, d]
    state.node[slots + arrays.lane.shape[0] + lane, at.START] = facts[ARRIVAL]
    relaxed = priced_breaks(arrays, lane)
    if m > 1 and arrays.lane[lane, at.PRICED] == at.EXACT and (relaxed > 0 or facts[STOP] >= 0):
        forward(arrays, state, scratch, lane, m, relaxed, -1)
    for i in range(m - 1):
        for k in range(count):
            state.node[scratch.row[i, NODE], at.TIMES + k] = scratch.times[i, k]
    backward(arrays, state, lane, slots, count, relaxed)
    return True


@compiled
def refresh_from(arrays, state, lane, u, added):
    """As `refresh`, after u was put into a lane where only travel is priced and nothing interrupts the day.

    Times are followed from u as far as they change. `added` is what u costs there.
    """
    slots, lanes = arrays.suits.shape[0], arrays.lane.shape[0]
    head, tail, late = slots + lane, slots + lanes + lane, at.TIMES + (state.node.shape[1] - at.TIMES) // 2
    turn, v = arrays.lane[lane, at.TURNAROUND], u
    x = state.node[state.node[u, at.PRV], at.TIMES]
    if state.node[u, at.PRV] != head:
        x += _stay(arrays, state, state.node[u, at.PRV]) + turn
    while v != tail:
        x += state.node[v, at.DRIVE] + arrays.node[v, at.BEFORE]
        s = earliest_start(arrays, state, lane, v, max(x, state.node[v, at.BOUND]))
        if v != u and s == state.node[v, at.TIMES]:
            break
        if s > (at.NEVER - 1 if v == u else state.node[v, late]):
            return False
        state.node[v, at.TIMES] = state.node[v, at.START] = s
        x = s + _stay(arrays, state, v) + turn
        v = state.node[v, at.NXT]
    if v == tail and x - (turn if u != tail else 0) + state.node[tail, at.DRIVE] > arrays.lane[lane, at.LATEST]:
        return False
    v = u
    while v != head:
        behind = state.node[v, at.NXT]
        by = state.node[behind, late] - arrays.node[behind, at.BEFORE] - state.node[behind, at.DRIVE]
        by -= _stay(arrays, state, v) + (turn if behind < slots else 0)
        z = latest_start(arrays, state, lane, v, by)
        if v != u and z == state.node[v, late]:
            break
        state.node[v, late] = z
        v = state.node[v, at.PRV]
    length = arrays.node[u, at.BEFORE] + _stay(arrays, state, u)
    state.cost[lane] += added
    state.lane[lane, at.SIZE] += 1
    state.lane[lane, at.BUSY] += length
    state.lane[lane, at.WORK] += length
    for d in range(state.load.shape[1]):
        state.load[lane, d] += arrays.load[u, d]
    return True


@compiled
def _stay(arrays, state, u):
    """Ticks from the start of a stop to its leave."""
    return state.node[u, at.DURATION] + arrays.node[u, at.AFTER]
