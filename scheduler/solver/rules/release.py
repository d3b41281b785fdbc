"""Service does not start before the activity's release."""

from collections.abc import Iterable, Iterator

from scheduler.domain.problem import Problem
from scheduler.domain.verdict import Violation
from scheduler.solver.compiled import Compiled
from scheduler.solver.rules import sample
from scheduler.solver.rules.base import TIME, Example, Reach, Rule, lasting
from scheduler.solver.view import View, minutes


class Release(Rule):
    id = "release"
    concerns = TIME
    unit = "minutes"
    reach = Reach.ACTIVITY

    def check(self, view: View) -> Iterable[Violation]:
        for booking in view.plan.bookings:
            release = view.activity(booking).release
            if release is not None and booking.start < release:
                yield self.violation(booking.key, amount=minutes(release - booking.start))

    def narrow(self, problem: Problem, compiled: Compiled) -> None:
        clock = compiled.clock
        end = clock.floor(problem.horizon.end)
        for n, name in enumerate(compiled.activities):
            release = problem.activity[name].release
            if release is not None:
                admitted = ((clock.ceil(release), end),)
                for slot in compiled.slots_of[n]:
                    compiled.cut(compiled.starts, slot, admitted)

    def explain(self, violation: Violation) -> str:
        return f"{violation.bookings[0].activity} starts {lasting(violation.amount)} before its release"

    def examples(self) -> Iterator[Example]:
        problem = sample.problem(sample.activity(release=sample.at("9:00")))
        yield Example(
            problem,
            sample.plan(problem, sample.booking("a", "9:00")),
            sample.plan(problem, sample.booking("a", "8:50")),
        )
