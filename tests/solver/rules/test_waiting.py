"""What is neither drive nor service nor rest, from departure to return."""

from typing import Any

import pytest

from scheduler.solver.rules.waiting import Waiting
from tests.builders import absence, activity, booking, minutes, pause, plan, problem, technician
from tests.solver.rules.terms import value


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, 180 - 20),
        ({"breaks": (pause(30, "12:00", "13:00"),)}, 180 - 20 - 30),
        ({"absences": (absence("11:30", "12:00"),)}, 180 - 20 - 30),
        ({"departure": "shift-start"}, 180 - 20 + 110),
    ],
)
def test_the_first_booking_is_waited_for_by_who_leaves_at_shift_start(more: dict[str, Any], expected: float) -> None:
    """a at p1 from 10:00 to 11:00, b twenty minutes away from 14:00."""
    given = problem(technicians=[technician("t", **more)], activities=[activity("a"), activity("b", place="p3")])
    assert value(Waiting(), given, plan(booking("a", "t", "10:00"), booking("b", "t", "14:00"))) == expected


def test_setup_and_teardown_are_service() -> None:
    work = [activity("a", place="p0", teardown=minutes(15)), activity("b", place="p0", setup=minutes(5))]
    given = problem(technicians=[technician("t")], activities=work)
    assert value(Waiting(), given, plan(booking("a", "t", "10:00"), booking("b", "t", "11:30"))) == 10


def test_one_booking_is_not_waited_for() -> None:
    given = problem(technicians=[technician("t")], activities=[activity("a")])
    assert value(Waiting(), given, plan(booking("a", "t", "10:00"))) == 0
