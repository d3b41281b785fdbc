"""Prices of a team's combinations with the starts that the places leave to all of the team."""

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.admission import duration_on
from scheduler.solver.kernel.insertion.combine import copy_choice
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.price import price_of, priced_whole
from scheduler.solver.kernel.ties import bound_from, demand_at


@compiled
def price_joined(arrays, state, scratch, work, begin, size, limit, count):
    """Raise the sum of each combination to what it costs at the starts that its places admit together; sort them."""
    for b in range(count):
        if work.sums[0, b] < limit:
            expect_each_other(arrays, state, work, begin, size, b)
            work.sums[0, b] = _sum_of(arrays, state, scratch, work, begin, size, limit, b)
            for n in range(size):
                u = arrays.pool[begin + n]
                state.node[u, at.BOUND] = bound_from(arrays, state, u)
        _sink(work, b, size)


@compiled
def expect_each_other(arrays, state, work, begin, size, b):
    """Demand of the team's slots what their earliest starts in their places demand of each other."""
    for n in range(size):
        u = arrays.pool[begin + n]
        if arrays.node[u, at.ROOM] == 0:
            state.node[u, at.DURATION] = duration_on(arrays, u, work.places[n, work.beam[0, b, n], 0])
    for _ in range(size - 1):
        for n in range(size):
            u = arrays.pool[begin + n]
            start = max(work.places[n, work.beam[0, b, n], 2], state.node[u, at.BOUND])
            for i in range(arrays.node[u, at.ARCS], arrays.node[u, at.ARCS_END], at.ARC):
                v = arrays.pool[i]
                if _among(arrays, begin, size, v):
                    state.node[v, at.BOUND] = max(state.node[v, at.BOUND], demand_at(arrays, state, i, u, start))


@compiled
def _among(arrays, begin, size, v):
    found = False
    for n in range(size):
        found |= arrays.pool[begin + n] == v
    return found


@compiled
def _sum_of(arrays, state, scratch, work, begin, size, limit, b):
    cost = 0.0
    for n in range(size):
        u, i = arrays.pool[begin + n], work.beam[0, b, n]
        lane, before, earliest = work.places[n, i, 0], work.places[n, i, 1], work.places[n, i, 2]
        if state.node[u, at.BOUND] <= earliest or priced_whole(arrays, lane):
            cost += work.prices[n, i]
        else:
            cost += price_of(arrays, state, scratch, u, lane, before, np.inf)[0]
        if cost >= limit:
            return np.inf
    return cost


@compiled
def _sink(work, b, size):
    """Put combination b into its rank among those before it."""
    while b > 0 and work.sums[0, b] < work.sums[0, b - 1]:
        work.sums[0, b - 1], work.sums[0, b] = work.sums[0, b], work.sums[0, b - 1]
        copy_choice(work, 0, b, 1, 0, size)
        copy_choice(work, 0, b - 1, 0, b, size)
        copy_choice(work, 1, 0, 0, b - 1, size)
        b -= 1
