"""Slots and the ends of lanes: where, when, and what hangs on them."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from scheduler.solver.compiled import Compiled, Late, meet
from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.arrays import Ints
from scheduler.solver.kernel.tables.held import Joining, outlasted
from scheduler.solver.kernel.tables.pool import Pool
from scheduler.solver.travel import NOWHERE


class NodeTable:
    """The rows of the slots, then of heads and tails."""

    def __init__(
        self, compiled: Compiled, pool: Pool, source: Ints, holds: Ints, nowhere: int, joining: dict[int, Joining]
    ) -> None:
        self.c, self.pool, self.source, self.holds, self.nowhere = compiled, pool, source, holds, nowhere
        self.slots = len(compiled.slots)
        self.joining = {slot: starts for part in joining.values() for slot, starts in part.starts.items()}

    def table(self) -> Ints:
        c, n, m = self.c, self.slots, len(self.source)
        table = np.zeros((n + 2 * m, at.NODE_COLUMNS), dtype=np.int64)
        table[:, at.STOOD], table[:, at.UNTIL], table[:, at.DUE] = -at.NEVER, at.NEVER, at.NEVER
        table[:n, at.ACTIVITY] = c.slots.activity
        table[:n, at.PLACE] = self._places()
        table[:n, at.BEFORE], table[:n, at.AFTER] = c.slots.setup, c.slots.teardown
        for slot, longer in outlasted(c).items():
            table[slot, at.AFTER] += longer
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
        with_room = np.isin(c.slots.activity, c.slots.activity[c.slots.is_room])
        unplaced = np.where(with_room & ~c.slots.is_room, -1, self.nowhere)
        return np.where(c.slots.is_room | (c.slots.place == NOWHERE), unplaced, c.slots.place)

    def _twins(self) -> list[bool]:
        """Whether a slot asks for the same as the one before it: of the same people, at the same time."""
        c, keys, sets = self.c, self.c.slots.keys, self.c.slots.requirement_set
        apart = {(tie.slot, tie.other) for tie in c.ties if tie.least or tie.most != 0}

        def is_twin(u: int, v: int) -> bool:
            if keys[u][:2] != keys[v][:2] or u in c.holds or v in c.holds:
                return False
            together = (u, v) not in apart and (v, u) not in apart
            return bool(together and sets[u] == sets[v] and (c.suits[u] == c.suits[v]).all())

        return [slot > 0 and is_twin(slot - 1, slot) for slot in range(self.slots)]

    def _times(self, table: Ints) -> None:
        c, whole = self.c, ((0, max(self.c.horizon, int(self.c.latest.max(initial=0)))),)
        lates: dict[int, list[Late]] = defaultdict(list)
        for late in c.lates:
            lates[late.slot].append(late)
        rows = []
        for slot in range(self.slots):
            starts, ends, due = self.joining.get(slot, c.starts[slot]), c.ends[slot], lates.get(slot, [])
            if ends != whole and (length := self._length(slot)) is not None:
                starts, ends = meet(starts, tuple((a - length, b - length) for a, b in ends)), whole
            spans = *self.pool.spans(starts), *self.pool.spans(() if ends == whole else ends)
            stretches = [(late.opens_at_end, late.closes_at_end, *self.pool.spans(late.windows)) for late in due]
            rows.append((*spans, *self.pool.put(x for record in stretches for x in record), _due(due)))
        columns = [at.STARTS, at.STARTS_END, at.ENDS, at.ENDS_END, at.LATES, at.LATES_END, at.DUE]
        table[: self.slots, columns] = np.reshape(rows, (-1, len(columns)))

    def _length(self, slot: int) -> int | None:
        """How long a slot lasts, where that is the same for all people whom it suits."""
        lengths = np.unique(self.c.durations[slot, self.c.suits[slot]])
        return int(lengths[0]) if len(lengths) == 1 and not self.c.slots.is_room[slot] else None

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
        small = (self.holds > 0) & (self.holds < self.c.slots.effort.max(initial=0))
        for lane in np.flatnonzero(small).tolist():
            suited = self.c.suits[:, self.c.lanes.resource[self.source[lane]]]
            for slot in np.flatnonzero(suited & (self.c.slots.effort > self.holds[lane])).tolist():
                barred[slot].append(lane)
        for slot, lanes in barred.items():
            table[slot, [at.BARRED, at.BARRED_END]] = self.pool.put(sorted(lanes))

    def _wishes(self, table: Ints) -> None:
        c, standing = self.c, self.c.problem.standing
        stood = {b.key: c.clock.floor(b.start) for b in standing.bookings} if standing else {}
        table[: self.slots, at.STOOD] = [stood.get(key, -at.NEVER) for key in c.slots.keys]
        sets, charged, wishes = c.slots.requirement_set.tolist(), list[int](), list[tuple[int, int]]()
        for n, name in enumerate(c.activities):
            windows = c.problem.activity[name].preferred_windows
            spans = tuple((c.clock.ceil(w.start), c.clock.floor(w.end)) for w in windows)
            held_last = sorted(reversed(c.slots_of[n]), key=c.is_held)
            for first in {sets[s]: s for s in held_last}.values():
                charged.append(first)
                wishes.append(self.pool.spans(spans))
        table[charged, at.CHARGED] = 1
        table[np.ix_(charged, [at.WISHES, at.WISHES_END])] = np.reshape(wishes, (-1, 2))


def _due(lates: Sequence[Late]) -> int:
    """When a slot must start not to be late, where one window of its start says so."""
    if not lates:
        return at.NEVER
    late = lates[0]
    simple = len(lates) == len(late.windows) == 1 and not late.opens_at_end and not late.closes_at_end
    return late.windows[0][1] if simple else at.UNKNOWN
