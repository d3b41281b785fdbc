"""Rooms while a plan is constructed."""

from collections import Counter
from collections.abc import Iterator
from itertools import accumulate, pairwise

from scheduler.solver.compiled import Compiled, Spans, meet
from scheduler.solver.construct.rests import without
from scheduler.solver.construct.stops import NEVER, Gap
from scheduler.solver.solution import Placed


class RoomState:
    """A room: who is in it when."""

    def __init__(self, compiled: Compiled, lane: int) -> None:
        self.c, self.lane = compiled, lane
        self._inside: list[tuple[int, int, int]] = []

    def add(self, slot: int, placed: Placed, place: int, gap: Gap | None, *, movable: bool) -> dict[int, int]:
        start = placed.start - int(self.c.slots.setup[slot])
        end = placed.start + placed.duration + int(self.c.slots.teardown[slot]) + int(self.c.turnaround[self.lane])
        self._inside.append((start, end, int(self.c.slots.effort[slot])))
        return {}

    def gaps(self, slot: int, place: int, length: int, starts: Spans, *, backwards: bool = False) -> Iterator[Gap]:
        """Earliest starts in the free time of the room."""
        c, setup = self.c, int(self.c.slots.setup[slot])
        around = setup + length + int(c.slots.teardown[slot])
        rest = int(c.turnaround[self.lane])
        spans = meet(starts, ((int(c.first[self.lane]) + setup, int(c.latest[self.lane]) - around + setup),))
        closed = [(a, b) for a, b in c.blocked[self.lane]]
        full = [(a - rest, b) for a, b in self._full(int(c.slots.effort[slot]))]
        for a, b in sorted((*closed, *full)):
            spans = without(spans, a - around + setup, b + setup)
        first = sorted(set(spans))[:6]
        for a, b in reversed(first) if backwards else first:
            yield Gap(a, 0.0)
            if b > a:
                yield Gap(b, 0.1)

    def _full(self, effort: int) -> list[tuple[int, int]]:
        """Spans in which the effort does not fit any more."""
        capacity = int(self.c.room_capacity[self.lane])
        if capacity < 0:
            return []
        if effort > capacity:
            return [(0, NEVER)]
        changes = Counter[int]()
        for a, b, inside in self._inside:
            changes[a] += inside
            changes[b] -= inside
        edges = sorted(changes)
        loads = accumulate(changes[edge] for edge in edges)
        return [(a, b) for (a, b), load in zip(pairwise(edges), loads, strict=False) if load + effort > capacity]
