"""Service lies inside a service window from start to finish, all bookings of an activity in the same one."""

import pytest

from scheduler.solver.rules.service_window import ServiceWindow
from scheduler.solver.rules.tardiness import Tardiness
from tests.builders import activity, booking, minutes, moment, plan, problem, requirement, span, technician
from tests.solver.rules.judge import judge, measured, narrowed, ticks

WINDOWS = (span("10:00", "11:30"), span("13:00", "14:00"))
HARD = problem(technicians=[technician("t")], activities=[activity("a", service_windows=WINDOWS)])
PRICED = problem(
    technicians=[technician("t")], activities=[activity("a", service_windows=WINDOWS, priced_windows=True)]
)


@pytest.mark.parametrize(
    ("start", "off"), [("09:50", [10]), ("10:00", []), ("10:30", []), ("10:50", [20]), ("12:50", [10]), ("13:00", [])]
)
def test_start_and_end_lie_in_one_window(start: str, off: list[float]) -> None:
    assert [v.amount for v in judge(ServiceWindow(), HARD, plan(booking("a", "t", start)))] == off


@pytest.mark.parametrize(("start", "off", "late"), [("09:50", [10], 0), ("10:00", [], 0), ("11:00", [], 30)])
def test_only_the_first_opening_of_priced_windows_binds(start: str, off: list[float], late: float) -> None:
    given = plan(booking("a", "t", start))
    assert [v.amount for v in judge(ServiceWindow(), PRICED, given)] == off
    assert measured(Tardiness(), PRICED, given) == late


@pytest.mark.parametrize(("start", "late"), [("12:59", 149), ("13:00", 0), ("13:01", 1)])
def test_lateness_counts_from_the_window_that_opened_last_before_the_start(start: str, late: float) -> None:
    assert measured(Tardiness(), PRICED, plan(booking("a", "t", start))) == late


def test_bookings_lie_in_the_same_window() -> None:
    roles = (requirement("one"), requirement("two"))
    both = activity("a", service_windows=WINDOWS, requirements=roles, meeting={"kind": "independent"})
    given = problem(technicians=[technician("t"), technician("u")], activities=[both])
    pair = plan(booking("a", "t", "10:00", requirement="one"), booking("a", "u", "13:00", requirement="two"))
    (found,) = judge(ServiceWindow(), given, pair)
    assert found.text == "the bookings of a lie in different windows"
    assert len(found.bookings) == 2


def test_it_says_by_how_much() -> None:
    (found,) = judge(ServiceWindow(), HARD, plan(booking("a", "t", "11:40")))
    assert found.text == "a lies 70 minutes outside its service windows"


def test_starts_leave_time_for_the_service() -> None:
    compiled = narrowed(ServiceWindow(), HARD)
    first, second = (ticks(compiled, w) for w in WINDOWS)
    hour = compiled.clock.ticks(minutes(60))
    assert compiled.starts == [((first[0], first[1] - hour), (second[0], second[1] - hour))]
    assert compiled.ends == [(first, second)]


def test_a_priced_window_lasts_until_the_next_one_opens() -> None:
    compiled = narrowed(ServiceWindow(), PRICED)
    first, second = (compiled.clock.ceil(moment(clock)) for clock in ("10:00", "13:00"))
    assert compiled.starts == [((first, second - 1), (second, compiled.clock.floor(PRICED.horizon.end)))]
