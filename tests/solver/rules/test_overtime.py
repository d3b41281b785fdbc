"""Coming back after the end of the day's last span, at the technician's price."""

from fractions import Fraction

import pytest

from scheduler.domain.resource import WorkingHours
from scheduler.solver.rules.overtime import Overtime
from tests.builders import ZONE, activity, booking, local, plan, problem, technician
from tests.solver.rules.judge import narrowed
from tests.solver.rules.terms import value


@pytest.mark.parametrize(("start", "expected"), [("15:50", 0), ("15:51", 1.5), ("16:30", 60), ("17:30", 150)])
def test_it_counts_from_the_end_of_the_day_to_the_return(start: str, expected: float) -> None:
    given = problem(technicians=[technician("t", overtime_price=1.5)], activities=[activity("a")])
    assert value(Overtime(), given, plan(booking("a", "t", start))) == expected


def test_days_and_technicians_add_up() -> None:
    people = [technician("t"), technician("u", overtime_price=0.25)]
    given = problem(technicians=people, activities=[activity(name) for name in "abc"], days=2)
    late = plan(booking("a", "t", "16:00"), booking("b", "t", "16:00", day=1), booking("c", "u", "16:00"))
    assert value(Overtime(), given, late) == 10 + 10 + 2.5


def test_a_gap_in_the_day_and_a_day_off_are_no_overtime() -> None:
    split = WorkingHours(time_zone=ZONE, weekly={0: (local("08:00", "12:00"), local("13:00", "17:00"))})
    given = problem(technicians=[technician("t", working_hours=split)], activities=[activity("a")], days=2)
    assert value(Overtime(), given, plan(booking("a", "t", "12:00"))) == 0
    assert value(Overtime(), given, plan(booking("a", "t", "20:00", day=1))) == 0


def test_a_step_holds_every_price() -> None:
    people = [
        technician("t", overtime_price=1.5),
        technician("u", overtime_price=0.4),
        technician("v", overtime_price=0),
    ]
    compiled = narrowed(Overtime(), problem(technicians=people))
    assert Overtime().step(compiled) == Fraction(1, 10) * compiled.clock.minutes
