"""Which slots and lanes are near each other: the neighbourhoods that moves look at."""

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.arrays import Arrays, Flags, Floats, Ints, Small
from scheduler.solver.kernel.jit import compiled, entry
from scheduler.solver.kernel.legs import CROSS, LATITUDE, LONGITUDE, leg

WAITING, WARP = 0.2, 1.0
"""What a tick of unavoidable waiting, and of unavoidable lateness, counts in ticks of travel (Vidal et al. 2013)."""


def near_slots(arrays: Arrays, most: int, more: int) -> Small:
    """For each slot the `most` others that are nearest in place and time and that some resource could serve as well.

    Behind them `more` that are nearest in place alone: a stop often fits between two that are served far from its time.
    """
    slots = len(arrays.suits)
    mates, group = _groups(arrays.suits)
    opens, closes = _reach(arrays, slots)
    length = arrays.duration.max(axis=1, initial=0)
    spot = spots(arrays)
    order = np.argsort(arrays.globe[spot, LATITUDE], kind="stable")  # nowhere comes last
    most = max(1, min(most, slots - 1))
    more = max(0, min(more, slots - 1 - most))
    found = np.full((slots, most + more), -1, dtype=np.int32)
    best = np.empty(most + more)
    _nearest(arrays, spot, group, mates, opens, closes, length, order, found, 0, best[:most], 1.0)
    if more > 0:
        _nearest(arrays, spot, group, mates, opens, closes, length, order, found, most, best[most:], 0.0)
    return found


def spots(arrays: Arrays) -> Ints:
    """Where each slot is; of those that go to a room the first room that suits, of those without a place nowhere."""
    place, nowhere = arrays.node[: len(arrays.suits), at.PLACE].copy(), len(arrays.globe) - 1
    houses = dict[int, int]()
    units = np.flatnonzero(arrays.lane[:, at.UNIT])
    for slot in np.flatnonzero(arrays.node[: len(place), at.ROOM]):
        suited = units[arrays.suits[slot, arrays.lane[units, at.RESOURCE]]]
        if len(suited):
            houses[int(arrays.node[slot, at.ACTIVITY])] = int(arrays.lane[suited[0], at.HOUSE])
    for slot in np.flatnonzero(place < 0):
        place[slot] = houses.get(int(arrays.node[slot, at.ACTIVITY]), nowhere)
    return place


def _groups(suits: Flags) -> tuple[Ints, Ints]:
    """Slots that suit the same resources form a group: its resources as bits of words, and the group of each slot."""
    if not suits.size:
        return np.zeros((1, 0), dtype=np.int64), np.zeros(len(suits), dtype=np.int64)
    packed = np.packbits(suits, axis=1)
    groups, group = np.unique(packed, axis=0, return_inverse=True)
    words = np.zeros((len(groups), -(-groups.shape[1] // 8) * 8), dtype=np.uint8)
    words[:, : groups.shape[1]] = groups
    return words.view(np.int64), group.reshape(-1).astype(np.int64)


def _reach(arrays: Arrays, slots: int) -> tuple[Ints, Ints]:
    """First and last start of each slot; the last one that is not late, if there is any."""
    opens, closes = np.zeros(slots, dtype=np.int64), np.zeros(slots, dtype=np.int64)
    for slot in range(slots):
        begin, end = arrays.node[slot, [at.STARTS, at.STARTS_END]]
        if begin < end:
            opens[slot], closes[slot] = arrays.pool[begin], arrays.pool[end - 1]
        if arrays.node[slot, at.DUE] != at.UNKNOWN:
            closes[slot] = max(opens[slot], min(closes[slot], arrays.node[slot, at.DUE]))
    return opens, closes


@entry
def _nearest(arrays, spot, group, mates, opens, closes, length, order, found, first, best, timely):
    """Look from each slot to the north and to the south, until that alone is farther than all that was found.

    What is found goes into the columns from `first` on, without what stands before them; time counts `timely` times.
    """
    slots, most, lost = found.shape[0], best.shape[0], order.shape[0]
    nowhere, known = arrays.globe.shape[0] - 1, arrays.ticks.shape[0] == 0
    while known and lost > 0 and spot[order[lost - 1]] == nowhere:
        lost -= 1
    for i in range(slots):
        u = order[i]
        if arrays.node[u, at.ROOM] == 1:
            continue
        for k in range(most):
            best[k] = 1e300
        for j in range(lost, slots):
            _compare(arrays, spot, group, mates, opens, closes, length, found, first, best, timely, u, order[j])
        for way in (-1, 1):
            j = min(i, lost) + way
            while 0 <= j < lost:
                v = order[j]
                if known and i < lost and _north(arrays, spot[u], spot[v]) >= best[most - 1]:
                    break
                _compare(arrays, spot, group, mates, opens, closes, length, found, first, best, timely, u, v)
                j += way


@compiled
def _compare(arrays, spot, group, mates, opens, closes, length, found, first, best, timely, u, v):
    """Rank v among the nearest of u."""
    if v == u or arrays.node[v, at.ROOM] == 1:
        return
    d, nowhere = 0.0, arrays.globe.shape[0] - 1
    if spot[u] != nowhere and spot[v] != nowhere:
        d = _apart(arrays, spot[u], spot[v])
    if d >= best[len(best) - 1]:
        return
    far = min(
        _after(d, opens[u], closes[u], length[u], opens[v], closes[v], timely),
        _after(d, opens[v], closes[v], length[v], opens[u], closes[u], timely),
    )
    if far >= best[len(best) - 1] or not _share(mates, group[u], group[v]):
        return
    for i in range(first):
        if found[u, i] == v:
            return
    _rank(best, found[u, first:], far, v)


@compiled
def _share(mates, one, other):
    """Whether two groups have a resource in common."""
    shared = np.int64(0)
    for w in range(mates.shape[1]):
        shared |= mates[one, w] & mates[other, w]
    return shared != 0


@compiled
def _rank(best, found, far, one):
    """Put one that is nearer than the last into its rank."""
    n = len(best) - 1
    while n > 0 and best[n - 1] > far:
        best[n], found[n] = best[n - 1], found[n - 1]
        n -= 1
    best[n], found[n] = far, one


@compiled
def _apart(arrays, a, b):
    """About the ticks between two places; on large maps on a plane, which is enough to compare."""
    if arrays.ticks.shape[0] > 0:
        return float(min(leg(arrays, 0, a, b)[0], leg(arrays, 0, b, a)[0]))
    lat = arrays.globe[a, LATITUDE] - arrays.globe[b, LATITUDE]
    lon = (arrays.globe[a, LONGITUDE] - arrays.globe[b, LONGITUDE]) * arrays.globe[a, CROSS]
    return _ticks_of(arrays, np.sqrt(lat * lat + lon * lon))


@compiled
def _north(arrays, a, b):
    """About the ticks between two places, as far as one lies north of the other."""
    return _ticks_of(arrays, abs(arrays.globe[a, LATITUDE] - arrays.globe[b, LATITUDE]))


@compiled
def _ticks_of(arrays, angle):
    metres = 0.5 * arrays.circle[0, 0] * angle
    return metres * arrays.circle[0, 1] * arrays.circle[0, 2] / arrays.circle[0, 3]


@compiled
def _after(d, open_a, close_a, length_a, open_b, close_b, timely):
    wait = max(0.0, open_b - (close_a + length_a + d))
    warp = max(0.0, open_a + length_a + d - close_b)
    return d + timely * (WAITING * wait + WARP * warp)


def near_lanes(arrays: Arrays, most: int) -> tuple[Small, Floats]:
    """For each slot, lanes whose start is near, the nearest first, of each class one; and how near the nearest is."""
    slots, lanes = len(arrays.suits), len(arrays.lane)
    found = np.full((slots, max(1, most)), -1, dtype=np.int32)
    reach = np.zeros(slots)
    classes = np.unique(arrays.lane[:, at.ALIKE], return_index=True)[1]
    order = classes[arrays.lane[classes, at.FROZEN] == 0].astype(np.int64)
    if slots and lanes:
        _lanes(arrays, spots(arrays), order, found, reach, np.empty(most))
    return found, reach


@entry
def _lanes(arrays, spot, order, found, reach, best):
    slots, most = found.shape
    nowhere = arrays.globe.shape[0] - 1
    for u in range(slots):
        for i in range(most):
            best[i] = 1e300
        place = spot[u]
        opening, closing = np.int64(0), at.NEVER
        if arrays.node[u, at.STARTS] < arrays.node[u, at.STARTS_END]:
            opening = arrays.pool[arrays.node[u, at.STARTS]]
            closing = arrays.pool[arrays.node[u, at.STARTS_END] - 1]
        for i in range(len(order)):
            lane = order[i]
            if not arrays.suits[u, arrays.lane[lane, at.RESOURCE]]:
                continue
            if arrays.lane[lane, at.FIRST] > closing or arrays.lane[lane, at.LATEST] < opening:
                continue
            far = 0.0
            home = arrays.node[slots + lane, at.PLACE]
            if place != nowhere and home != nowhere:
                far = _apart(arrays, home, place)
            far += 1e-3 * ((lane * 7919 + u * 104729) % 1009) / 1009.0
            if far < best[most - 1]:
                _rank(best, found[u], far, lane)
        reach[u] = best[0] if found[u, 0] >= 0 else 0.0


def mean_ways(arrays: Arrays) -> tuple[float, float]:
    """Mean costs of a leg between neighbours, with the time that it takes, and of a trip for a single stop.

    The first is the scale of what moves gain and lose: what comes after a leg waits for it, and may come late.
    """
    per_tick = float(arrays.money[:, at.WORKED].mean() if len(arrays.money) else 0.0)
    per_tick += float(arrays.rate[[at.WAITED, at.IDLE, at.BALANCE]].max())
    per_tick += float(arrays.rate[[at.LATE, at.LARGEST]].sum())
    if not len(arrays.near):
        return 0.0, 0.0
    near = float(_mean_way(arrays, arrays.near, per_tick, 0))
    return near, 2 * float(_mean_way(arrays, arrays.near_lanes, 0.0, len(arrays.suits)))


@entry
def _mean_way(arrays, near, per_tick, first):
    """Mean cost of the ways from slots to their ten nearest nodes, which are counted from `first` on."""
    total, count = 0.0, 0
    nowhere, lost = arrays.globe.shape[0] - 1, 2**30 if arrays.high.shape[0] == 0 else 2**40
    for u in range(near.shape[0]):
        for i in range(min(10, near.shape[1])):
            v = near[u, i] + first
            if near[u, i] >= 0 and arrays.node[u, at.PLACE] >= 0 and arrays.node[v, at.PLACE] >= 0:
                a, b = arrays.node[u, at.PLACE], arrays.node[v, at.PLACE]
                ticks, cost = leg(arrays, 0, a, b)
                if a != nowhere and b != nowhere and ticks < lost:
                    total += cost + per_tick * ticks
                    count += 1
    return total / max(1, count)
