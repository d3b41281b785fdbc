"""Service lies, from start to finish, inside one of the activity's service windows; all bookings in the same one.

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


class ServiceWindow(WindowRule):
    id = "service-window"
    lies = ("lies", "lie")

    def windows(self, activity: Activity) -> Intervals:
        return activity.service_windows

    def inside(self, booking: Booking) -> tuple[datetime, datetime]:
        return booking.start, booking.end

    def narrow(self, problem: Problem, compiled: Compiled) -> None:
        for n, name in enumerate(compiled.activities):
            activity, slots = problem.activity[name], compiled.slots_of[n]
            spans = self.spans(compiled, activity)
            for slot in slots if spans else ():
                if activity.priced_windows:
                    compiled.cut(compiled.starts, slot, spans)
                else:
                    length = _shortest(compiled, activity, slot)
                    compiled.cut(compiled.starts, slot, tuple((a, b - length) for a, b in spans if b - length >= a))
                    compiled.cut(compiled.ends, slot, spans)
            scaled = any(r.duration_factors for rs in activity.requirement_sets for r in rs)
            if len(spans) > 1 and (len(slots) > 1 or scaled):
                at_end = not activity.priced_windows
                compiled.shared_windows[n] = SharedWindows(self.id, spans, closes_at_end=at_end)

    def examples(self) -> Iterator[Example]:
        problem = sample.problem(sample.activity(service_windows=(sample.span("9:00", "10:00"),)))
        good = sample.plan(problem, sample.booking("a", "9:30"))
        for bad in ("8:50", "9:40"):
            yield Example(problem, good, sample.plan(problem, sample.booking("a", bad)))
        problem = sample.problem(sample.activity(service_windows=(sample.span("9:00", "9:20"),), priced_windows=True))
        yield Example(problem, good, sample.plan(problem, sample.booking("a", "8:50")))
        windows = (sample.span("8:30", "9:30"), sample.span("9:40", "10:20"))
        roles = (sample.needs("one"), sample.needs("two"))
        both = sample.activity(service_windows=windows, requirements=roles, meeting={"kind": "independent"})
        problem = sample.problem(both, technicians=(sample.technician("ann"), sample.technician("bob")))
        one = sample.booking("a", "9:00", requirement="one")
        early, late = (sample.booking("a", start, 30, "bob", requirement="two") for start in ("8:30", "9:40"))
        yield Example(problem, sample.plan(problem, one, early), sample.plan(problem, one, late))


def _shortest(compiled: Compiled, activity: Activity, slot: int) -> int:
    """Ticks that the service takes at least."""
    requirement = activity.requirement(compiled.slots.keys[slot].requirement)
    return compiled.clock.ticks(activity.duration_of(requirement) * min((1.0, *requirement.duration_factors.values())))
