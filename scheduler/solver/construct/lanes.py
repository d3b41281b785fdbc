"""Lanes while a plan is constructed: stops with fixed times, and the gaps that a booking fits into."""

from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from scheduler.domain.goal import Term
from scheduler.solver.compiled import Compiled, Spans, meet
from scheduler.solver.solution import Placed, Route
from scheduler.solver.travel import NOWHERE, UNREACHABLE

DEPOT = -1
"""Stands for the restocking stop where stops are named by slot."""


@dataclass(frozen=True)
class Stop:
    start: int
    end: int
    place: int
    slot: int


@dataclass(frozen=True)
class Gap:
    """A way to place a slot: start of service, what it costs, and whether a restocking stop goes in front."""

    start: int
    cost: float
    restock: Stop | None = None


class LaneState:
    """A technician's day."""

    def __init__(self, compiled: Compiled, lane: int) -> None:
        self.c, self.lane = compiled, lane
        self.stops: list[Stop] = []
        self.breaks: list[tuple[int, int]] = []
        self.restock: Stop | None = None
        self._off: list[tuple[int, int]] = sorted(compiled.blocked[lane])
        self._profile = int(compiled.lanes.profile[lane])
        prices = compiled.prices
        self._per_tick = max(1.0, float(prices[Term.TRAVEL_TIME].per_step)) if Term.TRAVEL_TIME in prices else 1.0
        self._fresh = 1.0 if Term.RESOURCES_USED in prices else 0.0

    def place_breaks(self) -> None:
        """Give each break that the day owes the first place that held stops and blocked time leave."""
        for n, pause in enumerate(self.c.pauses[self.lane]):
            taken = [(s.start, s.end) for s in self.stops]
            start = pause.earliest + (pause.latest_end - pause.duration - pause.earliest) // 2
            for begin in (start, pause.earliest):
                at = begin
                for a, b in sorted((*self._off, *taken)):
                    if a < at + pause.duration and b > at:
                        at = b
                if at + pause.duration <= pause.latest_end:
                    self.breaks.append((n, at))
                    self._off = sorted((*self._off, (at, at + pause.duration)))
                    break

    def add(self, slot: int, placed: Placed, place: int, gap: Gap | None = None) -> None:
        if gap is not None and gap.restock is not None:
            self.restock = gap.restock
            self.stops.insert(bisect([s.start for s in self.stops], gap.restock.start), gap.restock)
        start = placed.start - int(self.c.slots.setup[slot])
        end = placed.start + placed.duration + int(self.c.slots.teardown[slot])
        stop = Stop(start, end, place, slot)
        self.stops.append(stop)
        self.stops.sort(key=lambda s: (s.start, s.end))

    def route(self) -> Route:
        """The route through the stops: leaves as late and comes back as early as it can."""
        departure, arrival = self._ends(self.stops)
        inside = tuple(b for b in self.breaks)
        slots = tuple(s.slot for s in self.stops if s.slot != DEPOT)
        return Route(slots, departure, arrival, inside, self.restock.start if self.restock else None)

    def gaps(self, slot: int, place: int, length: int, starts: Spans) -> Iterator[Gap]:
        """Starts of service at which the slot fits between two stops, the earliest of each gap and its latest."""
        c = self.c
        if not self._admits(slot):
            return
        lacks = self._lacks(slot)
        for n in range(len(self.stops) + 1):
            if lacks and (self.restock is None or self.restock in self.stops[n:]):
                if self.restock is None and n == 0 and c.depot[self.lane] != NOWHERE:
                    yield from self._with_restock(slot, place, length, starts)
                continue
            before = self.stops[n - 1] if n else None
            after = self.stops[n] if n < len(self.stops) else None
            yield from self._between(slot, place, length, starts, before, after)

    def _between(
        self,
        slot: int,
        place: int,
        length: int,
        starts: Spans,
        before: Stop | None,
        after: Stop | None,
        restock: Stop | None = None,
    ) -> Iterator[Gap]:
        c, setup = self.c, int(self.c.slots.setup[slot])
        around = setup + length + int(c.slots.teardown[slot])
        there = self._way(before.place if before else int(c.lanes.start_place[self.lane]), place)
        back = self._way(place, after.place if after else int(c.lanes.end_place[self.lane]))
        if max(there, back) >= UNREACHABLE:
            return
        low = self._later(before.end if before else int(c.first[self.lane]), there) + setup
        limit = after.start if after else int(c.latest[self.lane])
        high = self._earlier(limit, back) - around + setup
        spans = self._clear(meet(starts, ((low, high),)), setup, around)
        old = (
            self._way(
                before.place if before else int(c.lanes.start_place[self.lane]),
                after.place if after else int(c.lanes.end_place[self.lane]),
            )
            if self.stops or restock
            else 0
        )
        cost = self._per_tick * (there + back - min(old, UNREACHABLE)) + (
            self._fresh * c.latest[self.lane] if not self.stops else 0
        )
        candidates = {spans[0][0], spans[-1][1]} if spans else set()
        candidates |= {a for a, _ in spans[1:3]}
        for start in sorted(candidates):
            stop = Stop(start - setup, start - setup + around, place, slot)
            if self._keeps_time([*([restock] if restock else []), stop]):
                yield Gap(start, cost + 0.001 * (start - spans[0][0]), restock)

    def _with_restock(self, slot: int, place: int, length: int, starts: Spans) -> Iterator[Gap]:
        """With a stop at the depot as the first thing of the day."""
        c, depot = self.c, int(self.c.depot[self.lane])
        way = self._way(int(c.lanes.start_place[self.lane]), depot)
        if way >= UNREACHABLE:
            return
        begin = self._later(int(c.first[self.lane]), way)
        for a, b in self._off:
            if a < begin + int(c.restock[self.lane]) and b > begin:
                begin = b
        stop = Stop(begin, begin + int(c.restock[self.lane]), depot, DEPOT)
        after = self.stops[0] if self.stops else None
        for gap in self._between(slot, place, length, starts, stop, after, restock=stop):
            yield Gap(gap.start, gap.cost + self._per_tick * way, stop)

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

    def _keeps_time(self, more: list[Stop]) -> bool:
        """Whether the day stays within its hours and its longest time."""
        longest = int(self.c.most_time[self.lane])
        departure, arrival = self._ends(sorted((*self.stops, *more), key=lambda s: (s.start, s.end)))
        if departure < self.c.first[self.lane] or arrival > self.c.latest[self.lane]:
            return False
        paid = {n for n, pause in enumerate(self.c.pauses[self.lane]) if pause.paid}
        own = {(at, at + self.c.pauses[self.lane][n].duration) for n, at in self.breaks if n in paid}
        rest = sum(
            min(b, arrival) - max(a, departure)
            for a, b in self._off
            if a < arrival and b > departure and (a, b) not in own
        )
        return longest < 0 or arrival - departure - rest <= longest

    def _ends(self, stops: list[Stop]) -> tuple[int, int]:
        c = self.c
        departure = self._earlier(stops[0].start, self._way(int(c.lanes.start_place[self.lane]), stops[0].place))
        if c.lanes.fixed_departure[self.lane]:
            departure = min(departure, int(c.first[self.lane]))
        back = self._way(stops[-1].place, int(c.lanes.end_place[self.lane]))
        return departure, self._later(max(s.end for s in stops), back)

    def _way(self, start: int, end: int) -> int:
        if start == NOWHERE or end == NOWHERE or not self.c.travels:
            return 0
        return self.c.travel.leg(self._profile, start, end)[0]

    def _later(self, tick: int, ticks: int) -> int:
        """When a drive of `ticks` that sets out at `tick` is over; it rests in what is blocked."""
        for a, b in self._off:
            if b <= tick:
                continue
            if a >= tick + ticks:
                break
            ticks -= max(0, a - tick)
            tick = b
        return tick + ticks

    def _earlier(self, tick: int, ticks: int) -> int:
        """When a drive of `ticks` that is to be over at `tick` sets out."""
        for a, b in reversed(self._off):
            if a >= tick:
                continue
            if b <= tick - ticks:
                break
            ticks -= max(0, tick - b)
            tick = a
        return tick - ticks

    def _clear(self, spans: Spans, setup: int, around: int) -> Spans:
        """Starts from which the stop does not touch what is blocked."""
        for a, b in self._off:
            spans = tuple(
                p
                for lo, hi in spans
                for p in ((lo, min(hi, a - around + setup)), (max(lo, b + setup), hi))
                if p[0] <= p[1]
            )
        return tuple(sorted(set(spans)))


class RoomState:
    """A room: who is in it when."""

    def __init__(self, compiled: Compiled, lane: int) -> None:
        self.c, self.lane = compiled, lane
        self._inside: list[tuple[int, int, int]] = []

    def add(self, slot: int, placed: Placed, place: int, gap: Gap | None = None) -> None:
        start = placed.start - int(self.c.slots.setup[slot])
        end = placed.start + placed.duration + int(self.c.slots.teardown[slot]) + int(self.c.turnaround[self.lane])
        self._inside.append((start, end, int(self.c.slots.effort[slot])))

    def gaps(self, slot: int, place: int, length: int, starts: Spans) -> Iterator[Gap]:
        """Earliest starts in the free time of the room."""
        c, setup = self.c, int(self.c.slots.setup[slot])
        around = setup + length + int(c.slots.teardown[slot])
        rest = int(c.turnaround[self.lane])
        spans = meet(starts, ((int(c.first[self.lane]) + setup, int(c.latest[self.lane]) - around + setup),))
        closed = [(a, b) for a, b in c.blocked[self.lane]]
        full = [(a - rest, b) for a, b in self._full(int(c.slots.effort[slot]))]
        for a, b in sorted((*closed, *full)):
            spans = tuple(
                p
                for lo, hi in spans
                for p in ((lo, min(hi, a - around + setup)), (max(lo, b + setup), hi))
                if p[0] <= p[1]
            )
        for a, b in sorted(set(spans))[:6]:
            yield Gap(a, 0.0)
            if b > a:
                yield Gap(b, 0.1)

    def _full(self, effort: int) -> list[tuple[int, int]]:
        """Spans in which the effort does not fit any more."""
        capacity = int(self.c.room_capacity[self.lane])
        if capacity < 0:
            return []
        edges = sorted({edge for a, b, _ in self._inside for edge in (a, b)})
        loads = ((a, b, sum(n for s, e, n in self._inside if s <= a and b <= e)) for a, b in pairwise(edges))
        return [(a, b) for a, b, load in loads if load + effort > capacity] or (
            [] if effort <= capacity else [(0, 2**60)]
        )
