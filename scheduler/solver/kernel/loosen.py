"""What ties demanded, forgotten where it may be less now: before lanes start earlier, all that they pushed does."""

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.route.plain import is_plain, leave
from scheduler.solver.kernel.ties import demand, dirty_from, first_to_change, is_tied, since
from scheduler.solver.kernel.timing import advance
from scheduler.solver.kernel.work import DIRTY, VISIT, touch


@compiled
def loosen(arrays, state, spare, work):
    """Forget what ties demanded of all stops in dirty lanes and of all that these pushed; then demand again what comes
    from stops whose own starts stay."""
    slots = arrays.suits.shape[0]
    stack, top = work.visited[1], 0
    work.count[VISIT] += 1
    for n in range(work.count[DIRTY]):
        u = since(arrays, state, work, work.lanes[2, n])
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
        _demand_again(arrays, state, work, since(arrays, state, work, work.lanes[2, n]))


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
        dirty_from(state, work, lane, v, state.node[v, at.START])
        work.visited[1, top] = first_to_change(arrays, state, lane, v)
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
