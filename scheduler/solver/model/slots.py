"""Which slots are booked, in which lane, from when to when."""

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property

from scheduler.domain.verdict import Concern
from scheduler.solver.compiled import Compiled, Spans, meet
from scheduler.solver.model.base import Base, Expr
from scheduler.solver.model.focus import Focus
from scheduler.solver.rules.base import BOTH
from scheduler.solver.travel import NOWHERE


class SlotModel(Base):
    """Variables of the slots. What lies outside the focus is constant."""

    def __init__(self, compiled: Compiled, focus: Focus | None) -> None:
        super().__init__()
        self.c = compiled
        self.focus = focus
        self.horizon = compiled.clock.floor(compiled.problem.horizon.end)
        self._in: dict[tuple[int, int], Expr] = {}
        self._on: dict[tuple[int, int], Expr] = {}
        self._lanes: dict[int, list[int]] = {}
        self._reach: dict[tuple[int, int], tuple[int, int]] = {}
        self._spans: dict[int, Spans] = {}
        self._start: dict[int, Expr] = {}
        self._size: dict[int, Expr] = {}
        self._present: dict[int, Expr] = {}
        self._kept: dict[int, Expr] = {}
        self._members: dict[int, list[int]] = defaultdict(list)
        self._create()

    # Questions

    def present(self, slot: int) -> Expr:
        return self._present[slot]

    def in_lane(self, slot: int, lane: int) -> Expr:
        return self._in.get((slot, lane), 0)

    def on(self, slot: int, resource: int) -> Expr:
        if (slot, resource) not in self._on:
            lanes = [lane for lane in self._lanes[slot] if self.c.lanes.resource[lane] == resource]
            self._on[slot, resource] = self.any_of([self._in[slot, v] for v in lanes], f"on{slot},{resource}")
        return self._on[slot, resource]

    def start(self, slot: int) -> Expr:
        return self._start[slot]

    def end(self, slot: int) -> Expr:
        return self._start[slot] + self._size[slot]

    def candidates(self, lane: int) -> list[int]:
        return self._members[lane]

    def lanes_for(self, slot: int) -> list[int]:
        """The lanes that the slot may be booked in."""
        return self._lanes[slot]

    def occupied_from(self, slot: int) -> Expr:
        return self._start[slot] - int(self.c.slots.setup[slot])

    def occupied_to(self, slot: int) -> Expr:
        return self.end(slot) + int(self.c.slots.teardown[slot])

    def duration(self, slot: int, lane: int) -> int:
        """Ticks of service in a lane (of a room, without the stay of others)."""
        hold = self.c.holds.get(slot)
        if hold is not None and hold.lane == lane and not self.c.admitted(slot, lane):
            return hold.duration
        return int(self.c.durations[slot, self.c.lanes.resource[lane]])

    def service(self, slot: int, lane: int) -> Expr:
        """Ticks of service that the slot takes in a technician's lane."""
        hold, usual = self.c.holds.get(slot), self.duration(slot, lane)
        longer = hold.duration - usual if hold is not None and hold.lane == lane else 0
        return usual * self.in_lane(slot, lane) + (longer * self.kept(slot) if longer else 0)

    def kept(self, slot: int) -> Expr:
        """Whether the slot stands where a hold or a waiver lets it stand against the rules."""
        return self._kept.get(slot, 0)

    def fixed(self, slots: Iterable[int], concerns: frozenset[Concern] = BOTH) -> bool:
        """Whether a lock or a fact holds all of these slots in all that is meant: the resource, the time, or both."""
        c = self.c
        by_lock = {Concern.RESOURCE: c.resource_held, Concern.TIME: c.start_held}
        return all(c.is_held(s) or all(s in by_lock[concern] for concern in concerns) for s in slots)

    # Variables

    def _create(self) -> None:
        for slot in range(len(self.c.slots)):
            self._create_slot(slot)

    def _create_slot(self, slot: int) -> None:
        focus = self.focus
        if focus is not None and not focus.is_free(self.c, slot):
            placed = focus.at.placed.get(slot)
            kept = focus.kept(self.c, slot)
            if placed is None or kept is None:
                self._constant(slot)
                return
        self._lanes[slot] = self._possible_lanes(slot)
        hold = self.c.holds.get(slot)
        self._start[slot] = self.within(_ordered(self._start_spans(slot) or ((0, 0),)), f"start{slot}")
        for lane in self._lanes[slot]:
            self._in[slot, lane] = self.boolean(f"in{slot},{lane}")
            self._members[lane].append(slot)
        literals = [self._in[slot, lane] for lane in self._lanes[slot]]
        self._present[slot] = self.any_of(literals, f"present{slot}")
        if len(literals) > 1:
            self.cp.add_at_most_one(literals)
        if hold is not None:
            self._kept[slot] = 1 if hold.must else self._create_kept(slot)
        self._size[slot] = self._create_size(slot)
        self._bind_ends(slot)

    def _constant(self, slot: int) -> None:
        placed = self.focus.at.placed.get(slot) if self.focus else None
        self._lanes[slot] = [placed.lane] if placed else []
        self._present[slot] = 1 if placed else 0
        self._start[slot] = placed.start if placed else 0
        self._size[slot] = placed.duration if placed else 0
        self._kept[slot] = 1
        if placed:
            self._in[slot, placed.lane] = 1
            self._members[placed.lane].append(slot)

    def _start_spans(self, slot: int) -> Spans:
        """Ticks at which the slot may start, as far as they can be told beforehand."""
        spans, hold = self.c.starts[slot], self.c.holds.get(slot)
        if hold is not None:
            return spans if hold.must else (*spans, (hold.start, hold.start))
        reach = [self._reach[slot, lane] for lane in self._lanes[slot] if (slot, lane) in self._reach]
        if reach:
            spans = meet(spans, ((min(a for a, _ in reach), max(b for _, b in reach)),))
        lengths = {self.duration(slot, lane) for lane in self._lanes[slot]}
        if len(lengths) == 1 and not self.c.slots.is_room[slot]:
            length = lengths.pop()
            spans = meet(spans, tuple((a - length, b - length) for a, b in self.c.ends[slot]))
        self._spans[slot] = spans
        return spans

    def _possible_lanes(self, slot: int) -> list[int]:
        hold, focus = self.c.holds.get(slot), self.focus
        if hold is not None and hold.must:
            return [hold.lane]
        if focus is not None and (kept := focus.kept(self.c, slot)) is not None:
            return [kept.lane]
        lanes = [lane for lane in range(len(self.c.lanes)) if self._could_be(slot, lane)]
        return lanes if hold is None or hold.lane in lanes else [*lanes, hold.lane]

    def _could_be(self, slot: int, lane: int) -> bool:
        c = self.c
        if self.focus is not None and not c.lanes.is_room[lane] and lane not in self.focus.lanes:
            return False
        if not c.admitted(slot, lane):
            return False
        length = int(c.durations[slot, c.lanes.resource[lane]])
        earliest = int(c.first[lane]) + int(c.slots.setup[slot])
        latest = int(c.latest[lane]) - length - int(c.slots.teardown[slot])
        by_hours = lane not in self._standing_lanes and not c.lanes.is_room[lane]
        if c.travels and by_hours and c.slots.place[slot] != NOWHERE:
            there, back = self._ways(slot, lane)
            earliest, latest = earliest + there, latest - back
        self._reach[slot, lane] = earliest, latest
        return bool(meet(c.starts[slot], ((earliest, latest),)))

    @cached_property
    def _standing_lanes(self) -> set[int]:
        """Lanes where something may stand against the rules: their days may begin earlier, and end later."""
        return {hold.lane for hold in self.c.holds.values()}

    def _ways(self, slot: int, lane: int) -> tuple[int, int]:
        """Ticks from the day's start place, and to its end place."""
        c, place, profile = self.c, int(self.c.slots.place[slot]), int(self.c.lanes.profile[lane])
        there, _ = c.travel.leg(profile, int(c.lanes.start_place[lane]), place)
        back, _ = c.travel.leg(profile, place, int(c.lanes.end_place[lane]))
        return there, back

    def _create_size(self, slot: int) -> Expr:
        lengths = {lane: self.duration(slot, lane) for lane in self._lanes[slot]}
        hold, kept = self.c.holds.get(slot), self.kept(slot)
        every = {*lengths.values(), *([hold.duration] if hold is not None else [])}
        if len(every) <= 1:
            return next(iter(every), 0)
        size = self.integer(min(every), max(every), f"size{slot}")
        for lane, length in lengths.items():
            self.demand(size == length, [self._in[slot, lane], self.negated(kept)])
        if hold is not None:
            self.demand(size == hold.duration, [kept])
        return size

    def _create_kept(self, slot: int) -> Expr:
        """Whether the slot stays where it stands; if not, the rules bind it as they bind any other."""
        hold = self.c.holds[slot]
        if hold.lane not in self._lanes[slot]:
            return 0
        kept = self.boolean(f"kept{slot}")
        self.demand(self._in[slot, hold.lane] == 1, [kept])
        self.demand(self._start[slot] == hold.start, [kept])
        if not self.c.admitted(slot, hold.lane):
            self.demand(self._in[slot, hold.lane] == 0, [self.negated(kept)])
        self.demand_within(
            self._start[slot], self.c.starts[slot] or ((-1, -1),), [self.negated(kept), self._present[slot]]
        )
        return kept

    def _bind_ends(self, slot: int) -> None:
        hold = self.c.holds.get(slot)
        if self.c.ends[slot] == ((0, self.horizon),) and not isinstance(self._start[slot], int):
            self.demand(self.end(slot) <= self.horizon, [self._present[slot], self.negated(self.kept(slot))])
        elif hold is None or not hold.must:
            spans = self.c.ends[slot] or ((-1, -1),)
            self.demand_within(self.end(slot), spans, [self._present[slot], self.negated(self.kept(slot))])

    def _is_constant(self, slot: int) -> bool:
        return isinstance(self._present[slot], int) and isinstance(self._start[slot], int)

    def _upper(self, slot: int) -> int:
        return max((self.duration(slot, lane) for lane in self._lanes[slot]), default=0)

    def _lower(self, slot: int) -> int:
        return min((self.duration(slot, lane) for lane in self._lanes[slot]), default=0)


def _ordered(spans: Spans) -> Spans:
    """The same spans, joined where they touch, as a domain wants them."""
    joined: list[tuple[int, int]] = []
    for a, b in sorted(spans):
        if joined and a <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(joined[-1][1], b))
        else:
            joined.append((a, b))
    return tuple(joined)
