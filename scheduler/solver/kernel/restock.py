"""What a visit to the depot adds to a day, where a stop needs what its technician does not carry: an estimate."""

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.legs import leg


@compiled
def of_depot(arrays, state, lane, u, before):
    """Ticks and cost that the depot takes more when u goes behind `before`; nothing where it need not be visited for u.

    The visit is put where it is nearest to the way; times are left out of account.
    """
    slots, visit = arrays.suits.shape[0], state.lane[lane, at.VISIT]
    after = visit >= 0 and before < slots and state.node[visit, at.START] <= state.node[before, at.START]
    if after or arrays.lane[lane, at.DEPOT] < 0 or not _lacks(arrays, state, lane, u, before):
        return np.int64(0), 0.0
    ticks, cost = _detour(arrays, state, lane, before, u)
    w = slots + lane
    while w != before:
        v = state.node[w, at.NXT]
        shorter, cheaper = _detour(arrays, state, lane, w, v)
        if shorter < ticks:
            ticks, cost = shorter, cheaper
        w = v
    if visit >= 0:
        saved, less = _detour(arrays, state, lane, state.node[visit, at.PRV], visit)
        ticks, cost = ticks - saved, cost - less
    return ticks, cost


@compiled
def _lacks(arrays, state, lane, u, before):
    """Whether u takes a tool that is not carried, or parts that are used up before it.

    Where the depot is not visited at all, also parts that later stops take.
    """
    slots = arrays.suits.shape[0]
    for d in range(arrays.tools.shape[1]):
        if arrays.tools[u, d] > arrays.tools[slots + lane, d]:
            return True
    last = before if state.lane[lane, at.VISIT] >= 0 else slots + arrays.lane.shape[0] + lane
    for d in range(arrays.parts.shape[1]):
        used, v = arrays.parts[u, d], slots + lane
        if used == 0:
            continue
        while v != last:
            v = state.node[v, at.NXT]
            if v < slots:
                used += arrays.parts[v, d]
        if used > arrays.parts[slots + lane, d]:
            return True
    return False


@compiled
def _detour(arrays, state, lane, a, b):
    """Ticks and cost of the way from a to b by the depot, over the straight one."""
    kind, depot = arrays.lane[lane, at.CLASS], arrays.lane[lane, at.DEPOT]
    here, there = state.node[a, at.WHERE], state.node[b, at.WHERE]
    (first, price), (second, more) = leg(arrays, kind, here, depot), leg(arrays, kind, depot, there)
    straight, saved = leg(arrays, kind, here, there)
    return first + second - straight, price + more - saved
