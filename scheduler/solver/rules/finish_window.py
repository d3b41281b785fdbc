"""Service ends inside one of the activity's finish windows, its closing moment included; all bookings in the same one.

Of a priced window only the opening binds: the last window that opens at or before the end is the one in use.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from scheduler.domain.activity import Activity
from scheduler.domain.interval import Interval
from scheduler.domain.plan import Plan
from scheduler.domain.problem import Problem
from scheduler.domain.verdict import Violation
from scheduler.solver.compiled import Compiled, SharedWindows
from scheduler.solver.rules import sample
from scheduler.solver.rules.base import TIME, Example, Reach, Rule, lasting
from scheduler.solver.view import View, minutes


class FinishWindow(Rule):
    id = "finish-window"
    concerns = TIME
    unit = "minutes"
    reach = Reach.ACTIVITY

    def check(self, view: View) -> Iterable[Violation]:
        for name, bookings in view.plan.by_activity.items():
            activity = view.problem.activity[name]
            if not activity.finish_windows:
                continue
            used = [_windows_at(activity, booking.end) for booking in bookings]
            for booking, windows in zip(bookings, used, strict=True):
                if not windows:
                    off = min(_distance(w, booking.end, activity.priced_windows) for w in activity.finish_windows)
                    yield self.violation(booking.key, amount=off, end=booking.end.isoformat())
            if all(used) and not set.intersection(*used):
                yield self.violation(*(b.key for b in bookings), activity=name, end=None)

    def narrow(self, problem: Problem, compiled: Compiled) -> None:
        clock = compiled.clock
        for n, name in enumerate(compiled.activities):
            activity = problem.activity[name]
            if not activity.finish_windows:
                continue
            spans = sorted((clock.ceil(w.start), clock.floor(w.end)) for w in activity.finish_windows)
            if activity.priced_windows:
                closings = [*(opening - 1 for opening, _ in spans[1:]), clock.floor(problem.horizon.end)]
                spans = [(opening, closing) for (opening, _), closing in zip(spans, closings, strict=True)]
            for slot in compiled.slots_of[n]:
                compiled.cut(compiled.ends, slot, tuple(spans))
            if len(spans) > 1 and len(compiled.slots_of[n]) > 1:
                compiled.shared_windows[n] = SharedWindows(self.id, tuple(spans), opens_at_end=True, closes_at_end=True)

    def explain(self, violation: Violation) -> str:
        activity = violation.bookings[0].activity
        if violation.details["end"] is None:
            return f"the bookings of {activity} end in different windows"
        return f"{activity} ends {lasting(violation.amount)} outside its finish windows"

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


def _windows_at(activity: Activity, end: datetime) -> set[int]:
    """Numbers of the windows that the end lies in."""
    windows = activity.finish_windows
    if activity.priced_windows:
        opened = [n for n, w in enumerate(windows) if w.start <= end]
        return {max(opened, key=lambda n: windows[n].start)} if opened else set()
    return {n for n, w in enumerate(windows) if w.contains(end, end)}


def _distance(window: Interval, end: datetime, priced: bool) -> float:
    late = 0.0 if priced else minutes(end - window.end)
    return max(minutes(window.start - end), late)
