"""Day routes: when a day leaves and comes back, and what it is made of."""

from collections.abc import Iterable
from functools import cached_property

from scheduler.solver.model.base import Expr
from scheduler.solver.model.kept_days import KeptDayModel
from scheduler.solver.model.lane import Lane, Leg
from scheduler.solver.model.pauses import ARRIVAL, DEPARTURE, Stop


class RouteModel(KeptDayModel):
    """Adds the days, and answers questions about them."""

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
        around, here = self.c.slots.setup + self.c.slots.teardown, self.candidates(lane)
        return sum(int(around[s]) * self.in_lane(s, lane) + self.service(s, lane) for s in here)

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
        paid = [b for b in found.breaks if unpaid_only and b.rule.paid]
        return sum(self._spanned(p, found.leave, found.reach) for p in found.pauses if p not in paid)

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
        self._inside_hours(lane, found)
        self._apart(found)
        return found

    def bound_by_hours(self, lane: int) -> bool:
        """Whether nothing in the lane may stand against the rules, so that its bounds bind in any case."""
        return not any(slot in self.c.holds for slot in self.candidates(lane))

    def _stop(self, slot: int, lane: int) -> Stop:
        hold, here = self.c.holds.get(slot), self.in_lane(slot, lane)
        start, end = self.occupied_from(slot), self.occupied_to(slot)
        if hold is None or hold.lane != lane:
            return Stop(slot, here, start, end)
        setup, teardown = int(self.c.slots.setup[slot]), int(self.c.slots.teardown[slot])
        stands = (hold.start - setup, hold.start + hold.duration + teardown)
        if hold.must:
            start, end = stands
        return Stop(slot, here, start, end, self.kept(slot), stands)

    def _inside_hours(self, lane: int, found: Lane) -> None:
        """Where the day may leave earlier or come back later for what stands, all other stops lie within the hours."""
        first, latest = int(self.c.first[lane]), int(self.c.latest[lane])
        for stop in found.stops if not self.bound_by_hours(lane) else ():
            parties = {stop.name: stop.here}
            if self.day_off(lane):
                self.require_of(parties, stop.here == 0, rule="working-hours")
                continue
            for excess in (first - stop.start, stop.end - latest):
                self.require_time(parties, excess, rule="working-hours", only_if=[stop.here])

    def _idle_when_unused(self, found: Lane, first: int) -> None:
        unused = [self.negated(found.used)]
        self.demand(found.departure == first, unused)
        self.demand(found.arrival == first, unused)
        for pause in found.pauses:
            self.demand(pause.after[DEPARTURE] == pause.after[ARRIVAL], unused)
