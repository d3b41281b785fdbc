"""Service starts inside one of the activity's start windows, its closing moment included; all bookings in the same one.

Of a priced window only the opening binds: the last window that opens at or before the start is the one in use.
"""

from collections.abc import Iterator
from datetime import datetime

from scheduler.domain.activity import Activity
from scheduler.domain.interval import Intervals
from scheduler.domain.plan import Booking
from scheduler.domain.problem import Problem
from scheduler.solver.compiled import Compiled, SharedWindows
from scheduler.solver.rules import sample
from scheduler.solver.rules.base import Example
from scheduler.solver.rules.windows import WindowRule


class StartWindow(WindowRule):
    id = "start-window"
    lies = ("starts", "start")

    def windows(self, activity: Activity) -> Intervals:
        return activity.start_windows

    def inside(self, booking: Booking) -> tuple[datetime, datetime]:
        return booking.start, booking.start

    def narrow(self, problem: Problem, compiled: Compiled) -> None:
        for n, name in enumerate(compiled.activities):
            spans, slots = self.spans(compiled, problem.activity[name]), compiled.slots_of[n]
            for slot in slots if spans else ():
                compiled.cut(compiled.starts, slot, spans)
            if len(spans) > 1 and len(slots) > 1:
                compiled.shared_windows[n] = SharedWindows(self.id, spans)

    def examples(self) -> Iterator[Example]:
        problem = sample.problem(sample.activity(start_windows=(sample.span("9:00", "10:00"),)))
        yield Example(
            problem,
            sample.plan(problem, sample.booking("a", "10:00")),
            sample.plan(problem, sample.booking("a", "10:10")),
        )
        problem = sample.problem(sample.activity(start_windows=(sample.span("9:00", "10:00"),), priced_windows=True))
        yield Example(
            problem,
            sample.plan(problem, sample.booking("a", "10:10")),
            sample.plan(problem, sample.booking("a", "8:50")),
        )
