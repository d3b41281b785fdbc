"""The durations of all drives, added up."""

from collections.abc import Iterator
from fractions import Fraction

from scheduler.domain.goal import Term
from scheduler.solver.compiled import Compiled
from scheduler.solver.rules import sample
from scheduler.solver.rules.base import Example, Model, TermRule, technicians_lanes
from scheduler.solver.view import View, minutes


class TravelTotal(TermRule):
    id = "travel-time-total"
    term = Term.TRAVEL_TIME
    unit = "minutes"

    def measure(self, view: View) -> float:
        return sum(minutes(day.travel) for day in view.used_days)

    def step(self, compiled: Compiled) -> Fraction:
        return compiled.clock.minutes

    def encode(self, compiled: Compiled, model: Model) -> None:
        model.price(self.term, sum(model.travelled(lane) for lane in technicians_lanes(compiled)))

    def examples(self) -> Iterator[Example]:
        near, far = sample.technician("ann", home="p1"), sample.technician("bob", home="p3")
        problem = sample.problem(sample.activity(place="p0"), technicians=(near, far), goal=sample.goal(travel_time=1))
        yield Example(
            problem,
            sample.plan(problem, sample.booking("a", "9:00")),
            sample.plan(problem, sample.booking("a", "9:00", resource="bob")),
        )
