"""A plan that grows, one activity at a time."""

from dataclasses import replace

import numpy as np

from scheduler.solver.compiled import Compiled
from scheduler.solver.construct.bounds import Surroundings
from scheduler.solver.construct.days import DayState
from scheduler.solver.construct.nearness import Nearness
from scheduler.solver.construct.order import Order
from scheduler.solver.construct.stops import Gap
from scheduler.solver.construct.team import Chosen, Teams
from scheduler.solver.solution import Placed, Solution
from scheduler.solver.travel import NOWHERE


class Construction:
    """A plan that grows: lanes with their stops, and the activities that are still outside."""

    def __init__(self, compiled: Compiled) -> None:
        self.c = compiled
        self.placed: dict[int, Placed] = {}
        self._near = Nearness(compiled)
        self._around = Surroundings(compiled, self.placed)
        self._teams = Teams(compiled, self.placed, self._near)
        self.lanes = self._teams.states
        self._sets = self._in_order()

    def solution(self) -> Solution:
        routes = {v: state.route() for v, state in enumerate(self.lanes) if isinstance(state, DayState) and state.stops}
        return Solution(dict(self.placed), routes)

    def order(self) -> list[int]:
        """The activities that are outside, in the order in which they are best inserted."""
        outside = [a for a in range(len(self.c.activities)) if not self._is_whole(a)]
        return Order(self.c, self._around.links).of(outside)

    # What stands

    def place_held(self) -> None:
        for slot, hold in sorted(self.c.holds.items(), key=lambda item: not self.c.slots.is_room[item[0]]):
            if hold.must:
                self._put(slot, Placed(hold.lane, hold.start, hold.duration))

    def place_waived(self, start: Solution) -> None:
        """Activities that a waiver lets stand where they break a rule, whole and unmoved."""
        for activity, slots in enumerate(self.c.slots_of):
            stays = {s: start.placed[s] for s in slots if self._may_stay(s, start)}
            if stays and not self._is_whole(activity) and not any(self._clashes(s, p) for s, p in stays.items()):
                self._let_stay(activity, stays, start)

    def _may_stay(self, slot: int, start: Solution) -> bool:
        hold, placed = self.c.holds.get(slot), start.placed.get(slot)
        return hold is not None and not hold.must and placed == Placed(hold.lane, hold.start, hold.duration)

    def _clashes(self, slot: int, placed: Placed) -> bool:
        """Whether others are in the lane at the same time, and no waiver is about them."""
        stays = placed.start, placed.start + placed.duration
        others = {
            s
            for s, p in self.placed.items()
            if p.lane == placed.lane and p.start < stays[1] and stays[0] < p.start + p.duration
        }
        groups = (group for groups in self.c.waived.values() for group in groups if slot in group)
        return bool(others) and not any(others <= group for group in groups)

    def _let_stay(self, activity: int, stays: dict[int, Placed], start: Solution) -> None:
        """Place what may stay, when the rest of the team can stand with it."""
        self.placed.update(stays)
        rest = {} if self._is_whole(activity) else self._places_for(activity, start)
        for slot in stays:
            del self.placed[slot]
        if rest is not None:
            for slot in sorted(stays, key=lambda s: not self.c.slots.is_room[s]):
                self._put(slot, stays[slot])
            for slot, (placed, gap) in rest.items():
                self._put(slot, placed, gap)

    def place_breaks(self, start: Solution | None) -> None:
        """Breaks, and stops at the depot, as far as can be where they were in a solution."""
        for lane, state in enumerate(self.lanes):
            if isinstance(state, DayState):
                stood = start.routes.get(lane) if start is not None else None
                state.place_breaks(stood)
                if stood is not None:
                    state.place_restock(stood)

    def place_standing(self, start: Solution) -> None:
        """Activities of a solution, whole, where that keeps the rules: unmoved, or else as near to it as may be.

        What is held otherwise than it stood, such as a visit that lasts longer, pushes what came behind it.
        """
        firsts = {
            a: min(start.placed[s].start for s in slots)
            for a in start.activities(self.c)
            if (slots := [s for s in self.c.slots_of[a] if s in start.placed])
        }
        for moved in (False, True):
            for activity in sorted(firsts, key=lambda a: firsts[a]):
                if not self._is_whole(activity):
                    self.insert(activity, start, moved=moved)
        for state in self.lanes:
            if isinstance(state, DayState):
                state.forget_restock()

    def _is_whole(self, activity: int) -> bool:
        """Whether every slot of one requirement set has its place."""
        return any(all(s in self.placed for s in slots) for slots in self._sets[activity])

    # Where to

    def insert(self, activity: int, at: Solution | None = None, *, moved: bool = False) -> bool:
        """Book every role of one requirement set, or nothing; as in `at` where it is given, or moved in time."""
        found = self._places_for(activity, at, moved=moved)
        for slot, (placed, gap) in (found or {}).items():
            self._put(slot, placed, gap)
        return found is not None

    def _places_for(self, activity: int, at: Solution | None, *, moved: bool = False) -> Chosen | None:
        """The cheapest places for what one requirement set lacks."""
        held = [s for s in self.c.slots_of[activity] if s in self.placed]
        if any(not self.c.slots.is_room[s] and self._teams.place_of(s, {}) == NOWHERE for s in held):
            return None  # the search chooses the room to which somebody held has to drive
        best: tuple[float, Chosen] | None = None
        for bounds in self._around.bounds(activity):
            for slots in self._sets[activity]:
                if set(held) <= set(slots):
                    found = self._teams.find([s for s in slots if s not in held], bounds, at, moved=moved)
                    best = min((b for b in (best, found) if b is not None), key=lambda b: b[0], default=None)
        return None if best is None else best[1]

    def _in_order(self) -> list[list[list[int]]]:
        """The slots of each requirement set of each activity: who says where it is first, of these the pickiest."""
        slots = self.c.slots
        late, sets = slots.is_room ^ (slots.place == NOWHERE), slots.requirement_set.tolist()
        found: list[dict[int, list[int]]] = [{} for _ in self.c.activities]
        for slot in np.lexsort((self.c.suits.sum(axis=1), late, slots.requirement_set)).tolist():
            found[slots.activity[slot]].setdefault(sets[slot], []).append(slot)
        return [list(by_set.values()) for by_set in found]

    def _put(self, slot: int, placed: Placed, gap: Gap | None = None) -> None:
        self.placed[slot] = placed
        place = self._teams.place_of(slot, {})
        moved = self.lanes[placed.lane].add(slot, placed, place, gap, movable=self._movable(slot))
        for other, start in moved.items():
            self.placed[other] = replace(self.placed[other], start=start)
        if not self.c.lanes.is_room[placed.lane]:
            self._near.moved(placed.lane, place)

    def _movable(self, slot: int) -> bool:
        """Whether the slot may give way in time: nothing else hangs on it, and nobody holds it."""
        activity = int(self.c.slots.activity[slot])
        held = slot in self.c.holds or slot in self.c.start_held
        return len(self.c.slots_of[activity]) == 1 and activity not in self._around.links and not held
