"""Which activities are scheduled, by which of their requirement sets; and how long their rooms are booked."""

from scheduler.domain.held import STARTED
from scheduler.solver.compiled import Compiled
from scheduler.solver.model.base import Expr
from scheduler.solver.model.focus import Focus
from scheduler.solver.model.slots import SlotModel


class TeamModel(SlotModel):
    """Adds activities to the slots: an activity is scheduled as a whole or not at all."""

    def __init__(self, compiled: Compiled, focus: Focus | None) -> None:
        super().__init__(compiled, focus)
        self._scheduled: dict[int, Expr] = {}
        self._sets: dict[tuple[int, int], Expr] = {}
        self.incomplete: list[Expr] = []
        """Whether a held activity that has not begun lacks the rest of its team."""
        for activity in range(len(compiled.activities)):
            self._create_activity(activity)
        self._stretch_rooms()

    # Questions

    def scheduled(self, activity: int) -> Expr:
        return self._scheduled[activity]

    def uses_set(self, activity: int, requirement_set: int) -> Expr:
        return self._sets.get((activity, requirement_set), 0)

    # Variables

    def _create_activity(self, activity: int) -> None:
        slots = self.c.slots_of[activity]
        present = [self._present[slot] for slot in slots]
        if all(isinstance(p, int) for p in present):
            self._scheduled[activity] = max(present, default=0)
            for slot in slots:
                self._sets[activity, int(self.c.slots.requirement_set[slot])] = self._present[slot]
            return
        if not self.c.complete:
            self._scheduled[activity] = self.any_of(present, f"scheduled{activity}")
            return
        if any(self.c.is_held(slot) for slot in slots):
            self._complete_held(activity)
            return
        sets = sorted({int(self.c.slots.requirement_set[slot]) for slot in slots})
        scheduled = self.boolean(f"scheduled{activity}")
        for k in sets:
            self._sets[activity, k] = scheduled if len(sets) == 1 else self.boolean(f"set{activity},{k}")
        if len(sets) > 1:
            self.demand(sum(self._sets[activity, k] for k in sets) == scheduled)
        for slot in slots:
            self.demand(self._present[slot] == self._sets[activity, int(self.c.slots.requirement_set[slot])])
        self._scheduled[activity] = scheduled

    def _complete_held(self, activity: int) -> None:
        """What is held is booked in any case; the rest of its requirement set joins as a whole, or not at all."""
        slots = self.c.slots_of[activity]
        own = {int(self.c.slots.requirement_set[slot]) for slot in slots if self.c.is_held(slot)}
        whole = self.boolean(f"whole{activity}") if len(own) == 1 else 0
        for slot in slots:
            k = int(self.c.slots.requirement_set[slot])
            self._sets[activity, k] = whole if k in own else 0
            self.demand(self._present[slot] == (1 if self.c.is_held(slot) else self._sets[activity, k]))
        self._scheduled[activity] = 1
        if self.c.problem.activity[self.c.activities[activity]].status not in STARTED:
            self.incomplete.append(self.negated(whole))

    def _stretch_rooms(self) -> None:
        """A room is booked as long as any of the technicians who meet in it stays."""
        for activity, slots in enumerate(self.c.slots_of):
            for room in (s for s in slots if self.c.slots.is_room[s] and not self._is_constant(s)):
                with_it = [s for s in slots if not self.c.slots.is_room[s] and self._same_set(s, room)]
                longest = max((self._upper(s) for s in with_it), default=0)
                if self.c.is_held(room) or longest <= self._lower(room):
                    continue
                size = self.integer(self._lower(room), max(longest, self._upper(room)), f"stay{room}")
                stays = [self.end(s) - self._start[room] for s in with_it]
                used = self._sets.get((activity, int(self.c.slots.requirement_set[room])), self._scheduled[activity])
                own = self._size[room]
                latest = self.integer(0, 4 * self.horizon, f"until{room}")
                self.cp.add_max_equality(latest, [own, *(s + 0 for s in stays)])
                waived = frozenset((room,)) in self.c.waived.get("service-time", {})
                self.demand(size == latest, [used, *([self.negated(self.kept(room))] if waived else [])])
                if (hold := self.c.holds.get(room)) is not None:
                    self.demand(size == hold.duration, [self.kept(room)])
                self._size[room] = size

    def _same_set(self, slot: int, other: int) -> bool:
        return bool(self.c.slots.requirement_set[slot] == self.c.slots.requirement_set[other])
