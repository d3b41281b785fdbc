"""Nobody is booked while absent."""

import pytest

from scheduler.domain.override import Lock, LockKind
from scheduler.domain.resource import Absence as Away
from scheduler.solver.compile import compile
from scheduler.solver.rules.absence import Absence
from scheduler.solver.rules.working_hours import WorkingHours
from tests.builders import (
    absence,
    activity,
    booking,
    hours,
    minutes,
    moment,
    plan,
    problem,
    requirement,
    room,
    span,
    technician,
)
from tests.solver.rules.judge import judge, narrowed, ticks

AWAY = technician("t", absences=(absence("10:00", "12:00"),))
GIVEN = problem(technicians=[AWAY], activities=[activity("a", setup=minutes(10), teardown=minutes(5))])


@pytest.mark.parametrize(
    ("start", "length", "shared"),
    [
        ("08:55", 60, []),
        ("09:00", 60, [5]),
        ("11:00", 60, [70]),
        ("12:05", 60, [5]),
        ("12:10", 60, []),
        ("09:00", 240, [120]),
    ],
)
def test_setup_and_teardown_count(start: str, length: float, shared: list[float]) -> None:
    assert [v.amount for v in judge(Absence(), GIVEN, plan(booking("a", "t", start, length)))] == shared


@pytest.mark.parametrize(("start", "breaches"), [("10:00", 0), ("11:00", 1), ("12:00", 0)])
def test_a_moment_without_length_may_touch_but_not_lie_amid(start: str, breaches: int) -> None:
    given = problem(technicians=[AWAY], activities=[activity("a", minutes=0)])
    assert len(judge(Absence(), given, plan(booking("a", "t", start, 0)))) == breaches


def test_overlapping_absences_count_once() -> None:
    twice = technician("t", absences=(absence("10:00", "12:00"), absence("11:00", "13:00")))
    given = problem(technicians=[twice], activities=[activity("a", minutes=240)])
    assert [v.amount for v in judge(Absence(), given, plan(booking("a", "t", "09:30", 240)))] == [180]


def test_rooms_are_absent_too_and_the_reason_is_named() -> None:
    away = Away(interval=span("10:00", "11:00"), reason="board meeting")
    lab = activity("a", requirements=(requirement("lab", kind="room"),))
    given = problem(rooms=[room("lab", absences=(away,))], activities=[lab])
    (found,) = judge(Absence(), given, plan(booking("a", "lab", "10:30", requirement="lab")))
    assert found.text == "lab is absent (board meeting) for 30 minutes of a"


@pytest.mark.parametrize(("kind", "exempted"), [(LockKind.TIME, False), (LockKind.RESOURCE_AND_TIME, True)])
def test_it_is_exempted_when_resource_and_time_are_held(kind: LockKind, exempted: bool) -> None:
    who = "t" if kind is LockKind.RESOURCE_AND_TIME else None
    lock = Lock(kind=kind, activity="a", requirement="technician", resource=who, start=moment("11:00"))
    assert [v.exempted for v in judge(Absence(), GIVEN.with_lock(lock), plan(booking("a", "t", "11:00")))] == [exempted]


def test_absences_are_blocked_in_the_lanes_of_their_days_up_to_the_end_of_overtime() -> None:
    away = (absence("10:00", "12:00"), Away(interval=span("17:30", "20:00")), absence("07:00", "09:00", day=1))
    who = technician("t", absences=away, overtime_limit=minutes(60))
    compiled = narrowed(Absence(), problem(technicians=[who, technician("u")], activities=[activity("a")], days=2))
    noon, evening, morning = (
        ticks(compiled, s) for s in (span("10:00", "12:00"), span("17:30", "18:00"), span("08:00", "09:00", day=1))
    )
    assert compiled.blocked[:2] == [(noon, (evening[0], evening[1] + 1)), ((morning[0] - 1, morning[1]),)]
    assert compiled.blocked[2:] == [(), ()]


def test_absences_and_gaps_join_in_any_order() -> None:
    split = hours().model_copy(
        update={"weekly": {0: (hours("08:00", "12:00").weekly[0][0], hours("13:00").weekly[0][0])}}
    )
    who = technician("t", working_hours=split, absences=(absence("11:00", "12:30"),))
    given = problem(technicians=[who], activities=[activity("a")])
    one, other = compile(given, (Absence(), WorkingHours())), compile(given, (WorkingHours(), Absence()))
    assert one.blocked == other.blocked == [(ticks(one, span("11:00", "13:00")),)]


def test_a_room_s_lane_is_blocked_inside_the_horizon() -> None:
    away = (Away(interval=span("10:00", "11:00")), absence("10:00", "11:00", day=5))
    compiled = narrowed(Absence(), problem(rooms=[room("lab", absences=away)], activities=[activity("a")]))
    assert compiled.blocked == [(ticks(compiled, span("10:00", "11:00")),)]


def test_between_an_absence_and_a_gap_is_a_moment() -> None:
    """Something without length may happen there, but not between two absences that touch."""
    spans = {0: (hours("08:00", "10:00").weekly[0][0], hours("11:00").weekly[0][0])}
    split = hours().model_copy(update={"weekly": spans})
    away = (absence("09:00", "09:30"), absence("09:30", "10:00"))
    given = problem(technicians=[technician("t", working_hours=split, absences=away)], activities=[activity("a")])
    compiled = compile(given, (Absence(), WorkingHours()))
    assert compiled.blocked[0] == (ticks(compiled, span("09:00", "10:00")), ticks(compiled, span("10:00", "11:00")))
