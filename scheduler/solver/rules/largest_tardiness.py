"""The lateness of the booking that is latest."""

from collections.abc import Iterator
from fractions import Fraction

from scheduler.domain.goal import Term
from scheduler.solver.compiled import Compiled
from scheduler.solver.rules import sample
from scheduler.solver.rules.base import Example, Model, TermRule
from scheduler.solver.view import View, minutes


class LargestTardiness(TermRule):
    id = "largest-tardiness"
    term = Term.LARGEST_TARDINESS
    unit = "minutes"

    def measure(self, view: View) -> float:
        return max((minutes(view.lateness(booking)) for booking in view.counted), default=0.0)

    def step(self, compiled: Compiled) -> Fraction:
        return compiled.clock.minutes

    def encode(self, compiled: Compiled, model: Model) -> None:
        slots = sorted({late.slot for late in compiled.lates})
        most = 4 * compiled.clock.floor(compiled.problem.horizon.end)
        model.price(self.term, model.largest([model.lateness(s) for s in slots], 0, most, "largest tardiness"))

    def examples(self) -> Iterator[Example]:
        due = sample.at("8:30")
        problem = sample.problem(
            sample.activity("a", respond_by=due),
            sample.activity("b", respond_by=due),
            goal=sample.goal(largest_tardiness=1),
        )
        second = sample.booking("b", "9:00")
        yield Example(
            problem,
            sample.plan(problem, sample.booking("a", "8:30"), second),
            sample.plan(problem, sample.booking("a", "9:30"), second),
        )
