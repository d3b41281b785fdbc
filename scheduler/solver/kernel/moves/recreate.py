"""What is outside put back, one after another in an order drawn at random, each where it costs least."""

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.insertion.insert import insert
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.moves.mix import REGRET
from scheduler.solver.kernel.moves.regret import by_regret
from scheduler.solver.kernel.place import may_begin
from scheduler.solver.kernel.totals import least_added
from scheduler.solver.kernel.work import CHANGED, OUTSIDE, STEP

RETRIED = 6
"""Activities that have been outside for longer and are tried in most steps, beside those just taken out."""
RANDOM, DEAR, LONG, FAR, CLOSE, TIGHT = range(6)
SHARES = (4 / 14, 2 / 14, 3 / 14, 2 / 14, 1 / 14, 2 / 14)
"""How often activities are put back in each order."""


@compiled
def recreate(arrays, state, kept, spare, scratch, work, seed, limit):
    """Put back what was taken out, and some of what was outside before, in an order drawn at random.

    False as soon as the plan can't but cost more than `limit` above the one before the step. Where a further stop may
    make a drive shorter, or a break possible, that may be wrong; it hardly ever is.

    Where there are empty days, a seed that was outside before goes in at any price, and all its neighbours that are
    outside are tried with it: nobody pays the way for a first stop that is not worth it, though all together are.
    """
    begun = _begin(arrays, state, spare, scratch, work, seed)
    count = 0
    for i in range(work.count[CHANGED]):
        work.order[count] = work.changed[0, i]
        count += 1
    count = _retried(arrays, work, seed, count, arrays.near.shape[1] if begun else RETRIED)
    if np.random.random() < work.mix[REGRET]:
        by_regret(arrays, state, spare, scratch, work, count)
        return True
    _sort(arrays, work, count)
    return _put_back(arrays, state, kept, spare, scratch, work, count, limit)


@compiled
def _put_back(arrays, state, kept, spare, scratch, work, count, limit):
    """Put the first `count` of the order back while what that adds may be within `limit`; whether it may be at last."""
    hope = 0.0
    for i in range(count):
        hope += work.price[work.order[i]]
    least = least_added(arrays, state, kept, work, hope)
    for i in range(count):
        activity = work.order[i]
        price = work.price[activity]
        hope -= price
        if work.outside[1, activity] < 0:
            continue
        work.price[activity] = min(price, limit - least)
        insert(arrays, state, spare, scratch, work, activity, True)
        work.price[activity] = price
        least = least_added(arrays, state, kept, work, hope)
        if least > limit:
            return False
    return True


@compiled
def _begin(arrays, state, spare, scratch, work, seed):
    """Put in the seed's activity at any price; False where it was not outside before the step, or no day is empty."""
    activity = arrays.node[seed, at.ACTIVITY]
    if work.outside[1, activity] < 0 or work.changed[1, activity] == work.count[STEP]:
        return False
    if not may_begin(arrays, state, seed):
        return False
    price = work.price[activity]
    work.price[activity] = np.inf
    insert(arrays, state, spare, scratch, work, activity, True)
    work.price[activity] = price
    return True


@compiled
def _retried(arrays, work, seed, count, most):
    """Add so many activities at most that have been outside for longer: near the seed, and any."""
    most += count
    for i in range(arrays.near.shape[1]):
        v = arrays.near[seed, i]
        if v < 0 or count >= most - 2:
            break
        count = _add(arrays, work, arrays.node[v, at.ACTIVITY], count)
    count = _add(arrays, work, arrays.node[seed, at.ACTIVITY], count)
    for _ in range(2):
        if work.count[OUTSIDE] > 0 and count < most:
            count = _add(arrays, work, work.outside[0, np.random.randint(work.count[OUTSIDE])], count)
    return count


@compiled
def _add(arrays, work, activity, count):
    if work.outside[1, activity] < 0:
        return count
    for i in range(count):
        if work.order[i] == activity:
            return count
    work.order[count] = activity
    return count + 1


@compiled
def _sort(arrays, work, count):
    """Sort what is to be put back by a criterion drawn at random."""
    draw, way = np.random.random(), 0
    while way < 5 and draw >= SHARES[way]:
        draw -= SHARES[way]
        way += 1
    for i in range(count):
        work.key[i] = _key(arrays, work.order[i], way)
    for i in range(1, count):
        key, activity, j = work.key[i], work.order[i], i
        while j > 0 and work.key[j - 1] > key:
            work.key[j], work.order[j] = work.key[j - 1], work.order[j - 1]
            j -= 1
        work.key[j], work.order[j] = key, activity


@compiled
def _key(arrays, activity, way):
    if way == RANDOM:
        return np.random.random()
    if way == DEAR:
        return -arrays.price[activity] * (0.9 + 0.2 * np.random.random())
    begin = arrays.activity[activity, at.SETS]
    first, last = arrays.pool[begin], arrays.pool[begin + 1] - 1
    u = arrays.pool[last] if arrays.node[arrays.pool[first], at.ROOM] == 1 else arrays.pool[first]
    if way == LONG:
        weight = float(arrays.duration[u, 0])
        if arrays.load.shape[1] > 0:
            weight = float(arrays.load[u, 0])
        return -weight * (last - first + 1)
    if way == TIGHT:
        if arrays.node[u, at.STARTS] == arrays.node[u, at.STARTS_END]:
            return 0.0
        return float(arrays.pool[arrays.node[u, at.STARTS_END] - 1] - arrays.pool[arrays.node[u, at.STARTS]])
    far = arrays.reach[u]
    return -far if way == FAR else far
