"""Stops moved from place to place in one try, which stays if it makes the plan cheaper."""

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.admission import all_within, duration_on, suited
from scheduler.solver.kernel.insertion.links import may_join
from scheduler.solver.kernel.insertion.put import cost_of_try, put
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.loosen import loosen
from scheduler.solver.kernel.ties import keep_try, propagate_over
from scheduler.solver.kernel.totals import of_all
from scheduler.solver.kernel.work import TRIED, WALK, take_back

EPSILON = 1e-7
"""What counts as a gain."""
LONG = 64
"""Stops of a day from which on to try it takes longer with their square."""
FEW = 4
"""Lanes that an exchange may push: stops that hang on each other easily run in circles when they change days."""


@compiled
def movable(arrays, state, u, lane):
    """Whether rules about who let the stop move into a technician's lane, or about in it."""
    if arrays.node[u, at.FIXED] > 0 or arrays.lane[lane, at.UNIT] == 1 or arrays.node[u, at.ROOM] == 1:
        return False
    if state.node[u, at.LANE] == lane:
        return True
    return suited(arrays, u, lane) and may_join(arrays, state, u, lane)


@compiled
def place(arrays, state, spare, work, u, lane, before):
    """Put a lifted stop behind another one."""
    state.node[u, at.BOUND] = 0
    state.node[u, at.DURATION] = duration_on(arrays, u, lane)
    put(arrays, state, spare, work, u, lane, before)


@compiled
def conclude(arrays, state, spare, scratch, work):
    """Keep the try if the plan is admitted and cheaper, otherwise take it back; what it gained."""
    overall = arrays.rate[at.OVERALL] > 0
    for i in range(work.count[TRIED]):
        size = state.lane[work.lanes[1, i], at.SIZE]
        work.count[WALK] += size * (1 + size // LONG)
    if arrays.rate[at.HAS_TIES] > 0:
        loosen(arrays, state, spare, work)
    limit = work.overall[0] if overall else 0.0
    if propagate_over(arrays, state, spare, scratch, work, limit, FEW) and all_within(arrays, state, work):
        gain = -cost_of_try(arrays, state, spare, work)
        if overall:
            gain -= of_all(arrays, state) - work.overall[0]
        if gain > EPSILON:
            keep_try(arrays, state, work)
            if overall:
                work.overall[0] = of_all(arrays, state)
            return gain
    take_back(arrays, state, spare, work)
    return 0.0
