"""Where slots are, which lanes are near them, and how far it is between neighbours."""

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.arrays import Arrays, Floats, Ints, Small
from scheduler.solver.kernel.jit import compiled, entry
from scheduler.solver.kernel.legs import CROSS, LATITUDE, LONGITUDE, leg


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


@compiled
def _rank(best, found, far, one):
    """Put one that is nearer than the last into its rank."""
    n = len(best) - 1
    while n > 0 and best[n - 1] > far:
        best[n], found[n] = best[n - 1], found[n - 1]
        n -= 1
    best[n], found[n] = far, one


@compiled
def apart(arrays, a, b):
    """About the ticks between two places; on large maps on a plane, which is enough to compare."""
    if arrays.ticks.shape[0] > 0:
        return float(min(leg(arrays, 0, a, b)[0], leg(arrays, 0, b, a)[0]))
    lat = arrays.globe[a, LATITUDE] - arrays.globe[b, LATITUDE]
    lon = (arrays.globe[a, LONGITUDE] - arrays.globe[b, LONGITUDE]) * arrays.globe[a, CROSS]
    return ticks_of(arrays, np.sqrt(lat * lat + lon * lon))


@compiled
def ticks_of(arrays, angle):
    """About the ticks for an angle on the great circle, in radians."""
    metres = 0.5 * arrays.circle[0, 0] * angle
    return metres * arrays.circle[0, 1] * arrays.circle[0, 2] / arrays.circle[0, 3]


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
                far = apart(arrays, home, place)
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
