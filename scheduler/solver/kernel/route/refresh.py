"""A lane brought up to date after its stops changed: times, cost and totals."""

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.route.backward import backward
from scheduler.solver.kernel.route.evaluate import evaluate, priced_breaks
from scheduler.solver.kernel.route.forward import forward
from scheduler.solver.kernel.route.rows import ARRIVAL, BEST, BUSY, IDLED, LATENESS, NODE, STOP, WAITED, WORK, lay


@compiled
def refresh(arrays, state, scratch, lane):
    """Bring times, cost and totals of a lane up to date after its stops changed; whether it can be kept at all."""
    m = lay(arrays, state, scratch, lane, -1, -1)
    cost = evaluate(arrays, state, scratch, lane, m)
    if cost == np.inf or _comes_late(arrays, scratch, m):
        return False
    slots = arrays.suits.shape[0]
    facts, count = scratch.fact[1], (arrays.lane[lane, at.PAUSES_END] - arrays.lane[lane, at.PAUSES]) // at.PAUSE + 1
    state.cost[lane] = cost
    state.lane[lane, at.SIZE], state.lane[lane, at.BUSY] = m - 1, facts[BUSY]
    state.lane[lane, at.WORK], state.lane[lane, at.LATEST_BY] = facts[WORK], facts[LATENESS]
    state.lane[lane, at.SLACK], state.lane[lane, at.IDLED] = facts[WAITED], facts[IDLED]
    state.lane[lane, at.VISIT] = scratch.row[facts[STOP], NODE] if m > 1 and facts[STOP] >= 0 else -1
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
def _comes_late(arrays, scratch, m):
    """Whether a stop starts later than others can wait."""
    late = False
    for i in range(m - 1):
        late |= scratch.row[i, BEST] > arrays.node[scratch.row[i, NODE], at.UNTIL]
    return late
