"""Combinations of a team's places tried for true, and the best one put in."""

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.admission import all_within, duration_on
from scheduler.solver.kernel.insertion.held import send_held
from scheduler.solver.kernel.insertion.joined import expect_each_other
from scheduler.solver.kernel.insertion.links import shares_people
from scheduler.solver.kernel.insertion.put import behind_mates, cost_of_put, count_in, put
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.ties import bound_from, keep_try, propagate
from scheduler.solver.kernel.work import TEAM, begin_try, take_back

MOST_TRIES = 8
"""Combinations of a team's places that are tried for true, cheapest first."""


@compiled
def longest_stay(arrays, begin, end):
    """How long a room is taken: as long as the longest of those who suit may need."""
    longest = np.int64(0)
    for n in range(begin, end):
        for r in range(arrays.duration.shape[1]):
            if arrays.duration.shape[1] == 1 or arrays.suits[arrays.pool[n], r]:
                longest = max(longest, arrays.duration[arrays.pool[n], r])
    return longest


@compiled
def try_teams(arrays, state, spare, scratch, work, begin, size, limit, count):
    """Try combinations for true; the cheapest one's places into `best`."""
    activity = arrays.node[arrays.pool[begin], at.ACTIVITY]
    for b in range(min(count, MOST_TRIES)):
        if work.sums[0, b] >= limit:
            break
        if not shares_people(arrays, state, work, activity, size, b):
            continue
        begin_try(work)
        expect_each_other(arrays, state, work, begin, size, b)
        _watch(arrays, state, work, begin, size, b)
        for n in range(size):
            u, place = arrays.pool[begin + n], work.places[n, work.beam[0, b, n]]
            put(arrays, state, spare, work, u, place[0], behind_mates(arrays, state, u, place[1]))
        sent = send_held(arrays, state, spare, work, activity)
        if sent and propagate(arrays, state, spare, scratch, work, limit) and _fits(arrays, state, work, activity):
            cost = cost_of_put(arrays, state, spare, scratch, work)
            if cost < limit:
                limit = cost
                for n in range(size):
                    u = arrays.pool[begin + n]
                    work.best[n, 0], work.best[n, 1] = (
                        work.places[n, work.beam[0, b, n], 0],
                        work.places[n, work.beam[0, b, n], 1],
                    )
                    work.best[n, 2], work.best[n, 3] = state.node[u, at.WINDOW], state.node[u, at.WHERE]
        take_back(arrays, state, spare, work)
        for n in range(size):
            u = arrays.pool[begin + n]
            state.node[u, at.LANE] = -1
            state.node[u, at.BOUND] = bound_from(arrays, state, u)
    return limit


@compiled
def _fits(arrays, state, work, activity):
    """Whether nobody has more than limits allow who may have got two roles."""
    return arrays.activity[activity, at.APART] > 0 or all_within(arrays, state, work)


@compiled
def _watch(arrays, state, work, begin, size, b):
    """Note when the team's slots are expected to start."""
    for n in range(size):
        u = arrays.pool[begin + n]
        start = max(work.places[n, work.beam[0, b, n], 2], state.node[u, at.BOUND])
        work.team[n, 0], work.team[n, 1], work.team[n, 2] = u, start, 0
    work.count[TEAM] = size


@compiled
def settle(arrays, state, spare, scratch, work, activity, begin, size):
    """Put the best team in, for good."""
    whole = begin + size + arrays.activity[activity, at.HELD]
    begin_try(work)
    for n in range(size):
        u = arrays.pool[begin + n]
        state.node[u, at.BOUND] = bound_from(arrays, state, u)
    for n in range(size):
        u = arrays.pool[begin + n]
        lane = work.best[n, 0]
        state.node[u, at.WINDOW], state.node[u, at.WHERE] = work.best[n, 2], work.best[n, 3]
        room = arrays.node[u, at.ROOM] == 1
        state.node[u, at.DURATION] = longest_stay(arrays, begin, whole) if room else duration_on(arrays, u, lane)
        put(arrays, state, spare, work, u, lane, behind_mates(arrays, state, u, work.best[n, 1]))
    sent = send_held(arrays, state, spare, work, activity)
    if sent and propagate(arrays, state, spare, scratch, work, np.inf):
        keep_try(arrays, state, work)
        count_in(work, activity)
        return True
    take_back(arrays, state, spare, work)
    return False
