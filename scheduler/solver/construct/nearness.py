"""Which lanes are near a place, and what concerns a slot."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

import numpy as np

from scheduler.solver.compiled import Compiled, Late, Tie
from scheduler.solver.travel import NOWHERE, Ints

T = TypeVar("T")


class Nearness:
    """Lanes by the nearest of their stops and their start; ties, lateness and groups by slot."""

    def __init__(self, compiled: Compiled) -> None:
        self.c = compiled
        technicians = np.flatnonzero(~compiled.lanes.is_room & (compiled.first <= compiled.latest))
        self._lane = Growing(technicians)
        self._where = Growing(compiled.lanes.start_place[technicians])
        self._ties = _by_slot((tie, (tie.slot, tie.other)) for tie in compiled.ties)
        self._together = _by_slot((group, group) for group in compiled.together)
        self._late = _by_slot((late, (late.slot,)) for late in compiled.lates)

    def moved(self, lane: int, place: int) -> None:
        """A lane has one more stop."""
        self._lane.append(lane)
        self._where.append(place)

    def lanes(self, slot: int, place: int) -> Iterator[int]:
        """Lanes that the masks admit for a slot, the nearest first."""
        c, lane = self.c, self._lane.values
        low, high = (c.starts[slot][0][0], c.starts[slot][-1][1]) if c.starts[slot] else (1, 0)
        ok = c.suits[slot][c.lanes.resource[lane]] & (c.latest[lane] >= low) & (c.first[lane] <= high)
        lane, where = lane[ok], self._where.values[ok]
        seen = set[int]()
        for n in np.argsort(self._distance(place, where), kind="stable"):
            v = int(lane[n])
            if v not in seen and (slot, v) not in c.barred:
                seen.add(v)
                yield v

    def _distance(self, place: int, where: Ints) -> Ints:
        if place == NOWHERE or not len(where):
            return np.zeros(len(where), dtype=np.int64)
        ticks: Ints = self.c.travel.tables(0, np.array([place]), where)[0][0]
        return ticks

    def ties_of(self, slot: int) -> list[Tie]:
        return self._ties.get(slot, [])

    def together_of(self, slot: int) -> list[tuple[int, ...]]:
        return self._together.get(slot, [])

    def lates_of(self, slot: int) -> list[Late]:
        return self._late.get(slot, [])


class Growing:
    """An array that one can append to."""

    def __init__(self, values: Ints) -> None:
        self._all = np.concatenate([values, np.zeros(max(64, len(values)), dtype=np.int64)])
        self._count = len(values)

    @property
    def values(self) -> Ints:
        return self._all[: self._count]

    def append(self, value: int) -> None:
        if self._count == len(self._all):
            self._all = np.concatenate([self._all, np.zeros(self._count, dtype=np.int64)])
        self._all[self._count] = value
        self._count += 1


def _by_slot(pairs: Iterable[tuple[T, tuple[int, ...]]]) -> dict[int, list[T]]:
    groups: dict[int, list[T]] = {}
    for item, slots in pairs:
        for slot in slots:
            groups.setdefault(slot, []).append(item)
    return groups
