"""Kilometres, at each technician's price."""

from fractions import Fraction

from scheduler.solver.rules.travel_cost import TravelCost
from tests.builders import activity, booking, plan, problem, technician
from tests.solver.rules.judge import narrowed
from tests.solver.rules.terms import value

PEOPLE = (technician("t", cost_per_km=0.35), technician("u", cost_per_km=1.2), technician("v"))


def test_each_drives_at_the_own_price() -> None:
    given = problem(technicians=PEOPLE, activities=[activity(name) for name in "abc"])
    all_three = plan(booking("a", "t", "09:00"), booking("b", "u", "09:00"), booking("c", "v", "09:00"))
    assert value(TravelCost(), given, all_three) == 20 * 0.35 + 20 * 1.2


def test_a_step_holds_every_price() -> None:
    compiled = narrowed(TravelCost(), problem(technicians=PEOPLE))
    assert TravelCost().step(compiled) == Fraction(1, 20) * compiled.travel.kilometres
