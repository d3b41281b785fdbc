"""Breaks that are due are taken, and taken right."""

from fractions import Fraction
from typing import Any

import pytest

from scheduler.domain.override import Lock, LockKind, Waiver
from scheduler.domain.plan import BreakTaken, Plan
from scheduler.domain.problem import Problem
from scheduler.solver.rules.breaks import Breaks
from tests.builders import (
    absence,
    activity,
    booking,
    hours,
    local,
    minutes,
    moment,
    pause,
    plan,
    problem,
    route,
    span,
    technician,
)
from tests.solver.rules.judge import judge, narrowed, ticks

LUNCH = pause(30, "12:00", "13:00", id="lunch")


def given(*breaks: Any, **more: Any) -> Problem:
    who = technician("t", breaks=breaks or (LUNCH,), **more)
    return problem(technicians=[who], activities=[activity("a", place="p0"), activity("b", place="p3")], days=2)


def taking(*breaks: tuple[str, str, str]) -> Plan:
    """Home, a from 10:00 to 11:00, b thirty minutes away from 14:00 to 15:00, home; with these breaks."""
    taken = tuple(BreakTaken(id=name, start=moment(start), end=moment(end)) for name, start, end in breaks)
    day = route("t", "10:00", "15:30", "a", "b", breaks=taken)
    return plan(booking("a", "t", "10:00"), booking("b", "t", "14:00"), routes=[day])


def test_a_break_that_is_due_and_right() -> None:
    assert not judge(Breaks(), given(), taking(("lunch", "12:30", "13:00")))


def test_a_missing_break_is_named() -> None:
    (found,) = judge(Breaks(), given(), taking())
    assert (found.amount, len(found.bookings)) == (30, 2)
    assert found.text == "t's lunch on 2026-01-05 is missing (30 minutes)"


def test_it_is_due_on_every_used_day_and_on_no_other() -> None:
    both = plan(booking("a", "t", "12:00"), booking("b", "t", "12:00", day=1))
    found = judge(Breaks(), given(), both)
    assert len(judge(Breaks(), given(), plan(booking("a", "t", "12:00")))) == 1 == len(found) - 1


def test_it_is_not_due_when_the_window_does_not_lie_in_the_day() -> None:
    assert not judge(Breaks(), given(working_hours=hours("08:00", "12:30")), taking())


def test_a_night_shift_owes_the_break_of_the_next_date() -> None:
    night = given(pause(30, "02:00", "03:00", id="tea"), working_hours=hours("20:00", "06:00"))
    compiled = narrowed(Breaks(), night)
    expected = ticks(compiled, span("02:00", "03:00", day=1))
    lane = compiled.lanes.day.index(moment("12:00").date())
    (found,) = compiled.pauses[lane]
    assert (found.earliest, found.latest_end) == expected
    (missing,) = judge(Breaks(), night, plan(booking("a", "t", "01:50", 80, day=1)))
    assert missing.details["what"] == "missing"


def test_a_priced_break_may_be_missing_but_not_wrong() -> None:
    priced = given(pause(30, "12:00", "13:00", id="lunch", price=2))
    assert not judge(Breaks(), priced, taking())
    assert len(judge(Breaks(), priced, taking(("lunch", "12:45", "13:15")))) == 1


@pytest.mark.parametrize(
    ("taken", "sentence"),
    [
        ([("lunch", "12:00", "12:20")], "is 10 minutes too long or too short"),
        ([("lunch", "12:45", "13:15")], "lies 15 minutes outside its window"),
        ([("lunch", "11:45", "12:15")], "lies 15 minutes outside its window"),
        ([("lunch", "12:00", "12:30"), ("lunch", "12:30", "13:00")], "is planned twice"),
    ],
)
def test_a_wrong_break_says_what_is_wrong(taken: list[tuple[str, str, str]], sentence: str) -> None:
    assert [v.text for v in judge(Breaks(), given(), taking(*taken))] == [f"t's lunch on 2026-01-05 {sentence}"]


def test_a_break_that_is_not_due_is_not_taken() -> None:
    short = given(working_hours=hours("08:00", "12:30"))
    assert [v.details["what"] for v in judge(Breaks(), short, taking(("lunch", "12:00", "12:30")))] == ["not due"]


@pytest.mark.parametrize(
    ("window", "away", "shared"),
    [(("10:30", "11:30"), (), 20.0), (("11:00", "11:30"), (), None), (("12:00", "13:10"), (("12:25", "12:40"),), 5.0)],
)
def test_it_overlaps_no_stop_and_no_absence(window: Any, away: Any, shared: float | None) -> None:
    pieces = tuple(absence(*span) for span in away)
    start = {"10:30": "10:40", "11:00": "11:00", "12:00": "12:00"}[window[0]]
    end = {"10:30": "11:10", "11:00": "11:30", "12:00": "12:30"}[window[0]]
    found = judge(Breaks(), given(pause(30, *window, id="lunch"), absences=pieces), taking(("lunch", start, end)))
    assert [v.amount for v in found] == ([] if shared is None else [shared])


@pytest.mark.parametrize(("at", "breaches"), [("12:15", 0), ("12:10", 1), ("12:20", 1)])
def test_one_of_no_minutes_lies_between_a_gap_and_an_absence_that_touch(at: str, breaches: int) -> None:
    split = hours().model_copy(update={"weekly": {0: (local("08:00", "12:00"), local("12:15", "17:00"))}})
    stamp = pause(0, "12:00", "13:00", id="stamp")
    there = given(stamp, working_hours=split, absences=(absence("12:15", "12:45"),))
    assert len(judge(Breaks(), there, taking(("stamp", at, at)))) == breaches


def test_what_a_break_shares_with_a_gap_and_an_absence_counts_once() -> None:
    split = hours().model_copy(update={"weekly": {0: (local("08:00", "12:15"), local("12:45", "17:00"))}})
    there = given(
        LUNCH, pause(30, "12:45", "13:30", id="tea"), working_hours=split, absences=(absence("12:00", "13:00"),)
    )
    (found,) = judge(Breaks(), there, taking(("tea", "12:40", "13:10")))[-1:]
    assert (found.details["what"], found.amount) == ("overlap", 20)


def test_two_breaks_do_not_overlap() -> None:
    two = given(LUNCH, pause(20, "12:00", "13:00", id="tea"))
    assert not judge(Breaks(), two, taking(("lunch", "12:00", "12:30"), ("tea", "12:30", "12:50")))
    (found,) = judge(Breaks(), two, taking(("lunch", "12:00", "12:30"), ("tea", "12:20", "12:40")))
    assert found.text == "t's tea on 2026-01-05 overlaps a stop, blocked time or another break for 10 minutes"


@pytest.mark.parametrize(
    ("start", "end", "left"),
    [
        ("11:00", "11:30", 30),
        ("11:20", "11:50", 10),
        ("11:30", "12:00", 0),
        ("15:10", "15:40", 20),
        ("15:30", "16:00", 0),
        ("09:30", "10:00", 0),
    ],
)
def test_after_the_drive_means_that_none_is_left(start: str, end: str, left: float) -> None:
    rest = given(pause(30, "09:00", "16:00", id="rest", after_drive=True))
    found = judge(Breaks(), rest, taking(("rest", start, end)))
    assert [(v.details["what"], v.amount) for v in found] == ([("drive", left)] if left else [])


def test_other_pauses_on_the_way_do_not_count_as_driving() -> None:
    two = given(pause(15, "11:00", "12:00", id="tea"), pause(30, "11:00", "13:00", id="rest", after_drive=True))
    assert not judge(Breaks(), two, taking(("tea", "11:00", "11:15"), ("rest", "11:45", "12:15")))
    found = judge(Breaks(), two, taking(("tea", "11:00", "11:15"), ("rest", "11:30", "12:00")))
    assert [v.amount for v in found] == [15]


def test_a_break_before_work_is_missing_where_no_booking_follows() -> None:
    early = given(pause(30, "09:00", "16:00", id="lunch", before_work=True))
    assert not judge(Breaks(), early, taking(("lunch", "13:00", "13:30")))
    (found,) = judge(Breaks(), early, taking(("lunch", "15:30", "16:00")))
    assert found.details["what"] == "missing"


def held(*names: str) -> tuple[Lock, ...]:
    start = {"a": "12:00", "b": "14:00"}
    kind = LockKind.RESOURCE_AND_TIME
    return tuple(
        Lock(kind=kind, activity=name, requirement="technician", resource="t", start=moment(start[name]))
        for name in names
    )


def test_a_missing_break_is_exempted_when_all_that_fills_its_window_is_held() -> None:
    full = plan(booking("a", "t", "12:00"), booking("b", "t", "14:00"))
    for names, exempted in (("a", True), ("b", False)):
        assert [v.exempted for v in judge(Breaks(), given().replace(locks=held(*names)), full)] == [exempted]


def test_a_wrong_break_is_not_exempted_by_one_held_booking() -> None:
    wrong = taking(("lunch", "12:45", "13:15"))
    assert [v.exempted for v in judge(Breaks(), given().replace(locks=held("b")), wrong)] == [False]


def test_a_waiver_covers_a_missing_break() -> None:
    waiver = Waiver(rule="breaks", activity="a", requirement="technician", largest_amount=30, why="agreed")
    (found,) = judge(Breaks(), given().with_waiver(waiver), plan(booking("a", "t", "12:00")))
    assert found.exempted


def test_it_fills_the_pauses_of_each_working_day() -> None:
    compiled = narrowed(
        Breaks(),
        given(
            LUNCH,
            pause(10, "07:00", "09:00"),
            pause(15, "15:00", "16:00", id="tea", paid=True, price=0.5, after_drive=True),
        ),
    )
    assert [[p.id for p in pauses] for pauses in compiled.pauses] == [["lunch", "tea"]] * 2
    lunch, tea = compiled.pauses[1]
    assert (lunch.earliest, lunch.latest_end) == ticks(compiled, span("12:00", "13:00", day=1))
    assert compiled.clock.length(lunch.duration) == minutes(30)
    assert (lunch.paid, lunch.price, lunch.after_drive) == (False, None, False)
    assert (tea.paid, tea.price, tea.after_drive) == (True, Fraction(1, 2), True)


def test_a_day_that_the_horizon_cuts_owes_what_is_left_of_it() -> None:
    cut = given().replace(horizon=span("12:30", "20:00"))
    assert narrowed(Breaks(), cut).pauses == [()]
