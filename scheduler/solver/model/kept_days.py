"""Days that a neighbourhood leaves as they are: constants."""

from itertools import pairwise

from scheduler.solver.model.circuit import CircuitModel
from scheduler.solver.model.lane import Lane, Leg
from scheduler.solver.model.pauses import ARRIVAL, DEPARTURE, RESTOCK, Blocked, FloatingBreak, Stop
from scheduler.solver.solution import Route
from scheduler.solver.travel import NOWHERE, UNREACHABLE


class KeptDayModel(CircuitModel):
    """Adds days outside the focus."""

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
