"""A room is open all the time that it is occupied."""

from datetime import timedelta

import pytest

from scheduler.domain.plan import Plan
from scheduler.domain.problem import Problem
from scheduler.domain.resource import WorkingHours
from scheduler.solver.rules.room_opening import RoomOpening
from tests.builders import ZONE, activity, booking, local, minutes, moment, plan, problem, requirement, room
from tests.solver.rules.judge import judge, narrowed

SPLIT = WorkingHours(time_zone=ZONE, weekly={0: (local("08:00", "12:00"), local("13:00", "17:00"))})
ALWAYS = WorkingHours(time_zone=ZONE, weekly={day: (local("00:00", "00:00"),) for day in range(7)})


def given(opening: WorkingHours, length: float = 60, **more: object) -> Problem:
    asked = (requirement("lab", kind="room"),)
    rooms = [room("r", opening=opening, turnaround=minutes(30))]
    return problem(rooms=rooms, activities=[activity("a", minutes=length, requirements=asked, **more)], days=2)


def at(start: str, length: float = 60) -> Plan:
    return plan(booking("a", "r", start, length, requirement="lab"))


@pytest.mark.parametrize(
    ("start", "outside"),
    [("08:00", []), ("16:00", []), ("07:50", [10]), ("11:30", [30]), ("12:30", [30]), ("16:20", [20]), ("20:00", [60])],
)
def test_it_lies_in_one_opening_span(start: str, outside: list[float]) -> None:
    assert [v.amount for v in judge(RoomOpening(), given(SPLIT), at(start))] == outside


def test_setup_and_teardown_count_and_the_turnaround_does_not() -> None:
    around = given(SPLIT, setup=minutes(10), teardown=minutes(20))
    assert [v.amount for v in judge(RoomOpening(), around, at("08:00"))] == [10]
    assert judge(RoomOpening(), around, at("15:40")) == ()


def test_days_that_touch_are_one() -> None:
    assert judge(RoomOpening(), given(ALWAYS), at("23:30")) == ()
    assert narrowed(RoomOpening(), given(ALWAYS)).blocked == [()]


def test_a_moment_without_length_needs_an_open_room_too() -> None:
    assert judge(RoomOpening(), given(SPLIT, length=0), at("12:00", 0)) == ()
    assert [v.amount for v in judge(RoomOpening(), given(SPLIT, length=0), at("12:30", 0))] == [1]


def test_it_says_for_how_long() -> None:
    (found,) = judge(RoomOpening(), given(SPLIT), at("11:30"))
    assert found.text == "room r is closed for 30 minutes of a"


def test_it_narrows_the_lane() -> None:
    compiled = narrowed(RoomOpening(), given(SPLIT))
    tick = {clock: (moment(clock) - compiled.clock.origin) // compiled.clock.length(1)
            for clock in ("08:00", "12:00", "13:00", "17:00")}  # fmt: skip
    assert (compiled.first[0], compiled.last[0], compiled.latest[0]) == (tick["08:00"], tick["17:00"], tick["17:00"])
    assert compiled.blocked[0] == ((tick["12:00"], tick["13:00"]),)


def test_a_room_that_never_opens_takes_nothing() -> None:
    compiled = narrowed(RoomOpening(), given(WorkingHours()))
    assert compiled.first[0] > compiled.latest[0]
    assert compiled.clock.length(int(compiled.latest[0])) == timedelta(0)
