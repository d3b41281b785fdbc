"""A technician is at one activity at a time, setup and teardown included."""

from collections.abc import Iterable, Iterator

from scheduler.domain.problem import Problem
from scheduler.domain.verdict import Violation
from scheduler.solver.compiled import Compiled
from scheduler.solver.rules import sample
from scheduler.solver.rules.base import Example, Reach, Rule, lasting
from scheduler.solver.view import View, minutes


class NoOverlap(Rule):
    id = "no-overlap"
    unit = "minutes"
    reach = Reach.RESOURCE

    def check(self, view: View) -> Iterable[Violation]:
        for who in view.problem.technician:
            bookings = sorted(view.plan.by_resource.get(who, ()), key=view.occupied)
            for n, first in enumerate(bookings):
                start, end = view.occupied(first)
                for second in bookings[n + 1 :]:
                    begin, finish = view.occupied(second)
                    if begin >= end:
                        break
                    if begin > start or finish > begin:
                        shared = max(minutes(min(end, finish) - begin), 1.0)
                        yield self.violation(first.key, second.key, amount=shared, resource=who)

    def narrow(self, problem: Problem, compiled: Compiled) -> None:
        compiled.sequenced = True

    def explain(self, violation: Violation) -> str:
        first, second = (key.activity for key in violation.bookings)
        return f"{violation.resource} is at {first} and {second} at the same time for {lasting(violation.amount)}"

    def examples(self) -> Iterator[Example]:
        problem = sample.problem(sample.activity("a"), sample.activity("b"))
        yield Example(
            problem,
            sample.plan(problem, sample.booking("a", "9:00"), sample.booking("b", "9:30")),
            sample.plan(problem, sample.booking("a", "9:00"), sample.booking("b", "9:20")),
        )
