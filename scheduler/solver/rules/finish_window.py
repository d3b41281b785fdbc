"""Service ends inside one of the activity's finish windows, its closing moment included; all bookings in the same one.

Of a priced window only the opening binds: the last window that opens at or before the end is the one in use.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from scheduler.domain.activity import Activity
from scheduler.domain.interval import Intervals
from scheduler.domain.plan import Booking, Plan
from scheduler.domain.problem import Problem
from scheduler.solver.compiled import Compiled, SharedWindows
from scheduler.solver.rules import sample
from scheduler.solver.rules.base import Example
from scheduler.solver.rules.windows import WindowRule


class FinishWindow(WindowRule):
    id = "finish-window"
    lies = ("ends", "end")

    def windows(self, activity: Activity) -> Intervals:
        return activity.finish_windows

    def inside(self, booking: Booking) -> tuple[datetime, datetime]:
        return booking.end, booking.end

    def narrow(self, problem: Problem, compiled: Compiled) -> None:
        for n, name in enumerate(compiled.activities):
            spans, slots = self.spans(compiled, problem.activity[name]), compiled.slots_of[n]
            for slot in slots if spans else ():
                compiled.cut(compiled.ends, slot, spans)
            if len(spans) > 1 and len(slots) > 1:
                compiled.shared_windows[n] = SharedWindows(self.id, spans, opens_at_end=True, closes_at_end=True)

    def examples(self) -> Iterator[Example]:
        problem = sample.problem(sample.activity(finish_windows=(sample.span("9:00", "10:00"),)))
        yield Example(
            problem,
            sample.plan(problem, sample.booking("a", "9:30")),
            sample.plan(problem, sample.booking("a", "9:40")),
        )
        problem = sample.problem(sample.activity(finish_windows=(sample.span("9:00", "10:00"),), priced_windows=True))
        yield Example(
            problem,
            sample.plan(problem, sample.booking("a", "9:40")),
            sample.plan(problem, sample.booking("a", "8:20")),
        )
        windows = (sample.span("8:30", "9:00"), sample.span("9:20", "10:00"))
        roles = (sample.needs("one"), sample.needs("two", duration=timedelta(hours=1)))
        both = sample.activity(finish_windows=windows, requirements=roles)
        problem = sample.problem(both, technicians=(sample.technician("ann"), sample.technician("bob")))
        yield Example(problem, _pair(problem, "8:50"), _pair(problem, "8:30"))


def _pair(problem: Problem, start: str) -> Plan:
    """Ann for half an hour and bob for an hour, from the same moment on."""
    short = sample.booking("a", start, 30, requirement="one")
    return sample.plan(problem, short, sample.booking("a", start, 60, "bob", requirement="two"))
