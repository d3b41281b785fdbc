"""An activity follows the one before it: scheduled, within the lags, by the right people, on the right day."""

from typing import Any

import pytest

from scheduler.domain.activity import Meeting
from scheduler.domain.activity import Precedence as Order
from scheduler.domain.interval import Interval
from scheduler.domain.override import Lock, LockKind
from scheduler.domain.plan import Plan
from scheduler.domain.problem import Problem
from scheduler.solver.compiled import Link
from scheduler.solver.rules.precedence import Precedence
from tests.builders import activity, booking, minutes, moment, plan, problem, requirement, room, technician
from tests.solver.rules.judge import judge, narrowed

PEOPLE = [technician("t"), technician("u")]
FACTS = {"actual_start": moment("08:00"), "actual_end": moment("09:00")}


def ordered(before: dict[str, Any] | None = None, after: dict[str, Any] | None = None, **more: Any) -> Problem:
    activities = [activity("a", **(before or {})), activity("b", **(after or {}))]
    return problem(
        technicians=PEOPLE, activities=activities, precedences=[Order(before="a", after="b", **more)], days=2
    )


def amounts(given: Problem, made: Plan) -> list[tuple[object, float]]:
    return [(v.details["what"], v.amount) for v in judge(Precedence(), given, made)]


@pytest.mark.parametrize(
    ("order", "start", "found"),
    [
        ({}, "09:00", []),
        ({}, "08:50", [("early", 10)]),
        ({"min_lag": minutes(30)}, "09:30", []),
        ({"min_lag": minutes(30)}, "09:20", [("early", 10)]),
        ({"max_lag": minutes(30)}, "09:30", []),
        ({"max_lag": minutes(30)}, "09:40", [("late", 10)]),
        ({"min_lag": -minutes(60)}, "08:00", []),
        ({"kind": "start-to-start"}, "08:00", []),
        ({"kind": "start-to-start", "min_lag": -minutes(10)}, "07:40", [("early", 10)]),
        ({"kind": "start-to-start", "max_lag": minutes(10)}, "08:20", [("late", 10)]),
    ],
)
def test_lags_count_from_end_or_start(order: dict[str, Any], start: str, found: list[tuple[str, float]]) -> None:
    made = plan(booking("a", "t", "08:00"), booking("b", "u", start))
    assert amounts(ordered(**order), made) == found


def test_an_activity_starts_with_its_first_and_ends_with_its_last_booking() -> None:
    two = (requirement("one"), requirement("two"))
    given = ordered({"requirements": two, "meeting": Meeting(kind="independent")})
    late = booking("a", "u", "10:00", requirement="two")
    assert amounts(given, plan(booking("a", "t", "08:00", requirement="one"), late, booking("b", "t", "10:30"))) == [
        ("early", 30)
    ]


def test_only_the_follower_is_a_party_when_the_first_is_missing() -> None:
    (found,) = judge(Precedence(), ordered(), plan(booking("b", "t", "09:00")))
    assert [k.activity for k in found.bookings] == ["b"]
    assert found.text == "b follows a, which is not scheduled"
    assert judge(Precedence(), ordered(), plan(booking("a", "t", "09:00"))) == ()


@pytest.mark.parametrize(
    ("technicians", "who", "found"),
    [("same", "t", []), ("same", "u", ["same"]), ("different", "t", ["different"]), ("different", "u", [])],
)
def test_people(technicians: str, who: str, found: list[str]) -> None:
    made = plan(booking("a", "t", "08:00"), booking("b", who, "09:00"))
    assert [what for what, _ in amounts(ordered(technicians=technicians), made)] == found


def test_one_of_a_team_is_enough_for_the_same_and_too_many_for_different_people() -> None:
    team = {"requirements": (requirement("one"), requirement("two"))}
    made = plan(
        booking("a", "t", "08:00", requirement="one"),
        booking("a", "u", "08:00", requirement="two"),
        booking("b", "u", "09:00"),
    )
    assert amounts(ordered(team, technicians="same"), made) == []
    (found,) = judge(Precedence(), ordered(team, technicians="different"), made)
    assert {(k.activity, k.requirement) for k in found.bookings} == {("a", "two"), ("b", "technician")}
    assert found.text == "u serves both a and b, which ask for different people"


def test_a_shared_room_is_no_shared_technician() -> None:
    lab = {"requirements": (requirement(), requirement("lab", kind="room")), "place": None}
    precedences = [Order(before="a", after="b", technicians="different")]
    activities = [activity("a", **lab), activity("b", **lab)]
    given = problem(technicians=PEOPLE, rooms=[room("r")], activities=activities, precedences=precedences)
    rooms = [booking(a, "r", s, requirement="lab") for a, s in (("a", "08:00"), ("b", "09:00"))]
    assert amounts(given, plan(booking("a", "t", "08:00"), booking("b", "u", "09:00"), *rooms)) == []


def test_same_day_goes_by_the_calendar_of_the_problem() -> None:
    # 01:00 in Kyiv on the second day is still the first day in UTC.
    night = plan(booking("a", "t", "22:00"), booking("b", "t", "01:00", day=1))
    assert amounts(ordered(same_day=True), night) == [("day", 1)]
    assert amounts(ordered(same_day=True).replace(time_zone="UTC"), night) == []


def test_locked_times_exempt_the_lag_and_not_the_people() -> None:
    given = ordered(technicians="same")
    for name, start in (("a", "08:00"), ("b", "08:30")):
        given = given.with_lock(Lock(kind=LockKind.TIME, activity=name, start=moment(start)))
    found = judge(Precedence(), given, plan(booking("a", "t", "08:00"), booking("b", "u", "08:30")))
    assert {v.details["what"]: v.exempted for v in found} == {"early": True, "same": False}


def test_what_has_happened_without_a_booking_counts_as_met() -> None:
    given = ordered({"status": "completed", **FACTS}, min_lag=minutes(30), max_lag=minutes(60), technicians="same")
    assert amounts(given, plan(booking("b", "t", "09:30"))) == []
    assert amounts(given, plan(booking("b", "t", "09:20"))) == [("early", 10)]
    assert amounts(given, plan(booking("b", "t", "10:10"))) == [("late", 10)]


def test_what_is_in_progress_without_a_booking_lasts_as_long_as_it_should() -> None:
    given = ordered({"status": "in-progress", "actual_start": moment("08:00")})
    assert amounts(given, plan(booking("b", "t", "08:50"))) == [("early", 10)]


def test_nothing_follows_what_is_cancelled() -> None:
    given = ordered({"status": "cancelled"})
    assert amounts(given, plan(booking("b", "t", "09:00"))) == [("missing", 1)]
    assert narrowed(Precedence(), given).starts == [()]


def test_it_links() -> None:
    compiled = narrowed(
        Precedence(), ordered(min_lag=-minutes(20), max_lag=minutes(40), technicians="same", same_day=True)
    )
    unit = minutes(10) // compiled.clock.length(1)
    assert compiled.links == [Link(0, 1, True, -2 * unit, 4 * unit, "same", True)]


def test_a_fact_cuts_the_starts() -> None:
    given = ordered({"status": "completed", **FACTS}, min_lag=minutes(30), max_lag=minutes(60))
    compiled = narrowed(Precedence(), given)
    assert compiled.links == []
    span = Interval(start=moment("09:30"), end=moment("10:00"))
    assert compiled.starts == [((compiled.clock.ceil(span.start), compiled.clock.floor(span.end)),)]


def test_a_fact_binds_only_those_that_surely_come_first() -> None:
    two = (requirement("one"), requirement("two"))
    for kind, bound in (("simultaneous", [True, True]), ("sequential", [True, False]), ("independent", [False, False])):
        after = {"requirements": two, "meeting": Meeting(kind=kind)}
        compiled = narrowed(Precedence(), ordered({"status": "completed", **FACTS}, after, max_lag=minutes(60)))
        assert [spans[-1][1] < compiled.horizon for spans in compiled.starts] == bound


def test_a_fact_keeps_the_day() -> None:
    compiled = narrowed(Precedence(), ordered({"status": "completed", **FACTS}, same_day=True))
    assert compiled.starts[0] == (
        (compiled.clock.ceil(moment("09:00")), compiled.clock.ceil(moment("00:00", day=1)) - 1),
    )
