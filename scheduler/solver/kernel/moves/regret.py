"""What is outside put back by regret: first what loses most off its best lane (Ropke and Pisinger 2006)."""

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.insertion.insert import insert, lone
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.place import best_places

QUOTED = 6
"""Places that are looked at to find the two best lanes."""
NOT_YET = -2


@compiled
def by_regret(arrays, state, spare, scratch, work, count):
    """Put back the first `count` activities of the order: teams first, then the rest by regret.

    Quotes are renewed where the lane that was filled last is one of the two best.
    """
    left, filled = 0, np.int64(NOT_YET)
    for i in range(count):
        activity = work.order[i]
        if work.outside[1, activity] < 0:
            continue
        if lone(arrays, activity) < 0:
            insert(arrays, state, spare, scratch, work, activity, True)
            continue
        work.order[left], work.quoted[left, 0] = activity, NOT_YET
        left += 1
    while left > 0:
        first = 0
        for i in range(left):
            if work.quoted[i, 0] == NOT_YET or work.quoted[i, 0] == filled or work.quoted[i, 1] == filled:
                _quote(arrays, state, scratch, work, i)
            if work.quote[i] > work.quote[first]:
                first = i
        activity = work.order[first]
        inserted = insert(arrays, state, spare, scratch, work, activity, True)
        filled = state.node[lone(arrays, activity), at.LANE] if inserted else np.int64(NOT_YET)
        left -= 1
        work.order[first], work.quote[first] = work.order[left], work.quote[left]
        work.quoted[first, 0], work.quoted[first, 1] = work.quoted[left, 0], work.quoted[left, 1]


@compiled
def _quote(arrays, state, scratch, work, i):
    """What the activity loses when it goes to its second best lane, or stays out; its two best lanes.

    Where all places that are looked at are in one lane, it loses at least what the last of them costs more.
    """
    activity = work.order[i]
    u = lone(arrays, activity)
    state.node[u, at.BOUND], state.node[u, at.WINDOW], state.node[u, at.WHERE] = 0, -1, arrays.node[u, at.PLACE]
    places, prices = work.places[0], work.prices[0]
    found = best_places(arrays, state, scratch, u, work.price[activity], QUOTED, places, prices, True, 0)
    work.quote[i], work.quoted[i, 0], work.quoted[i, 1] = -1.0, -1, -1
    if found == 0:
        return
    second = prices[found - 1] if found == QUOTED else work.price[activity]
    work.quote[i], work.quoted[i, 0] = second - prices[0], places[0, 0]
    for n in range(1, found):
        if places[n, 0] != places[0, 0]:
            work.quote[i], work.quoted[i, 1] = prices[n] - prices[0], places[n, 0]
            return
