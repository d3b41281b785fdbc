"""Starts that hang on each other: the earliest ones that every tie, precedence and route admits."""

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.route.plain import is_plain, leave, sum_up, walk, walk_back
from scheduler.solver.kernel.route.refresh import refresh
from scheduler.solver.kernel.timing import advance
from scheduler.solver.kernel.work import DIRTY, FAILED, TRIED, TRYING, VISIT, WALKED, touch

MOST_ROUNDS = 4
"""Lanes may be brought up to date so often, on average, before a circle of waiting is assumed."""


@compiled
def is_tied(arrays, u):
    node = arrays.node
    return node[u, at.ARCS] < node[u, at.ARCS_END] or node[u, at.ARCS_IN] < node[u, at.ARCS_IN_END]


@compiled
def demand(arrays, state, i, u):
    """The earliest start that the arc at i of the pool demands of its other end."""
    return demand_at(arrays, state, i, u, state.node[u, at.START])


@compiled
def demand_at(arrays, state, i, u, start):
    """As `demand`, where u starts then."""
    v = arrays.pool[i]
    gap = start + arrays.pool[i + 1]
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
    work.count[WALKED] = 0
    while work.count[DIRTY] > 0:
        lane = _first_dirty(work)
        if not good:
            continue
        rounds += 1
        good = rounds <= most and _bring_up(arrays, state, scratch, work, lane)
        if good and state.lane[lane, at.TIES] > 0:
            good = _push(arrays, state, spare, work, lane)
        if not good:
            work.count[FAILED] = lane
    for i in range(work.count[WALKED]):
        lane = work.lanes[3, i]
        work.mark[4, lane] = 0
        if good:
            sum_up(arrays, state, lane)
            if work.count[TRYING] == 0:
                walk_back(arrays, state, lane, _last(arrays, state, lane), True)
    return good


@compiled
def _first_dirty(work):
    """Take the lane that is dirty from the earliest time on off the list: the fewest are brought up to date twice."""
    first = 0
    for n in range(1, work.count[DIRTY]):
        if work.when[work.lanes[2, n]] < work.when[work.lanes[2, first]]:
            first = n
    lane = work.lanes[2, first]
    work.count[DIRTY] -= 1
    work.lanes[2, first] = work.lanes[2, work.count[DIRTY]]
    work.mark[2, lane] = 0
    return lane


@compiled
def _bring_up(arrays, state, scratch, work, lane):
    """Times of a lane; of one that is walked, costs and latest starts are left for the end."""
    if not is_plain(arrays, lane):
        return refresh(arrays, state, scratch, lane)
    if work.mark[4, lane] == 0:
        work.mark[4, lane] = 1
        work.lanes[3, work.count[WALKED]] = lane
        work.count[WALKED] += 1
    return walk(arrays, state, lane, _since(arrays, state, work, lane), True)


@compiled
def _last(arrays, state, lane):
    """The stop before the end of the lane."""
    return state.node[arrays.suits.shape[0] + arrays.lane.shape[0] + lane, at.PRV]


@compiled
def _since(arrays, state, work, lane):
    """The stop from which the lane is dirty."""
    return _first_to_change(arrays, state, lane, work.since[lane])


@compiled
def _first_to_change(arrays, state, lane, u):
    """Where times may change when those of u do: where breaks or prices join the stops, all of them."""
    if u >= 0 and is_plain(arrays, lane):
        return u
    return state.node[arrays.suits.shape[0] + lane, at.NXT]


@compiled
def _push(arrays, state, spare, work, lane):
    """Demand of mates what the lane's starts demand; False where a mate stands still."""
    slots = arrays.suits.shape[0]
    u = _since(arrays, state, work, lane)
    while u < slots:
        for i in range(arrays.node[u, at.ARCS], arrays.node[u, at.ARCS_END], at.ARC):
            v = arrays.pool[i]
            other = state.node[v, at.LANE]
            if other < 0:
                continue
            need = demand(arrays, state, i, u)
            if need <= state.node[v, at.BOUND]:
                continue
            if arrays.lane[other, at.FROZEN] == 1:
                if need > state.node[v, at.START]:
                    return False
                continue
            touch(arrays, state, spare, work, other)
            state.node[v, at.BOUND] = need
            if state.node[v, at.START] < need:
                dirty_from(state, work, other, v)
                work.when[other] = min(work.when[other], need)
        u = state.node[u, at.NXT]
    return True


@compiled
def dirty_from(state, work, lane, u):
    """Mark a lane dirty from u on, a stop whose old start is known."""
    if work.mark[2, lane] == 0:
        work.mark[2, lane] = 1
        work.lanes[2, work.count[DIRTY]] = lane
        work.count[DIRTY] += 1
        work.since[lane], work.when[lane] = u, at.NEVER
    elif work.since[lane] >= 0 and state.node[u, at.START] <= state.node[work.since[lane], at.START]:
        work.since[lane] = u if state.node[u, at.START] < state.node[work.since[lane], at.START] else -1


@compiled
def dirty_behind(state, work, lane, gone, behind):
    """Mark a lane dirty from the stop behind one that was taken out."""
    if work.mark[2, lane] == 1 and work.since[lane] == gone:
        work.since[lane] = behind
    else:
        dirty_from(state, work, lane, behind)


@compiled
def loosen(arrays, state, spare, work):
    """Forget what ties demanded of all stops in dirty lanes and of all that these pushed; then demand again what comes
    from stops whose own starts stay."""
    slots = arrays.suits.shape[0]
    stack, top = work.visited[1], 0
    work.count[VISIT] += 1
    for n in range(work.count[DIRTY]):
        u = _since(arrays, state, work, work.lanes[2, n])
        if u < slots:
            stack[top] = u
            top += 1
    changed = top
    while top > 0:
        top -= 1
        u, to_end = stack[top], top < changed
        changed = min(changed, top)
        while u < slots and (to_end or work.visited[0, u] != work.count[VISIT]):
            known, work.visited[0, u] = work.visited[0, u] == work.count[VISIT], work.count[VISIT]
            if is_tied(arrays, u) and not known:
                state.node[u, at.BOUND] = 0
                top = _loosen_mates(arrays, state, spare, work, u, top)
            u = state.node[u, at.NXT]
            if not to_end and u < slots and _stays(arrays, state, u):
                break
    for n in range(work.count[DIRTY]):
        _demand_again(arrays, state, work, _since(arrays, state, work, work.lanes[2, n]))


@compiled
def _loosen_mates(arrays, state, spare, work, u, top):
    """Mark the lanes of the stops that u pushes dirty, and put those stops on the stack."""
    for i in range(arrays.node[u, at.ARCS], arrays.node[u, at.ARCS_END], at.ARC):
        v = arrays.pool[i]
        lane = state.node[v, at.LANE]
        if lane < 0 or arrays.lane[lane, at.FROZEN] == 1 or work.visited[0, v] == work.count[VISIT]:
            continue
        if not _starts_for(arrays, state, v, demand(arrays, state, i, u)):
            continue
        touch(arrays, state, spare, work, lane)
        dirty_from(state, work, lane, v)
        work.visited[1, top] = _first_to_change(arrays, state, lane, v)
        top += 1
    return top


@compiled
def _stays(arrays, state, v):
    """Whether a stop starts no earlier when the one before it does: it opens then, or others make it wait."""
    if not is_plain(arrays, state.node[v, at.LANE]):
        return False
    start = state.node[v, at.START]
    held = start == state.node[v, at.BOUND] and start > _reached(arrays, state, v)
    return held or start == _opening(arrays, v)


@compiled
def _starts_for(arrays, state, v, need):
    """Whether a stop may start earlier when what a mate demands of it gets less."""
    if not is_plain(arrays, state.node[v, at.LANE]):
        return True
    start = state.node[v, at.START]
    if start == _opening(arrays, v) or need < _reached(arrays, state, v):
        return False
    return start != state.node[v, at.BOUND] or need >= start


@compiled
def _opening(arrays, v):
    """The earliest of all starts of a stop; -1 where it has none."""
    begin = arrays.node[v, at.STARTS]
    return arrays.pool[begin] if begin < arrays.node[v, at.STARTS_END] else np.int64(-1)


@compiled
def _reached(arrays, state, v):
    """When whoever does it could start a stop in a plain lane."""
    lane, before = state.node[v, at.LANE], state.node[v, at.PRV]
    x = arrays.lane[lane, at.FIRST]
    if before < arrays.suits.shape[0]:
        x = leave(arrays, state, before, arrays.lane[lane, at.TURNAROUND])
    return advance(arrays, lane, x, state.node[v, at.DRIVE]) + arrays.node[v, at.BEFORE]


@compiled
def _demand_again(arrays, state, work, u):
    while u < arrays.suits.shape[0]:
        for k in range(arrays.node[u, at.ARCS_IN], arrays.node[u, at.ARCS_IN_END]):
            v = arrays.pool[k]
            if state.node[v, at.LANE] >= 0 and work.visited[0, v] != work.count[VISIT]:
                for i in range(arrays.node[v, at.ARCS], arrays.node[v, at.ARCS_END], at.ARC):
                    if arrays.pool[i] == u:
                        state.node[u, at.BOUND] = max(state.node[u, at.BOUND], demand(arrays, state, i, v))
        u = state.node[u, at.NXT]


@compiled
def keep_try(arrays, state, work):
    """Let the try stand."""
    for i in range(work.count[TRIED]):
        lane = work.lanes[1, i]
        if is_plain(arrays, lane):
            walk_back(arrays, state, lane, _last(arrays, state, lane), True)
    work.count[TRYING] = 0
