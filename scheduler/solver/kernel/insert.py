"""Putting an activity into the plan: one slot into its cheapest place, a team into the best combination of places."""

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.legs import leg_cost, leg_ticks
from scheduler.solver.kernel.place import best_places, duration_on
from scheduler.solver.kernel.route import refresh, refresh_from
from scheduler.solver.kernel.state import link
from scheduler.solver.kernel.ties import bound_from, is_tied, propagate
from scheduler.solver.kernel.work import (
    BEAM,
    DIRTY,
    KEEP,
    MOST_TEAM,
    TRIED,
    TRYING,
    begin_try,
    is_in,
    make_dirty,
    note_change,
    set_outside,
    take_back,
    touch,
)

MOST_TRIES = 8
"""Combinations of a team's places that are tried for true, cheapest first."""
LONE = 5
"""Places of a slot without a team that are tried where ties may refuse them."""


@compiled
def put(arrays, state, spare, work, u, lane, before):
    """Put u behind `before`; times are brought up to date later."""
    touch(arrays, state, spare, work, lane)
    link(state, u, before, lane)
    measure(arrays, state, lane, u)
    measure(arrays, state, lane, state.node[u, at.NXT])
    if is_tied(arrays, u):
        state.lane[lane, at.TIES] += 1
    make_dirty(work, lane)


@compiled
def measure(arrays, state, lane, u):
    """The drive to u from the stop before it."""
    kind = arrays.lane[lane, at.CLASS]
    a, b = state.node[state.node[u, at.PRV], at.WHERE], state.node[u, at.WHERE]
    state.node[u, at.DRIVE], state.drive[u] = leg_ticks(arrays, kind, a, b), leg_cost(arrays, kind, a, b)


@compiled
def insert(arrays, state, spare, scratch, work, activity, blink):
    """Put the activity where it costs least; False, and nothing changed, where it fits nowhere or is not worth it."""
    if not _links_allow(arrays, state, activity):
        return False
    windows = (arrays.activity[activity, at.SHARED_END] - arrays.activity[activity, at.SHARED]) // 2
    limit, chosen, size = arrays.price[activity], -1, 0
    for k in range(arrays.activity[activity, at.SETS], arrays.activity[activity, at.SETS_END], 2):
        begin, end = arrays.pool[k], arrays.pool[k + 1]
        if end - begin > MOST_TEAM:
            continue
        if end - begin == 1 and windows == 0 and arrays.node[arrays.pool[begin], at.ROOM] == 0:
            u = arrays.pool[begin]
            if (
                not is_tied(arrays, u)
                and arrays.activity[activity, at.SETS_END] - arrays.activity[activity, at.SETS] == 2
            ):
                return _lone(arrays, state, spare, scratch, work, activity, u, blink)
        for w in range(-1 if windows == 0 else 0, windows):
            cost = _team(arrays, state, spare, scratch, work, activity, begin, end, w, limit, blink)
            if cost < limit:
                limit, chosen, size = cost, begin, end - begin
    if chosen < 0:
        return False
    return _settle(arrays, state, spare, scratch, work, activity, chosen, size)


@compiled
def _links_allow(arrays, state, activity):
    for i in range(arrays.activity[activity, at.LINKS], arrays.activity[activity, at.LINKS_END], at.LINK):
        if arrays.pool[i + 1] & at.NEEDS and not is_in(arrays, state, arrays.pool[i]):
            return False
    return True


@compiled
def _done(work, activity):
    set_outside(work, activity, False)
    note_change(work, activity)


@compiled
def _lone(arrays, state, spare, scratch, work, activity, u, blink):
    """A slot that hangs on nothing: the cheapest place is tried first, and only ties of others can refuse it."""
    state.node[u, at.BOUND], state.node[u, at.WINDOW] = 0, -1
    state.node[u, at.WHERE] = arrays.node[u, at.PLACE]
    places, prices = work.places[0], work.prices[0]
    keep = LONE if arrays.rate[at.HAS_TIES] > 0 else 1
    found = best_places(arrays, state, scratch, u, arrays.price[activity], keep, places, prices, blink)
    for n in range(found):
        lane, before = places[n, 0], places[n, 1]
        state.node[u, at.DURATION] = duration_on(arrays, u, lane)
        if state.lane[lane, at.TIES] == 0:
            put(arrays, state, spare, work, u, lane, before)
            _clean(work)
            simple = _is_simple(arrays, lane)
            good = refresh_from(arrays, state, lane, u, prices[n]) if simple else refresh(arrays, state, scratch, lane)
            if not good:
                return _broken(arrays, state, scratch, u, lane)
            _done(work, activity)
            return True
        begin_try(work)
        put(arrays, state, spare, work, u, lane, before)
        if (
            propagate(arrays, state, spare, scratch, work)
            and _cost_of_try(arrays, state, spare, work) < arrays.price[activity]
        ):
            work.count[TRYING] = 0
            _done(work, activity)
            return True
        take_back(arrays, state, spare, work)
    return False


@compiled
def _is_simple(arrays, lane):
    """Whether only travel is priced in the lane and nothing interrupts it."""
    row = arrays.lane[lane]
    priced = row[at.PRICED] != at.TRAVEL_ONLY or arrays.rate[at.BALANCE] > 0
    return not priced and row[at.PAUSES] == row[at.PAUSES_END] and row[at.BLOCKED] == row[at.BLOCKED_END]


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


@compiled
def _cost_of_try(arrays, state, spare, work):
    """What the lanes that the try touched cost more than before."""
    cost = 0.0
    for i in range(work.count[TRIED]):
        lane = work.lanes[1, i]
        cost += state.cost[lane] - spare.cost[lane]
    return cost


@compiled
def _team(arrays, state, spare, scratch, work, activity, begin, end, window, limit, blink):
    """Least cost of the slots as a team, its places written into `best`; `limit` where nothing cheaper is found."""
    first = arrays.pool[begin]
    if arrays.node[first, at.ROOM] == 0 or arrays.node[arrays.pool[end - 1], at.PLACE] >= 0:
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
def _team_at(arrays, state, spare, scratch, work, activity, begin, end, window, limit, blink, house):
    """As `_team`, with the team at the place of a room (-1: at its own)."""
    size = end - begin
    for n in range(size):
        u = arrays.pool[begin + n]
        state.node[u, at.WINDOW] = window
        state.node[u, at.BOUND] = bound_from(arrays, state, u)
        state.node[u, at.WHERE] = arrays.node[u, at.PLACE] if house < 0 or arrays.node[u, at.ROOM] == 1 else house
        if arrays.node[u, at.ROOM] == 1:
            state.node[u, at.DURATION] = _stay(arrays, begin, end)
        found = best_places(arrays, state, scratch, u, limit, KEEP, work.places[n], work.prices[n], blink)
        if house >= 0 and arrays.node[u, at.ROOM] == 1:
            found = _in_house(arrays, work, n, found, house)
        found = _by_people(arrays, state, work, activity, n, found)
        if found == 0:
            return limit
        for i in range(found, KEEP):
            work.prices[n, i] = np.inf
    return _try_teams(
        arrays, state, spare, scratch, work, begin, size, limit, _beam(arrays, work, activity, begin, size, limit)
    )


@compiled
def _stay(arrays, begin, end):
    """How long a room is taken: as long as the longest of the team may need."""
    longest = np.int64(0)
    for n in range(begin, end):
        for r in range(arrays.duration.shape[1]):
            longest = max(longest, arrays.duration[arrays.pool[n], r])
    return longest


@compiled
def _in_house(arrays, work, n, found, house):
    kept = 0
    for i in range(found):
        if arrays.lane[work.places[n, i, 0], at.HOUSE] == house:
            _move(work, n, i, kept)
            kept += 1
    return kept


@compiled
def _move(work, n, source, target):
    for k in range(work.places.shape[2]):
        work.places[n, target, k] = work.places[n, source, k]
    work.prices[n, target] = work.prices[n, source]


@compiled
def _copy_choice(work, now, b, then, row):
    for k in range(work.beam.shape[2]):
        work.beam[then, row, k] = work.beam[now, b, k]


@compiled
def _by_people(arrays, state, work, activity, n, found):
    """Only places with people that the activity's precedences admit."""
    for i in range(arrays.activity[activity, at.LINKS], arrays.activity[activity, at.LINKS_END], at.LINK):
        other, kind = arrays.pool[i], arrays.pool[i + 1]
        if kind & (at.SAME | at.DIFFERENT) == 0 or not is_in(arrays, state, other):
            continue
        kept = 0
        for p in range(found):
            lane = work.places[n, p, 0]
            if arrays.lane[lane, at.UNIT] == 1 or _serves(arrays, state, other, arrays.lane[lane, at.RESOURCE]) == (
                kind & at.SAME != 0
            ):
                _move(work, n, p, kept)
                kept += 1
        found = kept
    return found


@compiled
def _serves(arrays, state, activity, resource):
    for k in range(arrays.activity[activity, at.SETS], arrays.activity[activity, at.SETS_END], 2):
        for i in range(arrays.pool[k], arrays.pool[k + 1]):
            lane = state.node[arrays.pool[i], at.LANE]
            if lane >= 0 and arrays.lane[lane, at.RESOURCE] == resource:
                return True
    return False


@compiled
def _beam(arrays, work, activity, begin, size, limit):
    """Combinations of places, one per slot, cheapest first, that pairs of slots admit; how many stand in beam[0]."""
    count, now = 1, 0
    work.sums[0, 0] = 0.0
    for n in range(size):
        then, found = 1 - now, 0
        for b in range(count):
            for i in range(KEEP):
                cost = work.sums[now, b] + work.prices[n, i]
                if cost >= limit or (found == BEAM and cost >= work.sums[then, BEAM - 1]):
                    break
                if not _together(arrays, work, activity, begin, n, i, now, b):
                    continue
                at_row = found if found < BEAM else BEAM - 1
                while at_row > 0 and work.sums[then, at_row - 1] > cost:
                    work.sums[then, at_row] = work.sums[then, at_row - 1]
                    _copy_choice(work, then, at_row - 1, then, at_row)
                    at_row -= 1
                work.sums[then, at_row] = cost
                _copy_choice(work, now, b, then, at_row)
                work.beam[then, at_row, n] = i
                found = min(found + 1, BEAM)
        count, now = found, then
    if now == 1:
        for b in range(count):
            work.sums[0, b] = work.sums[1, b]
            _copy_choice(work, 1, b, 0, b)
    return count


@compiled
def _together(arrays, work, activity, begin, n, i, now, b):
    """Whether place i of slot n goes with the places chosen for the slots before it."""
    u = arrays.pool[begin + n]
    lane = work.places[n, i, 0]
    for m in range(n):
        v, j = arrays.pool[begin + m], work.beam[now, b, m]
        other = work.places[m, j, 0]
        if other == lane:
            return False
        people = arrays.lane[lane, at.UNIT] == 0 and arrays.lane[other, at.UNIT] == 0
        alone = people and arrays.activity[activity, at.APART] == 1
        if alone and arrays.lane[lane, at.RESOURCE] == arrays.lane[other, at.RESOURCE]:
            return False
        if arrays.activity[activity, at.ONE_SITE] == 1 and arrays.lane[lane, at.SITE] != arrays.lane[other, at.SITE]:
            return False
        if not _in_time(arrays, u, v, work.places[n, i], work.places[m, j]):
            return False
        if not _in_time(arrays, v, u, work.places[m, j], work.places[n, i]):
            return False
    return True


@compiled
def _in_time(arrays, u, v, at_u, at_v):
    """Whether the arcs from u to v leave v a start."""
    for i in range(arrays.node[u, at.ARCS], arrays.node[u, at.ARCS_END], at.ARC):
        if arrays.pool[i] == v and at_u[2] + arrays.pool[i + 1] > at_v[3]:
            return False
    return True


@compiled
def _try_teams(arrays, state, spare, scratch, work, begin, size, limit, count):
    """Try combinations for true; the cheapest one's places into `best`."""
    for b in range(min(count, MOST_TRIES)):
        if work.sums[0, b] >= limit:
            break
        begin_try(work)
        for n in range(size):
            u, place = arrays.pool[begin + n], work.places[n, work.beam[0, b, n]]
            if arrays.node[u, at.ROOM] == 0:
                state.node[u, at.DURATION] = duration_on(arrays, u, place[0])
            put(arrays, state, spare, work, u, place[0], place[1])
        if propagate(arrays, state, spare, scratch, work):
            cost = _cost_of_try(arrays, state, spare, work)
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
def _settle(arrays, state, spare, scratch, work, activity, begin, size):
    """Put the best team in, for good unless precedences by day forbid it."""
    begin_try(work)
    for n in range(size):
        u = arrays.pool[begin + n]
        lane = work.best[n, 0]
        state.node[u, at.WINDOW], state.node[u, at.WHERE] = work.best[n, 2], work.best[n, 3]
        state.node[u, at.BOUND] = bound_from(arrays, state, u)
        room = arrays.node[u, at.ROOM] == 1
        state.node[u, at.DURATION] = _stay(arrays, begin, begin + size) if room else duration_on(arrays, u, lane)
        put(arrays, state, spare, work, u, lane, work.best[n, 1])
    if propagate(arrays, state, spare, scratch, work) and _same_days(arrays, state, activity):
        work.count[TRYING] = 0
        _done(work, activity)
        return True
    take_back(arrays, state, spare, work)
    return False


@compiled
def _same_days(arrays, state, activity):
    for i in range(arrays.activity[activity, at.LINKS], arrays.activity[activity, at.LINKS_END], at.LINK):
        other, kind = arrays.pool[i], arrays.pool[i + 1]
        bound = kind & at.SAME_DAY and is_in(arrays, state, other)
        if bound and _day(arrays, state, activity) != _day(arrays, state, other):
            return False
    return True


@compiled
def _day(arrays, state, activity):
    first = at.NEVER
    for k in range(arrays.activity[activity, at.SETS], arrays.activity[activity, at.SETS_END], 2):
        for i in range(arrays.pool[k], arrays.pool[k + 1]):
            if state.node[arrays.pool[i], at.LANE] >= 0:
                first = min(first, state.node[arrays.pool[i], at.START])
    day = 0
    while day < arrays.midnights.shape[0] and arrays.midnights[day] <= first:
        day += 1
    return day
