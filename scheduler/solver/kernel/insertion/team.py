"""A team, and its room, put into the best combination of places."""

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.insertion.attempt import longest_stay, try_teams
from scheduler.solver.kernel.insertion.combine import best_combinations, combinations_by_start
from scheduler.solver.kernel.insertion.joined import price_joined
from scheduler.solver.kernel.insertion.links import beside_held, by_people
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.place import best_places, places_in_rooms
from scheduler.solver.kernel.ties import bound_from
from scheduler.solver.kernel.work import kept_for


@compiled
def best_team(arrays, state, spare, scratch, work, activity, begin, end, window, limit, blink):
    """Least cost of the slots as a team, its places written into `best`; `limit` where nothing cheaper is found."""
    first = arrays.pool[begin]
    for i in range(end, end + arrays.activity[activity, at.HELD]):
        if arrays.node[arrays.pool[i], at.ROOM] == 1:
            house = arrays.lane[state.node[arrays.pool[i], at.LANE], at.HOUSE]
            return _team_at(arrays, state, spare, scratch, work, activity, begin, end, window, limit, blink, house)
    if arrays.node[first, at.ROOM] == 0 or not _meets_there(arrays, begin, end + arrays.activity[activity, at.HELD]):
        return _team_at(arrays, state, spare, scratch, work, activity, begin, end, window, limit, blink, -1)
    last_house = -1
    for lane in range(arrays.lane.shape[0] - 1, -1, -1):
        if arrays.lane[lane, at.UNIT] == 0:
            break  # rooms come last
        house = arrays.lane[lane, at.HOUSE]
        if house != last_house and arrays.suits[first, arrays.lane[lane, at.RESOURCE]]:
            last_house = house
            limit = _team_at(arrays, state, spare, scratch, work, activity, begin, end, window, limit, blink, house)
    return limit


@compiled
def _meets_there(arrays, begin, end):
    """Whether the room says where the team meets."""
    meets = False
    for i in range(begin, end):
        meets |= arrays.node[arrays.pool[i], at.PLACE] < 0
    return meets


@compiled
def _team_at(arrays, state, spare, scratch, work, activity, begin, end, window, limit, blink, house):
    """As `best_team`, with the team at the place of a room (-1: at its own)."""
    size, whole = end - begin, end + arrays.activity[activity, at.HELD]
    keep = kept_for(size)
    for n in range(size):
        u = arrays.pool[begin + n]
        state.node[u, at.WINDOW] = window
        state.node[u, at.BOUND] = bound_from(arrays, state, u)
        own = house < 0 or arrays.node[u, at.ROOM] == 1 or arrays.node[u, at.PLACE] >= 0
        state.node[u, at.WHERE] = arrays.node[u, at.PLACE] if own else house
        if arrays.node[u, at.ROOM] == 1:
            state.node[u, at.DURATION] = longest_stay(arrays, begin, whole)
            found = places_in_rooms(arrays, state, scratch, u, house, keep, work.places[n], work.prices[n], n)
        else:
            found = best_places(arrays, state, scratch, u, limit, keep, work.places[n], work.prices[n], blink, n)
        found = by_people(arrays, state, work, activity, n, found)
        if whole > end:
            found = beside_held(arrays, state, work, u, n, found)
        if found == 0:
            return limit
        for i in range(found, keep):
            work.prices[n, i] = np.inf
    count = best_combinations(arrays, work, activity, begin, size, limit)
    if size > 2:
        count = combinations_by_start(arrays, work, activity, begin, size, limit, count)
    price_joined(arrays, state, scratch, work, begin, size, limit, count)
    return try_teams(arrays, state, spare, scratch, work, begin, size, limit, count)
