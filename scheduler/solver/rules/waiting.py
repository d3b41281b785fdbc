"""Time on the road that is neither travel nor service nor rest."""

from collections.abc import Iterator
from fractions import Fraction

from scheduler.domain.goal import Term
from scheduler.solver.compiled import Compiled
from scheduler.solver.rules import sample
from scheduler.solver.rules.base import Example, Model, TermRule, technicians_lanes
from scheduler.solver.view import View, minutes


class Waiting(TermRule):
    id = "waiting"
    term = Term.WAITING
    unit = "minutes"

    def measure(self, view: View) -> float:
        return sum(minutes(day.waiting) for day in view.used_days)

    def step(self, compiled: Compiled) -> Fraction:
        return compiled.clock.minutes

    def encode(self, compiled: Compiled, model: Model) -> None:
        model.price(self.term, sum(model.waited(lane) for lane in technicians_lanes(compiled)))

    def examples(self) -> Iterator[Example]:
        problem = sample.problem(sample.activity("a"), sample.activity("b"), goal=sample.goal(waiting=1))
        first = sample.booking("a", "8:30")
        yield Example(
            problem,
            sample.plan(problem, first, sample.booking("b", "9:00")),
            sample.plan(problem, first, sample.booking("b", "9:10")),
        )
