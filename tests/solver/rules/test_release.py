"""No service before the release."""

import pytest

from scheduler.solver.rules.release import Release
from tests.builders import activity, booking, moment, plan, problem, technician
from tests.solver.rules.judge import judge, narrowed

GIVEN = problem(technicians=[technician("t")], activities=[activity("a", release=moment("10:00")), activity("b")])


@pytest.mark.parametrize(("start", "early"), [("09:40", [20]), ("10:00", []), ("10:20", [])])
def test_the_release_itself_is_admitted(start: str, early: list[float]) -> None:
    found = judge(Release(), GIVEN, plan(booking("a", "t", start), booking("b", "t", "08:00")))
    assert [v.amount for v in found] == early


def test_it_says_by_how_much() -> None:
    (found,) = judge(Release(), GIVEN, plan(booking("a", "t", "09:40")))
    assert found.text == "a starts 20 minutes before its release"


def test_it_cuts_the_starts() -> None:
    compiled = narrowed(Release(), GIVEN)
    (whole,) = compiled.starts[1]
    assert compiled.starts[0] == ((compiled.clock.ceil(moment("10:00")), whole[1]),)


def test_a_release_after_the_horizon_admits_nothing() -> None:
    never = problem(activities=[activity("a", release=moment("10:00", day=3))])
    assert narrowed(Release(), never).starts == [()]
