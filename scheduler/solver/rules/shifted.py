"""Minutes between the start in the standing plan and the start now, over its bookings that are still scheduled."""

from collections.abc import Iterator
from fractions import Fraction

from scheduler.domain.goal import Term
from scheduler.domain.plan import Plan
from scheduler.solver.compiled import Compiled
from scheduler.solver.rules import sample
from scheduler.solver.rules.base import Example, Expr, Model, TermRule
from scheduler.solver.view import View, minutes


class Shifted(TermRule):
    id = "shifted"
    term = Term.SHIFTED
    unit = "minutes"

    def measure(self, view: View) -> float:
        stood, found = view.problem.standing, view.plan.by_key
        both = ((b.start, found[b.key].start) for b in stood.bookings if b.key in found) if stood else ()
        return sum((minutes(abs(now - before)) for before, now in both), 0.0)

    def step(self, compiled: Compiled) -> Fraction:
        return compiled.clock.minutes

    def encode(self, compiled: Compiled, model: Model) -> None:
        standing = compiled.problem.standing
        stood = {b.key: compiled.clock.floor(b.start) for b in standing.bookings} if standing else {}
        priced: list[Expr] = []
        for slot, key in enumerate(compiled.slots.keys):
            if key in stood:
                before, start, present = stood[key], model.start(slot), model.present(slot)
                if isinstance(start, int):
                    priced.append(abs(start - before) * present)
                    continue
                off = model.integer(0, compiled.horizon + abs(before), f"shift{slot}")
                model.require(off >= start - before, rule=self.id, only_if=[present])
                model.require(off >= before - start, rule=self.id, only_if=[present])
                priced.append(off)
        model.price(self.term, sum(priced))

    def examples(self) -> Iterator[Example]:
        stood = sample.booking("a", "9:00")
        standing = Plan(bookings=(stood,))
        problem = sample.problem(sample.activity(), standing=standing, goal=sample.goal(shifted=1))
        good = sample.plan(problem, stood)
        yield Example(problem, good, sample.plan(problem, sample.booking("a", "9:10")))
        yield Example(problem, good, sample.plan(problem, sample.booking("a", "8:50")))
