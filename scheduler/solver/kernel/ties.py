"""Starts that hang on each other: the earliest ones that every tie, precedence and route admits."""

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.route.plain import is_plain, keeps_short, sum_up, walk, walk_back
from scheduler.solver.kernel.route.refresh import refresh
from scheduler.solver.kernel.same_day import days_are_shared
from scheduler.solver.kernel.work import DIRTY, FAILED, TEAM, TRIED, TRYING, WALKED, touch

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
def propagate(arrays, state, spare, scratch, work, limit):
    """Bring all dirty lanes up to date, and those that they push, until nothing moves; see `propagate_over`."""
    return propagate_over(arrays, state, spare, scratch, work, limit, arrays.lane.shape[0])


@compiled
def propagate_over(arrays, state, spare, scratch, work, limit, lanes):
    """As `propagate`, giving up sooner where more than so many lanes are pushed.

    False where that can't be, and where a try turns out to cost `limit` or more: once the lanes that are dirty at first
    are up to date, all that follows in plain lanes starts later and costs more.
    """
    rounds, good, added, first = 0, True, 0.0, work.count[DIRTY]
    for n in range(first):
        work.mark[5, work.lanes[2, n]] = 1
    most = 40 + MOST_ROUNDS * (first + lanes)
    work.count[WALKED] = 0
    while work.count[DIRTY] > 0:
        lane = _first_dirty(work)
        first -= work.mark[5, lane]
        work.mark[5, lane] = 0
        if not good:
            continue
        rounds += 1
        before = state.cost[lane]
        good = rounds <= most and _bring_up(arrays, state, scratch, work, lane)
        if good:
            added += state.cost[lane] - before if is_plain(arrays, lane) else -np.inf
            good = (first > 0 or added < limit) and (work.count[TRYING] == 0 or not _in_circles(state, work, lane))
        if good and state.lane[lane, at.TIES] > 0:
            good = _push(arrays, state, spare, work, lane)
        if not good:
            work.count[FAILED] = lane
    if good and arrays.rate[at.HAS_SAME_DAYS] > 0:
        good = days_are_shared(arrays, state, work)
    for i in range(work.count[WALKED]):
        lane = work.lanes[3, i]
        work.mark[4, lane] = 0
        if good:
            sum_up(arrays, state, lane)
            walk_back(arrays, state, lane, _last(arrays, state, lane), True)
    return good


@compiled
def _in_circles(state, work, lane):
    """Whether a slot of the team that is put in starts later and later, because what comes behind it pushes it.

    Once it may be pushed by a mate that must not start much later than it.
    """
    for n in range(work.count[TEAM]):
        u = work.team[n, 0]
        if state.node[u, at.LANE] == lane and state.node[u, at.START] > work.team[n, 1]:
            work.team[n, 1] = state.node[u, at.START]
            work.team[n, 2] += 1
            if work.team[n, 2] > 1:
                return True
    return False


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
    """Times and costs of a lane. Of one that is walked, latest starts are left for the end, and costs unless it is a
    try, which may cost too much already."""
    if not is_plain(arrays, lane):
        return refresh(arrays, state, scratch, lane)
    if work.count[TRYING] == 1:
        if not _walk(arrays, state, work, lane):
            return False
        sum_up(arrays, state, lane)
        return True
    if work.mark[4, lane] == 0:
        work.mark[4, lane] = 1
        work.lanes[3, work.count[WALKED]] = lane
        work.count[WALKED] += 1
    return _walk(arrays, state, work, lane)


@compiled
def _walk(arrays, state, work, lane):
    in_time = walk(arrays, state, lane, since(arrays, state, work, lane), True)
    return in_time and keeps_short(arrays, state, lane, -1, -1)


@compiled
def _last(arrays, state, lane):
    """The stop before the end of the lane."""
    return state.node[arrays.suits.shape[0] + arrays.lane.shape[0] + lane, at.PRV]


@compiled
def since(arrays, state, work, lane):
    """The stop from which the lane is dirty."""
    return first_to_change(arrays, state, lane, work.since[lane])


@compiled
def first_to_change(arrays, state, lane, u):
    """Where times may change when those of u do: where breaks or prices join the stops, all of them."""
    if u >= 0 and is_plain(arrays, lane):
        return u
    return state.node[arrays.suits.shape[0] + lane, at.NXT]


@compiled
def _push(arrays, state, spare, work, lane):
    """Demand of mates what the lane's starts demand; False where a mate stands still."""
    slots = arrays.suits.shape[0]
    u = since(arrays, state, work, lane)
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
                dirty_from(state, work, other, v, need)
        u = state.node[u, at.NXT]
    return True


@compiled
def dirty_from(state, work, lane, u, when):
    """Mark a lane dirty from u on, a stop whose old start is known, and from that time on."""
    if work.mark[2, lane] == 0:
        work.mark[2, lane] = 1
        work.lanes[2, work.count[DIRTY]] = lane
        work.count[DIRTY] += 1
        work.since[lane], work.when[lane] = u, when
        return
    work.when[lane] = min(work.when[lane], when)
    if work.since[lane] >= 0 and state.node[u, at.START] <= state.node[work.since[lane], at.START]:
        work.since[lane] = u if state.node[u, at.START] < state.node[work.since[lane], at.START] else -1


@compiled
def dirty_behind(state, work, lane, gone, behind):
    """Mark a lane dirty from the stop behind one that was taken out."""
    if work.mark[2, lane] == 1 and work.since[lane] == gone:
        work.since[lane] = behind
    else:
        dirty_from(state, work, lane, behind, state.node[behind, at.START])


@compiled
def keep_try(arrays, state, work):
    """Let the try stand."""
    for i in range(work.count[TRIED]):
        lane = work.lanes[1, i]
        if is_plain(arrays, lane):
            walk_back(arrays, state, lane, _last(arrays, state, lane), True)
    work.count[TRYING] = 0
