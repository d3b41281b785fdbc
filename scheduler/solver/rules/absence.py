"""Nobody is booked while absent, setup and teardown included; a room is absent where a foreign booking is in it."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from scheduler.domain.interval import Interval, intersect, total, union
from scheduler.domain.problem import Problem
from scheduler.domain.resource import Absence as Away
from scheduler.domain.resource import Resource
from scheduler.domain.verdict import Violation
from scheduler.solver.compiled import Compiled, Span, join
from scheduler.solver.rules import sample
from scheduler.solver.rules.base import Example, Reach, Rule, lasting
from scheduler.solver.view import View, minutes


class Absence(Rule):
    """A technician does not travel while absent either: absences are no time to drive in for the rule travel-time."""

    id = "absence"
    unit = "minutes"
    reach = Reach.ACTIVITY

    def check(self, view: View) -> Iterable[Violation]:
        for booking in view.plan.bookings:
            absences = view.problem.resource[booking.resource].absences
            start, end = view.occupied(booking)
            if absences and (shared := _shared(absences, start, end)):
                reason = next((a.reason for a in absences if a.interval.overlaps(start, end)), "")
                yield self.violation(booking.key, amount=shared, resource=booking.resource, reason=reason)

    def narrow(self, problem: Problem, compiled: Compiled) -> None:
        """An absence over an end of the day blocks a tick more: even what has no length does not fit there."""
        for r, resource in enumerate(_everybody(problem)):
            if not resource.absences:
                continue
            absent = union(a.interval for a in resource.absences)
            away = [(compiled.clock.floor(a.start), compiled.clock.ceil(a.end)) for a in absent]
            for lane, (first, latest) in _extents(problem, compiled, r).items():
                inside = ((a, b) for a, b in away if a < latest and b > first)
                spans = tuple((max(a, first - 1), min(b, latest + 1)) for a, b in inside)
                compiled.blocked[lane] = join(compiled.blocked[lane], spans)

    def explain(self, violation: Violation) -> str:
        reason = violation.details["reason"]
        because = f" ({reason})" if reason else ""
        activity, amount = violation.bookings[0].activity, lasting(violation.amount)
        return f"{violation.resource} is absent{because} for {amount} of {activity}"

    def examples(self) -> Iterator[Example]:
        away = (Away(interval=sample.span("9:00", "10:00")),)
        problem = sample.problem(sample.activity(), technicians=(sample.technician(absences=away),))
        yield Example(
            problem,
            sample.plan(problem, sample.booking("a", "10:00")),
            sample.plan(problem, sample.booking("a", "9:50")),
        )
        roles = (sample.needs("lab", kind="room"),)
        taken = sample.room(absences=away)
        problem = sample.problem(sample.activity(requirements=roles, place=None), rooms=(taken,))
        yield Example(
            problem,
            sample.plan(problem, sample.booking("a", "10:00", resource="lab", requirement="lab")),
            sample.plan(problem, sample.booking("a", "9:30", resource="lab", requirement="lab")),
        )


def _everybody(problem: Problem) -> tuple[Resource, ...]:
    return (*problem.technicians, *problem.rooms)


def _shared(absences: Sequence[Away], start: datetime, end: datetime) -> float:
    """Minutes of [start, end) that are absent; a moment without length amid an absence counts as a minute."""
    absent = union(a.interval for a in absences)
    if start == end:
        return float(any(a.overlaps(start, end) for a in absent))
    return minutes(total(intersect(absent, (Interval(start=start, end=end),))))


def _extents(problem: Problem, compiled: Compiled, resource: int) -> dict[int, Span]:
    """By lane of the resource, the ticks of its day from the first span to the end of overtime; a room's horizon."""
    clock, lanes = compiled.clock, compiled.lanes_of[resource]
    if resource >= len(problem.technicians):
        return {lane: (0, clock.floor(problem.horizon.end)) for lane in lanes}
    technician = problem.technicians[resource]
    working = problem.working_days(technician)
    overtime = technician.overtime_limit // clock.length(1)
    spans = ((lane, working.get(day)) for lane in lanes if (day := compiled.lanes.day[lane]))
    return {lane: (clock.ceil(s[0].start), clock.floor(s[-1].end) + overtime) for lane, s in spans if s}
