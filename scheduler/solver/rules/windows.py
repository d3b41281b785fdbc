"""What the rules about windows have in common: which windows bookings lie in, how far outside, and windows in ticks.

Of a priced window only the opening binds: the last window that opens at or before is the one in use.
"""

from abc import abstractmethod
from collections.abc import Iterable
from datetime import datetime, timedelta

from scheduler.domain.activity import Activity
from scheduler.domain.interval import Interval, Intervals
from scheduler.domain.plan import Booking
from scheduler.domain.verdict import Violation
from scheduler.solver.compiled import Compiled, Spans
from scheduler.solver.rules.base import TIME, Reach, Rule, lasting
from scheduler.solver.view import View, minutes

ZERO = timedelta(0)


class WindowRule(Rule):
    """All bookings of an activity lie in one of its windows, and in the same one; `lies` is the verb for it."""

    lies: tuple[str, str]
    """Of one booking and of several."""
    concerns = TIME
    unit = "minutes"
    reach = Reach.ACTIVITY

    @abstractmethod
    def windows(self, activity: Activity) -> Intervals:
        """The windows that are meant."""

    @abstractmethod
    def inside(self, booking: Booking) -> tuple[datetime, datetime]:
        """From when to when the booking must be in a window."""

    def check(self, view: View) -> Iterable[Violation]:
        for name, bookings in view.plan.by_activity.items():
            activity = view.problem.activity[name]
            windows, priced = self.windows(activity), activity.priced_windows
            if not windows:
                continue
            used = [_used(windows, *self.inside(booking), priced) for booking in bookings]
            for booking, found in zip(bookings, used, strict=True):
                if not found:
                    off = min(_outside(window, *self.inside(booking), priced) for window in windows)
                    yield self.violation(booking.key, amount=off, what="outside")
            if all(used) and not set.intersection(*used):
                yield self.violation(*(b.key for b in bookings), what="different")

    def explain(self, violation: Violation) -> str:
        activity, kind = violation.bookings[0].activity, self.id.replace("-", " ")
        one, several = self.lies
        if violation.details["what"] == "different":
            return f"the bookings of {activity} {several} in different windows"
        return f"{activity} {one} {lasting(violation.amount)} outside its {kind}s"

    def spans(self, compiled: Compiled, activity: Activity) -> Spans:
        """The windows in ticks, by their openings; a priced one lasts until the next one opens."""
        clock = compiled.clock
        spans = sorted((clock.ceil(w.start), clock.floor(w.end)) for w in self.windows(activity))
        if spans and activity.priced_windows:
            closings = [*(opening - 1 for opening, _ in spans[1:]), clock.floor(compiled.problem.horizon.end)]
            spans = [(opening, closing) for (opening, _), closing in zip(spans, closings, strict=True)]
        return tuple(spans)


def _used(windows: Intervals, start: datetime, end: datetime, priced: bool) -> set[int]:
    """Numbers of the windows that [start, end] lies in."""
    if priced:
        opened = [n for n, w in enumerate(windows) if w.start <= start]
        return {max(opened, key=lambda n: windows[n].start)} if opened else set()
    return {n for n, w in enumerate(windows) if w.contains(start, end)}


def _outside(window: Interval, start: datetime, end: datetime, priced: bool) -> float:
    """Minutes by which [start, end] begins before the window and ends after it."""
    late = ZERO if priced else max(ZERO, end - window.end)
    return minutes(max(ZERO, window.start - start) + late)
