"""What Python calls: one entry, because what two had in common would be compiled twice."""

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.admission import within_limits
from scheduler.solver.kernel.anneal import BEST, KEPT, TRUE, anneal, seed_random
from scheduler.solver.kernel.days import tell
from scheduler.solver.kernel.insertion.insert import insert
from scheduler.solver.kernel.insertion.put import measure
from scheduler.solver.kernel.jit import compiled, entry
from scheduler.solver.kernel.route.cost import lateness
from scheduler.solver.kernel.route.refresh import refresh
from scheduler.solver.kernel.state import copy_all
from scheduler.solver.kernel.ties import bound_from, is_tied, propagate
from scheduler.solver.kernel.totals import felt_idle, mean_work, total_cost
from scheduler.solver.kernel.work import CHANGED, DIRTY, FAILED, STEP, TOUCHED, TRYING, make_dirty, none_stale

LOAD, RUN, TELL = range(3)


@entry
def call(what, arrays, state, kept, spare, best, scratch, work, days, costs, numbers, seed, hot, cold, steps):
    """Load the lanes that `numbers` chooses; or insert the activities that it names and run; or tell the best days."""
    if what == LOAD:
        return _load(arrays, state, spare, scratch, work, numbers)
    if what == RUN:
        return _run(arrays, state, kept, spare, best, scratch, work, costs, numbers, seed, hot, cold, steps)
    tell(arrays, best, scratch, days)
    return 0


@compiled
def _load(arrays, state, spare, scratch, work, chosen):
    """Bring the chosen lanes up to date but those that are frozen, and give a lane that can't be; -1 where all can."""
    slots, lanes = arrays.suits.shape[0], arrays.lane.shape[0]
    for lane in range(lanes):
        if chosen[lane] == 0:
            continue
        u, ties = slots + lane, 0
        while u != slots + lanes + lane:
            u = state.node[u, at.NXT]
            measure(arrays, state, lane, u)
            if u < slots and is_tied(arrays, u):
                ties += 1
        state.lane[lane, at.TIES] = ties
        if arrays.lane[lane, at.FROZEN] == 1 and state.lane[lane, at.SIZE] > 0:
            _sum_up_as_it_stands(arrays, state, lane)
            continue
        if not (refresh(arrays, state, scratch, lane) and within_limits(arrays, state, lane)):
            return lane
    for lane in range(lanes):
        if chosen[lane] == 1 and state.lane[lane, at.TIES] > 0 and arrays.lane[lane, at.FROZEN] == 0:
            make_dirty(work, lane)
            u = state.node[slots + lane, at.NXT]
            while u < slots:
                state.node[u, at.BOUND] = bound_from(arrays, state, u)
                u = state.node[u, at.NXT]
    return -1 if propagate(arrays, state, spare, scratch, work, np.inf) else work.count[FAILED]


@compiled
def _sum_up_as_it_stands(arrays, state, lane):
    """Lateness and work of a lane that stands still, which count for what is measured over all lanes."""
    slots = arrays.suits.shape[0]
    u, late, work = state.node[slots + lane, at.NXT], np.int64(0), np.int64(0)
    while u < slots:
        late = max(late, lateness(arrays, state, u, state.node[u, at.START]))
        work += arrays.node[u, at.BEFORE] + state.node[u, at.DURATION] + arrays.node[u, at.AFTER]
        work += state.node[u, at.DRIVE]
        u = state.node[u, at.NXT]
    state.lane[lane, at.LATEST_BY], state.lane[lane, at.WORK] = late, work + state.node[u, at.DRIVE]


@compiled
def _run(arrays, state, kept, spare, best, scratch, work, costs, order, seed, hot, cold, steps):
    """Insert `order` where it fits and begin from there, if it holds anything; then take `steps` steps of annealing."""
    scratch.overall[0], scratch.overall[1] = mean_work(arrays, state), felt_idle(state)
    if seed >= 0:
        scratch.seen[0] = 0
        seed_random(seed)
        work.count[STEP] += 1
        work.count[TOUCHED], work.count[CHANGED], work.count[TRYING], work.count[DIRTY] = 0, 0, 0, 0
        for i in range(order.shape[0]):
            insert(arrays, state, spare, scratch, work, order[i], False)
        copy_all(state, kept)
        copy_all(state, best)
        none_stale(work)
        costs[BEST] = total_cost(arrays, state, work, arrays.price)
    scratch.overall[0], scratch.overall[1] = mean_work(arrays, kept), felt_idle(kept)
    costs[KEPT] = total_cost(arrays, kept, work, work.price)
    costs[TRUE] = total_cost(arrays, kept, work, arrays.price)
    return anneal(arrays, state, kept, spare, best, scratch, work, costs, hot, cold, steps)
