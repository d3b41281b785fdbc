"""The time from leaving to coming back, without unpaid breaks."""

from collections.abc import Iterator
from fractions import Fraction

from scheduler.domain.goal import Term
from scheduler.solver.compiled import Compiled
from scheduler.solver.rules import sample
from scheduler.solver.rules.base import Example, Model, TermRule, technicians_lanes
from scheduler.solver.view import View, minutes


class WorkingTime(TermRule):
    id = "working-time"
    term = Term.WORKING_TIME
    unit = "minutes"

    def measure(self, view: View) -> float:
        return sum(minutes(day.working_time) for day in view.used_days)

    def step(self, compiled: Compiled) -> Fraction:
        return compiled.clock.minutes

    def encode(self, compiled: Compiled, model: Model) -> None:
        worked = (
            model.arrival(lane) - model.departure(lane) - model.paused(lane, unpaid_only=True)
            for lane in technicians_lanes(compiled)
            if model.candidates(lane)
        )
        model.price(self.term, sum(worked))

    def examples(self) -> Iterator[Example]:
        problem = sample.problem(sample.activity("a"), sample.activity("b"), goal=sample.goal(working_time=1))
        first = sample.booking("a", "8:30")
        yield Example(
            problem,
            sample.plan(problem, first, sample.booking("b", "9:00")),
            sample.plan(problem, first, sample.booking("b", "10:00")),
        )
