"""Service ends by the deadline."""

from datetime import timedelta

import pytest

from scheduler.solver.rules.deadline import Deadline
from tests.builders import activity, booking, moment, plan, problem, technician
from tests.solver.rules.judge import judge, narrowed

LATE = activity("a", deadline=moment("11:00"), teardown=timedelta(minutes=30))
GIVEN = problem(technicians=[technician("t")], activities=[LATE, activity("b")])


@pytest.mark.parametrize(("start", "late"), [("09:50", []), ("10:00", []), ("10:20", [20])])
def test_teardown_may_follow_the_deadline(start: str, late: list[float]) -> None:
    found = judge(Deadline(), GIVEN, plan(booking("a", "t", start), booking("b", "t", "15:00")))
    assert [v.amount for v in found] == late


def test_it_says_by_how_much() -> None:
    (found,) = judge(Deadline(), GIVEN, plan(booking("a", "t", "10:20")))
    assert found.text == "a ends 20 minutes after its deadline"


def test_it_cuts_the_ends() -> None:
    compiled = narrowed(Deadline(), GIVEN)
    assert compiled.ends[0] == ((0, compiled.clock.floor(moment("11:00"))),)
    assert compiled.ends[1] == ((0, compiled.clock.floor(GIVEN.horizon.end)),)


def test_a_deadline_before_the_horizon_admits_nothing() -> None:
    never = problem(activities=[activity("a", deadline=moment("10:00", day=-2))])
    assert narrowed(Deadline(), never).ends == [()]
