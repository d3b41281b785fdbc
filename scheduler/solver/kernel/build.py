"""From `Compiled` to the tables of the compiled search."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from scheduler.solver.compiled import Compiled, Pause, Spans, meet
from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.arrays import Arrays, Flags, Ints
from scheduler.solver.kernel.money import Money
from scheduler.solver.kernel.nearness import near_lanes, near_slots
from scheduler.solver.kernel.roads import Roads
from scheduler.solver.travel import NOWHERE

NEAR, NEAR_LANES = 40, 16


def build(compiled: Compiled) -> Arrays:
    """The tables of a problem; what `Compiled` says of a room's capacity becomes units of it."""
    return _Builder(compiled).arrays()


class _Builder:
    def __init__(self, compiled: Compiled) -> None:
        self.c = compiled
        self.pool: list[int] = []
        self.source = np.repeat(np.arange(len(compiled.lanes)), _units(compiled))
        self.roads = Roads(compiled, self.source)
        self.money = Money(compiled, self.source, self.roads)
        self.slots, self.lanes = len(compiled.slots), len(self.source)

    def arrays(self) -> Arrays:
        c = self.c
        node, lane, activity = self._nodes(), self._lanes(), self._activities()
        tables = Arrays(
            node=node,
            lane=lane,
            activity=activity,
            pool=np.array(self.pool or [0], dtype=np.int64),
            suits=self._suits(),
            duration=self._durations(),
            own=self.money.own(),
            money=self.money.of_lanes(),
            rate=self.money.rates(),
            price=self.money.prices(),
            load=_stacked(c.load, c.capacity, self.source, self.slots),
            tools=_stacked(c.tools, c.tools_carried, self.source, self.slots),
            parts=_stacked(c.parts, c.parts_carried, self.source, self.slots),
            ticks=self.roads.ticks,
            legs=self.roads.legs,
            radians=self.roads.radians,
            circle=self.roads.circle,
            near=np.zeros((0, 0), dtype=np.int32),
            near_lanes=np.zeros((0, 0), dtype=np.int32),
            reach=np.zeros(self.slots),
            midnights=np.array(c.midnights, dtype=np.int64),
        )
        lane[:, at.PRICED] = self._ways(tables)
        lanes, reach = near_lanes(tables, NEAR_LANES)
        return tables.replace(near=near_slots(tables, NEAR), near_lanes=lanes, reach=reach)

    def _suits(self) -> Flags:
        """Who may serve; a room only what it can hold at all."""
        c = self.c
        suits = np.array(c.suits, order="C")
        for lane in np.flatnonzero(c.lanes.is_room & (c.room_capacity >= 0)):
            suits[c.slots.effort > c.room_capacity[lane], c.lanes.resource[lane]] = False
        return suits

    def _put(self, values: Iterable[int]) -> tuple[int, int]:
        """Append to the pool; the stretch where it stands."""
        begin = len(self.pool)
        self.pool += [int(v) for v in values]
        return begin, len(self.pool)

    def _spans(self, spans: Spans) -> tuple[int, int]:
        return self._put(x for span in spans for x in span)

    def _nodes(self) -> Ints:
        c, n, m = self.c, self.slots, self.lanes
        table = np.zeros((n + 2 * m, at.NODE_COLUMNS), dtype=np.int64)
        table[:, at.STOOD] = -1
        table[:n, at.ACTIVITY] = c.slots.activity
        table[:n, at.PLACE] = self._places()
        table[:n, at.BEFORE], table[:n, at.AFTER] = c.slots.setup, c.slots.teardown
        table[:n, at.ROOM] = c.slots.is_room
        table[list(c.holds), at.FIXED] = 1
        heads, tails = c.lanes.start_place[self.source], c.lanes.end_place[self.source]
        table[n : n + m, at.PLACE] = np.where(heads == NOWHERE, self.roads.nowhere, heads)
        table[n + m :, at.PLACE] = np.where(tails == NOWHERE, self.roads.nowhere, tails)
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
        unplaced = np.where(open_place & ~c.slots.is_room, -1, self.roads.nowhere)
        return np.where(c.slots.is_room | (c.slots.place == NOWHERE), unplaced, c.slots.place)

    def _times(self, table: Ints) -> None:
        c, whole = self.c, ((0, self.c.horizon),)
        lates = defaultdict(list)
        for late in c.lates:
            lates[late.slot].append(late)
        for slot in range(self.slots):
            starts, ends = c.starts[slot], c.ends[slot]
            lengths = np.unique(c.durations[slot][c.suits[slot]])
            if ends != whole and len(lengths) == 1 and not c.slots.is_room[slot]:
                length = int(lengths[0])
                starts, ends = meet(starts, tuple((a - length, b - length) for a, b in ends)), whole
            table[slot, [at.STARTS, at.STARTS_END]] = self._spans(starts)
            table[slot, [at.ENDS, at.ENDS_END]] = self._spans(() if ends == whole else ends)
            stretches = [
                (int(late.opens_at_end), int(late.closes_at_end), *self._spans(late.windows)) for late in lates[slot]
            ]
            table[slot, [at.LATES, at.LATES_END]] = self._put(x for record in stretches for x in record)

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
            table[slot, [at.ARCS, at.ARCS_END]] = self._put(x for arc in found for x in arc)
            for other, *_ in found:
                coming[other].append(slot)
        for slot, sources in coming.items():
            table[slot, [at.ARCS_IN, at.ARCS_IN_END]] = self._put(sorted(set(sources)))

    def _barred(self, table: Ints) -> None:
        barred: dict[int, list[int]] = defaultdict(list)
        copies: dict[int, list[int]] = defaultdict(list)
        for lane, source in enumerate(self.source):
            copies[int(source)].append(lane)
        for slot, where in self.c.barred:
            barred[slot] += copies[where]
        for slot, lanes in barred.items():
            table[slot, [at.BARRED, at.BARRED_END]] = self._put(sorted(lanes))

    def _wishes(self, table: Ints) -> None:
        c, standing = self.c, self.c.problem.standing
        stood = {b.key: c.clock.floor(b.start) for b in standing.bookings} if standing else {}
        for slot, key in enumerate(c.slots.keys):
            table[slot, at.STOOD] = stood.get(key, -1)
        for n, name in enumerate(c.activities):
            windows = c.problem.activity[name].preferred_windows
            spans = tuple((c.clock.ceil(w.start), c.clock.floor(w.end)) for w in windows)
            sets = {int(c.slots.requirement_set[s]): s for s in reversed(c.slots_of[n])}
            for first in sets.values():
                table[first, at.CHARGED] = 1
                table[first, [at.WISHES, at.WISHES_END]] = self._spans(spans)

    def _lanes(self) -> Ints:
        c, source = self.c, self.source
        table = np.zeros((self.lanes, at.LANE_COLUMNS), dtype=np.int64)
        lanes = c.lanes
        columns: dict[int, Ints | Flags] = {
            at.SOURCE: source,
            at.RESOURCE: lanes.resource[source],
            at.FIRST: c.first[source],
            at.LAST: c.last[source],
            at.LATEST: c.latest[source],
            at.UNIT: lanes.is_room[source],
            at.TURNAROUND: c.turnaround[source],
            at.FIXED_DEPARTURE: lanes.fixed_departure[source],
            at.DEPOT: c.depot[source],
            at.RESTOCK: c.restock[source],
            at.MOST_BOOKINGS: c.most_bookings[source],
            at.MOST_TIME: c.most_time[source],
            at.CLASS: self.roads.class_of,
            at.HOUSE: np.where(lanes.place[source] == NOWHERE, self.roads.nowhere, lanes.place[source]),
        }
        for column, values in columns.items():
            table[:, column] = values
        table[:, at.FROZEN] = table[:, at.FIRST] > table[:, at.LATEST]
        sites = {site: n for n, site in enumerate(sorted({s for s in c.sites if s is not None}))}
        days = {day: n for n, day in enumerate(sorted({d for d in lanes.day if d is not None}))}
        for v, s in enumerate(source):
            site, day = c.sites[lanes.resource[s]], lanes.day[s]
            table[v, at.SITE] = -1 if site is None else sites[site]
            table[v, at.DAY] = 0 if day is None else days[day]
            table[v, [at.BLOCKED, at.BLOCKED_END]] = self._spans(c.blocked[s])
            table[v, [at.PAUSES, at.PAUSES_END]] = self._put(
                x for p in sorted(c.pauses[s], key=lambda p: (p.earliest, p.latest_end)) for x in self._pause(p)
            )
        return self._classes(table)

    def _pause(self, pause: Pause) -> tuple[int, ...]:
        flags = int(pause.after_drive), int(pause.paid), self.money.of_break(pause.price), int(pause.before_work)
        return pause.earliest, pause.latest_end, pause.duration, *flags

    def _classes(self, table: Ints) -> Ints:
        """Lanes that differ in nothing are of one class."""
        c = self.c
        suited = [c.suits[:, r].tobytes() for r in range(len(c.resources))]
        own = self.money.own()
        barred = {source for _, source in c.barred}
        groups: dict[object, list[int]] = defaultdict(list)
        for v, s in enumerate(self.source):
            r = int(c.lanes.resource[s])
            what = [
                at.FIRST,
                at.LAST,
                at.LATEST,
                at.FIXED_DEPARTURE,
                at.DEPOT,
                at.MOST_BOOKINGS,
                at.MOST_TIME,
                at.CLASS,
            ]
            key: list[object] = [*table[v, what], c.blocked[s], c.pauses[s], suited[r], tuple(self.money.lane(v))]
            key += [c.lanes.start_place[s], c.lanes.end_place[s], int(s) if s in barred or len(own) > 1 else -1]
            key += [r if table[v, at.UNIT] else tuple(m[s].tobytes() for m in (c.capacity, c.parts_carried) if m.size)]
            groups[tuple(key)].append(v)
        for n, members in enumerate(groups.values()):
            table[members, at.ALIKE] = n
            table[members, at.MEMBERS], table[members, at.MEMBERS_END] = self._put(members)
        return table

    def _activities(self) -> Ints:
        c = self.c
        table = np.zeros((len(c.activities), at.ACTIVITY_COLUMNS), dtype=np.int64)
        apart = {int(c.slots.activity[group[0]]) for group in c.apart}
        together = {int(c.slots.activity[group[0]]) for group in c.together}
        links: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for link in c.links:
            kind = {"same": at.SAME, "different": at.DIFFERENT}.get(link.technicians, 0) + at.SAME_DAY * link.same_day
            links[link.after].append((link.before, kind + at.NEEDS))
            links[link.before].append((link.after, kind + at.NEEDED))
        for n, slots in enumerate(c.slots_of):
            by_set: dict[int, list[int]] = defaultdict(list)
            for slot in slots:
                by_set[int(c.slots.requirement_set[slot])].append(slot)
            ordered = [sorted(s, key=self._rank) for _, s in sorted(by_set.items())]
            stretches = [self._put(s) for s in ordered]
            table[n, [at.SETS, at.SETS_END]] = self._put(x for stretch in stretches for x in stretch)
            if (shared := c.shared_windows.get(n)) is not None:
                table[n, [at.SHARED, at.SHARED_END]] = self._spans(shared.spans)
                table[n, at.OPENS_AT_END], table[n, at.CLOSES_AT_END] = shared.opens_at_end, shared.closes_at_end
            table[n, at.APART], table[n, at.ONE_SITE] = n in apart, n in together
            table[n, [at.LINKS, at.LINKS_END]] = self._put(x for link in links[n] for x in link)
        return table

    def _rank(self, slot: int) -> tuple[bool, int]:
        """Rooms first where they say where it is, last otherwise; of technicians the hardest to find first."""
        c = self.c
        return bool(c.slots.is_room[slot]) ^ bool(c.slots.place[slot] == NOWHERE), int(c.suits[slot].sum())

    def _durations(self) -> Ints:
        c = self.c
        shown = np.where(c.suits, c.durations, -1)
        longest = shown.max(axis=1, initial=-1)
        if bool(((shown == -1) | (shown == longest[:, None])).all()):
            return np.asarray(np.maximum(longest, 0)[:, None], dtype=np.int64)
        return np.ascontiguousarray(c.durations)

    def _ways(self, tables: Arrays) -> Ints:
        """How insertions are priced, by lane."""
        rate, lane, node = tables.rate, tables.lane, tables.node
        late = (rate[at.LATE] > 0 or rate[at.LARGEST] > 0) and bool(self.c.lates)
        priced = rate[at.WAITED] > 0 or rate[at.IDLE] > 0 or rate[at.SHIFTED] > 0
        priced |= rate[at.WISHED] > 0 and bool((node[:, at.WISHES] < node[:, at.WISHES_END]).any())
        if priced:
            return np.full(self.lanes, at.EXACT)
        over = (tables.money[:, at.OVER] > 0) & (lane[:, at.LATEST] > lane[:, at.LAST]) & (lane[:, at.UNIT] == 0)
        plain = (tables.money[:, at.WORKED] == 0) & (lane[:, at.MOST_TIME] < 0)
        plain &= (lane[:, at.PAUSES] == lane[:, at.PAUSES_END]) | (lane[:, at.BLOCKED] == lane[:, at.BLOCKED_END])
        plain &= np.array([all(p.price is None for p in self.c.pauses[s]) for s in self.source], dtype=np.bool_)
        if tables.tools.shape[1] + tables.parts.shape[1]:
            plain &= lane[:, at.UNIT] == 1
        regular = plain & (lane[:, at.PAUSES] == lane[:, at.PAUSES_END])
        others = np.where(regular, at.REGULAR, at.EXACT)
        return np.where(plain & ~over & (not late), at.TRAVEL_ONLY, others).astype(np.int64)


def _units(compiled: Compiled) -> Sequence[int]:
    """How many lanes of the search each lane becomes: as many bookings of the largest effort as a room holds."""
    units = []
    for lane, is_room in enumerate(compiled.lanes.is_room):
        suited = compiled.suits[:, compiled.lanes.resource[lane]] if is_room else np.zeros(0, dtype=np.bool_)
        if not is_room:
            units.append(1)
            continue
        wanted = int(suited.sum())
        largest = int(compiled.slots.effort[suited].max(initial=1))
        holds = wanted if compiled.room_capacity[lane] < 0 else int(compiled.room_capacity[lane]) // max(1, largest)
        units.append(max(1, min(wanted, holds)))
    return units


def _stacked(needed: Ints | Flags, carried: Ints | Flags, source: Ints, slots: int) -> Ints:
    """Needs of the slots above what the lanes carry."""
    if not needed.size:
        return np.zeros((slots + len(source), 0), dtype=np.int64)
    return np.ascontiguousarray(np.concatenate([needed, carried[source]]).astype(np.int64))
