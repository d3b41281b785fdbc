"""How far the technicians' workloads are from their mean, each rounded up to a whole minute."""

from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction

from scheduler.domain.goal import Term
from scheduler.solver.compiled import Compiled
from scheduler.solver.rules import sample
from scheduler.solver.rules.base import Example, Model, TermRule
from scheduler.solver.view import View

ZERO, MICROSECOND = timedelta(0), timedelta(microseconds=1)
MICROSECONDS_PER_MINUTE = 60_000_000


class WorkloadBalance(TermRule):
    id = "workload-balance"
    term = Term.WORKLOAD_BALANCE
    unit = "minutes"

    def measure(self, view: View) -> float:
        work = {technician.id: ZERO for technician in view.problem.technicians}
        for day in view.used_days:
            work[day.technician.id] += day.travel + day.service
        total, count = sum(work.values(), ZERO) // MICROSECOND, len(work)
        off = (abs(count * (own // MICROSECOND) - total) for own in work.values())
        return float(sum(-(-micros // (count * MICROSECONDS_PER_MINUTE)) for micros in off))

    def step(self, compiled: Compiled) -> Fraction:
        return Fraction(1)

    def encode(self, compiled: Compiled, model: Model) -> None:
        count = len(compiled.problem.technicians)
        work = [sum(model.travelled(lane) + model.served(lane) for lane in compiled.lanes_of[r]) for r in range(count)]
        total, minute = sum(work), 1 / compiled.clock.minutes
        most = int(4 * compiled.clock.floor(compiled.problem.horizon.end) * compiled.clock.minutes) + 1
        off = []
        for r, own in enumerate(work):
            minutes = model.integer(0, most, f"off balance {r}")
            scaled = minute.numerator * count * minutes
            model.require(scaled >= minute.denominator * (count * own - total), rule=self.id)
            model.require(scaled >= minute.denominator * (total - count * own), rule=self.id)
            off.append(minutes)
        model.price(self.term, sum(off))

    def examples(self) -> Iterator[Example]:
        people = (sample.technician("ann"), sample.technician("bob"))
        problem = sample.problem(
            sample.activity("a"), sample.activity("b"), technicians=people, goal=sample.goal(workload_balance=1)
        )
        first = sample.booking("a", "9:00")
        yield Example(
            problem,
            sample.plan(problem, first, sample.booking("b", "9:00", resource="bob")),
            sample.plan(problem, first, sample.booking("b", "10:00")),
        )
