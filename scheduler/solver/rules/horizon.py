"""Service starts and ends inside the horizon that is planned."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from scheduler.domain.interval import Interval
from scheduler.domain.problem import Problem
from scheduler.domain.verdict import Violation
from scheduler.solver.compiled import Compiled
from scheduler.solver.rules import sample
from scheduler.solver.rules.base import TIME, Example, Reach, Rule, lasting
from scheduler.solver.view import View, minutes


class Horizon(Rule):
    """Spans are compiled within the horizon from the outset, so it binds even where this rule narrows nothing."""

    id = "horizon"
    concerns = TIME
    unit = "minutes"
    reach = Reach.ACTIVITY

    def check(self, view: View) -> Iterable[Violation]:
        horizon = view.problem.horizon
        for booking in view.plan.bookings:
            if booking.start < horizon.start:
                yield self.violation(booking.key, amount=minutes(horizon.start - booking.start), what="starts")
            if booking.end > horizon.end:
                yield self.violation(booking.key, amount=minutes(booking.end - horizon.end), what="ends")

    def narrow(self, problem: Problem, compiled: Compiled) -> None:
        whole = ((0, compiled.clock.floor(problem.horizon.end)),)
        for slot in range(len(compiled.slots)):
            compiled.cut(compiled.starts, slot, whole)
            compiled.cut(compiled.ends, slot, whole)

    def explain(self, violation: Violation) -> str:
        activity, amount = violation.bookings[0].activity, lasting(violation.amount)
        if violation.details["what"] == "starts":
            return f"{activity} starts {amount} before the horizon begins"
        return f"{activity} ends {amount} after the horizon is over"

    def examples(self) -> Iterator[Example]:
        late = sample.technician(overtime_limit=timedelta(hours=1))
        until = Interval(start=sample.MONDAY, end=sample.at("11:00"))
        problem = sample.problem(sample.activity(), technicians=(late,), horizon=until)
        yield Example(
            problem,
            sample.plan(problem, sample.booking("a", "10:30")),
            sample.plan(problem, sample.booking("a", "10:40")),
        )
