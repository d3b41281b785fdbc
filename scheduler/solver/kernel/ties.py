"""Starts that hang on each other: the earliest ones that every tie, precedence and route admits."""

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.route.refresh import refresh
from scheduler.solver.kernel.work import DIRTY, VISIT, make_dirty, touch

MOST_ROUNDS = 4
"""Lanes may be brought up to date so often, on average, before a circle of waiting is assumed."""


@compiled
def is_tied(arrays, u):
    node = arrays.node
    return node[u, at.ARCS] < node[u, at.ARCS_END] or node[u, at.ARCS_IN] < node[u, at.ARCS_IN_END]


@compiled
def demand(arrays, state, i, u):
    """The earliest start that the arc at i of the pool demands of its other end."""
    v = arrays.pool[i]
    gap = state.node[u, at.START] + arrays.pool[i + 1]
    return gap + arrays.pool[i + 2] * state.node[u, at.DURATION] - arrays.pool[i + 3] * state.node[v, at.DURATION]


@compiled
def bound_from(arrays, state, u):
    """The earliest start that ties to what is in the plan leave to u."""
    bound = 0
    for k in range(arrays.node[u, at.ARCS_IN], arrays.node[u, at.ARCS_IN_END]):
        v = arrays.pool[k]
        if state.node[v, at.LANE] >= 0:
            for i in range(arrays.node[v, at.ARCS], arrays.node[v, at.ARCS_END], at.ARC):
                if arrays.pool[i] == u:
                    bound = max(bound, demand(arrays, state, i, v))
    return bound


@compiled
def propagate(arrays, state, spare, scratch, work):
    """Bring all dirty lanes up to date, and those that they push, until nothing moves; False where that can't be."""
    rounds, good = 0, True
    most = MOST_ROUNDS * work.count[DIRTY] + 40 + MOST_ROUNDS * arrays.lane.shape[0]
    n = 0
    lanes = work.lanes.shape[1]
    while n < work.count[DIRTY]:
        lane = work.lanes[2, n % lanes]
        n += 1
        work.mark[2, lane] = 0
        if not good:
            continue
        rounds += 1
        good = rounds <= most and refresh(arrays, state, scratch, lane) and _push(arrays, state, spare, work, lane, n)
        if n >= lanes and n % lanes == 0:
            work.count[DIRTY] -= lanes
            n -= lanes
    work.count[DIRTY] = 0
    return good


@compiled
def _push(arrays, state, spare, work, lane, n):
    """Demand of mates what the lane's starts demand."""
    if state.lane[lane, at.TIES] == 0:
        return True
    slots, lanes = arrays.suits.shape[0], arrays.lane.shape[0]
    u = state.node[slots + lane, at.NXT]
    while u < slots:
        for i in range(arrays.node[u, at.ARCS], arrays.node[u, at.ARCS_END], at.ARC):
            v = arrays.pool[i]
            other = state.node[v, at.LANE]
            if other < 0:
                continue
            need = demand(arrays, state, i, u)
            if need <= state.node[v, at.BOUND]:
                continue
            touch(arrays, state, spare, work, other)
            state.node[v, at.BOUND] = need
            if state.node[v, at.START] < need and work.mark[2, other] == 0:
                work.mark[2, other] = 1
                work.lanes[2, work.count[DIRTY] % lanes] = other
                work.count[DIRTY] += 1
        u = state.node[u, at.NXT]
    return True


@compiled
def loosen(arrays, state, spare, work, u):
    """Forget what ties demanded of u and of all that comes after it, and mark those lanes dirty."""
    slots = arrays.suits.shape[0]
    stack, top, popped = work.visited[1], 0, False
    work.count[VISIT] += 1
    visit = work.count[VISIT]
    while True:
        while u < slots:
            if is_tied(arrays, u):
                if work.visited[0, u] == visit and not popped:
                    break
                work.visited[0, u] = visit
                touch(arrays, state, spare, work, state.node[u, at.LANE])
                make_dirty(work, state.node[u, at.LANE])
                state.node[u, at.BOUND] = 0
                for i in range(arrays.node[u, at.ARCS], arrays.node[u, at.ARCS_END], at.ARC):
                    v = arrays.pool[i]
                    if state.node[v, at.LANE] >= 0 and work.visited[0, v] != visit:
                        work.visited[0, v] = visit
                        stack[top] = v
                        top += 1
            popped = False
            u = state.node[u, at.NXT]
        if top == 0:
            break
        top -= 1
        u, popped = stack[top], True


@compiled
def tighten(arrays, state, work):
    """After loosening, demand again what slots demand whose own starts did not change."""
    slots = arrays.suits.shape[0]
    for n in range(work.count[DIRTY]):
        u = state.node[slots + work.lanes[2, n], at.NXT]
        while u < slots:
            for k in range(arrays.node[u, at.ARCS_IN], arrays.node[u, at.ARCS_IN_END]):
                v = arrays.pool[k]
                other = state.node[v, at.LANE]
                if other < 0 or work.mark[2, other] == 1:
                    continue
                for i in range(arrays.node[v, at.ARCS], arrays.node[v, at.ARCS_END], at.ARC):
                    if arrays.pool[i] == u:
                        state.node[u, at.BOUND] = max(state.node[u, at.BOUND], demand(arrays, state, i, v))
            u = state.node[u, at.NXT]
