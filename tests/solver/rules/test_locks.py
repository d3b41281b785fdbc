"""The plan keeps what people have locked."""

from typing import Any

import pytest
from pydantic import ValidationError

from scheduler.domain.activity import Meeting
from scheduler.domain.override import Lock
from scheduler.domain.plan import Plan
from scheduler.domain.problem import Problem
from scheduler.solver.rules.locks import Locks
from tests.builders import activity, booking, minutes, moment, plan, problem, requirement, technician
from tests.solver.rules.judge import judge, narrowed

PEOPLE = [technician("t"), technician("u")]
PAIR = (requirement("one"), requirement("two"))
BOTH = {"kind": "resource-and-time", "requirement": "technician", "resource": "t", "start": moment("09:00")}
RANGE = {"kind": "time-range", "start": moment("09:00"), "end": moment("10:30")}


def locked(lock: dict[str, Any], more: dict[str, Any] | None = None, **given: Any) -> Problem:
    lock_a = Lock.model_validate({"activity": "a", "by": "eve", **lock})
    activities = [activity("a", **(more or {})), activity("b")]
    return problem(technicians=PEOPLE, activities=activities, locks=[lock_a], **given)


def amounts(given: Problem, made: Plan) -> list[tuple[object, float]]:
    return [(v.details["what"], v.amount) for v in judge(Locks(), given, made)]


@pytest.mark.parametrize(
    ("lock", "who", "start", "found"),
    [
        (BOTH, "t", "09:00", []),
        (BOTH, "u", "09:10", [("resource", 1), ("start", 10)]),
        ({"kind": "resource", "requirement": "technician", "resource": "t"}, "t", "12:00", []),
        ({"kind": "resource", "requirement": "technician", "resource": "t"}, "u", "12:00", [("resource", 1)]),
        ({"kind": "time", "start": moment("09:00")}, "u", "09:00", []),
        ({"kind": "time", "start": moment("09:00")}, "u", "08:40", [("start", 20)]),
        (RANGE, "t", "09:00", []),
        (RANGE, "t", "09:30", []),
        (RANGE, "t", "09:40", [("range", 10)]),
        (RANGE, "t", "08:50", [("range", 10)]),
    ],
)
def test_each_kind_holds(lock: dict[str, Any], who: str, start: str, found: list[tuple[str, float]]) -> None:
    assert amounts(locked(lock), plan(booking("a", who, start), booking("b", "u", "15:00"))) == found


def test_what_is_not_booked_breaks_no_lock() -> None:
    assert amounts(locked(BOTH), plan()) == []


def test_a_lock_that_has_run_out_holds_nothing() -> None:
    past = locked({**BOTH, "until": moment("07:00")}, now=moment("08:00"))
    assert amounts(past, plan(booking("a", "u", "10:00"))) == []
    assert narrowed(Locks(), past).resource_held == {}


def test_nobody_is_exempted() -> None:
    found = judge(Locks(), locked(BOTH), plan(booking("a", "u", "09:10")))
    assert [(v.bookings, v.exempted) for v in found] == [((), False)] * 2


def test_what_has_happened_stands_above_a_lock() -> None:
    standing = plan(booking("a", "t", "09:10"))
    begun = {"status": "in-progress", "actual_start": moment("09:10")}
    given = locked({"kind": "time", "start": moment("09:00")}, begun, standing=standing)
    assert [v.exempted for v in judge(Locks(), given, standing)] == [True]


def test_without_a_requirement_it_holds_all_bookings() -> None:
    given = locked({"kind": "time", "start": moment("09:00")}, {"requirements": PAIR})
    made = plan(booking("a", "t", "09:10", requirement="one"), booking("a", "u", "09:10", requirement="two"))
    assert amounts(given, made) == [("start", 10), ("start", 10)]
    assert sorted(narrowed(Locks(), given).start_held) == [0, 1]


def test_in_a_sequential_meeting_a_start_is_that_of_the_first_requirement() -> None:
    later = Meeting(kind="sequential", min_offset=minutes(30))
    more = {"requirements": PAIR, "alternatives": ((requirement("three"), requirement("four")),), "meeting": later}
    given = locked({"kind": "time", "start": moment("09:00")}, more)
    made = plan(booking("a", "t", "09:00", requirement="one"), booking("a", "u", "09:30", requirement="two"))
    assert amounts(given, made) == []
    assert sorted(narrowed(Locks(), given).start_held) == [0, 2]


def test_with_an_ordinal_it_holds_that_one() -> None:
    given = locked({**BOTH, "ordinal": 1}, {"requirements": (requirement(count=2),)})
    compiled = narrowed(Locks(), given)
    assert list(compiled.resource_held) == list(compiled.start_held) == [1]


def test_it_says_who_locked_what() -> None:
    resource, start = judge(Locks(), locked(BOTH), plan(booking("a", "u", "09:10")))
    assert resource.text == "a is locked to t by eve, but u is booked"
    assert start.text == "a starts 10 minutes off the start that is locked by eve for u"
    (outside,) = judge(Locks(), locked(RANGE), plan(booking("a", "t", "09:40")))
    assert outside.text == "a with t lies 10 minutes outside the range that is locked by eve"


def test_a_range_cuts_starts_and_ends() -> None:
    compiled = narrowed(Locks(), locked(RANGE))
    inside = ((compiled.clock.ceil(moment("09:00")), compiled.clock.floor(moment("10:30"))),)
    assert compiled.starts[0] == compiled.ends[0] == inside
    assert compiled.starts[1] == ((0, compiled.horizon),)


def test_resource_and_time_hold_the_whole_booking() -> None:
    compiled = narrowed(Locks(), locked(BOTH))
    assert (compiled.resource_held, compiled.start_held) == ({0: 0}, {0: compiled.clock.floor(moment("09:00"))})
    assert compiled.is_held(0)


EITHER = {"alternatives": ((requirement("helper"),),)}


def test_another_alternative_does_not_evade_it() -> None:
    given = locked({**RANGE, "requirement": "technician"}, EITHER)
    (evaded,) = judge(Locks(), given, plan(booking("a", "t", "09:00", requirement="helper")))
    assert evaded.text == "a is locked by eve in technician, but helper is filled in its place"
    assert not evaded.exempted
    assert narrowed(Locks(), given).suits.any(axis=1).tolist() == [True, False, True]


def test_an_alternative_that_has_begun_stands_above_a_lock() -> None:
    standing = plan(booking("a", "t", "09:10", requirement="helper"))
    begun = {"status": "in-progress", "actual_start": moment("09:10"), **EITHER}
    given = locked({**RANGE, "requirement": "technician"}, begun, standing=standing)
    assert [v.exempted for v in judge(Locks(), given, standing)] == [True]


def test_locks_in_two_alternatives_contradict_each_other() -> None:
    locks = [Lock.model_validate({**RANGE, "activity": "a", "requirement": r}) for r in ("technician", "helper")]
    with pytest.raises(ValidationError, match=r"stands in another alternative than what locks\[0\] holds"):
        problem(technicians=PEOPLE, activities=[activity("a", **EITHER)], locks=locks)
