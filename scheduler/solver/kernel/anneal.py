"""Simulated annealing over ruin and recreate."""

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.loosen import loosen
from scheduler.solver.kernel.moves.mix import EXCHANGES
from scheduler.solver.kernel.moves.polish import polish
from scheduler.solver.kernel.moves.recreate import recreate
from scheduler.solver.kernel.moves.ruin import ruin
from scheduler.solver.kernel.state import copy_lanes
from scheduler.solver.kernel.ties import propagate
from scheduler.solver.kernel.totals import added_outside, added_to_routes, is_out
from scheduler.solver.kernel.work import CHANGED, STALE, STEP, TOUCHED, make_stale, none_stale, set_outside

KEPT, BEST, TRUE = range(3)
"""Costs: of the plan at hand as the search counts, of the best one, of the one at hand by the goal."""


@compiled
def seed_random(seed):
    np.random.seed(seed)


@compiled
def anneal(arrays, state, kept, spare, best, scratch, work, costs, hot, cold, steps):
    """Take `steps` steps, cooling from `hot` to `cold`; `costs` are updated."""
    slots = arrays.suits.shape[0]
    cooling = (cold / hot) ** (1.0 / max(1, steps))
    temperature, found = hot, 0
    for _ in range(steps):
        temperature *= cooling
        work.count[STEP] += 1
        work.count[TOUCHED], work.count[CHANGED] = 0, 0
        seed, limit = ruin(arrays, state, spare, work), -temperature * np.log(np.random.random())
        if arrays.rate[at.HAS_TIES] > 0:
            loosen(arrays, state, spare, work)
        added, felt = np.inf, np.inf
        ruined = propagate(arrays, state, spare, scratch, work, np.inf)
        if ruined and recreate(arrays, state, kept, spare, scratch, work, seed, limit):
            added, felt = added_to_routes(arrays, state, kept, work)
        outside = added_outside(arrays, state, kept, work, work.price)
        if felt + outside < limit:
            costs[KEPT] += felt + outside
            costs[TRUE] += added + added_outside(arrays, state, kept, work, arrays.price)
            copy_lanes(state, kept, slots, work.lanes[0], work.count[TOUCHED])
            make_stale(work)
            if costs[TRUE] < costs[BEST] - 1e-9:
                if np.random.random() < work.mix[EXCHANGES]:
                    _polish(arrays, state, kept, spare, scratch, work, costs)
                costs[BEST] = costs[TRUE]
                copy_lanes(kept, best, slots, work.stale[0], work.count[STALE])
                none_stale(work)
                found += 1
        else:
            _reject(arrays, state, kept, work)
    return found


@compiled
def _polish(arrays, state, kept, spare, scratch, work, costs):
    """Improve the plan at hand by exchanges around the lanes of the step."""
    polish(arrays, state, spare, scratch, work)
    added, felt = added_to_routes(arrays, state, kept, work)
    costs[KEPT] += felt
    costs[TRUE] += added
    copy_lanes(state, kept, arrays.suits.shape[0], work.lanes[0], work.count[TOUCHED])
    make_stale(work)


@compiled
def _reject(arrays, state, kept, work):
    """Back to the plan before the step."""
    slots = arrays.suits.shape[0]
    copy_lanes(kept, state, slots, work.lanes[0], work.count[TOUCHED])
    for i in range(work.count[CHANGED]):
        activity = work.changed[0, i]
        set_outside(work, activity, is_out(arrays, state, activity) == 1.0)
