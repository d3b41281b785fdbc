"""When activities happen: windows, precedences, lateness."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import pairwise

from scheduler.solver.compiled import Late, Link, SharedWindows, Tie
from scheduler.solver.model.base import Expr
from scheduler.solver.model.limits import LimitModel
from scheduler.solver.rules.base import RESOURCE, TIME


class TimingModel(LimitModel):
    """Adds what ties activities to windows and to each other."""

    def add_timing(self) -> None:
        for activity, windows in self.c.shared_windows.items():
            self._same_window(activity, windows)
        for link in self.c.links:
            self._link(link)
        for tie in self.c.ties:
            self._tie(tie)
        for lanes in self.c.lanes_of:
            self._across_days(lanes)

    # Questions

    def activity_start(self, activity: int) -> Expr:
        return self._bounds[activity, False]

    def activity_end(self, activity: int) -> Expr:
        return self._bounds[activity, True]

    def lateness(self, slot: int) -> Expr:
        return sum(self._late(late) for late in self._lates[slot])

    @cached_property
    def _lates(self) -> dict[int, list[Late]]:
        found = defaultdict[int, list[Late]](list)
        for late in self.c.lates:
            found[late.slot].append(late)
        return found

    @cached_property
    def _bounds(self) -> "_Lazily":
        return _Lazily(self._bound)

    @cached_property
    def _lateness(self) -> dict[Late, Expr]:
        return {}

    # Variables

    def _bound(self, activity: int, at_end: bool) -> Expr:
        """Earliest start, or latest end, of the slots that are present."""
        slots = self.c.slots_of[activity]
        moments = {s: self.end(s) if at_end else self.start(s) for s in slots}
        if len(slots) == 1:
            return moments[slots[0]]
        constant = [s for s in slots if self._is_constant(s)]
        if len(constant) == len(slots):
            there = [moments[s] for s in slots if self.present(s)] or [0]
            return max(there) if at_end else min(there)
        bound = self.integer(-self.horizon, 3 * self.horizon, f"bound {activity} {at_end}")
        chosen = [self.boolean(f"bound {activity} {at_end} {s}") for s in slots]
        self.demand(sum(chosen) == self.scheduled(activity))
        for slot, truth in zip(slots, chosen, strict=True):
            self.demand(self.present(slot) == 1, [truth])
            self.demand(bound == moments[slot], [truth])
            beyond = bound >= moments[slot] if at_end else bound <= moments[slot]
            self.demand(beyond, [self.present(slot)])
        return bound

    def _same_window(self, activity: int, windows: SharedWindows) -> None:
        slots = self.c.slots_of[activity]
        if all(self._is_constant(s) for s in slots):
            return
        chosen = [self.boolean(f"window {activity} {n}") for n in range(len(windows.spans))]
        self.cp.add_exactly_one(chosen)
        exempt = [self.exempt(windows.rule, {s: self.present(s) for s in slots}, TIME)]
        exempt += [truth for slot in slots for truth in self._outside(slot, windows)]
        binding = [self.negated(truth) for truth in exempt]
        for slot in slots:
            opening = self.end(slot) if windows.opens_at_end else self.start(slot)
            closing = self.end(slot) if windows.closes_at_end else self.start(slot)
            for (a, b), truth in zip(windows.spans, chosen, strict=True):
                self.demand(opening >= a, [truth, self.present(slot), *binding])
                self.demand(closing <= b, [truth, self.present(slot), *binding])

    def _outside(self, slot: int, windows: SharedWindows) -> Iterator[Expr]:
        """Whether the slot stands outside all of the windows, held there or waived: then the others need not share."""
        hold, start = self.c.holds.get(slot), self.c.start_held.get(slot)
        if self._is_constant(slot):
            if self.present(slot) and not windows.admit(self.start(slot), self.end(slot)):
                yield 1
        elif hold is not None:
            if not windows.admit(hold.start, hold.start + hold.duration):
                yield self.kept(slot)
        elif start is not None:
            for lane in self.lanes_for(slot):
                if not windows.admit(start, start + self.duration(slot, lane)):
                    yield self.in_lane(slot, lane)

    def _link(self, link: Link) -> None:
        before, after = self.c.slots_of[link.before], self.c.slots_of[link.after]
        if all(self._is_constant(s) for s in (*before, *after)):
            return
        both = [self.scheduled(link.before), self.scheduled(link.after)]
        parties = {s: self.present(s) for s in (*before, *after)}
        following = {s: self.present(s) for s in after}
        self.require_of(following, both[0] == 1, rule="precedence", only_if=[both[1]])
        conditions = [*both, self.negated(self.exempt("precedence", parties, TIME))]
        since = self.activity_end(link.before) if link.from_finish else self.activity_start(link.before)
        gap = self.activity_start(link.after) - since
        self.demand(gap >= link.least, conditions)
        if link.most is not None:
            self.demand(gap <= link.most, conditions)
        people = {s: truth for s, truth in parties.items() if not self.c.slots.is_room[s]}
        self._same_people(link, [*both, self.negated(self.exempt("precedence", people, RESOURCE))])
        if link.same_day:
            self._same_day(link, conditions)

    def _same_people(self, link: Link, conditions: list[Expr]) -> None:
        if link.technicians == "any":
            return
        who = [
            {int(self.c.lanes.resource[v]) for s in self._people(a) for v in self.lanes_for(s)}
            for a in (link.before, link.after)
        ]
        shared = []
        for resource in sorted(who[0] & who[1]):
            serves = [
                self.any_of([self.on(s, resource) for s in self._people(a)], f"serves {a} {resource}")
                for a in (link.before, link.after)
            ]
            shared.append(self.all_of(serves, f"serves both {link.before} {link.after} {resource}"))
        total = sum(shared)
        self.demand(total >= 1 if link.technicians == "same" else total == 0, conditions)

    def _people(self, activity: int) -> list[int]:
        return [s for s in self.c.slots_of[activity] if not self.c.slots.is_room[s]]

    def _same_day(self, link: Link, conditions: list[Expr]) -> None:
        """Both start on one calendar day of the problem's time zone."""
        days = [self.boolean(f"day {n} {link.before} {link.after}") for n in range(len(self.c.midnights) - 1)]
        self.demand(sum(days) == 1, conditions)
        for n, truth in enumerate(days):
            for activity in (link.before, link.after):
                self.demand(self.activity_start(activity) >= self.c.midnights[n], [truth, *conditions])
                self.demand(self.activity_start(activity) < self.c.midnights[n + 1], [truth, *conditions])

    def _tie(self, tie: Tie) -> None:
        slot, other = tie.slot, tie.other
        if self._is_constant(slot) and self._is_constant(other):
            return
        exempt = self.exempt("team", {s: self.present(s) for s in tie.parties}, TIME)
        conditions = [self.present(slot), self.present(other), self.negated(exempt)]
        gap = self.start(other) - self.start(slot)
        if tie.most == tie.least:
            self.demand(gap == tie.least, conditions)
            return
        self.demand(gap >= tie.least, conditions)
        if tie.most is not None:
            self.demand(gap <= tie.most, conditions)

    def _across_days(self, lanes: list[int]) -> None:
        """Where one working day may reach into the next, the technician is still at one activity at a time."""
        c = self.c
        if not c.sequenced or not lanes or c.lanes.is_room[lanes[0]]:
            return
        order = sorted((int(c.first[v]), int(c.latest[v])) for v in lanes if c.first[v] <= c.latest[v])
        held = any(c.is_held(s) or s in c.holds for v in lanes for s in self.candidates(v))
        if held or all(a[1] <= b[0] for a, b in pairwise(order)):
            return
        slots = {s for v in lanes for s in self.candidates(v)}
        stays = (
            (self.occupied_from(s), self.occupied_to(s), self.on(s, int(c.lanes.resource[lanes[0]]))) for s in slots
        )
        self.cp.add_no_overlap([self.stay(a, b, here, "day") for a, b, here in stays])

    def _late(self, late: Late) -> Expr:
        if late not in self._lateness:
            self._lateness[late] = self._new_late(late)
        return self._lateness[late]

    def _new_late(self, late: Late) -> Expr:
        start, end, present = self.start(late.slot), self.end(late.slot), self.present(late.slot)
        if self._is_constant(late.slot):
            return late.ticks(start, end) if present else 0
        opening, moment = (end if late.opens_at_end else start), (end if late.closes_at_end else start)
        value = self.integer(0, 2 * self.horizon, f"late {late.slot}")
        opens = [a for a, _ in late.windows]
        chosen = [self.boolean(f"late in {late.slot} {n}") for n in range(len(opens))] if len(opens) > 1 else [1]
        self.demand(sum(chosen) == 1)
        for n, (truth, (_, close)) in enumerate(zip(chosen, late.windows, strict=True)):
            self.demand(value >= moment - close, [truth, present])
            if len(opens) > 1:
                if n > 0:
                    self.demand(opening >= opens[n], [truth, present])
                if n + 1 < len(opens):
                    self.demand(opening < opens[n + 1], [truth, present])
        return value


class _Lazily(dict[tuple[int, bool], Expr]):
    """Makes a bound when it is first asked for."""

    def __init__(self, make: Callable[[int, bool], Expr]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: tuple[int, bool]) -> Expr:
        self[key] = self._make(*key)
        return self[key]
