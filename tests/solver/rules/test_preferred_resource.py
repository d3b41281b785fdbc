"""Bookings on resources that are not preferred."""

import pytest

from scheduler.solver.rules.preferred_resource import PreferredResource
from tests.builders import activity, booking, plan, problem, requirement, room, technician
from tests.solver.rules.judge import measured

ROLES = (
    requirement("one", preferred=("t", "u")),
    requirement("two"),
    requirement("lab", kind="room", preferred=("r",)),
)
GIVEN = problem(
    technicians=[technician(name) for name in "tuv"],
    rooms=[room("r"), room("q")],
    activities=[activity("a", requirements=ROLES)],
)


@pytest.mark.parametrize(
    ("one", "two", "lab", "count"), [("t", "v", "r", 0), ("u", "t", "r", 0), ("v", "t", "r", 1), ("v", "t", "q", 2)]
)
def test_each_booking_counts_that_could_have_been_on_a_preferred_one(one: str, two: str, lab: str, count: int) -> None:
    roles = {"one": one, "two": two, "lab": lab}
    made = plan(*(booking("a", who, "09:00", requirement=role) for role, who in roles.items()))
    assert measured(PreferredResource(), GIVEN, made) == count


def test_what_is_left_out_counts_for_nothing() -> None:
    assert measured(PreferredResource(), GIVEN, plan()) == 0
