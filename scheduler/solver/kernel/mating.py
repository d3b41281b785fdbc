"""Two plans mated: one takes over some neighbouring days of the other (route exchange, Nagata et al. 2010)."""

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.arrays import Arrays, Flags
from scheduler.solver.kernel.state import State, stops_of, write_stops

MOST_SHARE = 0.5
"""Of the days that the giving plan uses, at most so many are taken over."""


def mate(arrays: Arrays, child: State, giver: State, chance: np.random.Generator) -> bool:
    """Write some days of `giver` into `child`, a copy of the other parent; False, and nothing done, where none can be.

    Activities that come along are taken out of the child's other days. Those without a place in the child then, and all
    that must not be mixed, such as a team of which only a part comes along, are left outside. Times are not brought up
    to date.
    """
    given = _pairs(arrays, child, giver, chance)
    coming, leaving = _moving(arrays, child, giver, given)
    slots = len(arrays.suits)
    owner, where = arrays.node[:slots, at.ACTIVITY], child.node[:slots, at.LANE]
    joined = (arrays.activity[owner, at.HELD] > 0) & (arrays.node[:slots, at.FIXED] == at.STANDS)
    gone = leaving[owner] & (where >= 0) & ~joined
    if not given or (arrays.node[:slots, at.FIXED][gone] > 0).any():
        return False
    stays = {lane: stops_of(child, lane) for lane in {*given.values(), *where[gone].tolist()}}
    lists = {lane: [u for u in stops if not gone[u]] for lane, stops in stays.items()}
    child.node[:slots, at.LANE][gone] = -1
    for source, lane in given.items():
        lists[lane] = [u for u in stops_of(giver, source) if coming[owner[u]]]
        child.node[lists[lane], at.WHERE : at.WINDOW + 1] = giver.node[lists[lane], at.WHERE : at.WINDOW + 1]
        column = int(arrays.lane[lane, at.RESOURCE]) if arrays.duration.shape[1] > 1 else 0
        child.node[lists[lane], at.DURATION] = arrays.duration[lists[lane], column]
    for lane, stops in lists.items():
        write_stops(child, lane, stops)
    child.node[:, at.BOUND] = 0
    return True


def _pairs(arrays: Arrays, child: State, giver: State, chance: np.random.Generator) -> dict[int, int]:
    """Days of the giver around a seed, and for each the day of the child, of the same class, that is most like it."""
    slots = len(arrays.suits)
    free = (arrays.lane[:, at.UNIT] == 0) & (arrays.lane[:, at.FROZEN] == 0)
    held = arrays.node[:slots, at.FIXED] > 0
    for state in (child, giver):
        free[state.node[:slots, at.LANE][held & (state.node[:slots, at.LANE] >= 0)]] = False
    most = 1 + int(chance.integers(max(1, int(MOST_SHARE * (free & (giver.lane[:, at.SIZE] > 0)).sum()))))
    seed, pairs = int(chance.integers(slots)), dict[int, int]()
    for v in (seed, *arrays.near[seed][arrays.near[seed] >= 0].tolist()):
        source = int(giver.node[v, at.LANE])
        if source < 0 or not free[source] or source in pairs or len(pairs) == most:
            continue
        like = free & (arrays.lane[:, at.ALIKE] == arrays.lane[source, at.ALIKE])
        like[list(pairs.values())] = False
        if like.any():
            pairs[source] = _most_like(child, source, like, stops_of(giver, source))
    return pairs


def _most_like(child: State, source: int, like: Flags, stops: list[int]) -> int:
    """The lane that holds most of the stops; the one that they come from where none holds any."""
    where = child.node[stops, at.LANE]
    shared = np.where(like, np.bincount(where[where >= 0], minlength=len(like)), -1)
    return source if like[source] and shared.max() == 0 else int(shared.argmax())


def _moving(arrays: Arrays, child: State, giver: State, given: dict[int, int]) -> tuple[Flags, Flags]:
    """Which activities come along, and which leave their places in the child."""
    slots = len(arrays.suits)
    owner, there = arrays.node[:slots, at.ACTIVITY], giver.node[:slots, at.LANE]
    coming, leaving = np.zeros(len(arrays.activity), bool), np.zeros(len(arrays.activity), bool)
    inside = np.isin(there, list(given))
    coming[owner[inside]] = True
    coming[owner[(there >= 0) & ~inside]] = False
    coming[arrays.activity[:, at.LINKS] < arrays.activity[:, at.LINKS_END]] = False
    leaving[owner[np.isin(child.node[:slots, at.LANE], list(given.values()))]] = True
    leaving |= coming
    waiting = np.flatnonzero(leaving).tolist()
    while waiting:
        begin, end = arrays.activity[waiting.pop(), [at.LINKS, at.LINKS_END]]
        for other, kind in arrays.pool[begin:end].reshape(-1, at.LINK).tolist():
            if kind & at.NEEDED and not leaving[other]:
                leaving[other] = True
                waiting.append(other)
    return coming, leaving
