"""Day routes: which stop follows which, the drives between them, when the day leaves and comes back."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from scheduler.solver.model.base import Expr
from scheduler.solver.model.pauses import ARRIVAL, DEPARTURE, RESTOCK, Blocked, FloatingBreak, PauseModel, Stop, passed
from scheduler.solver.solution import Route
from scheduler.solver.travel import NOWHERE, UNREACHABLE


@dataclass(frozen=True)
class Leg:
    """A drive that may be made."""

    taken: Expr
    ticks: int
    steps: int


@dataclass
class Lane:
    """The variables of one technician's day. A lane outside the focus has constants."""

    used: Expr = 0
    departure: Expr = 0
    arrival: Expr = 0
    stops: list[Stop] = field(default_factory=list)
    legs: list[Leg] = field(default_factory=list)
    arcs: dict[tuple[int, int], Expr] = field(default_factory=dict)
    breaks: list[FloatingBreak] = field(default_factory=list)
    blocked: list[Blocked] = field(default_factory=list)
    leave: Stop | None = None
    reach: Stop | None = None
    restock: Stop | None = None
    after_restock: dict[int, Expr] = field(default_factory=dict)


class RouteModel(PauseModel):
    """Adds a circuit per lane."""

    # Questions

    def used(self, lane: int) -> Expr:
        return self.lanes[lane].used

    def departure(self, lane: int) -> Expr:
        return self.lanes[lane].departure

    def arrival(self, lane: int) -> Expr:
        return self.lanes[lane].arrival

    def legs(self, lane: int) -> Iterable[Leg]:
        return self.lanes[lane].legs

    def travelled(self, lane: int) -> Expr:
        return sum(leg.ticks * leg.taken for leg in self.lanes[lane].legs)

    def served(self, lane: int) -> Expr:
        around = self.c.slots.setup + self.c.slots.teardown
        return sum((int(around[s]) + self.duration(s, lane)) * self.in_lane(s, lane) for s in self.candidates(lane))

    def waited(self, lane: int) -> Expr:
        if not self.candidates(lane):
            return 0
        if lane not in self._waited:
            at_work = self.travelled(lane) + self.served(lane) + int(self.c.restock[lane]) * self.restocked(lane)
            waited = self.arrival(lane) - self.departure(lane) - at_work - self.paused(lane)
            if self.bound_by_hours(lane) and not isinstance(waited, int):
                known = self.integer(0, int(self.c.latest[lane] - self.c.first[lane]), f"waited{lane}")
                self.demand(known == waited)
                waited = known
            self._waited[lane] = waited
        return self._waited[lane]

    def restocked(self, lane: int) -> Expr:
        stop = self.lanes[lane].restock
        return 0 if stop is None else stop.here

    def break_taken(self, lane: int, pause: int) -> Expr:
        return self.lanes[lane].breaks[pause].taken if self.lanes[lane].breaks else 0

    def paused(self, lane: int, *, unpaid_only: bool = False) -> Expr:
        found = self.lanes[lane]
        if found.leave is None or found.reach is None:
            return 0
        pauses: list[Blocked | FloatingBreak] = [b for b in found.breaks if not (unpaid_only and b.rule.paid)]
        return sum(self._spanned(pause, found.leave, found.reach) for pause in [*pauses, *found.blocked])

    def rested_outside(self, lane: int) -> Expr:
        found = self.lanes[lane]
        first, last = int(self.c.first[lane]), int(self.c.last[lane])
        blocked = sum(min(b, last) - max(a, first) for a, b in self.c.blocked[lane] if a < last and b > first)
        return blocked + sum(b.length * b.taken for b in found.breaks) - self.paused(lane)

    # Variables

    @cached_property
    def _waited(self) -> dict[int, Expr]:
        return {}

    @cached_property
    def lanes(self) -> list[Lane]:
        return [Lane() if is_room else self._lane(v) for v, is_room in enumerate(self.c.lanes.is_room)]

    def _lane(self, lane: int) -> Lane:
        first = int(self.c.first[lane])
        slots = self.candidates(lane)
        if not slots:
            return Lane(departure=first, arrival=first)
        if self.focus is not None and lane not in self.focus.lanes:
            return self._constant_lane(lane, self.focus.at.routes[lane])
        found = Lane(used=self.any_of([self.in_lane(s, lane) for s in slots], f"used{lane}"))
        margin = 2 * self.horizon + 1
        least, most = (first, int(self.c.latest[lane])) if self.bound_by_hours(lane) else (-margin, margin)
        found.departure = self.integer(least, most, f"departure{lane}")
        found.arrival = self.integer(least, most, f"arrival{lane}")
        found.stops = [self._stop(slot, lane) for slot in slots]
        found.leave = Stop(DEPARTURE, found.used, found.departure, found.departure)
        found.reach = Stop(ARRIVAL, found.used, found.arrival, found.arrival)
        found.restock = self._restock_stop(lane, found)
        everywhere = [*found.stops, found.leave, found.reach, *([found.restock] if found.restock else [])]
        found.blocked = self.blocked_spans(lane, everywhere)
        found.breaks = self.breaks(lane, found.used, everywhere, found.blocked)
        self._idle_when_unused(found, first)
        self._circuit(lane, found)
        self._around_held(lane, found)
        return found

    def bound_by_hours(self, lane: int) -> bool:
        """Whether nothing in the lane may stand against the rules, so that its bounds bind in any case."""
        return not any(slot in self.c.holds for slot in self.candidates(lane))

    def _constant_lane(self, lane: int, route: Route) -> Lane:
        """A day that stays as it is."""
        found = Lane(1, route.departure, route.arrival)
        found.leave = Stop(DEPARTURE, 1, route.departure, route.departure)
        found.reach = Stop(ARRIVAL, 1, route.arrival, route.arrival)
        found.blocked = [
            Blocked(
                a,
                b,
                (int(self.c.first[lane]), int(self.c.latest[lane])),
                {DEPARTURE: int(route.departure >= b), ARRIVAL: int(route.arrival >= b)},
            )
            for a, b in self.c.blocked[lane]
            if a < self.c.latest[lane] and b > self.c.first[lane]
        ]
        taken = dict(route.breaks)
        for n, pause in enumerate(self.c.pauses[lane]):
            start = taken.get(n)
            after = {
                name: int(start is not None and moment >= start + pause.duration)
                for name, moment in ((DEPARTURE, route.departure), (ARRIVAL, route.arrival))
            }
            found.breaks.append(FloatingBreak(pause, int(start is not None), start or 0, after))
        if route.restock is not None:
            found.restock = Stop(RESTOCK, 1, route.restock, route.restock + int(self.c.restock[lane]))
        places = self._constant_places(lane, route)
        for a, b in pairwise(places):
            ticks, steps = self.c.travel.leg(int(self.c.lanes.profile[lane]), a, b)
            found.legs.append(Leg(1, ticks if ticks < UNREACHABLE else 0, steps))
        return found

    def _constant_places(self, lane: int, route: Route) -> list[int]:
        """Where the day leads, in order."""
        at = self.focus.at.placed if self.focus is not None else {}
        stops = [(at[s].start - int(self.c.slots.setup[s]), n, s) for n, s in enumerate(route.slots)]
        if route.restock is not None:
            later = (start for start, _, _ in stops if start >= route.restock + int(self.c.restock[lane]))
            stops.append((next(later, self.horizon * 4), -1, RESTOCK))
        middle = [int(self.c.depot[lane]) if s == RESTOCK else self._standing_place(s) for *_, s in sorted(stops)]
        return [int(self.c.lanes.start_place[lane]), *middle, int(self.c.lanes.end_place[lane])]

    def _standing_place(self, slot: int) -> int:
        if self.c.slots.place[slot] != NOWHERE or self.focus is None:
            return int(self.c.slots.place[slot])
        mates = self.c.slots_of[self.c.slots.activity[slot]]
        rooms = (self.focus.at.placed[s].lane for s in mates if self.c.slots.is_room[s] and s in self.focus.at.placed)
        return next((int(self.c.lanes.place[v]) for v in rooms), NOWHERE)

    def _stop(self, slot: int, lane: int) -> Stop:
        held = self.c.is_held(slot)
        start, end = self.occupied_from(slot), self.occupied_to(slot)
        if held:
            hold = self.c.holds[slot]
            start = hold.start - int(self.c.slots.setup[slot])
            end = hold.start + hold.duration + int(self.c.slots.teardown[slot])
        return Stop(slot, self.in_lane(slot, lane), start, end, held)

    def _restock_stop(self, lane: int, found: Lane) -> Stop | None:
        c = self.c
        if c.depot[lane] == NOWHERE or not self._may_need_restock(lane):
            return None
        here = self.boolean(f"restock{lane}")
        start = self.integer(0, self.horizon, f"restock at {lane}")
        self.demand(found.used == 1, [here])
        self.demand(start >= int(c.first[lane]), [here])
        return Stop(RESTOCK, here, start, start + int(c.restock[lane]))

    def _may_need_restock(self, lane: int) -> bool:
        c, slots = self.c, self.candidates(lane)
        lacks_tool = c.tools.size > 0 and bool((c.tools[slots] & ~c.tools_carried[lane]).any())
        return lacks_tool or (c.parts.size > 0 and bool((c.parts[slots].sum(axis=0) > c.parts_carried[lane]).any()))

    def _idle_when_unused(self, found: Lane, first: int) -> None:
        unused = [self.negated(found.used)]
        self.demand(found.departure == first, unused)
        self.demand(found.arrival == first, unused)
        pauses: list[Blocked | FloatingBreak] = [*found.breaks, *found.blocked]
        for pause in pauses:
            self.demand(pause.after[DEPARTURE] == pause.after[ARRIVAL], unused)

    def _circuit(self, lane: int, found: Lane) -> None:
        """One round from the depot (node 0) through the stops that are on the route."""
        nodes = [*found.stops, *([found.restock] if found.restock else [])]
        arcs = [(0, 0, self.negated(found.used))]
        arcs += [(n, n, self.negated(stop.here)) for n, stop in enumerate(nodes, start=1)]
        for n, before in enumerate((found.leave, *nodes)):
            for m, after in enumerate((found.reach, *nodes)):
                if before is None or after is None or (n == m) or not self._may_follow(before, after):
                    continue
                if (literal := self._arc(lane, found, before, after)) is not None:
                    arcs.append((n, m, literal))
        if len(arcs) == 1 + len(nodes):
            self.demand(found.used == 0)
            return
        self.cp.add_circuit(arcs)

    def _may_follow(self, before: Stop, after: Stop) -> bool:
        """Stops that keep their order in a neighbourhood follow each other only as they did."""
        if before.held and after.held:
            return (before.start, before.end, before.name) < (after.start, after.end, after.name)
        if self.focus is None:
            return True
        names = (before.name, after.name)
        kept = [name >= 0 and not self.focus.is_free(self.c, name) for name in names]
        if all(kept):
            return self.focus.follower.get(names[0]) == names[1]
        return True

    def _arc(self, lane: int, found: Lane, before: Stop, after: Stop) -> Expr | None:
        """The literal that `after` follows `before`; None where that can't be."""
        legs = list(self._ways_between(lane, before, after))
        loose = before.held and after.held
        if not loose and (not legs or not self._in_time(lane, before, after, min(t for *_, t, _ in legs))):
            return None
        literal = self.boolean(f"arc{lane},{before.name},{after.name}")
        found.arcs[before.name, after.name] = literal
        pauses: list[Blocked | FloatingBreak] = [*found.breaks, *found.blocked]
        pause = sum(self._spanned(p, before, after) for p in pauses)
        if after.name == ARRIVAL:
            for rest in found.breaks:
                if rest.rule.before_work:
                    self.demand(rest.after[before.name] == 1, [literal, rest.taken])
        for conditions, ticks, steps in legs:
            taken = literal if not conditions else self.all_of([literal, *conditions], f"leg{lane}")
            found.legs.append(Leg(taken, ticks, steps))
            self._timed(lane, before, after, ticks, pause, taken)
            self._after_drive(found, before, after, ticks, taken)
        self._bounded(lane, before, after, literal)
        self._follow_restock(found, before, after, literal)
        return literal

    def _ways_between(self, lane: int, before: Stop, after: Stop) -> Iterator[tuple[list[Expr], int, int]]:
        """(what must hold, ticks, distance steps) of each drive that the arc may mean."""
        profile = int(self.c.lanes.profile[lane])
        for when, start in self._places(lane, before):
            for then, end in self._places(lane, after):
                ticks, steps = self.c.travel.leg(profile, start, end)
                if ticks < UNREACHABLE or not self.c.travels or (before.held and after.held):
                    yield [*when, *then], 0 if ticks >= UNREACHABLE else ticks, steps

    def _places(self, lane: int, stop: Stop) -> list[tuple[list[Expr], int]]:
        """Where a stop may be, each with what must hold for it."""
        c = self.c
        ends = {DEPARTURE: c.lanes.start_place, ARRIVAL: c.lanes.end_place, RESTOCK: c.depot}
        if stop.name in ends:
            return [([], int(ends[stop.name][lane]))]
        if c.slots.place[stop.name] != NOWHERE:
            return [([], int(c.slots.place[stop.name]))]
        return self._room_places(stop.name)

    def _room_places(self, slot: int) -> list[tuple[list[Expr], int]]:
        """The places of the rooms that may be booked for the slot's activity."""
        c, by_place = self.c, dict[int, list[Expr]]()
        for other in c.slots_of[c.slots.activity[slot]]:
            if c.slots.is_room[other] and c.slots.requirement_set[other] == c.slots.requirement_set[slot]:
                for lane in self.lanes_for(other):
                    by_place.setdefault(int(c.lanes.place[lane]), []).append(self.in_lane(other, lane))
        if len(by_place) == 1:
            return [([], place) for place in by_place]
        return [([self.any_of(rooms, f"at{slot},{place}")], place) for place, rooms in by_place.items()]

    def _in_time(self, lane: int, before: Stop, after: Stop, ticks: int) -> bool:
        """Whether `after` can begin once `before` has ended and the drive is done, at the windows' extremes."""
        if min(before.name, after.name) < 0 or not (self.c.sequenced and self.c.travels):
            return True
        if any(isinstance(self.kept(s.name), int) is False for s in (before, after)):
            return True
        earliest = self._extreme(lane, before, latest=False)
        latest = self._extreme(lane, after, latest=True)
        return earliest + ticks <= latest

    def _extreme(self, lane: int, stop: Stop, *, latest: bool) -> int:
        """Earliest end, or latest beginning, of a stop in a lane."""
        if stop.held:
            return int(stop.start if latest else stop.end)
        spans = self._spans.get(stop.name, self.c.starts[stop.name]) or ((0, 0),)
        first, last = self._reach.get((stop.name, lane), (0, self.horizon))
        if latest:
            return min(max(b for _, b in spans), last) - int(self.c.slots.setup[stop.name])
        begin = max(min(a for a, _ in spans), first)
        return begin + self._lower(stop.name) + int(self.c.slots.teardown[stop.name])

    def _timed(self, lane: int, before: Stop, after: Stop, ticks: int, pause: Expr, taken: Expr) -> None:
        """The drive, with the pauses it spans, fits between the stops; the first and last of the day exactly."""
        length = ticks + pause
        if min(before.name, after.name) < 0 and not isinstance(pause, int):
            self.demand(before.end <= after.start, [taken])
        if before.name == DEPARTURE:
            if not self.c.lanes.fixed_departure[lane]:
                self.demand(before.end + length == after.start, [taken])
            elif after.held:
                self.demand(before.end == min(int(self.c.first[lane]), after.start - ticks), [taken])
            else:
                self.demand(before.end + length <= after.start, [taken])
        elif after.name == ARRIVAL:
            self.demand(before.end + length == after.start, [taken])
        else:
            slots = () if RESTOCK in (before.name, after.name) else (before.name, after.name)
            if self.c.sequenced:
                self.require(before.end <= after.start, rule="no-overlap", slots=slots, only_if=[taken])
                if self.c.travels:
                    self.require(before.end + length <= after.start, rule="travel-time", slots=slots, only_if=[taken])

    def _after_drive(self, found: Lane, before: Stop, after: Stop, ticks: int, taken: Expr) -> None:
        """A break that belongs to the next stop is not taken on the road, nor on the way back."""
        others: list[Blocked | FloatingBreak] = [*found.breaks, *found.blocked]
        for pause in found.breaks:
            if pause.rule.after_drive:
                on_leg = [taken, pause.after[after.name], self.negated(pause.after[before.name])]
                if pause.length == 0:
                    on_leg.append(self.negated(at_once := self.boolean("at once")))
                    self.demand(pause.start <= before.end, [at_once, *on_leg[:-1]])
                if after.name == ARRIVAL:
                    self.demand(False, on_leg)
                    continue
                rests = sum(self._rested(other, pause, before, after, on_leg) for other in others if other is not pause)
                self.demand(pause.start >= before.end + ticks + rests, on_leg)

    def _rested(
        self, other: Blocked | FloatingBreak, pause: FloatingBreak, before: Stop, after: Stop, on_leg: list[Expr]
    ) -> Expr:
        """Ticks that another pause on the same leg takes before this one."""
        ticks, first = self.integer(0, other.length, "rested"), self.boolean("rests first")
        spanned = self._spanned(other, before, after)
        self.demand(ticks >= spanned, [first, *on_leg])
        self.demand(
            other.start >= pause.start + pause.length, [self.negated(first), *on_leg, *self._lies_on(other, spanned)]
        )
        return ticks

    def _lies_on(self, other: Blocked | FloatingBreak, spanned: Expr) -> list[Expr]:
        """Whether some of a pause lies between two stops, as conditions."""
        if isinstance(spanned, int):
            return [int(spanned > 0)]
        truth = self.boolean("spanned")
        self.demand(spanned == 0, [self.negated(truth)])
        return [truth]

    def _bounded(self, lane: int, before: Stop, after: Stop, literal: Expr) -> None:
        """The day leaves and comes back inside the hours of the lane, unless held bookings keep it from that."""
        first, latest = int(self.c.first[lane]), int(self.c.latest[lane])
        if before.name == DEPARTURE:
            party = after.name
            least = before.end == first if self.c.lanes.fixed_departure[lane] else before.end >= first
            self.require_hours(least, party, literal)
        if after.name == ARRIVAL:
            self.require_hours(after.start <= latest, before.name, literal)

    def require_hours(self, constraint: Expr, slot: int, literal: Expr) -> None:
        """Demand what the working hours ask of the booking at an end of the day."""
        free = 1 if slot < 0 else 0 if self.c.is_held(slot) else self.negated(self.kept(slot))
        self.demand(constraint, [literal, free])

    def _follow_restock(self, found: Lane, before: Stop, after: Stop, literal: Expr) -> None:
        """What comes after the restocking stop has all tools and parts."""
        if found.restock is None or after.name == ARRIVAL:
            return
        truth = {DEPARTURE: 0, RESTOCK: 1}
        now = truth.get(before.name)
        now = self._after_restock(found, before.name) if now is None else now
        if after.name == RESTOCK:
            if not isinstance(now, int):
                self.demand(now == 0, [literal])
            return
        self.demand(self._after_restock(found, after.name) == now, [literal])

    def _after_restock(self, found: Lane, slot: int) -> Expr:
        if slot not in found.after_restock:
            found.after_restock[slot] = self.boolean(f"restocked before {slot}")
        return found.after_restock[slot]

    def _spanned(self, pause: Blocked | FloatingBreak, before: Stop, after: Stop) -> Expr:
        """Ticks of the pause between two stops."""
        return passed(pause, after, at_start=True) - passed(pause, before, at_start=False)

    def _around_held(self, lane: int, found: Lane) -> None:
        """Where held bookings overlap each other, the rest stays clear of all of them."""
        held = sorted((s.start, s.end) for s in found.stops if s.held and s.start < s.end)
        if not self.c.sequenced or all(a[1] <= b[0] for a, b in pairwise(held)):
            return
        joined: list[tuple[int, int]] = []
        for a, b in held:
            if joined and a < joined[-1][1]:
                joined[-1] = (joined[-1][0], max(b, joined[-1][1]))
            else:
                joined.append((a, b))
        fixed = [self.cp.new_fixed_size_interval_var(a, b - a, "held") for a, b in joined]
        loose = [s for s in found.stops if not s.held]
        self.cp.add_no_overlap(
            [
                *fixed,
                *(self.stay(s.start, s.end, s.here, "loose") for s in loose),
            ]
        )
