"""The price of every priced break that is due and not taken."""

from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction

from scheduler.domain.goal import Term
from scheduler.solver.compiled import Compiled
from scheduler.solver.rules import sample
from scheduler.solver.rules.base import Example, Model, TermRule, common_step, technicians_lanes
from scheduler.solver.view import View


class MissedBreaks(TermRule):
    id = "missed-breaks"
    term = Term.MISSED_BREAKS
    unit = "of price"

    def measure(self, view: View) -> float:
        missed = 0.0
        for day in view.used_days:
            missed += sum(o.rule.price for o in day.owed if o.rule.price is not None and not day.takes(o.rule))
        return missed

    def step(self, compiled: Compiled) -> Fraction:
        return common_step(b.price for t in compiled.problem.technicians for b in t.breaks if b.price is not None)

    def encode(self, compiled: Compiled, model: Model) -> None:
        step, total = self.step(compiled), 0
        for lane in technicians_lanes(compiled):
            for n, pause in enumerate(compiled.pauses[lane] if model.candidates(lane) else ()):
                if pause.price is not None:
                    missed = model.used(lane) - model.break_taken(lane, n)
                    total = total + round(pause.price / step) * missed
        model.price(self.term, total)

    def examples(self) -> Iterator[Example]:
        lunch = {"window": sample.local("9:00", "10:00"), "duration": timedelta(minutes=30), "price": 7.5}
        problem = sample.problem(
            sample.activity("a", 60),
            technicians=(sample.technician(breaks=(lunch,)),),
            goal=sample.goal(missed_breaks=1),
        )
        yield Example(
            problem,
            sample.plan(problem, sample.booking("a", "10:00", 60)),
            sample.plan(problem, sample.booking("a", "9:00", 60)),
        )
        lunch |= {"window": sample.local("9:00", "9:40"), "before_work": True}
        problem = problem.replace(technicians=(sample.technician(breaks=(lunch,)),))
        yield Example(
            problem,
            sample.plan(problem, sample.booking("a", "9:30", 60)),
            sample.plan(problem, sample.booking("a", "8:00", 60)),
        )
        depot = sample.technician(breaks=(lunch,), depot="p0")  # a stop there is no work that follows
        problem = problem.replace(
            technicians=(depot,), activities=(*problem.activities, sample.activity("b", 60, parts={"filter": 1}))
        )
        yield Example(
            problem,
            sample.plan(problem, sample.booking("a", "9:30", 60)),
            sample.plan(problem, sample.booking("a", "8:00", 60)),
        )
