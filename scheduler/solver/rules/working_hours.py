"""Technicians leave, serve and come back within their working hours, lengthened by the overtime they allow."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import pairwise

from scheduler.domain.interval import Interval, Intervals, subtract, total
from scheduler.domain.plan import Booking
from scheduler.domain.problem import Problem
from scheduler.domain.verdict import Violation
from scheduler.solver.compiled import Compiled, join
from scheduler.solver.rules import sample
from scheduler.solver.rules.base import Example, Reach, Rule, lasting
from scheduler.solver.view import Day, View, minutes


class WorkingHours(Rule):
    id = "working-hours"
    unit = "minutes"
    reach = Reach.RESOURCE

    def check(self, view: View) -> Iterable[Violation]:
        for day in view.used_days:
            admitted = _with_overtime(day)
            for booking in day.bookings:
                start, end = view.occupied(booking)
                if outside := _outside(admitted, start, end):
                    yield self._breach(day, booking, outside, "serves")
            yield from self._ends(day, admitted)

    def _ends(self, day: Day, admitted: Intervals) -> Iterator[Violation]:
        if day.route is None or not admitted:
            return
        first, last = day.bookings[0], day.bookings[-1]
        by_choice = [stop.booking is None for stop in (day.stops[0], day.stops[-1])]
        if (early := minutes(admitted[0].start - day.route.departure)) > 0:
            yield self._breach(day, first, early, "leaves", by_choice[0])
        if (late := minutes(day.route.arrival - admitted[-1].end)) > 0:
            yield self._breach(day, last, late, "comes back", by_choice[1])
        wait = minutes(day.route.departure - admitted[0].start)
        if day.technician.departure == "shift-start" and wait > 0:
            yield self._breach(day, first, wait, "leaves late")

    def _breach(self, day: Day, booking: Booking, amount: float, what: str, by_choice: bool = False) -> Violation:
        """Without parties where the depot comes first or last, which can always be left out: nobody is exempted."""
        who, keys = day.technician.id, () if by_choice else (booking.key,)
        return self.violation(
            *keys, amount=amount, activity=booking.activity, resource=who, what=what, day=str(day.date)
        )

    def narrow(self, problem: Problem, compiled: Compiled) -> None:
        clock = compiled.clock
        for r, technician in enumerate(problem.technicians):
            working = problem.working_days(technician)
            for lane in compiled.lanes_of[r]:
                spans = working.get(compiled.lanes.day[lane] or problem.horizon.start.date(), ())
                if not spans:
                    compiled.first[lane], compiled.last[lane], compiled.latest[lane] = 1, 0, 0
                    continue
                ticks = [(clock.ceil(s.start), clock.floor(s.end)) for s in spans]
                compiled.first[lane], compiled.last[lane] = ticks[0][0], ticks[-1][1]
                compiled.latest[lane] = ticks[-1][1] + technician.overtime_limit // clock.length(1)
                gaps = tuple((a[1], b[0]) for a, b in pairwise(ticks))
                compiled.blocked[lane] = join(compiled.blocked[lane], gaps)

    def explain(self, violation: Violation) -> str:
        d, who = violation.details, violation.resource
        activity = violation.activity
        amount = lasting(violation.amount)
        return {
            "serves": f"{who} serves {activity} on {d['day']} {amount} outside working hours",
            "leaves": f"{who} leaves for {activity} on {d['day']} {amount} before work begins",
            "comes back": f"{who} comes back from {activity} on {d['day']} {amount} after work and overtime end",
            "leaves late": f"{who} leaves when the shift starts, but is planned to leave for {activity} {amount} later",
        }[str(d["what"])]

    def examples(self) -> Iterator[Example]:
        problem = sample.problem(sample.activity(place="p1"))
        yield Example(
            problem,
            sample.plan(problem, sample.booking("a", "8:10")),
            sample.plan(problem, sample.booking("a", "8:00")),
        )
        yield Example(
            problem,
            sample.plan(problem, sample.booking("a", "11:20")),
            sample.plan(problem, sample.booking("a", "11:30")),
        )


def _with_overtime(day: Day) -> Intervals:
    if not day.spans:
        return ()
    last = day.spans[-1]
    return (*day.spans[:-1], Interval(start=last.start, end=last.end + day.technician.overtime_limit))


def _outside(admitted: Intervals, start: datetime, end: datetime) -> float:
    """Minutes of [start, end] that are not admitted; a moment without length counts as a minute."""
    if any(span.contains(start, end) for span in admitted):
        return 0.0
    return 1.0 if start == end else minutes(total(subtract((Interval(start=start, end=end),), admitted)))
