"""Simulated annealing over ruin and recreate."""

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.insert import insert
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.ruin import ruin
from scheduler.solver.kernel.state import copy_all, copy_lanes
from scheduler.solver.kernel.ties import propagate, tighten
from scheduler.solver.kernel.work import CHANGED, DIRTY, OUTSIDE, STEP, TOUCHED, set_outside

RETRIED = 6
"""Activities that have been outside for longer and are tried in a step, beside those just taken out."""
RANDOM, DEAR, LONG, FAR, CLOSE, TIGHT = range(6)
SHARES = (4 / 14, 2 / 14, 3 / 14, 2 / 14, 1 / 14, 2 / 14)
"""How often activities are put back in each order."""


@compiled
def seed_random(seed):
    np.random.seed(seed)


@compiled
def total_cost(arrays, state, work):
    """Cost of the plan, of what is left out too."""
    total = 0.0
    for lane in range(state.cost.shape[0]):
        total += state.cost[lane]
    for i in range(work.count[OUTSIDE]):
        total += arrays.price[work.outside[0, i]]
    return total + _of_all(arrays, state)


@compiled
def _of_all(arrays, state):
    """What is measured over all lanes: the largest lateness, and how far work is off the mean."""
    cost = 0.0
    if arrays.rate[at.LARGEST] > 0:
        latest = np.int64(0)
        for lane in range(state.lane.shape[0]):
            latest = max(latest, state.lane[lane, at.LATEST_BY])
        cost += arrays.rate[at.LARGEST] * latest
    if arrays.rate[at.BALANCE] > 0:
        total, people, off = 0.0, 0, 0.0
        for lane in range(arrays.lane.shape[0]):
            if arrays.lane[lane, at.UNIT] == 0:
                people = max(people, arrays.lane[lane, at.RESOURCE] + 1)
                total += state.lane[lane, at.WORK]
        mean, own, last = total / max(1, people), 0.0, -1
        for lane in range(arrays.lane.shape[0] + 1):
            resource = arrays.lane[lane, at.RESOURCE] if lane < arrays.lane.shape[0] else -2
            if resource != last and last >= 0:
                off += abs(own - mean)
                own = 0.0
            last = resource if lane < arrays.lane.shape[0] and arrays.lane[lane, at.UNIT] == 0 else -1
            if last >= 0:
                own += state.lane[lane, at.WORK]
        cost += arrays.rate[at.BALANCE] * off
    return cost


@compiled
def anneal(arrays, state, kept, spare, best, scratch, work, costs, hot, cold, steps):
    """Take `steps` steps, cooling from `hot` to `cold`. `costs` holds those of `kept` and of `best`, and is updated."""
    slots = arrays.suits.shape[0]
    cooling = (cold / hot) ** (1.0 / max(1, steps))
    temperature, found = hot, 0
    for _ in range(steps):
        temperature *= cooling
        work.count[STEP] += 1
        work.count[TOUCHED], work.count[CHANGED] = 0, 0
        seed = ruin(arrays, state, spare, work)
        if arrays.rate[at.HAS_TIES] > 0:
            tighten(arrays, state, work)
        if propagate(arrays, state, spare, scratch, work):
            _recreate(arrays, state, spare, scratch, work, seed)
            cost = total_cost_after(arrays, state, kept, work, costs[0])
        else:
            cost = np.inf
        if cost < costs[0] - temperature * np.log(np.random.random()):
            copy_lanes(state, kept, slots, work.lanes[0], work.count[TOUCHED])
            costs[0] = cost
            if cost < costs[1] - 1e-9:
                costs[1] = cost
                copy_all(kept, best)
                found += 1
        else:
            _reject(arrays, state, kept, work)
    return found


@compiled
def total_cost_after(arrays, state, kept, work, before):
    """The cost of the plan, from that of the one before and what the step touched."""
    cost = before
    for i in range(work.count[TOUCHED]):
        lane = work.lanes[0, i]
        cost += state.cost[lane] - kept.cost[lane]
    for i in range(work.count[CHANGED]):
        activity = work.changed[0, i]
        cost += arrays.price[activity] * (_out(arrays, state, activity) - _out(arrays, kept, activity))
    if arrays.rate[at.LARGEST] > 0 or arrays.rate[at.BALANCE] > 0:
        cost += _of_all(arrays, state) - _of_all(arrays, kept)
    return cost


@compiled
def _out(arrays, state, activity):
    for k in range(arrays.activity[activity, at.SETS], arrays.activity[activity, at.SETS_END], 2):
        if state.node[arrays.pool[arrays.pool[k]], at.LANE] >= 0:
            return 0.0
    return 1.0


@compiled
def _reject(arrays, state, kept, work):
    """Back to the plan before the step."""
    slots = arrays.suits.shape[0]
    copy_lanes(kept, state, slots, work.lanes[0], work.count[TOUCHED])
    for i in range(work.count[CHANGED]):
        activity = work.changed[0, i]
        set_outside(work, activity, _out(arrays, state, activity) == 1.0)


@compiled
def _recreate(arrays, state, spare, scratch, work, seed):
    """Put back what was taken out, and some of what was outside before, in an order drawn at random."""
    count = 0
    for i in range(work.count[CHANGED]):
        work.order[count] = work.changed[0, i]
        count += 1
    count = _retried(arrays, work, seed, count)
    _sort(arrays, work, count)
    for i in range(count):
        if work.outside[1, work.order[i]] >= 0:
            insert(arrays, state, spare, scratch, work, work.order[i], True)


@compiled
def _retried(arrays, work, seed, count):
    """Add activities that have been outside for longer: near the seed, and any."""
    most = count + RETRIED
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


@compiled
def clear_dirty(work):
    for i in range(work.count[DIRTY]):
        work.mark[2, work.lanes[2, i]] = 0
    work.count[DIRTY] = 0
