"""From departure to return, without what is unpaid in between."""

from typing import Any

import pytest

from scheduler.solver.rules.working_time import WorkingTime
from tests.builders import absence, activity, booking, pause, plan, problem, technician
from tests.solver.rules.terms import value

BOTH = plan(booking("a", "t", "10:00"), booking("b", "t", "14:00"))


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, 320),
        ({"breaks": (pause(30, "12:00", "13:00"),)}, 290),
        ({"breaks": (pause(30, "12:00", "13:00", paid=True),)}, 320),
        ({"breaks": (pause(30, "16:00", "17:00"),)}, 320),
        ({"absences": (absence("11:30", "12:00"), absence("16:00", "17:00"))}, 290),
        ({"departure": "shift-start"}, 430),
    ],
)
def test_breaks_and_absences_on_the_way_are_left_out(more: dict[str, Any], expected: float) -> None:
    given = problem(technicians=[technician("t", **more)], activities=[activity("a"), activity("b")])
    assert value(WorkingTime(), given, BOTH) == expected


def test_days_add_up() -> None:
    given = problem(technicians=[technician("t")], activities=[activity("a"), activity("b")], days=2)
    assert value(WorkingTime(), given, plan(booking("a", "t", "09:00"), booking("b", "t", "09:00", day=1))) == 160
