"""A room has the features that the requirement asks for, and seats enough."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

import numpy as np

from scheduler.domain.problem import Problem
from scheduler.domain.verdict import Violation
from scheduler.solver.compiled import Compiled
from scheduler.solver.rules import sample
from scheduler.solver.rules.base import RESOURCE, Example, Reach, Rule
from scheduler.solver.view import View


class RoomFeatures(Rule):
    id = "room-features"
    concerns = RESOURCE
    unit = "features, or seats"
    reach = Reach.ACTIVITY

    def check(self, view: View) -> Iterable[Violation]:
        for booking, room in view.rooms_bookings:
            asked = view.requirement(booking)
            if lacking := sorted(asked.features - room.features):
                yield self.violation(booking.key, amount=len(lacking), resource=room.id, lacks=", ".join(lacking))
            if asked.seats > room.seats:
                yield self.violation(booking.key, amount=asked.seats - room.seats, resource=room.id,
                                     asked=asked.seats, seats=room.seats)  # fmt: skip

    def narrow(self, problem: Problem, compiled: Compiled) -> None:
        groups: dict[tuple[frozenset[str], int], list[int]] = defaultdict(list)
        for slot in np.flatnonzero(compiled.slots.is_room):
            asked = problem.requirement(compiled.slots.keys[slot])
            if asked.features or asked.seats:
                groups[asked.features, asked.seats].append(int(slot))
        for (features, seats), slots in groups.items():
            fits = [features <= room.features and seats <= room.seats for room in problem.rooms]
            admitted = np.array([True] * len(problem.technicians) + fits, dtype=np.bool_)
            compiled.suits[slots] &= admitted

    def explain(self, violation: Violation) -> str:
        d, activity = violation.details, violation.bookings[0].activity
        if "lacks" in d:
            return f"{activity} asks for {d['lacks']}, which room {violation.resource} lacks"
        return f"{activity} asks for {d['asked']} seats, but room {violation.resource} has {d['seats']}"

    def examples(self) -> Iterator[Example]:
        rooms = (
            sample.room("lab", features={"lift", "sink"}, seats=4),
            sample.room("bay", features={"sink"}, seats=9),
            sample.room("den", features={"lift"}, seats=3),
        )
        asked = sample.needs("lab", kind="room", features={"lift"}, seats=4)
        activity = sample.activity(place=None, requirements=(asked,))
        problem = sample.problem(activity, rooms=rooms)
        lab, bay, den = (
            sample.plan(problem, sample.booking("a", "9:00", resource=r.id, requirement="lab")) for r in rooms
        )
        yield Example(problem, lab, bay)
        yield Example(problem, lab, den)
