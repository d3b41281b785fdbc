"""A slot that hangs on nothing, put into its cheapest place."""

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.admission import duration_on
from scheduler.solver.kernel.insertion.put import cost_of_put, count_in, measure, put
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.place import best_places
from scheduler.solver.kernel.route.plain import is_plain, put_in
from scheduler.solver.kernel.route.refresh import refresh
from scheduler.solver.kernel.ties import keep_try, propagate
from scheduler.solver.kernel.work import DIRTY, begin_try, take_back

LONE = 5
"""Places of a slot without a team that are tried where others hang on what comes behind it."""


@compiled
def put_lone(arrays, state, spare, scratch, work, activity, u, blink):
    """Put a slot that hangs on nothing where it costs least; False, and nothing changed, where it fits nowhere."""
    state.node[u, at.BOUND], state.node[u, at.WINDOW] = 0, -1
    state.node[u, at.WHERE] = arrays.node[u, at.PLACE]
    places, prices = work.places[0], work.prices[0]
    keep = LONE if arrays.rate[at.HAS_TIES] > 0 else 1
    found = best_places(arrays, state, scratch, u, work.price[activity], keep, places, prices, blink, 0)
    if arrays.rate[at.HAS_TIES] > 0:
        return _put_tied(arrays, state, spare, scratch, work, activity, u, found)
    return found > 0 and _put_free(arrays, state, spare, scratch, work, activity, u, 0)


@compiled
def _put_free(arrays, state, spare, scratch, work, activity, u, n):
    """Put it into the n-th place, in a lane on which no other hangs."""
    lane = work.places[0, n, 0]
    _put_at(arrays, state, spare, work, u, n)
    _clean(work)
    plain = is_plain(arrays, lane)
    if not (put_in(arrays, state, lane, u, work.prices[0, n]) if plain else refresh(arrays, state, scratch, lane)):
        return _broken(arrays, state, scratch, u, lane)
    count_in(work, activity)
    return True


@compiled
def _put_tied(arrays, state, spare, scratch, work, activity, u, found):
    """Put it where it costs least with all that it pushes."""
    best, stands = _cheapest(arrays, state, spare, scratch, work, activity, u, found)
    if best < 0:
        return False
    if state.lane[work.places[0, best, 0], at.TIES] == 0:
        return _put_free(arrays, state, spare, scratch, work, activity, u, best)
    if not stands and not _try_at(arrays, state, spare, scratch, work, u, best, np.inf):
        take_back(arrays, state, spare, work)
        return False
    keep_try(arrays, state, work)
    count_in(work, activity)
    return True


@compiled
def _cheapest(arrays, state, spare, scratch, work, activity, u, found):
    """The place that costs least with all that it pushes, -1 for none, and whether the try of it still stands.

    What others are pushed comes on top of a place's price, so a place whose price is higher than the best cost is not
    tried.
    """
    limit, best = work.price[activity], -1
    for n in range(found):
        if work.prices[0, n] >= limit:
            break
        if state.lane[work.places[0, n, 0], at.TIES] == 0:
            return n, False
        if _try_at(arrays, state, spare, scratch, work, u, n, limit):
            cost = cost_of_put(arrays, state, spare, scratch, work)
            if cost < limit:
                limit, best = cost, n
                if n + 1 == found or work.prices[0, n + 1] >= limit:
                    return n, True
        take_back(arrays, state, spare, work)
    return best, False


@compiled
def _try_at(arrays, state, spare, scratch, work, u, n, limit):
    begin_try(work)
    _put_at(arrays, state, spare, work, u, n)
    return propagate(arrays, state, spare, scratch, work, limit)


@compiled
def _put_at(arrays, state, spare, work, u, n):
    lane, before = work.places[0, n, 0], work.places[0, n, 1]
    state.node[u, at.DURATION] = duration_on(arrays, u, lane)
    put(arrays, state, spare, work, u, lane, before)


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
