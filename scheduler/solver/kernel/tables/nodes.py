"""Slots and the ends of lanes: where, when, and what hangs on them."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from scheduler.solver.compiled import Compiled, Late, meet
from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.arrays import Ints
from scheduler.solver.kernel.tables.held import Joining
from scheduler.solver.kernel.tables.pool import Pool
from scheduler.solver.travel import NOWHERE


class NodeTable:
    """The rows of the slots, then of heads and tails."""

    def __init__(self, compiled: Compiled, pool: Pool, source: Ints, nowhere: int, joining: dict[int, Joining]) -> None:
        self.c, self.pool, self.source, self.nowhere = compiled, pool, source, nowhere
        self.slots = len(compiled.slots)
        self.joining = {slot: starts for part in joining.values() for slot, starts in part.starts.items()}

    def table(self) -> Ints:
        c, n, m = self.c, self.slots, len(self.source)
        table = np.zeros((n + 2 * m, at.NODE_COLUMNS), dtype=np.int64)
        table[:, at.STOOD], table[:, at.UNTIL], table[:, at.DUE] = -at.NEVER, at.NEVER, at.NEVER
        table[:n, at.ACTIVITY] = c.slots.activity
        table[:n, at.PLACE] = self._places()
        table[:n, at.BEFORE], table[:n, at.AFTER] = c.slots.setup, c.slots.teardown
        table[:n, at.ROOM] = c.slots.is_room
        table[:n, at.TWIN] = self._twins()
        for slot in c.holds:
            table[slot, at.FIXED] = at.STANDS if c.is_held(slot) else at.STAYS
        heads, tails = c.lanes.start_place[self.source], c.lanes.end_place[self.source]
        table[n : n + m, at.PLACE] = np.where(heads == NOWHERE, self.nowhere, heads)
        table[n + m :, at.PLACE] = np.where(tails == NOWHERE, self.nowhere, tails)
        self._times(table)
        self._arcs(table)
        self._barred(table)
        self._wishes(table)
        return table

    def _places(self) -> Ints:
        """A place, nowhere (no travel), or -1: that of the room that is chosen."""
        c = self.c
        with_room = {int(a) for a, room in zip(c.slots.activity, c.slots.is_room, strict=True) if room}
        open_place = np.array([int(a) in with_room for a in c.slots.activity], dtype=np.bool_)
        unplaced = np.where(open_place & ~c.slots.is_room, -1, self.nowhere)
        return np.where(c.slots.is_room | (c.slots.place == NOWHERE), unplaced, c.slots.place)

    def _twins(self) -> list[bool]:
        """Whether a slot asks for the same as the one before it: of the same people, at the same time."""
        c, keys = self.c, self.c.slots.keys
        apart = {(tie.slot, tie.other) for tie in c.ties if tie.least or tie.most != 0}
        free = [slot not in c.holds for slot in range(self.slots)]

        def is_twin(u: int, v: int) -> bool:
            same = keys[u][:2] == keys[v][:2] and c.slots.requirement_set[u] == c.slots.requirement_set[v]
            together = (u, v) not in apart and (v, u) not in apart
            return bool(same and together and free[u] and free[v] and (c.suits[u] == c.suits[v]).all())

        return [slot > 0 and is_twin(slot - 1, slot) for slot in range(self.slots)]

    def _times(self, table: Ints) -> None:
        c, whole = self.c, ((0, max(self.c.horizon, int(self.c.latest.max(initial=0)))),)
        lates = defaultdict(list)
        for late in c.lates:
            lates[late.slot].append(late)
        shortest = np.where(c.suits, c.durations, at.NEVER).min(axis=1, initial=at.NEVER)
        longest = np.where(c.suits, c.durations, 0).max(axis=1, initial=0)
        for slot in range(self.slots):
            starts, ends = self.joining.get(slot, c.starts[slot]), c.ends[slot]
            if ends != whole and shortest[slot] == longest[slot] and not c.slots.is_room[slot]:
                length = int(longest[slot])
                starts, ends = meet(starts, tuple((a - length, b - length) for a, b in ends)), whole
            table[slot, [at.STARTS, at.STARTS_END]] = self.pool.spans(starts)
            table[slot, [at.ENDS, at.ENDS_END]] = self.pool.spans(() if ends == whole else ends)
            table[slot, at.DUE] = _due(lates[slot])
            stretches = [
                (int(late.opens_at_end), int(late.closes_at_end), *self.pool.spans(late.windows))
                for late in lates[slot]
            ]
            table[slot, [at.LATES, at.LATES_END]] = self.pool.put(x for record in stretches for x in record)

    def _arcs(self, table: Ints) -> None:
        c = self.c
        arcs: dict[int, list[tuple[int, int, int, int]]] = defaultdict(list)
        for tie in c.ties:
            arcs[tie.slot].append((tie.other, tie.least, 0, 0))
            if tie.most is not None:
                arcs[tie.other].append((tie.slot, -tie.most, 0, 0))
        for link in c.links:
            for before in c.slots_of[link.before]:
                for after in c.slots_of[link.after]:
                    arcs[before].append((after, link.least, int(link.from_finish), 0))
                    if link.most is not None:
                        arcs[after].append((before, -link.most, 0, int(link.from_finish)))
        coming: dict[int, list[int]] = defaultdict(list)
        for slot, found in arcs.items():
            table[slot, [at.ARCS, at.ARCS_END]] = self.pool.put(x for arc in found for x in arc)
            for other, *_ in found:
                coming[other].append(slot)
        for slot, sources in coming.items():
            table[slot, [at.ARCS_IN, at.ARCS_IN_END]] = self.pool.put(sorted(set(sources)))

    def _barred(self, table: Ints) -> None:
        barred: dict[int, list[int]] = defaultdict(list)
        copies: dict[int, list[int]] = defaultdict(list)
        for lane, source in enumerate(self.source):
            copies[int(source)].append(lane)
        for slot, where in self.c.barred:
            barred[slot] += copies[where]
        for slot, lanes in barred.items():
            table[slot, [at.BARRED, at.BARRED_END]] = self.pool.put(sorted(lanes))

    def _wishes(self, table: Ints) -> None:
        c, standing = self.c, self.c.problem.standing
        stood = {b.key: c.clock.floor(b.start) for b in standing.bookings} if standing else {}
        for slot, key in enumerate(c.slots.keys):
            table[slot, at.STOOD] = stood.get(key, -at.NEVER)
        for n, name in enumerate(c.activities):
            windows = c.problem.activity[name].preferred_windows
            spans = tuple((c.clock.ceil(w.start), c.clock.floor(w.end)) for w in windows)
            held_last = sorted(reversed(c.slots_of[n]), key=c.is_held)
            sets = {int(c.slots.requirement_set[s]): s for s in held_last}
            for first in sets.values():
                table[first, at.CHARGED] = 1
                table[first, [at.WISHES, at.WISHES_END]] = self.pool.spans(spans)


def _due(lates: Sequence[Late]) -> int:
    """When a slot must start not to be late, where one window of its start says so."""
    if not lates:
        return at.NEVER
    late = lates[0]
    simple = len(lates) == len(late.windows) == 1 and not late.opens_at_end and not late.closes_at_end
    return late.windows[0][1] if simple else at.UNKNOWN
