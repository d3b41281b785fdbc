"""Which slots are near each other in place and time: the neighbourhoods that moves look at.

It is looked for in strips of the map, as far as what was found is. Strips lie from south to north and have about as
many slots as there are strips, each from west to east. The last one has what is nowhere. Where a table says how far it
is, which knows no direction, all are in that.
"""

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.arrays import Arrays, Flags, Floats, Ints, Small
from scheduler.solver.kernel.jit import Tables, compiled, entry
from scheduler.solver.kernel.legs import CROSS, LATITUDE, LONGITUDE
from scheduler.solver.kernel.nearness import apart, spots, ticks_of

WAITING, WARP = 0.2, 1.0
"""What a tick of unavoidable waiting, and of unavoidable lateness, counts in ticks of travel (Vidal et al. 2013)."""


class Known(Tables):
    """What is known of S slots while neighbours are looked for."""

    spot: Ints
    """(S,) places."""
    group: Ints
    """(S,) slots that suit the same resources form a group."""
    mates: Ints
    """(groups, words) its resources as bits."""
    opens: Ints
    """(S,) first start."""
    closes: Ints
    """(S,) last start; the last one that is not late, if there is any."""
    length: Ints
    """(S,)"""
    turn: Ints
    """(S,) number from south to north, by which those that are as near are told apart; below 0 for what is nowhere."""
    order: Ints
    """The slots for people, strip by strip."""
    begin: Ints
    """(strips + 2,) where each strip begins in that order."""
    edges: Floats
    """(strips, 2) its southernmost and its northernmost latitude."""


def near_slots(arrays: Arrays, most: int, more: int) -> Small:
    """For each slot the `most` others that are nearest in place and time and that some resource could serve as well.

    Behind them `more` that are nearest in place alone: a stop often fits between two that are served far from its time.
    """
    slots = len(arrays.suits)
    most = max(1, min(most, slots - 1))
    more = max(0, min(more, slots - 1 - most))
    known, found, best = _known(arrays), np.full((slots, most + more), -1, dtype=np.int32), np.empty(most + more)
    _nearest(arrays, known, found, 0, best[:most], 1.0)
    if more > 0:
        _nearest(arrays, known, found, most, best[most:], 0.0)
    return found


def _known(arrays: Arrays) -> Known:
    spot, (mates, group) = spots(arrays), _groups(arrays.suits)
    opens, closes = _reach(arrays)
    lost = (spot == len(arrays.globe) - 1) | (len(arrays.ticks) > 0)
    turn = np.empty(len(spot), dtype=np.int64)
    turn[np.argsort(arrays.globe[spot, LATITUDE], kind="stable")] = np.arange(len(spot))  # nowhere comes last
    here = np.flatnonzero(arrays.node[: len(spot), at.ROOM] == 0)
    order, begin, edges = _strips(arrays, spot, here[~lost[here]])
    return Known(
        spot=spot,
        group=group,
        mates=mates,
        opens=opens,
        closes=closes,
        length=arrays.duration.max(axis=1, initial=0),
        turn=np.where(lost & (len(arrays.ticks) == 0), turn - len(spot), turn),
        order=np.concatenate([order, here[lost[here]]]),
        begin=np.append(begin, len(here)),
        edges=edges,
    )


def _strips(arrays: Arrays, spot: Ints, slots: Ints) -> tuple[Ints, Ints, Floats]:
    """Slots strip by strip, where each strip begins, and its edges."""
    north, east = arrays.globe[spot, LATITUDE], arrays.globe[spot, LONGITUDE]
    slots, count = slots[np.argsort(north[slots])], int(np.sqrt(len(slots)))
    begin = np.linspace(0, len(slots), count + 1).astype(np.int64)
    edges = np.column_stack([north[slots[begin[:-1]]], north[slots[begin[1:] - 1]]])
    strip = np.repeat(np.arange(count), np.diff(begin))
    return slots[np.lexsort((east[slots], strip))], begin, edges


def _groups(suits: Flags) -> tuple[Ints, Ints]:
    """The resources of each group as bits of words, and the group of each slot."""
    if not suits.size:
        return np.zeros((1, 0), dtype=np.int64), np.zeros(len(suits), dtype=np.int64)
    packed = np.packbits(suits, axis=1)
    numbers: dict[bytes, int] = {}
    group = [numbers.setdefault(row.tobytes(), len(numbers)) for row in packed]
    words = np.zeros((len(numbers), -(-packed.shape[1] // 8) * 8), dtype=np.uint8)
    words[:, : packed.shape[1]] = np.frombuffer(b"".join(numbers), dtype=np.uint8).reshape(len(numbers), -1)
    return words.view(np.int64), np.array(group, dtype=np.int64)


def _reach(arrays: Arrays) -> tuple[Ints, Ints]:
    """First and last start of each slot, as `Known` has them."""
    slots = arrays.node[: len(arrays.suits)]
    opens, closes = np.zeros(len(slots), dtype=np.int64), np.zeros(len(slots), dtype=np.int64)
    some = np.flatnonzero(slots[:, at.STARTS] < slots[:, at.STARTS_END])
    opens[some], closes[some] = arrays.pool[slots[some, at.STARTS]], arrays.pool[slots[some, at.STARTS_END] - 1]
    due = slots[:, at.DUE]
    return opens, np.where(due == at.UNKNOWN, closes, np.maximum(opens, np.minimum(closes, due)))


@entry
def _nearest(arrays, known, found, first, best, timely):
    """Look from each slot to its strip and those to the north, then to those to the south.

    What is found goes into the columns from `first` on, without what stands before them; time counts `timely` times.
    """
    strips = known.edges.shape[0]
    for own in range(strips + 1):
        for i in range(known.begin[own], known.begin[own + 1]):
            u = known.order[i]
            for k in range(best.shape[0]):
                best[k] = 1e300
            _look_along(arrays, known, found, first, best, timely, u, strips, True)
            for way in (1, -1):
                strip = own if way == 1 else own - 1
                while 0 <= strip < strips:
                    if own < strips and _off(arrays, known, u, strip) > best[best.shape[0] - 1]:
                        break
                    _look_along(arrays, known, found, first, best, timely, u, strip, own == strips)
                    strip += way


@compiled
def _look_along(arrays, known, found, first, best, timely, u, strip, whole):
    """Compare u with the slots of a strip, the whole of it or from its own longitude as far as may be."""
    begin, end = known.begin[strip], known.begin[strip + 1]
    east, low, high = arrays.globe[known.spot[u], LONGITUDE], begin, end
    while low < high:
        middle = (low + high) // 2
        if arrays.globe[known.spot[known.order[middle]], LONGITUDE] < east:
            low = middle + 1
        else:
            high = middle
    for way in (1, -1):
        j = low if way == 1 else low - 1
        while begin <= j < end:
            v = known.order[j]
            if not whole and _east(arrays, known.spot[u], known.spot[v]) > best[best.shape[0] - 1]:
                break
            _compare(arrays, known, found, first, best, timely, u, v)
            j += way


@compiled
def _compare(arrays, known, found, first, best, timely, u, v):
    """Rank v among the nearest of u."""
    if v == u:
        return
    d, nowhere, n = 0.0, arrays.globe.shape[0] - 1, best.shape[0] - 1
    if known.spot[u] != nowhere and known.spot[v] != nowhere:
        d = apart(arrays, known.spot[u], known.spot[v])
    if d > best[n]:
        return
    far = min(_after(known, d, u, v, timely), _after(known, d, v, u, timely))
    if not _leads(known, best, found, first, far, u, v, n) or not _share(known, u, v):
        return
    for i in range(first):
        if found[u, i] == v:
            return
    while n > 0 and _leads(known, best, found, first, far, u, v, n - 1):
        best[n], found[u, first + n] = best[n - 1], found[u, first + n - 1]
        n -= 1
    best[n], found[u, first + n] = far, v


@compiled
def _leads(known, best, found, first, far, u, v, n):
    """Whether v, so far from u, comes before the one of rank n."""
    if far != best[n]:
        return far < best[n]
    return _turn(known, u, v) < _turn(known, u, found[u, first + n])


@compiled
def _turn(known, u, v):
    """Of two that are as near the first is nowhere; then come those in the south, those near in latitude first."""
    turn, own = known.turn[v], known.turn[u] if known.turn[u] >= 0 else known.turn.shape[0]
    return own - turn if 0 <= turn < own else turn


@compiled
def _share(known, u, v):
    """Whether two slots have a resource in common."""
    one, other, shared = known.group[u], known.group[v], np.int64(0)
    for w in range(known.mates.shape[1]):
        shared |= known.mates[one, w] & known.mates[other, w]
    return shared != 0


@compiled
def _after(known, d, u, v, timely):
    """How far v is when it comes after u."""
    earliest, latest = known.opens[u] + known.length[u] + d, known.closes[u] + known.length[u] + d
    return d + timely * (WAITING * max(0.0, known.opens[v] - latest) + WARP * max(0.0, earliest - known.closes[v]))


@compiled
def _off(arrays, known, u, strip):
    """About the ticks from a slot to a strip, as far as it lies north or south of it."""
    here = arrays.globe[known.spot[u], LATITUDE]
    return ticks_of(arrays, max(0.0, max(known.edges[strip, 0] - here, here - known.edges[strip, 1])))


@compiled
def _east(arrays, a, b):
    """About the ticks between two places, as far as one lies east of the other."""
    return ticks_of(arrays, abs(arrays.globe[a, LONGITUDE] - arrays.globe[b, LONGITUDE]) * arrays.globe[a, CROSS])
