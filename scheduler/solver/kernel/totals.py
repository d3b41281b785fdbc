"""What a whole plan costs, of what is left out too."""

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.work import CHANGED, OUTSIDE, TOUCHED

POWER = 8
"""Of the mean of idle days that stands for the longest one."""


@compiled
def total_cost(arrays, state, work, price):
    """Cost of the plan, of what is left out too, by the price of each activity."""
    total = 0.0
    for lane in range(state.cost.shape[0]):
        total += state.cost[lane]
    for i in range(work.count[OUTSIDE]):
        total += price[work.outside[0, i]]
    return total + of_all(arrays, state)


@compiled
def mean_work(arrays, state):
    """Ticks of work that a person has, on average."""
    total = 0.0
    for lane in range(arrays.lane.shape[0]):
        if arrays.lane[lane, at.UNIT] == 0:
            total += state.lane[lane, at.WORK]
    return total / max(1.0, arrays.rate[at.PEOPLE])


@compiled
def of_all(arrays, state):
    """What is measured over all lanes: the largest lateness, the longest idle day, and how far work is off the mean."""
    cost = 0.0
    if arrays.rate[at.LARGEST] > 0:
        cost += arrays.rate[at.LARGEST] * largest(state, at.LATEST_BY)
    if arrays.rate[at.LARGEST_IDLE] > 0:
        cost += arrays.rate[at.LARGEST_IDLE] * largest(state, at.IDLED)
    if arrays.rate[at.BALANCE] > 0:
        mean, own, last = mean_work(arrays, state), 0.0, -1
        off = arrays.rate[at.WITHOUT_DAYS] * mean
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
def largest(state, column):
    """The largest of all lanes' totals of a kind."""
    found = np.int64(0)
    for lane in range(state.lane.shape[0]):
        found = max(found, state.lane[lane, column])
    return found


@compiled
def felt_idle(state):
    """A mean of the idle days that is near the longest, but falls when any of the long ones gets shorter."""
    total, longest = 0.0, max(1.0, float(largest(state, at.IDLED)))
    for lane in range(state.lane.shape[0]):
        total += (state.lane[lane, at.IDLED] / longest) ** POWER
    return longest * total ** (1.0 / POWER)


@compiled
def added_to_routes(arrays, state, kept, work):
    """What the step added to the cost of the routes: by the goal, and as the search counts."""
    cost = 0.0
    for i in range(work.count[TOUCHED]):
        lane = work.lanes[0, i]
        cost += state.cost[lane] - kept.cost[lane]
    if arrays.rate[at.OVERALL] > 0:
        cost += of_all(arrays, state) - of_all(arrays, kept)
    if arrays.rate[at.LARGEST_IDLE] == 0:
        return cost, cost
    eased = felt_idle(state) - largest(state, at.IDLED) - felt_idle(kept) + largest(kept, at.IDLED)
    return cost, cost + arrays.rate[at.LARGEST_IDLE] * eased


@compiled
def added_outside(arrays, state, kept, work, price):
    """What the step added to the cost of what is left out, by the price of each activity."""
    cost = 0.0
    for i in range(work.count[CHANGED]):
        activity = work.changed[0, i]
        cost += price[activity] * (is_out(arrays, state, activity) - is_out(arrays, kept, activity))
    return cost


@compiled
def least_added(arrays, state, kept, work, hope):
    """At least what the step will have added, as the search counts, if prices of `hope` can still be saved.

    Nothing is known where a further stop may make a route cheaper.
    """
    rate = arrays.rate
    if rate[at.IDLE] > 0 or rate[at.WAITED] > 0 or rate[at.LARGEST_IDLE] > 0 or rate[at.BALANCE] > 0:
        return -np.inf
    return added_to_routes(arrays, state, kept, work)[1] + added_outside(arrays, state, kept, work, work.price) - hope


@compiled
def is_out(arrays, state, activity):
    """1.0 where the activity is not in the plan, 0.0 where it is."""
    for k in range(arrays.activity[activity, at.SETS], arrays.activity[activity, at.SETS_END], 2):
        if state.node[arrays.pool[arrays.pool[k]], at.LANE] >= 0:
            return 0.0
    return 1.0
