"""One case per kind of fault: the path of the field, and words that name the fix."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from scheduler.domain.activity import ActivityStatus, Meeting, Precedence
from scheduler.domain.consistency import whole
from scheduler.domain.errors import InvalidInput
from scheduler.domain.interval import Interval
from scheduler.domain.override import Lock, LockKind, Waiver
from scheduler.domain.plan import Unscheduled
from scheduler.domain.problem import Problem
from scheduler.domain.resource import WorkingHours
from scheduler.domain.travel import Place, TravelTimes
from tests.builders import (
    DAY,
    activity,
    booking,
    line,
    local,
    minutes,
    moment,
    pause,
    plan,
    problem,
    requirement,
    room,
    route,
    span,
    technician,
)

ROOM = requirement("room", kind="room")


def on(**fields: Any) -> dict[str, Any]:
    """A problem of one activity with these fields."""
    return {"activities": [activity("a", **fields)]}


def asking(id: str = "technician", **fields: Any) -> dict[str, Any]:
    return on(requirements=(requirement(id, **fields),))


def by(**fields: Any) -> dict[str, Any]:
    """A problem of one technician with these fields."""
    return {"technicians": [technician("t1", **fields)]}


def working(**fields: Any) -> dict[str, Any]:
    return by(working_hours=WorkingHours(time_zone="Europe/Kyiv", **fields))


def following(*pairs: str, **fields: Any) -> dict[str, Any]:
    """Activities a to d of an hour, tied by these pairs."""
    names = [activity(name) for name in "abcd"]
    return {"activities": names, "precedences": [Precedence(before=p[0], after=p[1], **fields) for p in pairs]}


def locking(*locks: dict[str, Any]) -> dict[str, Any]:
    made = [Lock(**{"activity": "a", **fields}) for fields in locks]
    return {"activities": [activity("a")], "technicians": [technician("t1"), technician("t2")], "locks": made}


def standing(*bookings: Any, **fields: Any) -> dict[str, Any]:
    people = {"activities": [activity("a")], "technicians": [technician("t1")]}
    return {**people, "standing": plan(*bookings, **fields)}


AT_NINE = {"kind": LockKind.TIME, "start": moment("09:00")}
BY_T1 = {"kind": LockKind.RESOURCE, "requirement": "technician", "resource": "t1"}
MORNING = {"kind": LockKind.TIME_RANGE, "start": moment("08:00"), "end": moment("12:00")}
FACTS = {"actual_start": moment("09:00"), "actual_end": moment("10:00")}
TWO = (span("09:00", "11:00"), span("10:00", "12:00"))
NO_MATRIX = TravelTimes()

CASES: list[tuple[str, dict[str, Any], str, str]] = [
    # the whole
    ("long horizon", {"horizon": Interval(start=moment("00:00"), end=moment("00:00", 400))}, "horizon", "split it"),
    (
        "odd year",
        {"horizon": Interval(start=datetime(1899, 12, 31, tzinfo=UTC), end=datetime(1900, 1, 1, tzinfo=UTC))},
        "horizon.start",
        "correct it",
    ),
    ("late now", {"now": moment("00:00", 1)}, "now", "extend the horizon"),
    ("late freeze", {"freeze_until": moment("00:00", 9)}, "freeze_until", "extend the horizon"),
    ("double activity", {"activities": [activity("a"), activity("a")]}, "activities[1].id", "its own id"),
    (
        "double place",
        {"places": [*(Place(id=p) for p in line().places), Place(id="p1")]},
        "places[10].id",
        "its own id",
    ),
    ("double technician", {"technicians": [technician("t"), technician("t")]}, "technicians[1].id", "its own id"),
    ("room as technician", {"technicians": [technician("t")], "rooms": [room("t")]}, "rooms[0].id", "its own id"),
    # technicians and rooms
    ("unknown start", by(start_place="x"), "technicians[0].start_place", "add it to places"),
    ("unknown end", by(end_place="x"), "technicians[0].end_place", "add it to places"),
    ("unknown depot", by(depot="x"), "technicians[0].depot", "add it to places"),
    ("long break", by(breaks=(pause(61, "12:00", "13:00"),)), "technicians[0].breaks[0].duration", "widen the window"),
    ("double break", by(breaks=(pause(9, "12:00", "13:00"),) * 2), "technicians[0].breaks[1].id", "its own id"),
    (
        "overlapping hours",
        working(weekly={0: (local("08:00", "12:00"), local("11:00", "15:00"))}),
        "technicians[0].working_hours.weekly.0",
        "join them",
    ),
    (
        "hours into Monday's",
        working(weekly={6: (local("22:00", "09:00"),), 0: (local("08:00", "12:00"),)}),
        "technicians[0].working_hours.weekly.6",
        "shorten one",
    ),
    (
        "overlapping exception",
        working(exceptions={date(2026, 1, 7): (local("08:00", "12:00"), local("11:00", "15:00"))}),
        "technicians[0].working_hours.exceptions.2026-01-07",
        "join them",
    ),
    (
        "overlapping shifts",
        working(shifts=(span("08:00", "12:00"), span("11:00", "13:00"))),
        "technicians[0].working_hours.shifts",
        "join them",
    ),
    ("unknown room place", {"rooms": [room("r", at="x")]}, "rooms[0].place", "add it to places"),
    # travel
    (
        "no way to travel",
        {**by(travel_profile="foot"), "travel": TravelTimes(great_circle=None)},
        "technicians[0].travel_profile",
        "add one of the two",
    ),
    (
        "place outside of the matrix",
        {**by(), **on(place="far"), "places": [*(Place(id=p) for p in line().places), Place(id="far")]},
        "travel.matrices.default.places",
        "add its row and column",
    ),
    (
        "place without latitude",
        {**by(at=None), **on(place="far"), "places": [Place(id="far")], "travel": NO_MATRIX},
        "places[0].latitude",
        "give either",
    ),
    # activities
    ("unknown place", on(place="x"), "activities[0].place", "add it to places"),
    ("overlapping start windows", on(start_windows=TWO), "activities[0].start_windows", "join them"),
    ("overlapping finish windows", on(finish_windows=TWO), "activities[0].finish_windows", "join them"),
    ("overlapping service windows", on(service_windows=TWO), "activities[0].service_windows", "join them"),
    ("overlapping preferences", on(preferred_windows=TWO), "activities[0].preferred_windows", "join them"),
    ("two meanings", on(start_windows=TWO[:1], finish_windows=TWO[1:]), "activities[0].finish_windows", "keep the one"),
    ("nothing to price", on(priced_windows=True), "activities[0].priced_windows", "leave it out"),
    (
        "deadline too early",
        on(release=moment("09:00"), deadline=moment("09:59")),
        "activities[0].deadline",
        "correct one of the two",
    ),
    (
        "start window closes before the release",
        on(release=moment("12:00"), start_windows=TWO[:1]),
        "activities[0].start_windows[0]",
        "correct one of the two",
    ),
    (
        "start window opens too late",
        on(deadline=moment("09:30"), start_windows=TWO[:1]),
        "activities[0].start_windows[0]",
        "correct one of the two",
    ),
    (
        "finish window closes too early",
        on(release=moment("10:30"), finish_windows=TWO[:1]),
        "activities[0].finish_windows[0]",
        "correct one of the two",
    ),
    (
        "finish window opens after the deadline",
        on(deadline=moment("08:30"), finish_windows=TWO[:1]),
        "activities[0].finish_windows[0]",
        "correct one of the two",
    ),
    (
        "service window too short",
        on(service_windows=(Interval(start=moment("09:00"), end=moment("09:59")),)),
        "activities[0].service_windows[0]",
        "less time than the duration",
    ),
    (
        "service window opens too late",
        on(deadline=moment("09:30"), service_windows=TWO[:1]),
        "activities[0].service_windows[0]",
        "correct one of the two",
    ),
    ("begun, but when", on(status=ActivityStatus.IN_PROGRESS), "activities[0].actual_start", "correct the status"),
    (
        "done, but when",
        on(status=ActivityStatus.COMPLETED, actual_start=moment("09:00")),
        "activities[0].actual_end",
        "correct the status",
    ),
    ("started unscheduled", on(actual_start=moment("09:00")), "activities[0].actual_start", "correct the status"),
    ("ended in progress", on(status=ActivityStatus.IN_PROGRESS, **FACTS), "activities[0].actual_end", "leave it out"),
    (
        "ended before it began",
        on(status=ActivityStatus.COMPLETED, actual_start=moment("10:00"), actual_end=moment("09:00")),
        "activities[0].actual_end",
        "swap or fix",
    ),
    (
        "room in sequence",
        {**on(requirements=(requirement(), ROOM), meeting=Meeting(kind="sequential")), "rooms": [room("r")]},
        "activities[0].meeting",
        "split the activity",
    ),
    (
        "offset of people who start together",
        on(meeting=Meeting(min_offset=minutes(5))),
        "activities[0].meeting.min_offset",
        "change the kind",
    ),
    # requirements
    ("nobody asked", on(requirements=()), "activities[0].requirements", "name at least one"),
    ("no alternative asked", on(alternatives=((),)), "activities[0].alternatives[0]", "name at least one"),
    (
        "double requirement",
        on(alternatives=((requirement(),),)),
        "activities[0].requirements",
        "give each its own",
    ),
    ("no place", on(place=None), "activities[0].requirements", "give the place or ask for exactly one room"),
    ("room with skills", asking("r", kind="room", skills=["gas"]), "activities[0].requirements[0].skills", "features"),
    ("technician with seats", asking(seats=2), "activities[0].requirements[0].seats", "ask for skills"),
    (
        "technician with features",
        asking(features=frozenset({"tv"})),
        "activities[0].requirements[0].features",
        "ask for skills",
    ),
    (
        "factors of no skill",
        asking(duration_factors={2: 0.5}),
        "activities[0].requirements[0].duration_factors",
        "add it to skills",
    ),
    ("unknown wish", asking(preferred=("x",)), "activities[0].requirements[0].preferred[0]", "add it to technicians"),
    ("unknown ban", asking(restricted=("x",)), "activities[0].requirements[0].restricted[0]", "add it to technicians"),
    (
        "room among people",
        {**asking(preferred=("r",)), "rooms": [room("r")]},
        "activities[0].requirements[0].preferred[0]",
        "add it to technicians",
    ),
    (
        "nobody left to choose",
        {**by(), **asking(must_choose_from=("t1",), restricted=("t1",))},
        "activities[0].requirements[0].must_choose_from",
        "name more",
    ),
    (
        "too few to choose from",
        {**by(), **asking(must_choose_from=("t1",), count=2)},
        "activities[0].requirements[0].must_choose_from",
        "name more",
    ),
    (
        "neither room nor activity has a place",
        {**on(place=None, requirements=(ROOM,)), "rooms": [room("r", at=None)]},
        "activities[0].requirements[0].must_choose_from",
        "give either",
    ),
    # precedences
    ("unknown before", following("xa"), "precedences[0].before", "add it to activities"),
    ("unknown after", following("ax"), "precedences[0].after", "add it to activities"),
    ("after itself", following("aa"), "precedences[0].after", "name another"),
    ("circle", following("ab", "bc", "ca"), "precedences[2]", "remove one"),
    (
        "circle of starts with a lag",
        following("ab", "ba", kind="start-to-start", min_lag=minutes(1)),
        "precedences[1]",
        "remove one",
    ),
    # locks, waivers
    ("lock without a start", locking({"kind": LockKind.TIME}), "locks[0].start", "give it"),
    ("lock without a resource", locking({**BY_T1, "resource": None}), "locks[0].resource", "give it"),
    ("lock without a requirement", locking({**BY_T1, "requirement": None}), "locks[0].requirement", "give it"),
    ("lock with too much", locking({**AT_NINE, "resource": "t1"}), "locks[0].resource", "choose another kind"),
    ("empty range", locking({**MORNING, "end": moment("08:00")}), "locks[0].end", "swap or fix"),
    ("ordinal of nothing", locking({**AT_NINE, "ordinal": 1}), "locks[0].ordinal", "name the requirement"),
    ("lock of nothing", locking({**AT_NINE, "activity": "x"}), "locks[0].activity", "add it to activities"),
    ("lock of no role", locking({**BY_T1, "requirement": "x"}), "locks[0].requirement", "correct it"),
    ("lock beyond the count", locking({**BY_T1, "ordinal": 1}), "locks[0].ordinal", "count from 0"),
    ("lock on nobody", locking({**BY_T1, "resource": "x"}), "locks[0].resource", "add it to technicians"),
    ("two resources", locking(BY_T1, {**BY_T1, "resource": "t2"}), "locks[1].resource", "keep one of the two"),
    ("two starts", locking(AT_NINE, {**AT_NINE, "start": moment("10:00")}), "locks[1].start", "keep one of the two"),
    ("start out of range", locking(MORNING, {**AT_NINE, "start": moment("13:00")}), "locks[1].start", "keep one"),
    (
        "waiver of no role",
        {**on(), "waivers": [Waiver(rule="r", activity="a", requirement="x", largest_amount=1, why="so")]},
        "waivers[0].requirement",
        "correct it",
    ),
    # the standing plan
    ("booked twice", standing(*[booking("a", "t1", "09:00")] * 2), "standing.bookings[1]", "keep one"),
    ("nobody booked", standing(booking("a", "x", "09:00")), "standing.bookings[0].resource", "add it to technicians"),
    ("nothing booked", standing(booking("x", "t1", "09:00")), "standing.bookings[0].activity", "add it to activities"),
    (
        "route of nobody",
        standing(routes=[route("x", "08:00", "09:00")]),
        "standing.routes[0].resource",
        "add it to technicians",
    ),
    (
        "route to nothing",
        standing(routes=[route("t1", "08:00", "09:00", "a")]),
        "standing.routes[0].bookings[0]",
        "add it or leave it out",
    ),
    (
        "nothing left out",
        standing(unscheduled=(Unscheduled(activity="x", reasons=()),)),
        "standing.unscheduled[0].activity",
        "add it to activities",
    ),
]


def faults_of(make: Callable[[], Problem]) -> dict[str, str]:
    with pytest.raises(InvalidInput) as caught:
        make()
    return {fault.path: fault.message for fault in caught.value.faults}


@pytest.mark.parametrize(("fields", "path", "fix"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_fault_names_its_field_and_the_fix(fields: dict[str, Any], path: str, fix: str) -> None:
    faults = faults_of(lambda: problem().replace(**fields))
    assert list(faults) == [path]
    assert fix in faults[path]


@pytest.mark.parametrize(
    "fields",
    [
        following("ab", "bc", "ad"),
        following("ab", "ba", kind="start-to-start"),
        following("ab", "ba", min_lag=-timedelta(hours=3)),
        locking(AT_NINE, MORNING, BY_T1),
        locking({**AT_NINE, "until": moment("07:00")}) | {"now": moment("08:00")},
        working(weekly={0: (local("22:00", "06:00"),), 1: (local("06:00", "12:00"),)}),
        working(weekly=dict.fromkeys(range(7), (local("00:00", "00:00"),))),
        on(release=moment("12:00"), start_windows=TWO[:1], priced_windows=True),
        on(status=ActivityStatus.COMPLETED, **FACTS, release=moment("12:00"), deadline=moment("12:00")),
        on(status=ActivityStatus.CANCELLED, actual_start=moment("09:00")),
        on(requirements=(requirement(duration=minutes(5)),), release=moment("09:00"), deadline=moment("09:05")),
        {**by(), **asking(must_choose_from=("t1",), count=2) | on(different_people=False)},
        {**on(place="far"), "places": [Place(id="far")], "travel": NO_MATRIX},
    ],
)
def test_what_can_be_planned_is_no_fault(fields: dict[str, Any]) -> None:
    assert problem().replace(**{"places": problem().places, **fields})


def test_a_lock_that_has_run_out_contradicts_nobody() -> None:
    old = {**AT_NINE, "until": moment("07:00")}
    assert problem(now=moment("08:00"), **locking(old, {**AT_NINE, "start": moment("10:00")}))


def test_each_circle_is_named_by_its_own_activities() -> None:
    message = faults_of(lambda: problem().replace(**following("ab", "ba", "bc")))["precedences[1]"]
    assert "'a'" in message and "'b'" in message and "'c'" not in message


def test_sizes_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    sound = problem()
    for limit in ("MAX_ACTIVITIES", "MAX_RESOURCES", "MAX_PLACES_IN_MATRIX"):
        monkeypatch.setattr(whole, limit, 1)
    people = [technician("t1"), technician("t2")]
    faults = faults_of(lambda: sound.replace(technicians=people, activities=[activity("a"), activity("b")]))
    assert list(faults) == ["activities", "technicians", "travel.matrices.default"]


def test_all_kinds_of_faults_come_together() -> None:
    """None hides another."""
    faults = faults_of(
        lambda: problem().replace(
            **by(depot="x", breaks=(pause(61, "12:00", "13:00"),)),
            **on(place="y", priced_windows=True, actual_start=moment("09:00"), preferred_windows=TWO),
            now=moment("00:00", 3),
            locks=[Lock(kind=LockKind.TIME, activity="z")],
        )
    )
    assert set(faults) == {
        "now",
        "technicians[0].depot",
        "technicians[0].breaks[0].duration",
        "activities[0].place",
        "activities[0].priced_windows",
        "activities[0].actual_start",
        "activities[0].preferred_windows",
        "locks[0].start",
        "locks[0].activity",
    }


def test_the_default_day_is_a_monday() -> None:
    assert DAY.weekday() == 0
