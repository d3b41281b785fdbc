"""Activities that start outside all of their preferred windows."""

import pytest

from scheduler.domain.activity import Meeting
from scheduler.solver.rules.preferred_window import PreferredWindow
from tests.builders import activity, booking, plan, problem, requirement, span, technician
from tests.solver.rules.judge import measured

WINDOWS = (span("09:00", "10:00"), span("12:00", "13:00"))
TEAM = {"requirements": (requirement("one"), requirement("two")), "meeting": Meeting(kind="independent")}
GIVEN = problem(
    technicians=[technician("t"), technician("u")],
    activities=[
        activity("a", preferred_windows=WINDOWS),
        activity("b"),
        activity("c", preferred_windows=WINDOWS, **TEAM),
    ],
)


@pytest.mark.parametrize(
    ("start", "count"), [("09:00", 0), ("10:00", 0), ("13:00", 0), ("08:50", 1), ("10:01", 1), ("14:00", 1)]
)
def test_both_ends_of_a_window_are_inside(start: str, count: int) -> None:
    assert measured(PreferredWindow(), GIVEN, plan(booking("a", "t", start), booking("b", "t", "16:00"))) == count


def test_an_activity_counts_once_and_starts_with_its_first_booking() -> None:
    second = booking("c", "u", "11:00", requirement="two")
    assert measured(PreferredWindow(), GIVEN, plan(booking("c", "t", "09:30", requirement="one"), second)) == 0
    assert measured(PreferredWindow(), GIVEN, plan(booking("c", "t", "08:30", requirement="one"), second)) == 1


def test_what_is_left_out_counts_for_nothing() -> None:
    assert measured(PreferredWindow(), GIVEN, plan()) == 0
