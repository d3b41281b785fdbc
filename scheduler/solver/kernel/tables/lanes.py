"""Lanes: when and where a day or a room is, what it owes, and which are alike."""

from collections import defaultdict

import numpy as np

from scheduler.solver.compiled import Compiled, Spans
from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.arrays import Flags, Ints
from scheduler.solver.kernel.money import Money
from scheduler.solver.kernel.roads import Roads
from scheduler.solver.kernel.tables.crowded import crowded, in_order
from scheduler.solver.kernel.tables.pool import Pool
from scheduler.solver.kernel.tables.suited import varied
from scheduler.solver.travel import NOWHERE

SAME = [
    at.FIRST, at.LAST, at.LATEST, at.FIXED_DEPARTURE, at.DEPOT, at.RESTOCK, at.SITE, at.MOST_BOOKINGS, at.MOST_TIME,
    at.CLASS, at.HOLDS,
]  # fmt: skip
"""Columns that are equal for lanes of a class."""


class LaneTable:
    """The rows of technicians' days, then of units of rooms."""

    def __init__(self, compiled: Compiled, pool: Pool, source: Ints, holds: Ints, roads: Roads, money: Money) -> None:
        self.c, self.pool, self.source, self.holds, self.roads, self.money = compiled, pool, source, holds, roads, money
        self.fees: list[float] = []
        self.crowded, self.begins = crowded(compiled), dict[int, int]()
        for slot, hold in compiled.holds.items():
            begin = hold.start - int(compiled.slots.setup[slot])
            self.begins[hold.lane] = min(begin, self.begins.get(hold.lane, begin))

    def table(self) -> Ints:
        c, source = self.c, self.source
        table = np.zeros((len(source), at.LANE_COLUMNS), dtype=np.int64)
        lanes = c.lanes
        copied: dict[int, Ints | Flags] = {
            at.SOURCE: source,
            at.RESOURCE: lanes.resource[source],
            at.FIRST: c.first[source],
            at.LAST: c.last[source],
            at.LATEST: c.latest[source],
            at.UNIT: lanes.is_room[source],
            at.HOLDS: self.holds,
            at.TURNAROUND: c.turnaround[source],
            at.FIXED_DEPARTURE: lanes.fixed_departure[source],
            at.DEPOT: c.depot[source],
            at.RESTOCK: c.restock[source],
            at.MOST_BOOKINGS: c.most_bookings[source],
            at.MOST_TIME: c.most_time[source],
            at.CLASS: self.roads.class_of,
            at.HOUSE: np.where(lanes.place[source] == NOWHERE, self.roads.nowhere, lanes.place[source]),
        }
        for column, values in copied.items():
            table[:, column] = values
        table[:, at.DAY] = np.searchsorted(c.midnights[1:], table[:, at.FIRST], side="right")
        table[:, at.FROZEN] = table[:, at.FIRST] > table[:, at.LATEST]
        sites = {site: n for n, site in enumerate(sorted({s for s in c.sites if s is not None}))}
        rows = []
        for s in source.tolist():
            site = c.sites[lanes.resource[s]]
            spans = *self.pool.spans(c.blocked[s]), *self.pool.spans(self._closed(s))
            pauses = self.pool.put(x for n in self._owed(s) for x in self._pause(s, n))
            rows.append((-1 if site is None else sites[site], *spans, *pauses))
        columns = [at.SITE, at.BLOCKED, at.BLOCKED_END, at.CLOSED, at.CLOSED_END, at.PAUSES, at.PAUSES_END]
        table[:, columns] = np.reshape(rows, (-1, len(columns)))
        return self._classes(table)

    def _closed(self, lane: int) -> Spans:
        """The time before work, where what is held begins in it, and windows of breaks that it leaves no room."""
        pauses, first = self.c.pauses[lane], int(self.c.first[lane])
        before = [(-at.NEVER, first)] if first > self.begins.get(lane, first) else []
        return (*before, *((pauses[n].earliest, pauses[n].latest_end) for n in self.crowded.get(lane, ())))

    def _owed(self, lane: int) -> list[int]:
        crowded = self.crowded.get(lane, ())
        return [n for n, _ in in_order(self.c.pauses[lane]) if n not in crowded]

    def _pause(self, lane: int, number: int) -> tuple[int, ...]:
        pause = self.c.pauses[lane][number]
        fee = -1 if pause.price is None else len(self.fees)
        if pause.price is not None:
            self.fees.append(self.money.of_break(pause.price))
        flags = int(pause.after_drive), int(pause.paid), fee, int(pause.before_work)
        return pause.earliest, pause.latest_end, pause.duration, *flags, number

    def _classes(self, table: Ints) -> Ints:
        """Lanes that differ in nothing are of one class."""
        c = self.c
        suited = [column.tobytes() for column in np.ascontiguousarray(c.suits.T)]
        lasting = [hash(column.tobytes()) for column in np.ascontiguousarray(c.durations[varied(c)].T)]
        own = self.money.own
        barred = {source for _, source in c.barred}
        carried = c.capacity, c.tools_carried, c.parts_carried
        groups: dict[object, list[int]] = defaultdict(list)
        for v, s in enumerate(self.source):
            r = int(c.lanes.resource[s])
            key = [*table[v, SAME], c.blocked[s], c.pauses[s], self._closed(s), suited[r], tuple(self.money.lane(v))]
            key += [c.lanes.start_place[s], c.lanes.end_place[s], int(s) if s in barred or len(own) > 0 else -1]
            key += [lasting[r], r if table[v, at.UNIT] else tuple(m[s].tobytes() for m in carried if m.size)]
            groups[tuple(key)].append(v)
        for n, members in enumerate(groups.values()):
            table[members, at.ALIKE] = n
            table[members, at.MEMBERS], table[members, at.MEMBERS_END] = self.pool.put(members)
        return table
