"""A first plan at once: activities one after another, each where it costs least among the places that are near.

What is placed stays put, so a new booking goes into a gap. Breaks are given their place beforehand. The rules come
in through the compiled arrays alone; every plan is verified later.
"""

from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np

from scheduler.solver.compiled import Compiled, Link, Spans, meet
from scheduler.solver.lane_state import Gap, LaneState, RoomState
from scheduler.solver.solution import Placed, Solution
from scheduler.solver.travel import NOWHERE, Ints

ENOUGH = 6
"""Lanes that admit a slot are looked at until so many do, the nearest first."""
MOST_TRIED = 120
MOST_TEAMS = 400
"""Placements of a team that are tried before it is given up."""


def construct(compiled: Compiled, start: Solution | None = None) -> Solution:
    """A solution that keeps the compiled rules. Bookings of `start` go first, to where they stood, if they still may."""
    build = Construction(compiled)
    build.place_held()
    if start is not None:
        build.place_standing(start)
    for activity in build.order():
        build.insert(activity)
    return build.solution()


class Construction:
    """A plan that grows: lanes with their stops, and the activities that are still outside."""

    def __init__(self, compiled: Compiled) -> None:
        self.c = compiled
        self.placed: dict[int, Placed] = {}
        self.lanes = [RoomState(compiled, v) if room else LaneState(compiled, v)
                      for v, room in enumerate(compiled.lanes.is_room)]
        self._links: dict[int, list[Link]] = {}
        for link in compiled.links:
            self._links.setdefault(link.before, []).append(link)
            self._links.setdefault(link.after, []).append(link)
        self._near = _Nearness(compiled)

    def solution(self) -> Solution:
        routes = {v: state.route() for v, state in enumerate(self.lanes) if isinstance(state, LaneState) and state.stops}
        return Solution(dict(self.placed), routes)

    # In which order

    def order(self) -> list[int]:
        """Activities outside: urgent ones first, then dear ones, then those with little choice; befores before afters."""
        c = self.c
        outside = [a for a in range(len(c.activities)) if not any(s in self.placed for s in c.slots_of[a])]
        choice = c.suits.sum(axis=1)
        prices = [c.problem.activity[name].price_of_leaving_out for name in c.activities]

        def rank(activity: int) -> tuple[object, ...]:
            slots = c.slots_of[activity]
            ends = max((b for s in slots for _, b in meet(c.starts[s], c.starts[s])), default=0)
            return (not c.urgent[activity], -prices[activity], -len(slots) // 2, ends // 8, int(choice[slots].min()))

        return self._topological(sorted(outside, key=rank))

    def _topological(self, ranked: list[int]) -> list[int]:
        found, seen = [], set[int]()
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
        for slot, hold in self.c.holds.items():
            if hold.must:
                self._put(slot, Placed(hold.lane, hold.start, hold.duration))
        for state in self.lanes:
            if isinstance(state, LaneState):
                state.place_breaks()

    def place_standing(self, start: Solution) -> None:
        """Activities of a solution, whole and unmoved, where that keeps the rules."""
        firsts = {a: min(start.placed[s].start for s in slots) for a in start.activities(self.c)
                  if (slots := [s for s in self.c.slots_of[a] if s in start.placed])}
        for activity in sorted(firsts, key=lambda a: firsts[a]):
            slots = [s for s in self.c.slots_of[activity] if s in start.placed]
            if not any(s in self.placed for s in slots):
                self.insert(activity, start)

    # Where to

    def insert(self, activity: int, at: Solution | None = None) -> bool:
        """Book every role of one requirement set, or nothing; exactly as in `at` where it is given."""
        held = [s for s in self.c.slots_of[activity] if s in self.placed]
        bounds = self._bounds(activity)
        best: tuple[float, dict[int, tuple[Placed, Gap]]] | None = None
        for slots in self._sets(activity):
            if held and not set(held) <= set(slots) or bounds is None:
                continue
            for window in self._windows(activity):
                found = self._team([s for s in slots if s not in held], bounds, window, at)
                if found is not None and (best is None or found[0] < best[0]):
                    best = found
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
        return bool(self.c.slots.is_room[slot]) ^ bool(self.c.slots.place[slot] == NOWHERE), int(self.c.suits[slot].sum())

    def _windows(self, activity: int) -> list[tuple[bool, tuple[int, int]] | None]:
        at_end, spans = self.c.shared_windows.get(activity, (False, ()))
        return [(at_end, span) for span in spans] if spans and len(self.c.slots_of[activity]) > 1 else [None]

    def _bounds(self, activity: int) -> tuple[Spans, int | None, int | None, list[Link]] | None:
        """Spans for the starts, latest end, and links that compare people; None where a link can't be kept."""
        horizon = self.c.clock.floor(self.c.problem.horizon.end)
        low, high, latest_end = -1, horizon, None
        spans: Spans = ((0, horizon),)
        people: list[Link] = []
        for link in self._links.get(activity, ()):
            other = link.before if link.after == activity else link.after
            there = [s for s in self.c.slots_of[other] if s in self.placed]
            if not there:
                if link.after == activity:
                    return None
                continue
            first = min(self.placed[s].start for s in there)
            last = max(self.placed[s].start + self.placed[s].duration for s in there)
            if link.after == activity:
                since = last if link.from_finish else first
                low = max(low, since + link.least)
                high = min(high, since + link.most) if link.most is not None else high
            elif link.from_finish:
                latest_end = min(latest_end if latest_end is not None else horizon, first - link.least)
                low = max(low, first - link.most) if link.most is not None else low
            else:
                high = min(high, first - link.least)
                low = max(low, first - link.most) if link.most is not None else low
            if link.same_day:
                spans = meet(spans, (self._day(first),))
            people.append(link)
        return meet(spans, ((low, high),)), latest_end, None, people

    def _day(self, tick: int) -> tuple[int, int]:
        n = int(np.searchsorted(self.c.midnights, tick, side="right"))
        return self.c.midnights[n - 1], self.c.midnights[n] - 1

    def _team(self, slots: list[int], bounds: tuple[Spans, int | None, int | None, list[Link]],
              window: tuple[bool, tuple[int, int]] | None, at: Solution | None,
              ) -> tuple[float, dict[int, tuple[Placed, Gap]]] | None:
        """The cheapest way found to fill all slots, searched depth first, each next slot around those placed."""
        tried = 0
        best: tuple[float, dict[int, tuple[Placed, Gap]]] | None = None

        def fill(n: int, cost: float, chosen: dict[int, tuple[Placed, Gap]]) -> None:
            nonlocal best, tried
            if best is not None and cost >= best[0]:
                return
            if n == len(slots):
                if self._people_fit(chosen, bounds[3]):
                    best = (cost, dict(chosen))
                return
            for more, placed, gap in self._options(slots[n], slots[:n], chosen, bounds, window, at):
                tried += 1
                if tried > MOST_TEAMS:
                    return
                chosen[slots[n]] = (placed, gap)
                fill(n + 1, cost + more, chosen)
                del chosen[slots[n]]

        fill(0, 0.0, {})
        return best

    def _options(self, slot: int, before: Sequence[int], chosen: dict[int, tuple[Placed, Gap]],
                 bounds: tuple[Spans, int | None, int | None, list[Link]],
                 window: tuple[bool, tuple[int, int]] | None, at: Solution | None,
                 ) -> list[tuple[float, Placed, Gap]]:
        """Placements of one slot, cheapest first, given the slots of its team that are chosen or placed already."""
        c, options = self.c, list[tuple[float, Placed, Gap]]()
        spans = self._starts(slot, chosen, bounds, window)
        if not spans:
            return []
        place = self._place_of(slot, chosen)
        wanted = at.placed.get(slot) if at is not None else None
        if at is not None and wanted is None:
            return []
        taken = {int(c.lanes.resource[p.lane]) for s, p in self._team_of(slot, chosen) if self._apart(slot, s)}
        lanes: Iterator[int] = iter([wanted.lane]) if wanted else self._lanes(slot, place)
        found = 0
        for lane in islice(lanes, MOST_TRIED):
            if int(c.lanes.resource[lane]) in taken or not self._one_site(slot, lane, chosen):
                continue
            length = self._length(slot, lane, chosen)
            within = self._ending(slot, length, spans, bounds[1], window)
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
        return sorted(options, key=lambda o: (o[0], o[1].lane, o[1].start))[:12]

    def _length(self, slot: int, lane: int, chosen: dict[int, tuple[Placed, Gap]]) -> int:
        length = int(self.c.durations[slot, self.c.lanes.resource[lane]])
        if not self.c.slots.is_room[slot]:
            return length
        stays = [p.duration for s, p in self._team_of(slot, chosen) if not self.c.slots.is_room[s]]
        return max(length, *stays) if stays else length

    def _team_of(self, slot: int, chosen: dict[int, tuple[Placed, Gap]]) -> list[tuple[int, Placed]]:
        """The slots of the same activity that have their place."""
        mates = [s for s in self.c.slots_of[self.c.slots.activity[slot]] if s in self.placed]
        return [*((s, self.placed[s]) for s in mates), *((s, p) for s, (p, _) in chosen.items())]

    def _starts(self, slot: int, chosen: dict[int, tuple[Placed, Gap]],
                bounds: tuple[Spans, int | None, int | None, list[Link]], window: tuple[bool, tuple[int, int]] | None,
                ) -> Spans:
        spans = meet(self.c.starts[slot], bounds[0])
        if window is not None and not window[0]:
            spans = meet(spans, (window[1],))
        placed = dict(self._team_of(slot, chosen))
        far = 4 * self.c.clock.floor(self.c.problem.horizon.end)
        for tie in self._near.ties_of(slot):
            if tie.slot == slot and tie.other in placed:
                most = far if tie.most is None else tie.most
                spans = meet(spans, ((placed[tie.other].start - most, placed[tie.other].start - tie.least),))
            elif tie.other == slot and tie.slot in placed:
                most = far if tie.most is None else tie.most
                spans = meet(spans, ((placed[tie.slot].start + tie.least, placed[tie.slot].start + most),))
        return spans

    def _ending(self, slot: int, length: int, spans: Spans, latest: int | None,
                window: tuple[bool, tuple[int, int]] | None) -> Spans:
        """Starts from which the end, too, is admitted."""
        within = meet(spans, tuple((a - length, b - length) for a, b in self.c.ends[slot]))
        if latest is not None:
            within = meet(within, ((0, latest - length),))
        if window is not None and window[0]:
            within = meet(within, ((window[1][0] - length, window[1][1] - length),))
        return within

    def _place_of(self, slot: int, chosen: dict[int, tuple[Placed, Gap]]) -> int:
        if self.c.slots.place[slot] != NOWHERE:
            return int(self.c.slots.place[slot])
        rooms = (int(self.c.lanes.place[p.lane]) for s, p in self._team_of(slot, chosen) if self.c.slots.is_room[s])
        return next(rooms, NOWHERE)

    def _lanes(self, slot: int, place: int) -> Iterator[int]:
        if self.c.slots.is_room[slot]:
            lanes = np.flatnonzero(self.c.lanes.is_room & self.c.suits[slot][self.c.lanes.resource])
            return (int(v) for v in lanes)
        return self._near.lanes(slot, place)

    def _apart(self, slot: int, other: int) -> bool:
        return slot != other and any(slot in group and other in group for group in self._near.apart_of(slot))

    def _one_site(self, slot: int, lane: int, chosen: dict[int, tuple[Placed, Gap]]) -> bool:
        groups = [g for g in self._near.together_of(slot)]
        site = self.c.sites[self.c.lanes.resource[lane]]
        return not groups or all(self.c.sites[self.c.lanes.resource[p.lane]] == site
                                 for _, p in self._team_of(slot, chosen))

    def _people_fit(self, chosen: dict[int, tuple[Placed, Gap]], links: list[Link]) -> bool:
        """Links between the people of two activities hold for a whole team."""
        for link in links:
            if link.technicians == "any" or not chosen:
                continue
            mine = {int(self.c.lanes.resource[p.lane]) for s, (p, _) in chosen.items() if not self.c.slots.is_room[s]}
            activity = int(self.c.slots.activity[next(iter(chosen))])
            other = link.before if link.after == activity else link.after
            theirs = {int(self.c.lanes.resource[self.placed[s].lane]) for s in self.c.slots_of[other]
                      if s in self.placed and not self.c.slots.is_room[s]}
            if bool(mine & theirs) != (link.technicians == "same"):
                return False
        return True

    def _lateness(self, slot: int, start: int, length: int) -> float:
        late = 0
        for promise in self._near.lates_of(slot):
            moment = start + length if promise.at_end else start
            opened = [w for w in promise.windows if w[0] <= moment]
            late += max(0, moment - max(opened)[1]) if opened else 0
        return 2.0 * late

    def _put(self, slot: int, placed: Placed, gap: Gap | None = None) -> None:
        self.placed[slot] = placed
        place = self._place_of(slot, {})
        self.lanes[placed.lane].add(slot, placed, place, gap)
        if not self.c.lanes.is_room[placed.lane]:
            self._near.moved(placed.lane, place)


class _Nearness:
    """Which lanes are near a place: by the nearest of their stops and their start. And what concerns a slot."""

    def __init__(self, compiled: Compiled) -> None:
        self.c = compiled
        technicians = np.flatnonzero(~compiled.lanes.is_room & (compiled.first <= compiled.latest))
        self._lane = list(map(int, technicians))
        self._where = [int(compiled.lanes.start_place[v]) for v in technicians]
        self._arrays: tuple[Ints, Ints] | None = None
        self._ties = _by_slot((t, (t.slot, t.other)) for t in compiled.ties)
        self._apart = _by_slot((g, g) for g in compiled.apart)
        self._together = _by_slot((g, g) for g in compiled.together)
        self._late = _by_slot((late, (late.slot,)) for late in compiled.lates)

    def moved(self, lane: int, place: int) -> None:
        """A lane has one more stop."""
        self._lane.append(lane)
        self._where.append(place)

    def lanes(self, slot: int, place: int) -> Iterator[int]:
        """Lanes that the masks admit for a slot, the nearest first."""
        c, lane, where = self.c, np.array(self._lane), np.array(self._where)
        ok = c.suits[slot][c.lanes.resource[lane]]
        low, high = (c.starts[slot][0][0], c.starts[slot][-1][1]) if c.starts[slot] else (1, 0)
        ok &= (c.latest[lane] >= low) & (c.first[lane] <= high)
        lane, where = lane[ok], where[ok]
        if not len(lane):
            return
        seen = set[int]()
        for n in np.argsort(self._distance(place, where), kind="stable"):
            v = int(lane[n])
            if v not in seen and (slot, v) not in c.barred:
                seen.add(v)
                yield v

    def _distance(self, place: int, where: Ints) -> Ints:
        if place == NOWHERE:
            return np.zeros(len(where), dtype=np.int64)
        return self.c.travel.tables(0, np.array([place]), where)[0][0]

    def ties_of(self, slot: int):  # type: ignore[no-untyped-def]
        return self._ties.get(slot, ())

    def apart_of(self, slot: int):  # type: ignore[no-untyped-def]
        return self._apart.get(slot, ())

    def together_of(self, slot: int):  # type: ignore[no-untyped-def]
        return self._together.get(slot, ())

    def lates_of(self, slot: int):  # type: ignore[no-untyped-def]
        return self._late.get(slot, ())


def _by_slot(pairs):  # type: ignore[no-untyped-def]
    groups: dict[int, list[object]] = {}
    for item, slots in pairs:
        for slot in slots:
            groups.setdefault(slot, []).append(item)
    return groups
