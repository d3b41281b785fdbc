"""Service ends inside a finish window, all bookings of an activity in the same one."""

import pytest

from scheduler.solver.rules.finish_window import FinishWindow
from tests.builders import activity, booking, minutes, moment, plan, problem, requirement, span, technician
from tests.solver.rules.judge import judge, narrowed, ticks

WINDOWS = (span("10:00", "11:00"), span("13:00", "14:00"))
HARD = problem(technicians=[technician("t")], activities=[activity("a", finish_windows=WINDOWS)])
PRICED = problem(technicians=[technician("t")], activities=[activity("a", finish_windows=WINDOWS, priced_windows=True)])


@pytest.mark.parametrize(
    ("start", "off"), [("08:50", [10]), ("09:00", []), ("10:00", []), ("10:30", [30]), ("11:40", [20]), ("12:30", [])]
)
def test_opening_and_closing_moments_are_admitted(start: str, off: list[float]) -> None:
    assert [v.amount for v in judge(FinishWindow(), HARD, plan(booking("a", "t", start)))] == off


@pytest.mark.parametrize(("start", "off"), [("08:50", [10]), ("09:00", []), ("11:00", []), ("15:00", [])])
def test_only_the_first_opening_of_priced_windows_binds(start: str, off: list[float]) -> None:
    assert [v.amount for v in judge(FinishWindow(), PRICED, plan(booking("a", "t", start)))] == off


def test_bookings_end_in_the_same_window() -> None:
    roles = (requirement("one"), requirement("two", duration=minutes(240)))
    both = activity("a", finish_windows=WINDOWS, requirements=roles)
    given = problem(technicians=[technician("t"), technician("u")], activities=[both])
    pair = plan(booking("a", "t", "09:30", requirement="one"), booking("a", "u", "09:30", 240, requirement="two"))
    (found,) = judge(FinishWindow(), given, pair)
    assert found.text == "the bookings of a end in different windows"
    assert len(found.bookings) == 2


def test_it_says_by_how_much() -> None:
    (found,) = judge(FinishWindow(), HARD, plan(booking("a", "t", "10:30")))
    assert found.text == "a ends 30 minutes outside its finish windows"


def test_it_cuts_the_ends() -> None:
    compiled = narrowed(FinishWindow(), HARD)
    spans = tuple(ticks(compiled, w) for w in WINDOWS)
    assert compiled.ends == [spans]
    assert not compiled.shared_windows, "one booking shares with nobody"


def test_a_priced_window_lasts_until_the_next_one_opens() -> None:
    compiled = narrowed(FinishWindow(), PRICED)
    first, second = (compiled.clock.ceil(moment(clock)) for clock in ("10:00", "13:00"))
    assert compiled.ends == [((first, second - 1), (second, compiled.clock.floor(PRICED.horizon.end)))]
