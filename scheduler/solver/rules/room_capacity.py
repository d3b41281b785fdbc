"""At any moment the activities in a room take no more than its capacity, each until its turnaround is over.

One violation stands for each largest group of bookings that are in the room together and too many. Bookings of which
one leaves when the other comes do not meet, and what takes no time takes no room.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from scheduler.domain.plan import Booking
from scheduler.domain.problem import Problem
from scheduler.domain.verdict import Violation
from scheduler.solver.compiled import Compiled
from scheduler.solver.rules import sample
from scheduler.solver.rules.base import Example, Reach, Rule, number
from scheduler.solver.view import View

Stay = tuple[datetime, datetime, Booking]


class RoomCapacity(Rule):
    id = "room-capacity"
    unit = "effort"
    reach = Reach.RESOURCE

    def check(self, view: View) -> Iterable[Violation]:
        for room in view.problem.rooms:
            stays: list[Stay] = []
            for booking in view.plan.by_resource.get(room.id, ()):
                start, end = view.occupied(booking)
                stays.append((start, end + room.turnaround, booking))
            for group in _meeting(stays):
                effort = sum(view.requirement(b).effort for b in group)
                if effort > room.capacity:
                    names = ", ".join(sorted({b.activity for b in group}))
                    yield self.violation(*(b.key for b in group), amount=effort - room.capacity, resource=room.id,
                                         activities=names, effort=effort, capacity=room.capacity)  # fmt: skip

    def narrow(self, problem: Problem, compiled: Compiled) -> None:
        for r, room in enumerate(problem.rooms, start=len(problem.technicians)):
            for lane in compiled.lanes_of[r]:
                compiled.room_capacity[lane] = room.capacity
                compiled.turnaround[lane] = compiled.clock.ticks(room.turnaround)

    def explain(self, violation: Violation) -> str:
        d = violation.details
        return (
            f"room {violation.resource} holds {number(d['capacity'])}, but {d['activities']} take "
            f"{number(d['effort'])} at the same time (turnaround included)"
        )

    def examples(self) -> Iterator[Example]:
        def stay(name: str, clock: str) -> Booking:
            return sample.booking(name, clock, resource="lab", requirement="lab")

        activities = [
            sample.activity(name, place=None, requirements=(sample.needs("lab", kind="room", effort=effort),))
            for name, effort in (("a", 2), ("b", 1), ("c", 1))
        ]
        rooms = (sample.room(capacity=2, turnaround=timedelta(minutes=10)),)
        problem = sample.problem(*activities, rooms=rooms)
        good = sample.plan(problem, stay("a", "9:00"), stay("b", "9:40"), stay("c", "9:40"))
        yield Example(problem, good, sample.plan(problem, stay("a", "9:00"), stay("b", "9:40"), stay("c", "9:30")))
        yield Example(problem, good, sample.plan(problem, stay("a", "9:00"), stay("b", "8:30"), stay("c", "9:40")))


def _meeting(stays: Sequence[Stay]) -> Iterator[list[Booking]]:
    """Every group of bookings that are there together at some moment, and of which none lies in a larger group."""
    there: list[Stay] = []
    for stay in sorted((s for s in stays if s[0] < s[1]), key=lambda s: (s[0], s[1], s[2].key)):
        left = [s for s in there if s[1] > stay[0]]
        if len(left) < len(there):
            yield [s[2] for s in there]
        there = [*left, stay]
    if there:
        yield [s[2] for s in there]
