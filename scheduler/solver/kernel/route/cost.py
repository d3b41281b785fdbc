"""What a route with given times costs."""

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.route.rows import (
    ARRIVAL,
    BUSY,
    DEPARTURE,
    DRIVE,
    EARLY,
    IDLED,
    LATENESS,
    NODE,
    NOW,
    SKIPPED,
    STOP,
    TAKEN,
    WAITED,
    WORK,
    cut_off,
    to_depot,
)
from scheduler.solver.kernel.timing import day_of, driven


@compiled
def cost_of(arrays, state, scratch, lane, m):
    """Cost of the try at hand, infinite where the day is too long; totals are noted among its facts."""
    fact, rate = scratch.fact[0], arrays.rate
    cost, resource = arrays.money[lane, at.USED], arrays.lane[lane, at.RESOURCE]
    busy, drive, late = np.int64(0), np.int64(0), np.int64(0)
    for i in range(m):
        cost += scratch.cost[i]
        drive += scratch.row[i, DRIVE]
        if i == fact[STOP]:
            ticks, more = to_depot(arrays, state, scratch, lane, i)
            cost += more - scratch.cost[i]
            drive += ticks[0] + ticks[1] - scratch.row[i, DRIVE]
    for i in range(m - 1):
        u, s = scratch.row[i, NODE], scratch.row[i, NOW]
        busy += arrays.node[u, at.BEFORE] + state.node[u, at.DURATION] + arrays.node[u, at.AFTER]
        over = lateness(arrays, state, u, s)
        cost += rate[at.LATE] * over
        late = max(late, over)
        cost += cost_of_stop(arrays, lane, resource, u, s)
    fact[LATENESS], fact[WORK], fact[BUSY] = late, busy + drive, busy
    fact[WAITED], fact[IDLED] = 0, 0
    if arrays.lane[lane, at.UNIT] == 1:
        return cost
    cost += arrays.money[lane, at.OVER] * max(np.int64(0), fact[ARRIVAL] - arrays.lane[lane, at.LAST])
    begin = arrays.lane[lane, at.PAUSES]
    for p in range((arrays.lane[lane, at.PAUSES_END] - begin) // at.PAUSE):
        if (fact[SKIPPED] >> p) & 1:
            cost += arrays.fee[arrays.pool[begin + at.PAUSE * p + 5]]
    if stands_about(arrays, lane):
        cost += _standing_about(arrays, state, scratch, lane, m, busy, drive)
    return cost


@compiled
def lateness(arrays, state, u, s):
    """Ticks by which u is late over all that was promised, starting at s."""
    late = np.int64(0)
    if arrays.node[u, at.DUE] != at.UNKNOWN:
        return max(late, s - arrays.node[u, at.DUE])
    for i in range(arrays.node[u, at.LATES], arrays.node[u, at.LATES_END], at.LATENESS):
        opening = s + arrays.pool[i] * state.node[u, at.DURATION]
        closing = s + arrays.pool[i + 1] * state.node[u, at.DURATION]
        for j in range(arrays.pool[i + 3] - 2, arrays.pool[i + 2] - 2, -2):
            if arrays.pool[j] <= opening:
                late += max(np.int64(0), closing - arrays.pool[j + 1])
                break
    return late


@compiled
def cost_of_stop(arrays, lane, resource, u, s):
    """What a stop costs for who does it and when, lateness aside."""
    cost = arrays.own[u, resource] if arrays.own.shape[0] > 0 else 0.0
    if arrays.rate[at.SHIFTED] > 0 and arrays.node[u, at.STOOD] > -at.NEVER:
        cost += arrays.rate[at.SHIFTED] * abs(s - arrays.node[u, at.STOOD])
    if arrays.node[u, at.CHARGED] == 1:
        if arrays.rate[at.PER_DAY] > 0:
            cost += arrays.rate[at.PER_DAY] * day_of(arrays, s)
        if arrays.node[u, at.WISHES] < arrays.node[u, at.WISHES_END]:
            inside = False
            for i in range(arrays.node[u, at.WISHES], arrays.node[u, at.WISHES_END], 2):
                inside |= arrays.pool[i] <= s <= arrays.pool[i + 1]
            if not inside:
                cost += arrays.rate[at.WISHED]
    return cost


@compiled
def stands_about(arrays, lane):
    """Whether it matters how long the day is."""
    rate = arrays.rate
    priced = rate[at.WAITED] > 0 or rate[at.IDLE] > 0 or rate[at.LARGEST_IDLE] > 0 or arrays.money[lane, at.WORKED] > 0
    return priced or arrays.lane[lane, at.MOST_TIME] >= 0


@compiled
def _standing_about(arrays, state, scratch, lane, m, busy, drive):
    """Waiting, idle and working time."""
    fact = scratch.fact[0]
    departure, arrival = fact[DEPARTURE], fact[ARRIVAL]
    inside, unpaid, outside = np.int64(0), np.int64(0), np.int64(0)
    begin = arrays.lane[lane, at.PAUSES]
    for p in range((arrays.lane[lane, at.PAUSES_END] - begin) // at.PAUSE):
        if (fact[SKIPPED] >> p) & 1:
            continue
        length = arrays.pool[begin + at.PAUSE * p + 2]
        if fact[EARLY] <= p < scratch.row[m - 1, TAKEN]:
            inside += length
            unpaid += length * (1 - arrays.pool[begin + at.PAUSE * p + 4])
        else:
            outside += length
    blocked = (arrival - departure) - driven(arrays, lane, departure, arrival)
    at_depot = arrays.lane[lane, at.RESTOCK] if fact[STOP] >= 0 else np.int64(0)
    waited = (arrival - departure) - busy - drive - at_depot - inside - blocked
    fact[WAITED] = waited
    worked = (arrival - departure) - unpaid - blocked
    if arrays.lane[lane, at.MOST_TIME] >= 0:
        from_home = cut_off(arrays, state, scratch, lane, 0, fact[STOP])
        to_home = cut_off(arrays, state, scratch, lane, m - 1, fact[STOP])
        if from_home + worked + to_home > arrays.lane[lane, at.MOST_TIME]:
            return np.inf
    first, last = arrays.lane[lane, at.FIRST], arrays.lane[lane, at.LAST]
    idle = (
        waited
        + driven(arrays, lane, first, max(first, departure))
        + driven(arrays, lane, min(arrival, last), last)
        - outside
    )
    fact[IDLED] = idle
    return arrays.rate[at.WAITED] * waited + arrays.money[lane, at.WORKED] * worked + arrays.rate[at.IDLE] * idle
