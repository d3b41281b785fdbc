"""What all drives cost, by the kilometre."""

from collections.abc import Iterator
from fractions import Fraction

from scheduler.domain.goal import Term
from scheduler.solver.compiled import Compiled
from scheduler.solver.rules import sample
from scheduler.solver.rules.base import Example, Model, TermRule, common_step, technicians_lanes
from scheduler.solver.view import View


class TravelCost(TermRule):
    id = "travel-cost"
    term = Term.TRAVEL_COST
    unit = "of cost"

    def measure(self, view: View) -> float:
        return sum(day.technician.cost_per_km * day.kilometres for day in view.used_days)

    def step(self, compiled: Compiled) -> Fraction:
        return common_step(t.cost_per_km for t in compiled.problem.technicians) * compiled.travel.kilometres

    def encode(self, compiled: Compiled, model: Model) -> None:
        step = self.step(compiled)
        total = 0
        for lane in technicians_lanes(compiled):
            price = Fraction(str(compiled.problem.technicians[compiled.lanes.resource[lane]].cost_per_km))
            per_step = round(price * compiled.travel.kilometres / step)
            total = total + sum(per_step * leg.steps * leg.taken for leg in model.legs(lane))
        model.price(self.term, total)

    def examples(self) -> Iterator[Example]:
        people = (sample.technician("ann", cost_per_km=0.25), sample.technician("bob", cost_per_km=0.4))
        problem = sample.problem(sample.activity(place="p1"), technicians=people, goal=sample.goal(travel_cost=1))
        yield Example(
            problem,
            sample.plan(problem, sample.booking("a", "9:00")),
            sample.plan(problem, sample.booking("a", "9:00", resource="bob")),
        )
