"""The length of all drives, whatever the speed."""

from fractions import Fraction

from scheduler.solver.rules.travel_distance import TravelDistance
from tests.builders import activity, booking, line, plan, problem, technician
from tests.solver.rules.judge import narrowed
from tests.solver.rules.terms import value


def test_kilometres_add_up() -> None:
    people = [technician("t"), technician("fast", travel_speed=4)]
    given = problem(technicians=people, activities=[activity("a"), activity("b", place="p3")], travel=line(km=2.5))
    assert value(TravelDistance(), given, plan(booking("a", "t", "09:00"), booking("b", "fast", "09:00"))) == 5 + 15


def test_a_step_is_the_grid_of_the_distances() -> None:
    given = problem(technicians=[technician("t")], travel=line(km=2.5))
    assert TravelDistance().step(narrowed(TravelDistance(), given)) == Fraction(5, 2)
