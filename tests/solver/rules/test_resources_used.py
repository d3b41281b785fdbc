"""Technicians, counted once for each day with a booking."""

from scheduler.solver.rules.resources_used import ResourcesUsed
from tests.builders import activity, booking, plan, problem, requirement, room, technician
from tests.solver.rules.judge import measured

GIVEN = problem(
    technicians=[technician("t"), technician("u")],
    rooms=[room("r")],
    activities=[activity("a"), activity("b"), activity("c", requirements=(requirement("lab", kind="room"),))],
    days=2,
)


def test_a_day_counts_once() -> None:
    first = booking("a", "t", "09:00")
    assert measured(ResourcesUsed(), GIVEN, plan(first, booking("b", "t", "11:00"))) == 1
    assert measured(ResourcesUsed(), GIVEN, plan(first, booking("b", "u", "11:00"))) == 2
    assert measured(ResourcesUsed(), GIVEN, plan(first, booking("b", "t", "09:00", day=1))) == 2


def test_rooms_have_no_day_routes() -> None:
    assert measured(ResourcesUsed(), GIVEN, plan(booking("c", "r", "09:00", requirement="lab"))) == 0
    assert measured(ResourcesUsed(), GIVEN, plan()) == 0
