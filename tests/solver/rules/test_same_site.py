"""All who are booked for an activity that asks for one site belong to one."""

import pytest

from scheduler.solver.rules.same_site import SameSite
from tests.builders import activity, booking, plan, problem, requirement, room, technician
from tests.solver.rules.judge import judge, narrowed

PEOPLE = [technician("n", site="north"), technician("s", site="south"), technician("x"), technician("y")]
PAIR = (requirement("one"), requirement("two"))
TRIO = (*PAIR, requirement("lab", kind="room"))
GIVEN = problem(
    technicians=PEOPLE,
    rooms=[room("r", site="north")],
    activities=[
        activity("a", requirements=PAIR, same_site=True),
        activity("b", requirements=PAIR),
        activity("c", requirements=TRIO, same_site=True),
    ],
)


@pytest.mark.parametrize(
    ("name", "first", "second", "off"),
    [("a", "n", "s", [1]), ("a", "n", "x", [1]), ("a", "x", "y", []), ("b", "n", "s", [])],
)
def test_no_site_is_a_site_of_its_own(name: str, first: str, second: str, off: list[float]) -> None:
    made = plan(booking(name, first, "09:00", requirement="one"), booking(name, second, "09:00", requirement="two"))
    assert [v.amount for v in judge(SameSite(), GIVEN, made)] == off


def test_rooms_count_too() -> None:
    (found,) = judge(
        SameSite(),
        GIVEN,
        plan(
            booking("c", "n", "09:00", requirement="one"),
            booking("c", "s", "09:00", requirement="two"),
            booking("c", "r", "09:00", requirement="lab"),
        ),
    )
    assert found.amount == 1
    assert len(found.bookings) == 3
    assert found.text == "c asks for one site, but is given r (north), n (north), s (south)"


def test_it_keeps_slots_together() -> None:
    compiled = narrowed(SameSite(), GIVEN)
    assert compiled.together == [(0, 1), (4, 5, 6)]
    assert compiled.sites == ["north", "south", None, None, "north"]
