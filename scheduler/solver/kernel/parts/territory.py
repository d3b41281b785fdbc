"""Territories: lanes that are near each other, about as many activities in each."""

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.arrays import Arrays, Floats, Ints
from scheduler.solver.kernel.engine import left_out
from scheduler.solver.kernel.legs import LOW
from scheduler.solver.kernel.state import State

LANDMARKS = 4


def spots(arrays: Arrays, chance: np.random.Generator) -> Floats:
    """A point for each place: on the map, or where travel is tabled by how far it is from some places."""
    if arrays.ticks.shape[0] == 0:
        where = np.nan_to_num(arrays.globe[:, :2])
        return np.column_stack([where[:, 0], where[:, 1] * np.cos(where[:, 0])])
    marks = chance.integers(0, max(1, len(arrays.globe) - 1), LANDMARKS)
    away = np.minimum(_ways(arrays)[marks], _ways(arrays)[:, marks].T).astype(np.float64)
    return np.asarray(np.minimum(away, np.median(away, axis=1, keepdims=True) * 10).T)


def _ways(arrays: Arrays) -> Ints:
    """Ticks between all places, as the first class travels."""
    ways: Ints = arrays.ticks[0].astype(np.int64)
    if len(arrays.high):
        ways += arrays.high[0].astype(np.int64) << LOW
    return ways


def territories(arrays: Arrays, state: State, size: int, chance: np.random.Generator) -> list[tuple[Ints, Ints]]:
    """Cut a plan into lanes, and activities from outside, with about `size` stops each; differently each time."""
    slots = len(arrays.suits)
    where = state.node[:slots, at.LANE]
    inside = np.flatnonzero(where >= 0)
    points = spots(arrays, chance)
    weight = np.bincount(where[inside], minlength=len(arrays.lane)).astype(np.float64)
    middle: Floats = np.column_stack(
        [np.bincount(where[inside], column[state.node[inside, at.WHERE]], len(weight)) for column in points.T]
    )
    middle = np.where(weight[:, None] > 0, middle / np.maximum(weight, 1)[:, None], points[_homes(arrays)])
    pieces = list(_halved(np.arange(len(weight)), middle, weight + 0.1, size, chance))
    piece_of = np.zeros(len(weight) + 1, dtype=np.int64)
    for n, lanes in enumerate(pieces):
        piece_of[lanes] = n
    _follow_guests(arrays, where, piece_of)
    outside = _outside(arrays, where, piece_of, len(pieces), chance)
    return [(np.flatnonzero(piece_of[:-1] == n), outside[n]) for n in range(len(pieces))]


def _homes(arrays: Arrays) -> Ints:
    slots = len(arrays.suits)
    heads = arrays.node[slots : slots + len(arrays.lane), at.PLACE]
    return np.where(arrays.lane[:, at.UNIT] == 1, arrays.lane[:, at.HOUSE], heads)


def _halved(lanes: Ints, middle: Floats, weight: Floats, size: int, chance: np.random.Generator) -> "list[Ints]":
    """Halve along a line drawn at random until the pieces are small."""
    if weight[lanes].sum() <= size or len(lanes) < 4:
        return [lanes]
    spread = middle[lanes].std(axis=0)
    along = (middle[lanes] / np.where(spread > 0, spread, 1.0)) @ chance.normal(size=middle.shape[1])
    order = lanes[np.argsort(along, kind="stable")]
    total = np.cumsum(weight[order])
    half = int(np.clip(np.searchsorted(total, total[-1] / 2), 1, len(order) - 1))
    return [
        *_halved(np.sort(order[:half]), middle, weight, size, chance),
        *_halved(np.sort(order[half:]), middle, weight, size, chance),
    ]


def _follow_guests(arrays: Arrays, where: Ints, piece_of: Ints) -> None:
    """Give each unit of a room to the territory of those who use it most."""
    owner = arrays.node[: len(where), at.ACTIVITY]
    people = (where >= 0) & (arrays.lane[where, at.UNIT] == 0)
    piece_by_activity = np.full(len(arrays.activity), -1, dtype=np.int64)
    piece_by_activity[owner[people]] = piece_of[where[people]]
    rooms = np.flatnonzero((where >= 0) & ~people)
    for lane in np.unique(where[rooms]):
        pieces = piece_by_activity[owner[rooms[where[rooms] == lane]]]
        if (pieces >= 0).any():
            piece_of[lane] = np.bincount(pieces[pieces >= 0]).argmax()


def _outside(arrays: Arrays, where: Ints, piece_of: Ints, count: int, chance: np.random.Generator) -> list[Ints]:
    """What is outside goes where its nearest neighbour is that stands where it could, or where who alone can is; who
    joins somebody held, there."""
    owner = arrays.node[: len(where), at.ACTIVITY]
    out = left_out(arrays, where)
    slots = np.flatnonzero(out[owner] & (arrays.node[: len(where), at.ROOM] == 0))
    piece = chance.integers(0, count, len(arrays.activity))
    if len(slots):
        near = arrays.near[slots]
        there = (near >= 0) & (where[near] >= 0)
        there &= arrays.suits[slots[:, None], arrays.lane[where[near], at.RESOURCE]]
        first = near[np.arange(len(slots)), there.argmax(axis=1)]
        found = there.any(axis=1)
        piece[owner[slots[found]]] = piece_of[where[first[found]]]
        for slot in slots[arrays.node[slots, at.FEW] < arrays.node[slots, at.FEW_END]]:
            alone = arrays.pool[arrays.node[slot, at.FEW] : arrays.node[slot, at.FEW_END]]
            piece[owner[slot]] = piece_of[chance.choice(alone)]
    piece[owner[where >= 0]] = piece_of[where[where >= 0]]
    return [np.flatnonzero(out & (piece == n)) for n in range(count)]
