"""What the technicians cost, by the day and by the hour of working time."""

from collections.abc import Iterator
from fractions import Fraction

from scheduler.domain.goal import Term
from scheduler.domain.resource import Technician
from scheduler.solver.compiled import Compiled
from scheduler.solver.rules import sample
from scheduler.solver.rules.base import Example, Model, TermRule, common_step, technicians_lanes
from scheduler.solver.view import View, minutes


class LabourCost(TermRule):
    id = "labour-cost"
    term = Term.LABOUR_COST
    unit = "of cost"

    def measure(self, view: View) -> float:
        return sum(
            day.technician.cost_per_day + day.technician.cost_per_hour * minutes(day.working_time) / 60
            for day in view.used_days
        )

    def step(self, compiled: Compiled) -> Fraction:
        per_tick = compiled.clock.minutes / 60
        amounts = [a for t in compiled.problem.technicians for a in (_day(t), _hour(t) * per_tick)]
        return common_step(amounts)

    def encode(self, compiled: Compiled, model: Model) -> None:
        step, per_tick = self.step(compiled), compiled.clock.minutes / 60
        total = 0
        for lane in technicians_lanes(compiled):
            if model.candidates(lane):
                technician = compiled.problem.technicians[compiled.lanes.resource[lane]]
                worked = model.arrival(lane) - model.departure(lane) - model.paused(lane, unpaid_only=True)
                total = total + round(_hour(technician) * per_tick / step) * worked
                total = total + round(_day(technician) / step) * model.used(lane)
        model.price(self.term, total)

    def examples(self) -> Iterator[Example]:
        people = (
            sample.technician("ann", cost_per_hour=20, cost_per_day=5),
            sample.technician("bob", cost_per_hour=22.5, cost_per_day=5),
        )
        problem = sample.problem(sample.activity(), technicians=people, goal=sample.goal(labour_cost=1))
        yield Example(
            problem,
            sample.plan(problem, sample.booking("a", "9:00")),
            sample.plan(problem, sample.booking("a", "9:00", resource="bob")),
        )


def _day(technician: Technician) -> Fraction:
    return Fraction(str(technician.cost_per_day))


def _hour(technician: Technician) -> Fraction:
    return Fraction(str(technician.cost_per_hour))
