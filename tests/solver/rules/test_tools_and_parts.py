"""Tools are at hand, parts last, and the stop at the depot is right."""

from typing import Any

import pytest

from scheduler.domain.override import Lock, LockKind
from scheduler.domain.plan import Restock
from scheduler.solver.rules.tools_and_parts import ToolsAndParts
from tests.builders import absence, activity, booking, hours, local, minutes, moment, plan, problem, route, technician
from tests.solver.rules.judge import judge, narrowed

VAN = technician("t", tools={"drill"}, parts={"filter": 2}, depot="p0", restock_duration=minutes(30))
GIVEN = problem(
    technicians=[VAN, technician("u", tools={"drill"})],
    activities=[
        activity("a", place="p0", tools={"drill"}, parts={"filter": 2}),
        activity("b", place="p0", tools={"drill", "lift", "crane"}, parts={"filter": 1}),
        activity("c", place="p0"),
    ],
)


def stopping(start: str, end: str, place: str = "p0", **more: Any) -> Any:
    """The van serves a at 9:00 and b at 11:00 and restocks from `start` to `end`."""
    stop = Restock(place=place, start=moment(start), end=moment(end))
    route_of_van = route("t", more.get("leaves", "09:00"), more.get("returns", "12:00"), "a", "b", restock=stop)
    return plan(booking("a", "t", "09:00"), booking("b", "t", "11:00"), routes=[route_of_van])


def test_what_is_carried_must_do_without_a_stop() -> None:
    found = judge(ToolsAndParts(), GIVEN, plan(booking("a", "t", "09:00"), booking("b", "t", "11:00")))
    assert [(v.amount, v.text) for v in found] == [
        (2, "t lacks crane, lift for b"),
        (1, "t has 1 filter too few on 2026-01-05 for a, b"),
    ]


def test_from_the_stop_on_all_is_at_hand() -> None:
    assert not judge(ToolsAndParts(), GIVEN, stopping("10:00", "10:30"))


def test_a_stop_afterwards_is_too_late() -> None:
    assert len(judge(ToolsAndParts(), GIVEN, stopping("12:00", "12:30", returns="12:30"))) == 2


@pytest.mark.parametrize(
    ("stop", "sentence"),
    [
        (("10:00", "10:30", "p1"), "t restocks on 2026-01-05 elsewhere than at the own depot"),
        (("10:00", "10:20"), "t's stop at the depot on 2026-01-05 is 10 minutes too long or too short"),
        (
            ("09:50", "10:20"),
            "t's stop at the depot on 2026-01-05 lies off the route, in a booking or in blocked time (10 minutes)",
        ),
        (
            ("08:20", "08:50"),
            "t's stop at the depot on 2026-01-05 lies off the route, in a booking or in blocked time (40 minutes)",
        ),
    ],
)
def test_the_stop_is_right(stop: tuple[str, ...], sentence: str) -> None:
    assert [v.text for v in judge(ToolsAndParts(), GIVEN, stopping(*stop))] == [sentence]


def test_the_stop_is_not_in_an_absence() -> None:
    away = VAN.model_copy(update={"absences": (absence("10:10", "10:30"),)})
    found = judge(ToolsAndParts(), GIVEN.replace(technicians=(away, GIVEN.technicians[1])), stopping("10:00", "10:30"))
    assert [v.amount for v in found] == [20]


@pytest.mark.parametrize(("at", "breaches"), [("10:15", 0), ("10:10", 1), ("10:20", 1)])
def test_a_stop_of_no_minutes_lies_between_a_gap_and_an_absence_that_touch(at: str, breaches: int) -> None:
    split = hours().model_copy(update={"weekly": {0: (local("08:00", "10:00"), local("10:15", "17:00"))}})
    more = {"working_hours": split, "absences": (absence("10:15", "10:30"),), "restock_duration": minutes(0)}
    there = GIVEN.replace(technicians=(VAN.model_copy(update=more), GIVEN.technicians[1]))
    assert len(judge(ToolsAndParts(), there, stopping(at, at))) == breaches


def test_without_a_depot_time_does_not_help() -> None:
    lock = Lock(kind=LockKind.RESOURCE, activity="b", requirement="technician", resource="u")
    found = judge(ToolsAndParts(), GIVEN.with_lock(lock), plan(booking("b", "u", "11:00")))
    assert [(v.details["what"], v.exempted) for v in found] == [("tools", True), ("parts", False)]


def test_it_fills_the_arrays() -> None:
    compiled = narrowed(ToolsAndParts(), GIVEN)
    assert compiled.tools.tolist() == [[False, True, False], [True, True, True], [False] * 3]
    assert compiled.tools_carried.tolist() == [[False, True, False]] * 2
    assert compiled.parts.tolist() == [[2], [1], [0]]
    assert compiled.parts_carried.tolist() == [[2], [0]]
    assert [compiled.travel.places[n] if n >= 0 else None for n in compiled.depot] == ["p0", None]
    assert compiled.clock.length(int(compiled.restock[0])) == minutes(30)


def test_there_is_no_depot_where_nothing_is_needed() -> None:
    compiled = narrowed(ToolsAndParts(), GIVEN.replace(activities=[activity("a")]))
    assert (compiled.depot == -1).all()
    assert compiled.tools.size == compiled.parts.size == 0
