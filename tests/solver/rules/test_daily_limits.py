"""Bookings and time of a day stay within the limits."""

import pytest

from scheduler.solver.rules.daily_limits import DailyLimits
from tests.builders import activity, booking, hours, minutes, pause, plan, problem, technician
from tests.solver.rules.judge import judge, narrowed

ACTIVITIES = [activity(name, place="p0") for name in "abc"]
NOON = {"breaks": (pause(30, "12:00", "12:30"),)}


def test_bookings_are_counted_by_day() -> None:
    given = problem(technicians=[technician("t", max_activities_per_day=2)], activities=ACTIVITIES, days=2)
    two = (booking("a", "t", "09:00"), booking("b", "t", "10:00"))
    assert not judge(DailyLimits(), given, plan(*two, booking("c", "t", "09:00", day=1)))
    (found,) = judge(DailyLimits(), given, plan(*two, booking("c", "t", "11:00")))
    assert (found.amount, len(found.bookings)) == (1, 3)
    assert found.text == "t has 3 bookings on 2026-01-05, 2 are allowed"


@pytest.mark.parametrize(
    ("more", "over"), [({}, 30), (NOON, 0), ({"breaks": (pause(30, "12:00", "12:30", paid=True),)}, 30)]
)
def test_time_is_counted_without_unpaid_breaks(more: dict[str, object], over: float) -> None:
    who = technician("t", max_time_per_day=minutes(240), **more)
    given = problem(technicians=[who], activities=ACTIVITIES)
    found = judge(DailyLimits(), given, plan(booking("a", "t", "09:00"), booking("b", "t", "12:30")))
    assert [v.amount for v in found] == ([over] if over else [])


def test_it_says_by_how_much() -> None:
    given = problem(technicians=[technician("t", max_time_per_day=minutes(50))], activities=ACTIVITIES)
    (found,) = judge(DailyLimits(), given, plan(booking("a", "t", "09:00")))
    assert found.text == "t is at work 10 minutes more on 2026-01-05 than the 50 minutes allowed"


def test_limits_stand_in_every_lane_of_the_technician() -> None:
    bound = technician("t", max_activities_per_day=2, max_time_per_day=minutes(240))
    idle = technician("v", max_activities_per_day=0, working_hours=hours().model_copy(update={"weekly": {}}))
    given = problem(technicians=[bound, technician("u"), idle], activities=ACTIVITIES, days=2)
    compiled = narrowed(DailyLimits(), given)
    assert compiled.most_bookings.tolist() == [2, 2, -1, -1]
    assert [compiled.clock.length(n) for n in compiled.most_time[:2]] == [minutes(240)] * 2
    assert compiled.most_time[2:].tolist() == [-1, -1]
