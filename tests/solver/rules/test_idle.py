"""What is left of the working days, used or not."""

from typing import Any

import pytest

from scheduler.domain.plan import Plan
from scheduler.domain.resource import WorkingHours
from scheduler.solver.rules.idle import Idle
from tests.builders import ZONE, absence, activity, booking, local, pause, plan, problem, technician
from tests.solver.rules.terms import value

DAY = 540
SPLIT = WorkingHours(time_zone=ZONE, weekly={0: (local("08:00", "12:00"), local("13:00", "17:00"))})


@pytest.mark.parametrize(
    ("more", "unused", "used"),
    [
        ({}, DAY, DAY - 80),
        ({"departure": "shift-start"}, DAY, DAY - 80),
        ({"breaks": (pause(30, "12:00", "13:00"),)}, DAY, DAY - 80 - 30),
        ({"breaks": (pause(30, "08:00", "09:00", paid=True),)}, DAY, DAY - 80 - 30),
        ({"breaks": (pause(30, "10:00", "11:00", price=1),)}, DAY, DAY - 80),
        ({"absences": (absence("07:00", "08:20"), absence("16:30", "16:45"))}, DAY - 35, DAY - 35 - 80),
        ({"working_hours": SPLIT}, DAY - 60, DAY - 60 - 80),
    ],
)
def test_no_break_is_taken_on_an_unused_day(more: dict[str, Any], unused: float, used: float) -> None:
    """Eighty minutes of drives and service, from 9:50 to 11:10."""
    given = problem(technicians=[technician("t", **more)], activities=[activity("a")])
    assert value(Idle(), given, Plan()) == unused
    assert value(Idle(), given, plan(booking("a", "t", "10:00"))) == used


def test_a_day_that_ends_late_is_idle_up_to_its_departure_alone() -> None:
    given = problem(technicians=[technician("t")], activities=[activity("a")])
    assert value(Idle(), given, plan(booking("a", "t", "16:30"))) == 500


def test_days_and_technicians_add_up_and_days_off_do_not() -> None:
    monday = technician("u", working_hours=WorkingHours(time_zone=ZONE, weekly={0: (local("08:00", "10:00"),)}))
    given = problem(technicians=[technician("t"), monday], activities=[activity("a")], days=2)
    assert value(Idle(), given, Plan()) == 2 * DAY + 120
    assert value(Idle(), given, plan(booking("a", "u", "10:00", day=1))) == 2 * DAY + 120
