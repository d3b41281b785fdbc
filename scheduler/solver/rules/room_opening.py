"""A room is open all the time that an activity occupies it, setup and teardown included.

Opening hours that touch are one: where a room stays open over midnight, an activity may run over midnight too. The
turnaround may go on when the room is closed.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import pairwise

from scheduler.domain.interval import Interval, subtract, total, union
from scheduler.domain.problem import Problem
from scheduler.domain.resource import WorkingHours
from scheduler.domain.verdict import Violation
from scheduler.solver.compiled import Compiled, join
from scheduler.solver.rules import sample
from scheduler.solver.rules.base import Example, Reach, Rule, lasting
from scheduler.solver.view import View, minutes


class RoomOpening(Rule):
    id = "room-opening"
    unit = "minutes"
    reach = Reach.ACTIVITY

    def check(self, view: View) -> Iterable[Violation]:
        """A moment without length counts as a minute."""
        days = {r.id: r.opening.days(view.problem.horizon) for _, r in view.rooms_bookings}
        opening = {name: union(s for spans in found.values() for s in spans) for name, found in days.items()}
        for booking, room in view.rooms_bookings:
            start, end = view.occupied(booking)
            if not any(span.contains(start, end) for span in opening[room.id]):
                outside = 1.0
                if start < end:
                    outside = minutes(total(subtract((Interval(start=start, end=end),), opening[room.id])))
                yield self.violation(booking.key, amount=outside, resource=room.id)

    def narrow(self, problem: Problem, compiled: Compiled) -> None:
        clock = compiled.clock
        for r, room in enumerate(problem.rooms, start=len(problem.technicians)):
            spans = union(s for found in room.opening.days(problem.horizon).values() for s in found)
            ticks = [(clock.ceil(s.start), clock.floor(s.end)) for s in spans]
            for lane in compiled.lanes_of[r]:
                if not ticks:
                    compiled.first[lane], compiled.last[lane], compiled.latest[lane] = 1, 0, 0
                    continue
                compiled.first[lane] = ticks[0][0]
                compiled.last[lane] = compiled.latest[lane] = ticks[-1][1]
                closed = tuple((a[1], b[0]) for a, b in pairwise(ticks))
                compiled.blocked[lane] = join(compiled.blocked[lane], closed)

    def explain(self, violation: Violation) -> str:
        activity, amount = violation.bookings[0].activity, lasting(violation.amount)
        return f"room {violation.resource} is closed for {amount} of {activity}"

    def examples(self) -> Iterator[Example]:
        hours = WorkingHours(weekly={0: (sample.local("8:00", "10:00"), sample.local("10:30", "12:00"))})
        activity = sample.activity(
            place=None, requirements=(sample.needs("lab", kind="room"),), setup=timedelta(minutes=15)
        )
        problem = sample.problem(activity, rooms=(sample.room(opening=hours),))
        good, too_early, into_lunch, too_late = (
            sample.plan(problem, sample.booking("a", clock, resource="lab", requirement="lab"))
            for clock in ("8:15", "8:10", "9:45", "11:45")
        )
        yield Example(problem, good, too_early)
        yield Example(problem, good, into_lunch)
        yield Example(problem, good, too_late)
