"""The lengths of all drives, added up."""

from collections.abc import Iterator
from fractions import Fraction

from scheduler.domain.goal import Term
from scheduler.solver.compiled import Compiled
from scheduler.solver.rules import sample
from scheduler.solver.rules.base import Example, Model, TermRule, technicians_lanes
from scheduler.solver.view import View


class TravelDistance(TermRule):
    id = "travel-distance"
    term = Term.TRAVEL_DISTANCE
    unit = "km"

    def measure(self, view: View) -> float:
        return sum(day.kilometres for day in view.used_days)

    def step(self, compiled: Compiled) -> Fraction:
        return compiled.travel.kilometres

    def encode(self, compiled: Compiled, model: Model) -> None:
        legs = (leg for lane in technicians_lanes(compiled) for leg in model.legs(lane))
        model.price(self.term, sum(leg.steps * leg.taken for leg in legs))

    def examples(self) -> Iterator[Example]:
        near, far = sample.technician("ann", home="p1"), sample.technician("bob", home="p3")
        problem = sample.problem(
            sample.activity(place="p0"), technicians=(near, far), goal=sample.goal(travel_distance=1)
        )
        yield Example(
            problem,
            sample.plan(problem, sample.booking("a", "9:00")),
            sample.plan(problem, sample.booking("a", "9:00", resource="bob")),
        )
