"""Work after the end of the day, weighted by what the technician asks for it."""

from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction

from scheduler.domain.goal import Term
from scheduler.solver.compiled import Compiled
from scheduler.solver.rules import sample
from scheduler.solver.rules.base import Example, Model, TermRule, common_step, technicians_lanes
from scheduler.solver.view import View, minutes


class Overtime(TermRule):
    id = "overtime"
    term = Term.OVERTIME
    unit = "minutes"

    def measure(self, view: View) -> float:
        late = ((d.technician, d.route.arrival - d.end) for d in view.used_days if d.route and d.end)
        return sum(who.overtime_price * max(0.0, minutes(over)) for who, over in late)

    def step(self, compiled: Compiled) -> Fraction:
        return common_step(t.overtime_price for t in compiled.problem.technicians) * compiled.clock.minutes

    def encode(self, compiled: Compiled, model: Model) -> None:
        step, most = self.step(compiled), 4 * compiled.clock.floor(compiled.problem.horizon.end)
        total = 0
        for lane in technicians_lanes(compiled):
            price = Fraction(str(compiled.problem.technicians[compiled.lanes.resource[lane]].overtime_price))
            if not price or not model.candidates(lane) or compiled.first[lane] > compiled.latest[lane]:
                continue
            over = model.largest([model.arrival(lane) - int(compiled.last[lane])], 0, most, f"overtime {lane}")
            total = total + round(price * compiled.clock.minutes / step) * over
        model.price(self.term, total)

    def examples(self) -> Iterator[Example]:
        ann = sample.technician(overtime_limit=timedelta(hours=1), overtime_price=1.5)
        problem = sample.problem(sample.activity(place="p1"), technicians=(ann,), goal=sample.goal(overtime=1))
        yield Example(
            problem,
            sample.plan(problem, sample.booking("a", "11:20")),
            sample.plan(problem, sample.booking("a", "11:40")),
        )
