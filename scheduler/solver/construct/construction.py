"""A plan that grows, one activity at a time."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from scheduler.solver.compiled import Compiled, Link, SharedWindows, Spans, meet
from scheduler.solver.construct.lanes import Gap, LaneState, RoomState
from scheduler.solver.construct.nearness import Nearness
from scheduler.solver.solution import Placed, Solution
from scheduler.solver.travel import NOWHERE

ENOUGH = 4
"""Lanes that admit a slot are looked at until so many do, the nearest first."""
MOST_TRIED = 80
MOST_TEAMS = 400
"""Placements of a team that are tried before it is given up."""
LATE_WEIGHT = 2.0
"""Cost of a tick of lateness, where a tick of travel costs one."""
MOST_OPTIONS = 12
"""Placements of one slot that a team is built on."""

Chosen = dict[int, tuple[Placed, Gap]]
"""Slots of the activity at hand with the place they are to have."""
Option = tuple[float, Placed, Gap]
FAR = 2**40
"""Later than any tick."""


@dataclass(frozen=True)
class Bounds:
    """What the activities around it leave to an activity."""

    starts: Spans
    latest_end: int | None
    links: tuple[Link, ...]
    window: SharedWindows | None = None
    """The one window that all of its slots use."""


class Construction:
    """A plan that grows: lanes with their stops, and the activities that are still outside."""

    def __init__(self, compiled: Compiled) -> None:
        self.c = compiled
        self.placed: dict[int, Placed] = {}
        self.lanes = [
            RoomState(compiled, v) if room else LaneState(compiled, v, self._lateness)
            for v, room in enumerate(compiled.lanes.is_room)
        ]
        self._links: dict[int, list[Link]] = {}
        for link in compiled.links:
            self._links.setdefault(link.before, []).append(link)
            self._links.setdefault(link.after, []).append(link)
        self._near = Nearness(compiled)

    def solution(self) -> Solution:
        routes = {
            v: state.route() for v, state in enumerate(self.lanes) if isinstance(state, LaneState) and state.stops
        }
        return Solution(dict(self.placed), routes)

    # In which order

    def order(self) -> list[int]:
        """Activities outside: urgent first, then dear, then by when they are due; befores before afters."""
        c = self.c
        outside = [a for a in range(len(c.activities)) if not self._is_whole(a)]
        choice = c.suits.sum(axis=1)
        prices = [c.problem.activity[name].price_of_leaving_out for name in c.activities]

        def rank(activity: int) -> tuple[object, ...]:
            slots = c.slots_of[activity]
            return (not c.urgent[activity], -prices[activity], self._due(activity), int(choice[slots].min()))

        return self._topological(sorted(outside, key=rank))

    def _due(self, activity: int) -> int:
        """The tick by which the activity ought to start, or at least end."""
        slots = self.c.slots_of[activity]
        last = max((b for s in slots for _, b in self.c.starts[s]), default=0)
        return min([last, *(late.windows[0][1] for s in slots for late in self._near.lates_of(s))])

    def _topological(self, ranked: list[int]) -> list[int]:
        found, seen = list[int](), set[int]()
        for activity in ranked:
            chain, todo = [], [activity]
            while todo:
                at = todo.pop()
                if at not in seen:
                    seen.add(at)
                    chain.append(at)
                    todo += [link.before for link in self._links.get(at, ()) if link.after == at]
            found += reversed(chain)
        outside = set(ranked)
        return [a for a in found if a in outside]

    # What stands

    def place_held(self) -> None:
        for slot, hold in sorted(self.c.holds.items(), key=lambda item: not self.c.slots.is_room[item[0]]):
            if hold.must:
                self._put(slot, Placed(hold.lane, hold.start, hold.duration))
        for state in self.lanes:
            if isinstance(state, LaneState):
                state.place_breaks()

    def place_standing(self, start: Solution) -> None:
        """Activities of a solution, whole and unmoved, where that keeps the rules."""
        firsts = {
            a: min(start.placed[s].start for s in slots)
            for a in start.activities(self.c)
            if (slots := [s for s in self.c.slots_of[a] if s in start.placed])
        }
        for activity in sorted(firsts, key=lambda a: firsts[a]):
            if not self._is_whole(activity):
                self.insert(activity, start)

    def _is_whole(self, activity: int) -> bool:
        """Whether every slot of one requirement set has its place."""
        return any(all(s in self.placed for s in slots) for slots in self._sets(activity))

    # Where to

    def insert(self, activity: int, at: Solution | None = None) -> bool:
        """Book every role of one requirement set, or nothing; exactly as in `at` where it is given."""
        held = [s for s in self.c.slots_of[activity] if s in self.placed]
        if any(not self.c.slots.is_room[s] and self._place_of(s, {}) == NOWHERE for s in held):
            return False  # the search chooses the room to which somebody held has to drive
        best: tuple[float, Chosen] | None = None
        for bounds in self._bounds(activity):
            for slots in self._sets(activity):
                if set(held) <= set(slots):
                    found = self._team([s for s in slots if s not in held], bounds, at)
                    best = min((b for b in (best, found) if b is not None), key=lambda b: b[0], default=None)
        if best is None:
            return False
        for slot, (placed, gap) in best[1].items():
            self._put(slot, placed, gap)
        return True

    def _sets(self, activity: int) -> Iterator[list[int]]:
        slots = self.c.slots_of[activity]
        for k in sorted({int(self.c.slots.requirement_set[s]) for s in slots}):
            yield sorted((s for s in slots if self.c.slots.requirement_set[s] == k), key=self._rank)

    def _rank(self, slot: int) -> tuple[bool, int]:
        """Technicians before rooms, unless the room says where it is; the pickiest first."""
        return bool(self.c.slots.is_room[slot]) ^ bool(self.c.slots.place[slot] == NOWHERE), int(
            self.c.suits[slot].sum()
        )

    def _bounds(self, activity: int) -> Iterator[Bounds]:
        """What precedences leave, once for each window that all slots may share; nothing where one can't be kept."""
        bounds = Bounds(((0, self.c.clock.floor(self.c.problem.horizon.end)),), None, ())
        for link in self._links.get(activity, ()):
            other = link.before if link.after == activity else link.after
            there = [self.placed[s] for s in self.c.slots_of[other] if s in self.placed]
            if there:
                bounds = self._linked(bounds, link, activity, there)
            elif link.after == activity:
                return
        shared = self.c.shared_windows.get(activity)
        if shared is None:
            yield bounds
            return
        each = [replace(shared, spans=(span,)) for span in shared.spans]
        there = [self.placed[s] for s in self.c.slots_of[activity] if s in self.placed]
        used = [w for w in each if any(w.admit(p.start, p.start + p.duration) for p in there)]
        yield from (replace(bounds, window=w) for w in (used if len(used) == 1 else each if not used else ()))

    def _linked(self, bounds: Bounds, link: Link, activity: int, there: list[Placed]) -> Bounds:
        """The bounds narrowed by a precedence whose other activity has its place."""
        first = min(p.start for p in there)
        low, high, latest_end = -FAR, FAR, bounds.latest_end
        if link.after == activity:
            since = max(p.start + p.duration for p in there) if link.from_finish else first
            low, high = since + link.least, FAR if link.most is None else since + link.most
        else:
            low = low if link.most is None else first - link.most
            if link.from_finish:
                latest_end = min(first - link.least, FAR if latest_end is None else latest_end)
            else:
                high = first - link.least
        starts = meet(bounds.starts, ((low, high),))
        if link.same_day:
            starts = meet(starts, (self._day(first),))
        return Bounds(starts, latest_end, (*bounds.links, link))

    def _day(self, tick: int) -> tuple[int, int]:
        n = int(np.searchsorted(self.c.midnights, tick, side="right"))
        return self.c.midnights[n - 1], self.c.midnights[n] - 1

    def _team(self, slots: list[int], bounds: Bounds, at: Solution | None) -> tuple[float, Chosen] | None:
        """The cheapest way found to fill all slots, searched depth first, each next slot around those placed."""
        tried = 0
        best: tuple[float, Chosen] | None = None

        def fill(n: int, cost: float, chosen: Chosen) -> None:
            nonlocal best, tried
            if best is not None and cost >= best[0]:
                return
            if n == len(slots):
                if self._people_fit(chosen, bounds.links):
                    best = (cost, dict(chosen))
                return
            for more, placed, gap in self._options(slots[n], chosen, bounds, at):
                tried += 1
                if tried > MOST_TEAMS:
                    return
                chosen[slots[n]] = (placed, gap)
                fill(n + 1, cost + more, chosen)
                del chosen[slots[n]]

        fill(0, 0.0, {})
        return best

    def _options(self, slot: int, chosen: Chosen, bounds: Bounds, at: Solution | None) -> list[Option]:
        """Placements of one slot, cheapest first, given the slots of its team that are chosen or placed already."""
        c, options = self.c, list[Option]()
        spans = self._starts(slot, chosen, bounds)
        if not spans:
            return []
        place = self._place_of(slot, chosen)
        wanted = at.placed.get(slot) if at is not None else None
        if at is not None and wanted is None:
            return []
        taken = {int(c.lanes.resource[p.lane]) for _, p in self._team_of(slot, chosen)}
        lanes: Iterator[int] = iter([wanted.lane]) if wanted else self._lanes(slot, place)
        found = 0
        for lane in islice(lanes, MOST_TRIED):
            if int(c.lanes.resource[lane]) in taken or not self._one_site(slot, lane, chosen):
                continue
            if not c.admitted(slot, lane):
                continue
            length = self._length(slot, lane, chosen)
            within = self._ending(slot, length, spans, bounds)
            if wanted is not None:
                within = meet(within, ((wanted.start, wanted.start),))
            here = int(c.lanes.place[lane]) if c.lanes.is_room[lane] else place
            gaps = list(self.lanes[lane].gaps(slot, here, length, within)) if within else []
            for gap in gaps:
                cost = gap.cost + self._lateness(slot, gap.start, length)
                options.append((cost, Placed(lane, gap.start, length), gap))
            found += bool(gaps)
            if found >= ENOUGH:
                break
        return sorted(options, key=lambda o: (o[0], o[1].lane, o[1].start))[:MOST_OPTIONS]

    def _length(self, slot: int, lane: int, chosen: Chosen) -> int:
        length = int(self.c.durations[slot, self.c.lanes.resource[lane]])
        if not self.c.slots.is_room[slot]:
            return length
        stays = [p.duration for s, p in self._team_of(slot, chosen) if not self.c.slots.is_room[s]]
        return max(length, *stays) if stays else length

    def _team_of(self, slot: int, chosen: Chosen) -> list[tuple[int, Placed]]:
        """The slots of the same activity that have their place."""
        mates = [s for s in self.c.slots_of[self.c.slots.activity[slot]] if s in self.placed]
        return [*((s, self.placed[s]) for s in mates), *((s, p) for s, (p, _) in chosen.items())]

    def _starts(self, slot: int, chosen: Chosen, bounds: Bounds) -> Spans:
        """Starts that ties to the team, windows and precedences leave."""
        spans = meet(self.c.starts[slot], bounds.starts)
        placed = dict(self._team_of(slot, chosen))
        for tie in self._near.ties_of(slot):
            if tie.slot == slot and tie.other in placed:
                most = FAR if tie.most is None else tie.most
                spans = meet(spans, ((placed[tie.other].start - most, placed[tie.other].start - tie.least),))
            elif tie.other == slot and tie.slot in placed:
                most = FAR if tie.most is None else tie.most
                spans = meet(spans, ((placed[tie.slot].start + tie.least, placed[tie.slot].start + most),))
            elif tie.least == tie.most == 0:  # they start together, whoever is placed first
                spans = meet(spans, self.c.starts[tie.other if tie.slot == slot else tie.slot])
        return spans

    def _ending(self, slot: int, length: int, spans: Spans, bounds: Bounds) -> Spans:
        """Starts from which the end, too, is admitted."""
        within = meet(spans, tuple((a - length, b - length) for a, b in self.c.ends[slot]))
        if bounds.latest_end is not None:
            within = meet(within, ((0, bounds.latest_end - length),))
        if bounds.window is not None:
            (first, last), shared = bounds.window.spans[0], bounds.window
            within = meet(within, ((first - length * shared.opens_at_end, last - length * shared.closes_at_end),))
        return within

    def _place_of(self, slot: int, chosen: Chosen) -> int:
        if self.c.slots.place[slot] != NOWHERE:
            return int(self.c.slots.place[slot])
        rooms = (int(self.c.lanes.place[p.lane]) for s, p in self._team_of(slot, chosen) if self.c.slots.is_room[s])
        return next(rooms, NOWHERE)

    def _lanes(self, slot: int, place: int) -> Iterator[int]:
        if self.c.slots.is_room[slot]:
            lanes = np.flatnonzero(self.c.lanes.is_room & self.c.suits[slot][self.c.lanes.resource])
            return (int(v) for v in lanes)
        return self._near.lanes(slot, place)

    def _one_site(self, slot: int, lane: int, chosen: Chosen) -> bool:
        groups = [g for g in self._near.together_of(slot)]
        site = self.c.sites[self.c.lanes.resource[lane]]
        return not groups or all(
            self.c.sites[self.c.lanes.resource[p.lane]] == site for _, p in self._team_of(slot, chosen)
        )

    def _people_fit(self, chosen: Chosen, links: tuple[Link, ...]) -> bool:
        """Links between the people of two activities hold for a whole team."""
        for link in links:
            if link.technicians == "any" or not chosen:
                continue
            first = next(iter(chosen))
            team = self._team_of(first, chosen)
            mine = {int(self.c.lanes.resource[p.lane]) for s, p in team if not self.c.slots.is_room[s]}
            activity = int(self.c.slots.activity[first])
            other = link.before if link.after == activity else link.after
            theirs = {
                int(self.c.lanes.resource[self.placed[s].lane])
                for s in self.c.slots_of[other]
                if s in self.placed and not self.c.slots.is_room[s]
            }
            if bool(mine & theirs) != (link.technicians == "same"):
                return False
        return True

    def _lateness(self, slot: int, start: int, length: int) -> float:
        return LATE_WEIGHT * sum(late.ticks(start, start + length) for late in self._near.lates_of(slot))

    def _put(self, slot: int, placed: Placed, gap: Gap | None = None) -> None:
        self.placed[slot] = placed
        place = self._place_of(slot, {})
        moved = self.lanes[placed.lane].add(slot, placed, place, gap, movable=self._movable(slot))
        for other, start in moved.items():
            self.placed[other] = replace(self.placed[other], start=start)
        if not self.c.lanes.is_room[placed.lane]:
            self._near.moved(placed.lane, place)

    def _movable(self, slot: int) -> bool:
        """Whether the slot may give way in time: nothing else hangs on it, and nobody holds it."""
        activity = int(self.c.slots.activity[slot])
        held = slot in self.c.holds or slot in self.c.start_held
        return len(self.c.slots_of[activity]) == 1 and activity not in self._links and not held
