"""Service ends by the activity's deadline; its teardown may follow."""

from collections.abc import Iterable, Iterator

from scheduler.domain.problem import Problem
from scheduler.domain.verdict import Violation
from scheduler.solver.compiled import Compiled
from scheduler.solver.rules import sample
from scheduler.solver.rules.base import TIME, Example, Reach, Rule, lasting
from scheduler.solver.view import View, minutes


class Deadline(Rule):
    id = "deadline"
    concerns = TIME
    unit = "minutes"
    reach = Reach.ACTIVITY

    def check(self, view: View) -> Iterable[Violation]:
        for booking in view.plan.bookings:
            deadline = view.activity(booking).deadline
            if deadline is not None and booking.end > deadline:
                yield self.violation(booking.key, amount=minutes(booking.end - deadline))

    def narrow(self, problem: Problem, compiled: Compiled) -> None:
        for n, name in enumerate(compiled.activities):
            deadline = problem.activity[name].deadline
            if deadline is not None:
                admitted = ((0, compiled.clock.floor(deadline)),)
                for slot in compiled.slots_of[n]:
                    compiled.cut(compiled.ends, slot, admitted)

    def explain(self, violation: Violation) -> str:
        return f"{violation.bookings[0].activity} ends {lasting(violation.amount)} after its deadline"

    def examples(self) -> Iterator[Example]:
        problem = sample.problem(sample.activity(deadline=sample.at("9:30")))
        yield Example(
            problem,
            sample.plan(problem, sample.booking("a", "9:00")),
            sample.plan(problem, sample.booking("a", "9:10")),
        )
