"""Service starts inside one of the activity's start windows, its closing moment included; all bookings in the same one.

Of a priced window only the opening binds: the last window that opens at or before the start is the one in use.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from scheduler.domain.activity import Activity
from scheduler.domain.interval import Interval
from scheduler.domain.problem import Problem
from scheduler.domain.verdict import Violation
from scheduler.solver.compiled import Compiled, SharedWindows
from scheduler.solver.rules import sample
from scheduler.solver.rules.base import TIME, Example, Reach, Rule, lasting
from scheduler.solver.view import View, minutes


class StartWindow(Rule):
    id = "start-window"
    concerns = TIME
    unit = "minutes"
    reach = Reach.ACTIVITY

    def check(self, view: View) -> Iterable[Violation]:
        for name, bookings in view.plan.by_activity.items():
            activity = view.problem.activity[name]
            if not activity.start_windows:
                continue
            used: list[set[int]] = []
            for booking in bookings:
                used.append(_windows_at(activity, booking.start))
                if not used[-1]:
                    off = min(_distance(w, booking.start, activity.priced_windows) for w in activity.start_windows)
                    yield self.violation(booking.key, amount=off, start=booking.start.isoformat())
            if all(used) and not set.intersection(*used):
                yield self.violation(*(b.key for b in bookings), activity=name, start=None)

    def narrow(self, problem: Problem, compiled: Compiled) -> None:
        clock = compiled.clock
        for n, name in enumerate(compiled.activities):
            activity = problem.activity[name]
            opens = sorted((clock.ceil(w.start), clock.floor(w.end)) for w in activity.start_windows)
            if activity.priced_windows:
                after = [*(a - 1 for a, _ in opens[1:]), clock.floor(problem.horizon.end)]
                opens = [(a, end) for (a, _), end in zip(opens, after, strict=True)] if opens else []
            for slot in compiled.slots_of[n] if opens else ():
                compiled.cut(compiled.starts, slot, tuple(opens))
            if len(opens) > 1 and len(compiled.slots_of[n]) > 1:
                compiled.shared_windows[n] = SharedWindows(self.id, tuple(opens))

    def explain(self, violation: Violation) -> str:
        activity = violation.bookings[0].activity
        if violation.details["start"] is None:
            return f"the bookings of {activity} start in different windows"
        return f"{activity} starts {lasting(violation.amount)} outside its start windows"

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


def _windows_at(activity: Activity, start: datetime) -> set[int]:
    windows = activity.start_windows
    if activity.priced_windows:
        opened = [n for n, w in enumerate(windows) if w.start <= start]
        return {max(opened, key=lambda n: windows[n].start)} if opened else set()
    return {n for n, w in enumerate(windows) if w.contains(start, start)}


def _distance(window: Interval, start: datetime, priced: bool) -> float:
    late = 0.0 if priced else minutes(start - window.end)
    return max(minutes(window.start - start), late)
