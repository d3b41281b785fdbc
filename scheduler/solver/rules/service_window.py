"""Service lies, from start to finish, inside one of the activity's service windows; all bookings in the same one.

Of a priced window only the opening binds: the last window that opens at or before the start is the one in use.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from scheduler.domain.activity import Activity
from scheduler.domain.interval import Interval
from scheduler.domain.plan import Booking
from scheduler.domain.problem import Problem
from scheduler.domain.verdict import Violation
from scheduler.solver.compiled import Compiled, SharedWindows, Spans
from scheduler.solver.rules import sample
from scheduler.solver.rules.base import TIME, Example, Reach, Rule, lasting
from scheduler.solver.view import View, minutes

ZERO = timedelta(0)


class ServiceWindow(Rule):
    id = "service-window"
    concerns = TIME
    unit = "minutes"
    reach = Reach.ACTIVITY

    def check(self, view: View) -> Iterable[Violation]:
        for name, bookings in view.plan.by_activity.items():
            activity = view.problem.activity[name]
            if not activity.service_windows:
                continue
            used = [_windows_around(activity, booking) for booking in bookings]
            for booking, windows in zip(bookings, used, strict=True):
                if not windows:
                    off = min(_outside(w, booking, activity.priced_windows) for w in activity.service_windows)
                    yield self.violation(booking.key, amount=off, start=booking.start.isoformat())
            if all(used) and not set.intersection(*used):
                yield self.violation(*(b.key for b in bookings), activity=name, start=None)

    def narrow(self, problem: Problem, compiled: Compiled) -> None:
        for n, name in enumerate(compiled.activities):
            activity = problem.activity[name]
            if not activity.service_windows:
                continue
            spans, slots = _spans(compiled, activity), compiled.slots_of[n]
            for slot in slots:
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

    def explain(self, violation: Violation) -> str:
        activity = violation.bookings[0].activity
        if violation.details["start"] is None:
            return f"the bookings of {activity} lie in different windows"
        return f"{activity} lies {lasting(violation.amount)} outside its service windows"

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


def _windows_around(activity: Activity, booking: Booking) -> set[int]:
    """Numbers of the windows that the service lies in."""
    windows = activity.service_windows
    if activity.priced_windows:
        opened = [n for n, w in enumerate(windows) if w.start <= booking.start]
        return {max(opened, key=lambda n: windows[n].start)} if opened else set()
    return {n for n, w in enumerate(windows) if w.contains(booking.start, booking.end)}


def _outside(window: Interval, booking: Booking, priced: bool) -> float:
    late = ZERO if priced else max(ZERO, booking.end - window.end)
    return minutes(max(ZERO, window.start - booking.start) + late)


def _spans(compiled: Compiled, activity: Activity) -> Spans:
    """The windows in ticks; a priced one lasts until the next one opens."""
    clock = compiled.clock
    spans = sorted((clock.ceil(w.start), clock.floor(w.end)) for w in activity.service_windows)
    if activity.priced_windows:
        closings = [*(opening - 1 for opening, _ in spans[1:]), clock.floor(compiled.problem.horizon.end)]
        spans = [(opening, closing) for (opening, _), closing in zip(spans, closings, strict=True)]
    return tuple(spans)


def _shortest(compiled: Compiled, activity: Activity, slot: int) -> int:
    """Ticks that the service takes at least."""
    requirement = activity.requirement(compiled.slots.keys[slot].requirement)
    return compiled.clock.ticks(activity.duration_of(requirement) * min((1.0, *requirement.duration_factors.values())))
