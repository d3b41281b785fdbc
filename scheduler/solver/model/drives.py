"""Drives between stops: where they lead, that there is time for them, and the breaks that lie on them."""

from collections.abc import Iterator

from scheduler.solver.model.base import Expr
from scheduler.solver.model.lane import Lane
from scheduler.solver.model.pauses import ARRIVAL, DEPARTURE, RESTOCK, Blocked, FloatingBreak, PauseModel, Stop, passed
from scheduler.solver.travel import NOWHERE, UNREACHABLE


class DriveModel(PauseModel):
    """Adds one drive at a time: from a stop to the one after it."""

    # Where to

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

    # In time

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
            if not self.c.lanes.fixed_departure[lane] or self.day_off(lane):
                self.demand(before.end + length == after.start, [taken])
            elif after.held:
                self.demand(before.end == min(int(self.c.first[lane]), after.start - ticks), [taken])
            else:
                self.demand(before.end + length <= after.start, [taken])
        elif after.name == ARRIVAL:
            self.demand(before.end + length == after.start, [taken])
        else:
            ordered = (before.stands, before.name) < (after.stands, after.name)
            parties = {before.name: 1, after.name: 1} if ordered and RESTOCK not in (before.name, after.name) else {}
            lack = before.end - after.start
            if self.c.sequenced:
                self.require_of(parties, lack <= 0, rule="no-overlap", only_if=[taken])
                if self.c.travels:
                    clash = self.all_of([before.kept, after.kept], "clash") if before.stands_over(after) else 0
                    apart = [taken, self.negated(clash)]
                    self.require_time(parties, lack + length, rule="travel-time", only_if=apart)

    def _bounded(self, lane: int, before: Stop, after: Stop, literal: Expr) -> None:
        """The day leaves and comes back inside the hours of the lane, unless exempt bookings keep it from that.

        The stop at the depot is nobody's fault: it can be left out.
        """
        if self.day_off(lane):
            return
        first, latest = int(self.c.first[lane]), int(self.c.latest[lane])
        if before.name == DEPARTURE:
            if self.c.lanes.fixed_departure[lane]:
                self.demand(before.end <= first, [literal])
            parties = {after.name: 1} if after.name >= 0 else {}
            self.require_time(parties, first - before.end, rule="working-hours", only_if=[literal])
        if after.name == ARRIVAL:
            parties = {before.name: 1} if before.name >= 0 else {}
            self.require_time(parties, after.start - latest, rule="working-hours", only_if=[literal])

    def day_off(self, lane: int) -> bool:
        """Whether the lane has no hours: it is there only for bookings that stand."""
        return bool(self.c.first[lane] > self.c.latest[lane])

    # Breaks on the way

    def _after_drive(self, found: Lane, before: Stop, after: Stop, ticks: int, taken: Expr) -> None:
        """A break that belongs to the next stop is not taken on the road, nor on the way back."""
        for pause in found.breaks:
            if pause.rule.after_drive:
                on_leg = [taken, pause.after[after.name], self.negated(pause.after[before.name])]
                if pause.length == 0:
                    on_leg.append(self.negated(at_once := self.boolean("at once")))
                    self.demand(pause.start <= before.end, [at_once, *on_leg[:-1]])
                if after.name == ARRIVAL:
                    self.demand(False, on_leg)
                    continue
                rests = sum(
                    self._rested(other, pause, before, after, on_leg) for other in found.pauses if other is not pause
                )
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

    def _spanned(self, pause: Blocked | FloatingBreak, before: Stop, after: Stop) -> Expr:
        """Ticks of the pause between two stops."""
        return passed(pause, after, at_start=True) - passed(pause, before, at_start=False)
