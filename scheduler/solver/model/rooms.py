"""Rooms: open when they are used, and never fuller than they hold."""

from itertools import pairwise

from scheduler.solver.model.base import Expr
from scheduler.solver.model.routes import RouteModel


class RoomModel(RouteModel):
    """Adds opening and capacity of rooms."""

    def add_rooms(self) -> None:
        for lane, is_room in enumerate(self.c.lanes.is_room):
            if is_room:
                self._open(lane)
                self._full(lane)

    def _open(self, lane: int) -> None:
        """Each booking lies in one open span."""
        first, latest = int(self.c.first[lane]), int(self.c.latest[lane])
        closed = [(a, b) for a, b in self.c.blocked[lane] if a < latest and b > first]
        edges = [first, *(edge for span in closed for edge in span), latest]
        spans = [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if a <= b]
        for slot in self.candidates(lane):
            if self._is_constant(slot) or self.c.is_held(slot):
                continue
            here = [self.in_lane(slot, lane), self.negated(self.kept(slot))]
            inside = [self.boolean(f"open {slot} {lane}") for _ in spans] if len(spans) > 1 else [1] * len(spans)
            self.demand(sum(inside) == 1, here)
            for (a, b), truth in zip(spans, inside, strict=True):
                self.demand(self.occupied_from(slot) >= a, [*here, truth])
                self.demand(self.occupied_to(slot) <= b, [*here, truth])

    def _full(self, lane: int) -> None:
        """The efforts of those in the room, turnaround included, never exceed its capacity."""
        capacity, rest = int(self.c.room_capacity[lane]), int(self.c.turnaround[lane])
        if capacity < 0:
            return
        intervals, demands = [], []
        groups = self._waived_groups(lane)
        for slot in self.candidates(lane):
            if not self.c.is_held(slot):
                stands = [self.negated(truth) for group, truth in groups if slot in group]
                here = self.all_of([self.in_lane(slot, lane), *stands], f"counts {slot} {lane}")
                start, end = self.occupied_from(slot), self.occupied_to(slot) + rest
                name = f"room {slot} {lane}"
                intervals.append(self.stay(start, end, here, name))
                demands.append(int(self.c.slots.effort[slot]))
        held = [s for s in self.candidates(lane) if self.c.is_held(s)]
        for slots, truth in ((held, 1), *groups):
            for start, end, load in self._held_load(slots, rest):
                fixed = self.cp.new_optional_fixed_size_interval_var(start, end - start, truth, f"held {lane}")
                intervals.append(fixed)
                demands.append(min(load, capacity))
        if intervals:
            self.cp.add_cumulative(intervals, demands, capacity)

    def _waived_groups(self, lane: int) -> list[tuple[list[int], Expr]]:
        """Bookings whose crowding stands and is waived, with whether all of them stand."""
        waived = sorted(map(sorted, self.c.waived.get("room-capacity", {})))
        here = [slots for slots in waived if all(self.c.holds[s].lane == lane for s in slots)]
        return [(slots, self.all_of([self.kept(s) for s in slots], f"crowded {slots}")) for slots in here]

    def _held_load(self, held: list[int], rest: int) -> list[tuple[int, int, int]]:
        """(start, end, effort) of what stands in the room, cut where the sum changes."""
        spans = [
            (
                h.start - int(self.c.slots.setup[s]),
                h.start + h.duration + int(self.c.slots.teardown[s]) + rest,
                int(self.c.slots.effort[s]),
            )
            for s in held
            for h in (self.c.holds[s],)
        ]
        edges = sorted({edge for a, b, _ in spans for edge in (a, b)})
        loads = ((a, b, sum(n for start, end, n in spans if start <= a and b <= end)) for a, b in pairwise(edges))
        return [(a, b, load) for a, b, load in loads if load]
