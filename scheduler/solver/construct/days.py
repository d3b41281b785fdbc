"""A technician's day while a plan is constructed: stops in order, and where one more fits in."""

from bisect import bisect
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise

from scheduler.domain.goal import Term
from scheduler.solver.compiled import Compiled, Span, Spans, meet
from scheduler.solver.construct.rests import Rests, without
from scheduler.solver.construct.stops import DEPOT, NEVER, Gap, Stop
from scheduler.solver.solution import Placed, Route
from scheduler.solver.travel import NOWHERE, UNREACHABLE

PAID_BY_SPAN = (Term.WORKING_TIME, Term.LABOUR_COST, Term.WAITING, Term.IDLE)
"""Where one of these is priced, a stop costs what it makes the day longer, otherwise the detour to it."""


class DayState:
    """A technician's day. Later stops that may move give way to a new one."""

    def __init__(self, compiled: Compiled, lane: int, late: Callable[[int, int, int], float]) -> None:
        self.c, self.lane, self._late = compiled, lane, late
        self.stops: list[Stop] = []
        self.breaks: list[tuple[int, int]] = []
        self.restock: Stop | None = None
        self.rests = Rests(compiled.blocked[lane])
        self._home = int(compiled.lanes.start_place[lane])
        self._back = int(compiled.lanes.end_place[lane])
        self._profile = int(compiled.lanes.profile[lane])
        self._fresh = Term.RESOURCES_USED in compiled.prices
        self._by_span = not compiled.prices.keys().isdisjoint(PAID_BY_SPAN)
        self._latest: list[int] | None = None
        self._clashes = False
        self._closed: list[Span] = []
        """Windows of hard breaks that what stands leaves no room for: it alone may be there."""

    def place_breaks(self, stood: Route | None = None) -> None:
        """Give each break that the day owes the first place that held stops and blocked time leave.

        Where a route stood, breaks are looked for from where they were in it; those that it left out may stay out.
        """
        were = dict(stood.breaks) if stood is not None else {}
        for n, pause in enumerate(self.c.pauses[self.lane]):
            if stood is not None and n not in were and pause.price is not None:
                continue
            taken = tuple((s.start, s.end) for s in self.stops)
            middle = (pause.earliest + pause.latest_end - pause.duration) // 2
            for begin in (*((were[n],) if n in were else ()), middle, pause.earliest):
                start = self.rests.first_free(begin, pause.duration, taken)
                if start + pause.duration <= pause.latest_end:
                    self.breaks.append((n, start))
                    self.rests.take(start, start + pause.duration, after_drive=pause.after_drive)
                    break
            else:
                if pause.price is None:
                    self._closed.append((pause.earliest, pause.latest_end))

    def place_restock(self, stood: Route) -> None:
        """Visit the depot when the route that stood did."""
        depot, stay = int(self.c.depot[self.lane]), int(self.c.restock[self.lane])
        if stood.restock is None or depot == NOWHERE or self.restock is not None:
            return
        self.restock = Stop(stood.restock, stood.restock + stay, depot, DEPOT)
        self.stops.insert(bisect([s.start for s in self.stops], stood.restock), self.restock)
        self._latest = None

    def forget_restock(self) -> None:
        """Do not visit the depot for nothing."""
        if self.stops == [self.restock]:
            self.stops, self.restock, self._latest = [], None, None

    def add(self, slot: int, placed: Placed, place: int, gap: Gap | None, *, movable: bool) -> dict[int, int]:
        """Put a slot in; the new starts of service of those that gave way."""
        setup = int(self.c.slots.setup[slot])
        start, end = placed.start - setup, placed.start + placed.duration + int(self.c.slots.teardown[slot])
        spans = self._free(slot, placed.duration) if movable else ()
        self._latest = None
        at = gap.before if gap is not None else bisect([(s.start, s.end) for s in self.stops], (start, end))
        self._clashes |= any(s.start < end and start < s.end for s in self.stops) and gap is None
        if gap is not None and gap.restock is not None:
            self.restock = gap.restock
            self.stops.insert(at, gap.restock)
            at += 1
        self.stops.insert(at, Stop(start, end, place, slot, spans))
        return self._give_way(at)

    def _give_way(self, at: int) -> dict[int, int]:
        moved = {}
        for n in range(at + 1, len(self.stops)):
            stop = self.stops[n]
            start = self._begin(stop, self._arrive(self.stops[n - 1], stop.place))
            if start <= stop.start or start >= NEVER:
                break  # held stops that clash stay where they are
            self.stops[n] = replace(stop, start=start, end=stop.end + start - stop.start)
            moved[stop.slot] = start + int(self.c.slots.setup[stop.slot])
        return moved

    def route(self) -> Route:
        """The route through the stops: leaves as late and comes back as early as it can."""
        departure, arrival = self._ends(self.stops)
        if arrival >= NEVER:  # a held stop right before a break that is to follow a drive
            last = self.stops[-1]
            arrival = self.rests.later(last.end, self._way(last.place, self._back), from_home=True)
        slots = tuple(s.slot for s in self.stops if s.slot != DEPOT)
        return Route(slots, departure, arrival, tuple(self.breaks), self.restock.start if self.restock else None)

    def gaps(self, slot: int, place: int, length: int, starts: Spans, *, backwards: bool = False) -> Iterator[Gap]:
        """Starts of service at which the slot fits between two stops, the earliest of each gap and its latest."""
        if self._clashes or not self._admits(slot):
            return  # stops that are held at the same time leave no order to join
        lacks = self._lacks(slot)
        positions = list(self._positions(starts))
        for n in reversed(positions) if backwards else positions:
            if not lacks or (self.restock is not None and self.restock not in self.stops[n:]):
                yield from self._between(slot, place, length, starts, n, self.stops[n - 1] if n else None)
            elif self.restock is None and n == 0 and self.c.depot[self.lane] != NOWHERE:
                yield from self._with_restock(slot, place, length, starts)

    def _positions(self, starts: Spans) -> Iterator[int]:
        """The stops in front of which a start may lie, the end of the day included."""
        if not starts or starts[-1][1] < self.c.first[self.lane] or starts[0][0] > self.c.latest[self.lane]:
            return
        latest = self._latest_starts()
        for n in range(len(self.stops) + 1):
            if n and self.stops[n - 1].end > starts[-1][1]:
                return
            if n == len(self.stops) or latest[n] >= starts[0][0]:
                yield n

    def _between(self, slot: int, place: int, length: int, starts: Spans, n: int, before: Stop | None) -> Iterator[Gap]:
        """In front of stop `n`, after `before`, which may be a restocking stop yet to come."""
        setup = int(self.c.slots.setup[slot])
        around = setup + length + int(self.c.slots.teardown[slot])
        after = self.stops[n] if n < len(self.stops) else None
        there = self._way(before.place if before else self._home, place)
        back = self._way(place, after.place if after else self._back)
        if max(there, back) >= UNREACHABLE:
            return
        low = self._arrive(before, place) + setup
        limit = self._latest_starts()[n] if after else int(self.c.latest[self.lane])
        high = self.rests.earlier(limit, back) - around + setup
        spans = self._at_work(meet(starts, ((low, high),)), setup, around)
        detour = there + back - self._replaced(before, after)
        restock = before if before is not None and before.slot == DEPOT and before is not self.restock else None
        for start in sorted({*(a for a, _ in spans[:3]), *(b for _, b in spans[-1:])}):
            stop = Stop(start - setup, start - setup + around, place, slot)
            if (pushed := self._pushed(stop, n, restock)) is not None:
                yield Gap(start, detour + pushed + 0.001 * (start - spans[0][0]), n, restock)

    def _replaced(self, before: Stop | None, after: Stop | None) -> int:
        """The drive that a stop between the two makes needless; less than nothing where it opens a day."""
        if not self.stops and before is None:
            return -int(self.c.latest[self.lane]) if self._fresh else 0
        drive = self._way(before.place if before else self._home, after.place if after else self._back)
        return min(drive, UNREACHABLE)

    def _pushed(self, stop: Stop, n: int, restock: Stop | None) -> float | None:
        """Cost of one more stop in front of `n` besides the drive; None where the day has no room.

        What comes too late by it costs; where the day's length is paid, waiting costs too.
        """
        stops = [*self.stops[:n], *([restock] if restock else []), stop]
        total = 0.0
        for old in self.stops[n:]:
            start = self._begin(old, self._arrive(stops[-1], old.place))
            if start >= NEVER:
                return None
            total += self._later_by(old, start)
            stops.append(replace(old, start=max(start, old.start), end=old.end + max(0, start - old.start)))
        if not self._keeps_time(stops):
            return None
        return total + (self._waits(stops) - self._waits(self.stops) if self._by_span else 0)

    def _later_by(self, stop: Stop, start: int) -> float:
        """What it costs that a stop begins later."""
        if start <= stop.start or stop.slot == DEPOT:
            return 0.0
        setup, around = int(self.c.slots.setup[stop.slot]), stop.end - stop.start
        length = around - setup - int(self.c.slots.teardown[stop.slot])
        return self._late(stop.slot, start + setup, length) - self._late(stop.slot, stop.start + setup, length)

    def _waits(self, stops: list[Stop]) -> int:
        """Ticks of a day that are neither stay nor drive."""
        if not stops:
            return 0
        departure, arrival = self._ends(stops)
        places = (self._home, *(s.place for s in stops), self._back)
        at_work = sum(s.end - s.start for s in stops) + sum(self._way(a, b) for a, b in pairwise(places))
        return arrival - departure - at_work

    def _with_restock(self, slot: int, place: int, length: int, starts: Spans) -> Iterator[Gap]:
        """With a stop at the depot as the first thing of the day."""
        depot, stay = int(self.c.depot[self.lane]), int(self.c.restock[self.lane])
        way = self._way(self._home, depot)
        if way < UNREACHABLE:
            begin = self.rests.first_free(self.rests.later(int(self.c.first[self.lane]), way, from_home=True), stay)
            stop = Stop(begin, begin + stay, depot, DEPOT)
            for gap in self._between(slot, place, length, starts, 0, stop):
                yield Gap(gap.start, gap.cost + way, gap.before, stop)

    def _admits(self, slot: int) -> bool:
        """Whether loads and the number of bookings leave room for one more."""
        c, mine = self.c, [s.slot for s in self.stops if s.slot != DEPOT]
        if 0 <= c.most_bookings[self.lane] <= len(mine):
            return False
        return not c.load.size or bool((c.load[[*mine, slot]].sum(axis=0) <= c.capacity[self.lane]).all())

    def _lacks(self, slot: int) -> bool:
        """Whether the slot needs tools or parts that are not there without a restocking stop before it."""
        c = self.c
        if c.tools.size and bool((c.tools[slot] & ~c.tools_carried[self.lane]).any()):
            return True
        if not c.parts.size or not c.parts[slot].any():
            return False
        cut = self.restock.start if self.restock is not None else None
        users = [s.slot for s in self.stops if s.slot != DEPOT and (cut is None or s.end <= cut)]
        return bool((c.parts[[*users, slot]].sum(axis=0) > c.parts_carried[self.lane]).any())

    def _keeps_time(self, stops: list[Stop]) -> bool:
        """Whether the day stays within its hours and its longest time."""
        longest = int(self.c.most_time[self.lane])
        departure, arrival = self._ends(stops)
        last = max(stops, key=lambda s: s.end)
        if departure < self.c.first[self.lane] and not self._stands(stops[0]):
            return False
        if arrival >= NEVER or (arrival > self.c.latest[self.lane] and not self._stands(last)):
            return False
        pauses = self.c.pauses[self.lane]
        paid = {(at, at + pauses[n].duration) for n, at in self.breaks if pauses[n].paid}
        inside = ((max(a, departure), min(b, arrival)) for a, b in self.rests.spans if (a, b) not in paid)
        return longest < 0 or arrival - departure - sum(max(0, b - a) for a, b in inside) <= longest

    def _stands(self, stop: Stop) -> bool:
        """Whether the stop is where a hold or a waiver lets it be, whatever the hours."""
        hold = self.c.holds.get(stop.slot)
        start = stop.start + (int(self.c.slots.setup[stop.slot]) if hold is not None else 0)
        return hold is not None and (hold.lane, hold.start) == (self.lane, start)

    def _ends(self, stops: list[Stop]) -> tuple[int, int]:
        departure = self.rests.earlier(stops[0].start, self._way(self._home, stops[0].place), from_home=True)
        if self.c.lanes.fixed_departure[self.lane] and self.c.first[self.lane] <= self.c.latest[self.lane]:
            departure = min(departure, int(self.c.first[self.lane]))
        last = max(stops, key=lambda s: s.end)
        return departure, self.rests.later(last.end, self._way(stops[-1].place, self._back))

    # Times

    def _way(self, start: int, end: int) -> int:
        if start == NOWHERE or end == NOWHERE or not self.c.travels:
            return 0
        return self.c.travel.leg(self._profile, start, end)[0]

    def _arrive(self, before: Stop | None, place: int) -> int:
        """When the technician can be at a place after a stop, or from home."""
        if before is None:
            return self.rests.later(int(self.c.first[self.lane]), self._way(self._home, place), from_home=True)
        return self.rests.later(before.end, self._way(before.place, place))

    def _begin(self, stop: Stop, earliest: int) -> int:
        """When a stop begins that can't before `earliest`; NEVER where it can't at all."""
        if stop.start >= earliest:
            return stop.start
        return next((max(a, earliest) for a, b in stop.spans if b >= earliest), NEVER)

    def _latest_starts(self) -> list[int]:
        """By stop, the last tick at which it may begin so that all later ones still can."""
        if self._latest is None:
            limit, place, found = int(self.c.latest[self.lane]), self._back, list[int]()
            for stop in reversed(self.stops):
                last = self.rests.earlier(limit, self._way(stop.place, place)) - (stop.end - stop.start)
                within = [min(b, last) for a, b in stop.spans if a <= last]
                limit = max([stop.start, *within]) if stop.spans else stop.start
                place = stop.place
                found.append(limit)
            self._latest = found[::-1]
        return self._latest

    def _free(self, slot: int, length: int) -> Spans:
        """Ticks at which the stop of a slot may begin on this day."""
        setup = int(self.c.slots.setup[slot])
        around = setup + length + int(self.c.slots.teardown[slot])
        ends = tuple((a - length, b - length) for a, b in self.c.ends[slot])
        spans = self._at_work(meet(self.c.starts[slot], ends), setup, around)
        return tuple((a - setup, b - setup) for a, b in spans)

    def _at_work(self, spans: Spans, setup: int, around: int) -> Spans:
        """Starts from which the stop lies in the hours and touches nothing that is blocked."""
        hours = int(self.c.first[self.lane]) + setup, int(self.c.latest[self.lane]) - around + setup
        for a, b in self._closed:
            spans = without(spans, a - around + setup, b + setup)
        return self.rests.clear(meet(spans, (hours,)), setup, around)
