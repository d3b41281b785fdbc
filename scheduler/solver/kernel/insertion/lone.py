"""A slot that hangs on nothing, put into its cheapest place."""

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.admission import duration_on
from scheduler.solver.kernel.insertion.put import cost_of_try, count_in, measure, put
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.place import best_places
from scheduler.solver.kernel.route.plain import is_plain, put_in
from scheduler.solver.kernel.route.refresh import refresh
from scheduler.solver.kernel.ties import keep_try, propagate
from scheduler.solver.kernel.work import DIRTY, begin_try, take_back

LONE = 5
"""Places of a slot without a team that are tried where ties may refuse them."""


@compiled
def put_lone(arrays, state, spare, scratch, work, activity, u, blink):
    """A slot that hangs on nothing: the cheapest place is tried first, and only ties of others can refuse it."""
    state.node[u, at.BOUND], state.node[u, at.WINDOW] = 0, -1
    state.node[u, at.WHERE] = arrays.node[u, at.PLACE]
    places, prices = work.places[0], work.prices[0]
    keep = LONE if arrays.rate[at.HAS_TIES] > 0 else 1
    found = best_places(arrays, state, scratch, u, work.price[activity], keep, places, prices, blink)
    for n in range(found):
        lane, before = places[n, 0], places[n, 1]
        state.node[u, at.DURATION] = duration_on(arrays, u, lane)
        if state.lane[lane, at.TIES] == 0:
            put(arrays, state, spare, work, u, lane, before)
            _clean(work)
            plain = is_plain(arrays, lane)
            if not (put_in(arrays, state, lane, u, prices[n]) if plain else refresh(arrays, state, scratch, lane)):
                return _broken(arrays, state, scratch, u, lane)
            count_in(work, activity)
            return True
        begin_try(work)
        put(arrays, state, spare, work, u, lane, before)
        if (
            propagate(arrays, state, spare, scratch, work)
            and cost_of_try(arrays, state, spare, work) < work.price[activity]
        ):
            keep_try(arrays, state, work)
            count_in(work, activity)
            return True
        take_back(arrays, state, spare, work)
    return False


@compiled
def _clean(work):
    for i in range(work.count[DIRTY]):
        work.mark[2, work.lanes[2, i]] = 0
    work.count[DIRTY] = 0


@compiled
def _broken(arrays, state, scratch, u, lane):
    """Take u out again: the cheap test was wrong, which it may be where blocked time and breaks meet."""
    before, behind = state.node[u, at.PRV], state.node[u, at.NXT]
    state.node[before, at.NXT], state.node[behind, at.PRV], state.node[u, at.LANE] = behind, before, -1
    measure(arrays, state, lane, behind)
    refresh(arrays, state, scratch, lane)
    return False
