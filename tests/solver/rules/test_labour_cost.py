"""The day's and the hours' price of each technician who is used."""

from fractions import Fraction

from scheduler.solver.rules.labour_cost import LabourCost
from tests.builders import activity, booking, plan, problem, technician
from tests.solver.rules.judge import narrowed
from tests.solver.rules.terms import value

PEOPLE = (
    technician("t", cost_per_hour=30, cost_per_day=5),
    technician("u", cost_per_day=7.5),
    technician("idle", cost_per_hour=99, cost_per_day=99),
)


def test_each_used_day_costs() -> None:
    given = problem(technicians=PEOPLE, activities=[activity(name) for name in "abc"], days=2)
    used = plan(booking("a", "t", "09:00"), booking("b", "t", "09:00", day=1), booking("c", "u", "09:00"))
    assert value(LabourCost(), given, used) == 2 * (5 + 30 * 80 / 60) + 7.5


def test_a_step_holds_both_prices() -> None:
    compiled = narrowed(LabourCost(), problem(technicians=PEOPLE[:2]))
    step, minute = LabourCost().step(compiled), compiled.clock.minutes
    assert all((amount / step).denominator == 1 for amount in (Fraction(5), Fraction(15, 2), Fraction(1, 2) * minute))
