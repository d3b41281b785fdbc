"""What leaving activities out costs: the sum of their prices. Prices count to a thousandth."""

from collections.abc import Iterator
from fractions import Fraction
from math import gcd

from scheduler.domain.goal import Term
from scheduler.solver.compiled import Compiled
from scheduler.solver.rules import sample
from scheduler.solver.rules.base import Example, Model, TermRule
from scheduler.solver.view import View

PARTS = 1000
"""Prices are rounded to one part in so many."""


class Unscheduled(TermRule):
    id = "unscheduled"
    term = Term.UNSCHEDULED
    grows = False
    unit = ""

    def measure(self, view: View) -> float:
        return sum(a.price_of_leaving_out for a in view.open if a.id not in view.plan.by_activity)

    def step(self, compiled: Compiled) -> Fraction:
        return Fraction(_common(_thousandths(compiled)), PARTS)

    def encode(self, compiled: Compiled, model: Model) -> None:
        prices = _thousandths(compiled)
        step = _common(prices)
        left_out = (price // step * model.negated(model.scheduled(n)) for n, price in enumerate(prices) if price)
        model.price(self.term, sum(left_out))

    def examples(self) -> Iterator[Example]:
        until = sample.technician(working_hours=sample.every_day("8:00", "8:30"))
        activities = (sample.activity("a", unscheduled_price=2.5), sample.activity("b", priority=2))
        problem = sample.problem(*activities, technicians=(until,), goal=sample.goal(unscheduled=1))
        yield Example(problem, sample.plan(problem, sample.booking("a", "8:00")),
                      sample.plan(problem, sample.booking("b", "8:00")))  # fmt: skip


def _thousandths(compiled: Compiled) -> list[int]:
    """By activity, the price of leaving it out."""
    activity = compiled.problem.activity
    return [round(activity[name].price_of_leaving_out * PARTS) for name in compiled.activities]


def _common(prices: list[int]) -> int:
    """The largest number that divides all prices."""
    return gcd(*prices) or PARTS
