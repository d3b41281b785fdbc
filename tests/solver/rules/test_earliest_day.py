"""Days until activities start."""

from scheduler.domain.activity import Meeting
from scheduler.solver.rules.earliest_day import EarliestDay
from tests.builders import activity, booking, plan, problem, requirement, technician
from tests.solver.rules.judge import measured, narrowed

TEAM = {"requirements": (requirement("one"), requirement("two")), "meeting": Meeting(kind="independent")}
GIVEN = problem(
    technicians=[technician("t"), technician("u")],
    activities=[activity("a"), activity("b"), activity("c", **TEAM)],
    days=4,
)


def test_it_sums_over_activities() -> None:
    made = plan(booking("a", "t", "09:00", day=1), booking("b", "t", "09:00", day=3))
    assert measured(EarliestDay(), GIVEN, made) == 4
    assert measured(EarliestDay(), GIVEN, plan(booking("a", "t", "09:00"))) == 0


def test_days_are_those_of_the_problem() -> None:
    early = plan(booking("a", "t", "01:00", day=1))
    assert measured(EarliestDay(), GIVEN, early) == 1
    # In UTC the horizon begins on Sunday evening, and 01:00 in Kyiv on Tuesday is still Monday.
    assert measured(EarliestDay(), GIVEN.replace(time_zone="UTC"), plan(booking("a", "t", "03:00", day=1))) == 2
    assert measured(EarliestDay(), GIVEN.replace(time_zone="UTC"), early) == 1


def test_an_activity_starts_with_its_first_booking() -> None:
    two = (booking("c", "t", "09:00", requirement="one", day=1), booking("c", "u", "09:00", requirement="two", day=3))
    assert measured(EarliestDay(), GIVEN, plan(*two)) == 1


def test_what_began_before_the_horizon_counts_for_nothing() -> None:
    assert measured(EarliestDay(), GIVEN, plan(booking("a", "t", "09:00", day=-2))) == 0


def test_midnights_bound_the_days() -> None:
    compiled = narrowed(EarliestDay(), GIVEN)
    day = compiled.horizon // 4
    assert compiled.midnights[:5] == [0, day, 2 * day, 3 * day, 4 * day]
