"""A slot put behind a stop."""

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.legs import leg
from scheduler.solver.kernel.price import of_balance, of_idle, of_largest, priced_whole
from scheduler.solver.kernel.state import link
from scheduler.solver.kernel.ties import is_tied
from scheduler.solver.kernel.timing import is_held
from scheduler.solver.kernel.work import TRIED, make_dirty, note_change, set_outside, touch


@compiled
def put(arrays, state, spare, work, u, lane, before):
    """Put u behind `before`; times are brought up to date later."""
    touch(arrays, state, spare, work, lane)
    link(state, u, before, lane)
    state.node[u, at.START] = state.node[state.node[u, at.NXT], at.START]
    measure(arrays, state, lane, u)
    measure(arrays, state, lane, state.node[u, at.NXT])
    if is_tied(arrays, u):
        state.lane[lane, at.TIES] += 1
    whole = work.mark[2, lane] == 1
    make_dirty(work, lane)
    if not whole:
        work.since[lane] = u


@compiled
def behind_mates(arrays, state, u, before):
    """The place behind `before`, or behind those of u's team who come next there and need not wait for u."""
    v = state.node[before, at.NXT]
    while v < arrays.suits.shape[0] and arrays.node[v, at.ACTIVITY] == arrays.node[u, at.ACTIVITY]:
        if _waits_for(arrays, v, u):
            break
        before, v = v, state.node[v, at.NXT]
    return before


@compiled
def _waits_for(arrays, v, u):
    """Whether v can't start before u does."""
    for i in range(arrays.node[u, at.ARCS], arrays.node[u, at.ARCS_END], at.ARC):
        if arrays.pool[i] == v and arrays.pool[i + 1] >= 0:
            return True
    return False


@compiled
def measure(arrays, state, lane, u):
    """The drive to u from the stop before it; between two whom nothing moves it takes what they leave it at most.

    What is breached then is breached by them alone, which is exempt, and others may come before and behind them. Not so
    where the first outlasts the second.
    """
    before, kind = state.node[u, at.PRV], arrays.lane[lane, at.CLASS]
    ticks, state.drive[u] = leg(arrays, kind, state.node[before, at.WHERE], state.node[u, at.WHERE])
    begin, end, slots = _leaves(arrays, state, lane, before), _is_due(arrays, lane, u), arrays.suits.shape[0]
    lasts = before < slots and u < slots and _leaves(arrays, state, lane, u) < begin
    if begin < at.NEVER and end < at.NEVER and not lasts:
        ticks = min(ticks, end - begin)
    state.node[u, at.DRIVE] = ticks


@compiled
def _leaves(arrays, state, lane, u):
    """When a stop is left that nothing moves, or home; NEVER if it is another one."""
    if u >= arrays.suits.shape[0]:
        return arrays.lane[lane, at.FIRST]
    if not is_held(arrays, u):
        return at.NEVER
    stays = state.node[u, at.DURATION] + arrays.node[u, at.AFTER]
    return arrays.pool[arrays.node[u, at.STARTS]] + stays + arrays.lane[lane, at.TURNAROUND]


@compiled
def _is_due(arrays, lane, u):
    """When a stop begins that nothing moves, or who is there must be home; NEVER if it is another one."""
    if u >= arrays.suits.shape[0]:
        return arrays.lane[lane, at.LATEST] + arrays.lane[lane, at.TURNAROUND]
    if not is_held(arrays, u):
        return at.NEVER
    return arrays.pool[arrays.node[u, at.STARTS]] - arrays.node[u, at.BEFORE]


@compiled
def count_in(work, activity):
    """Note that the activity is in the plan now."""
    set_outside(work, activity, False)
    note_change(work, activity)


@compiled
def cost_of_put(arrays, state, spare, scratch, work):
    """As `cost_of_try`, with what is measured over all lanes: balance, longest idle day, largest lateness."""
    cost, late = cost_of_try(arrays, state, spare, work), np.int64(0)
    for i in range(work.count[TRIED]):
        lane = work.lanes[1, i]
        late = max(late, state.lane[lane, at.LATEST_BY])
        if priced_whole(arrays, lane) and arrays.rate[at.BALANCE] > 0:
            cost -= of_balance(arrays, state, scratch, lane, spare.lane[lane, at.WORK] - state.lane[lane, at.WORK])
        if priced_whole(arrays, lane) and arrays.rate[at.LARGEST_IDLE] > 0:
            cost += of_idle(arrays, spare, scratch, lane, state.lane[lane, at.IDLED])
    return cost + of_largest(arrays, scratch, 0, late)


@compiled
def cost_of_try(arrays, state, spare, work):
    """What the lanes that the try touched cost more than before."""
    cost = 0.0
    for i in range(work.count[TRIED]):
        lane = work.lanes[1, i]
        cost += state.cost[lane] - spare.cost[lane]
    return cost
