"""Where the slots of one activity go together at the least cost."""

from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np

from scheduler.solver.compiled import Compiled, Link, Spans, meet
from scheduler.solver.construct.bounds import FAR, Bounds
from scheduler.solver.construct.days import DayState
from scheduler.solver.construct.nearness import Nearness
from scheduler.solver.construct.rooms import RoomState
from scheduler.solver.construct.stops import Gap
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


class Teams:
    """Looks for places in the lanes as they are."""

    def __init__(self, compiled: Compiled, placed: dict[int, Placed], near: Nearness) -> None:
        self.c, self._placed, self._near = compiled, placed, near
        self.states: Sequence[DayState | RoomState] = [
            RoomState(compiled, v) if room else DayState(compiled, v, self.lateness)
            for v, room in enumerate(compiled.lanes.is_room)
        ]

    def find(
        self, slots: list[int], bounds: Bounds, at: Solution | None, *, moved: bool = False
    ) -> tuple[float, Chosen] | None:
        """The cheapest way found to fill all slots, searched depth first, each next slot around those placed.

        Where `at` is given, only in the lanes and at the starts that they have in it; the starts as near as may be when
        they are to be moved.
        """
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
            for more, placed, gap in self._options(slots[n], chosen, bounds, at, moved):
                tried += 1
                if tried > MOST_TEAMS:
                    return
                chosen[slots[n]] = (placed, gap)
                fill(n + 1, cost + more, chosen)
                del chosen[slots[n]]

        fill(0, 0.0, {})
        return best

    def _options(self, slot: int, chosen: Chosen, bounds: Bounds, at: Solution | None, moved: bool) -> list[Option]:
        """Placements of one slot, cheapest first, given the slots of its team that are chosen or placed already."""
        c, options = self.c, list[Option]()
        spans = self._starts(slot, chosen, bounds)
        if not spans:
            return []
        place = self.place_of(slot, chosen)
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
            here = int(c.lanes.place[lane]) if c.lanes.is_room[lane] else place
            if wanted is not None and not moved:  # behind all that stands before it, where nobody has to give way
                within = meet(within, ((wanted.start, wanted.start),))
                gaps = list(islice(self.states[lane].gaps(slot, here, length, within, backwards=True), 1))
            else:
                gaps = list(self.states[lane].gaps(slot, here, length, within))
            for gap in gaps:
                off = abs(gap.start - wanted.start) if wanted is not None else 0
                cost = gap.cost + self.lateness(slot, gap.start, length) + off
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
        mates = [s for s in self.c.slots_of[self.c.slots.activity[slot]] if s in self._placed]
        return [*((s, self._placed[s]) for s in mates), *((s, p) for s, (p, _) in chosen.items())]

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
        return bounds.starts_for(length, meet(spans, tuple((a - length, b - length) for a, b in self.c.ends[slot])))

    def place_of(self, slot: int, chosen: Chosen) -> int:
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
                int(self.c.lanes.resource[self._placed[s].lane])
                for s in self.c.slots_of[other]
                if s in self._placed and not self.c.slots.is_room[s]
            }
            if bool(mine & theirs) != (link.technicians == "same"):
                return False
        return True

    def lateness(self, slot: int, start: int, length: int) -> float:
        return LATE_WEIGHT * sum(late.ticks(start, start + length) for late in self._near.lates_of(slot))
