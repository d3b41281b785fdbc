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
        capacity = int(self.c.room_capacity[lane])
        if capacity < 0:
            return
        waived = [group for group in self.c.waived.get("room-capacity", {}) if self._stood_in(lane, group)]
        if waived:
            self._never_more(lane, capacity, waived)
            return
        rest = int(self.c.turnaround[lane])
        intervals, demands = [], []
        for slot in self.candidates(lane):
            if not self.c.is_held(slot):
                start, end = self.occupied_from(slot), self.occupied_to(slot) + rest
                intervals.append(self.stay(start, end, self.in_lane(slot, lane), f"room {slot} {lane}"))
                demands.append(int(self.c.slots.effort[slot]))
        held = [s for s in self.candidates(lane) if self.c.is_held(s)]
        for start, end, load in self._held_load(held, rest):
            intervals.append(self.cp.new_fixed_size_interval_var(start, end - start, f"held {lane}"))
            demands.append(min(load, capacity))
        if intervals:
            self.cp.add_cumulative(intervals, demands, capacity)

    def _stood_in(self, lane: int, group: frozenset[int]) -> bool:
        return all(self.c.holds[slot].lane == lane for slot in group)

    def _never_more(self, lane: int, capacity: int, waived: list[frozenset[int]]) -> None:
        """The same for a room with a crowd that stands and is waived: asked whenever somebody comes."""
        for last in self.candidates(lane):
            if isinstance(stay := self._stay(last, lane), int) and stay == 0:
                continue
            there = {slot: self._meets(slot, last, lane) for slot in self.candidates(lane)}
            efforts = sum(int(self.c.slots.effort[slot]) * truth for slot, truth in there.items())
            exempt = [self._all_held(there), *(self._crowd_alone(group, there) for group in waived)]
            self.demand(efforts <= capacity, [self.in_lane(last, lane), *map(self.negated, exempt)])

    def _stay(self, slot: int, lane: int) -> Expr:
        return self.occupied_to(slot) + int(self.c.turnaround[lane]) - self.occupied_from(slot)

    def _meets(self, slot: int, last: int, lane: int) -> Expr:
        """Whether the slot is in the room when the last one comes."""
        if slot == last:
            return self.in_lane(slot, lane)
        met, later = self.boolean(f"{slot} meets {last}"), self.boolean(f"{slot} after {last}")
        apart = [self.in_lane(slot, lane), self.in_lane(last, lane), self.negated(met)]
        self.demand(self.occupied_from(slot) > self.occupied_from(last), [*apart, later])
        left = self.occupied_to(slot) + int(self.c.turnaround[lane])
        self.demand(left <= self.occupied_from(last), [*apart, self.negated(later)])
        return met

    def _crowd_alone(self, group: frozenset[int], there: dict[int, Expr]) -> Expr:
        """Whether nobody but the crowd is there, and all of it stands."""
        others = [self.negated(truth) for slot, truth in there.items() if slot not in group]
        return self.all_of([*(self.kept(slot) for slot in sorted(group)), *others], f"crowd {sorted(group)}")

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
