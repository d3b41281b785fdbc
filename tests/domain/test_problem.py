"""A problem with everything in it survives JSON; all that is wrong with a faulty one is said at once."""

import json
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from cProfile import Profile
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from scheduler.domain.activity import ActivityStatus, Briefing, Meeting, Precedence
from scheduler.domain.errors import InvalidInput
from scheduler.domain.goal import Goal, Term
from scheduler.domain.interval import Interval
from scheduler.domain.override import Lock, LockKind, Waiver
from scheduler.domain.plan import BreakTaken, Reason, Restock, Unscheduled
from scheduler.domain.problem import Problem
from scheduler.domain.resource import WorkingHours
from scheduler.domain.travel import Matrix, TravelTimes
from tests.builders import (
    DAY,
    absence,
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
from tests.solver.tiny import Tiny


def everything() -> Problem:
    """A problem that uses each field of each value."""
    shifts = WorkingHours(
        time_zone="Europe/Kyiv",
        weekly={0: (local("08:00", "12:00"), local("13:00", "17:00")), 4: (local("22:00", "06:00"),)},
        exceptions={DAY: (local("09:00", "18:00"),)},
        shifts=(span("08:00", "12:00", day=5),),
    )
    first = technician(
        "t1",
        at="p0",
        name="Олена",
        email="olena@example.org",
        working_hours=shifts,
        absences=(absence("10:00", "10:30"),),
        breaks=(pause(30, "12:00", "14:00", paid=True, price=3.5),),
        depot="p5",
        restock_duration=minutes(15),
        departure="shift-start",
        travel_speed=1.25,
        cost_per_hour=30,
        cost_per_km=0.4,
        cost_per_day=80,
        overtime_limit=minutes(60),
        max_activities_per_day=8,
        max_time_per_day=timedelta(hours=10),
        territories=frozenset({"north", "south", "east"}),
        site="hq",
        capacity={"kg": 100.5},
        tools=frozenset({"drill", "ladder", "probe"}),
        parts={"valve": 3},
        custom={"nested": {"a": [1, None, "x"]}},
    )
    roles = (
        requirement("lead", skills={"gas": 2}, duration_factors={1: 1.2, 3: 0.8}, preferred=("t1",), count=1),
        requirement("helper", count=2, duration=minutes(30), must_choose_from=("t1", "t2", "t3"), restricted=("t4",)),
    )
    activities = (
        activity(
            "a",
            requirements=roles,
            alternatives=((requirement("solo", skills=["gas"]),),),
            setup=minutes(5),
            teardown=minutes(5),
            start_windows=(span("09:00", "11:00"), span("13:00", "15:00")),
            priced_windows=True,
            preferred_windows=(span("09:00", "10:00"),),
            release=moment("08:00"),
            respond_by=moment("10:00"),
            resolve_by=moment("16:00"),
            deadline=moment("17:00"),
            unscheduled_price=12.5,
            meeting=Meeting(kind="sequential", min_offset=minutes(10), max_offset=minutes(20)),
            load={"kg": 12.5},
            tools=frozenset({"ladder", "drill"}),
            parts={"valve": 1},
            briefing=Briefing(contact="Ada", phone="+380", instructions="{ring}", bring=("key",), links=("http://x",)),
            territory="north",
            service_type="repair",
            custom={"id": 5},
        ),
        activity("in-room", place=None, requirements=(requirement(), requirement("room", kind="room", seats=4))),
        activity("begun", status=ActivityStatus.IN_PROGRESS, actual_start=moment("08:05")),
        activity("done", mandatory=True, finish_windows=(span("09:00", "12:00"),)),
    )
    standing = plan(
        booking("begun", "t1", "08:00"),
        routes=[
            route(
                "t1",
                "07:50",
                "12:00",
                "begun",
                breaks=(BreakTaken(id="break", start=moment("10:00"), end=moment("10:30")),),
                restock=Restock(place="p5", start=moment("11:00"), end=moment("11:15")),
            )
        ],
        unscheduled=(Unscheduled(activity="a", reasons=(Reason(rule="skills", text="nobody", subjects=("a",)),)),),
    )
    seconds = line().seconds.copy()
    seconds[0, 9] = float("nan")
    return problem(
        name="all",
        now=moment("08:10"),
        freeze_until=moment("08:30"),
        technicians=(first, *(technician(f"t{n}", skills=["gas"]) for n in (2, 3, 4))),
        rooms=(room("r", seats=6, capacity=2, features=frozenset({"tv", "board"}), mailbox="r@example.org"),),
        activities=activities,
        precedences=(Precedence(before="a", after="done", min_lag=minutes(10), technicians="same", same_day=True),),
        travel=TravelTimes(
            matrices={"default": Matrix(places=line().places, seconds=seconds, metres=line().metres)}, great_circle=None
        ),
        locks=(Lock(kind=LockKind.TIME, activity="done", start=moment("09:00"), by="me", until=moment("12:00")),),
        waivers=(Waiver(rule="skills", activity="a", requirement="lead", largest_amount=1, why="apprentice"),),
        goal=Goal(limits={Term.OVERTIME: 60}),
        standing=standing,
        custom={"source": "erp"},
    )


def test_it_survives_json() -> None:
    given = everything()
    again = Problem.read(given.model_dump_json())
    assert again == given
    assert again.fingerprint == given.fingerprint
    assert Problem.read(json.loads(given.model_dump_json())) == given


def test_it_survives_pickle_after_look_ups() -> None:
    given = everything()
    assert given.resource["r"].id == "r" and given.activity and given.place and given.active_locks
    assert pickle.loads(pickle.dumps(given)) == given


@pytest.mark.filterwarnings("error")
def test_its_schema_generates() -> None:
    for mode in ("validation", "serialization"):
        assert "Activity" in Problem.model_json_schema(mode=mode)["$defs"]


def test_the_fingerprint_is_the_same_in_every_process() -> None:
    code = "from tests.domain.test_problem import everything; print(everything().fingerprint)"
    runs = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
            capture_output=True,
            text=True,
            check=True,
        )
        for seed in ("1", "2")
    ]
    assert {run.stdout.strip() for run in runs} == {everything().fingerprint}


def test_the_fingerprint_follows_the_content_and_not_the_order_of_keys() -> None:
    one, other = (problem(custom=custom) for custom in ({"a": 1, "b": 2}, {"b": 2, "a": 1}))
    assert one.fingerprint == other.fingerprint != problem(custom={"a": 1}).fingerprint
    assert problem(travel=line(3)).fingerprint != problem(travel=line(3, minutes=11)).fingerprint


def test_a_new_value_is_made_and_checked() -> None:
    given = problem(technicians=[technician("t")], activities=[activity("a")])
    lock = Lock(kind=LockKind.RESOURCE, activity="a", requirement="technician", resource="t")
    assert given.with_lock(lock).locks == (lock,) and given.locks == ()
    with pytest.raises(InvalidInput, match=r"locks\[0\]\.resource"):
        given.with_lock(lock.model_copy(update={"resource": "nobody"}))


def test_a_lock_runs_out() -> None:
    lock = Lock(kind=LockKind.TIME, activity="a", start=moment("09:00"), until=moment("10:00"))
    given = problem(activities=[activity("a")], locks=[lock])
    assert given.active_locks == (lock,)
    assert given.replace(now=moment("09:59")).active_locks == (lock,)
    assert given.replace(now=moment("10:00")).active_locks == ()


def test_nothing_starts_before_now_or_the_freeze() -> None:
    assert problem().earliest_start == moment("00:00")
    assert problem(now=moment("09:00"), freeze_until=moment("10:00")).earliest_start == moment("10:00")
    assert problem(now=moment("09:00", -3)).earliest_start == moment("00:00")


# --- all faults at once ---


def faulty() -> dict[str, Any]:
    """Faults of single elements, in single fields and between elements."""
    given: dict[str, Any] = json.loads(
        problem(
            technicians=[technician("t1"), technician("t2")], activities=[activity("a"), activity("b"), activity("c")]
        ).model_dump_json()
    )
    given["activities"][0]["duration"] = "-PT5M"
    given["activities"][1]["place"] = "nowhere"
    given["technicians"][1]["start_place"] = "gone"
    given["precedences"] = [{"before": "a", "after": "x"}, {"before": "a"}]
    given["locks"] = [{"kind": "time", "activity": "a"}, 5]
    given["surprise"] = 1
    return given


EXPECTED = {
    "activities[0].duration",
    "activities[1].place",
    "technicians[1].start_place",
    "precedences[0].after",
    "precedences[1].after",
    "locks[0].start",
    "locks[1]",
    "surprise",
}


@pytest.mark.parametrize("written", [dict, json.dumps, lambda given: json.dumps(given).encode()])
def test_all_faults_are_said_at_once(written: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        Problem.read(written(faulty()), "day.json")
    assert {fault.path for fault in caught.value.faults} == EXPECTED
    assert len(caught.value.faults) == len(EXPECTED)
    assert str(caught.value).startswith(f"day.json: {len(EXPECTED)} fault(s)\n")
    assert pickle.loads(pickle.dumps(caught.value)).faults == caught.value.faults


@pytest.mark.parametrize("field", ["horizon", "travel", "places", "technicians", "activities", "goal"])
def test_what_can_not_be_read_makes_no_false_faults_elsewhere(field: str) -> None:
    given = faulty()
    given[field] = 5
    with pytest.raises(InvalidInput) as caught:
        Problem.read(given)
    paths = {fault.path for fault in caught.value.faults}
    assert field in paths
    assert paths - {field} <= EXPECTED
    assert "surprise" in paths


def test_a_missing_horizon_hides_no_other_fault() -> None:
    given = faulty()
    del given["horizon"]
    with pytest.raises(InvalidInput, match="horizon: is missing; give it") as caught:
        Problem.read(given)
    assert {fault.path for fault in caught.value.faults} == {*EXPECTED, "horizon"}


@pytest.mark.parametrize("text", ["", "{", "[]", "null", b"\xff", '{"horizon": }'])
def test_text_that_is_no_problem_is_one_fault(text: str | bytes) -> None:
    with pytest.raises(InvalidInput) as caught:
        Problem.read(text)
    assert len(caught.value.faults) == 1 and caught.value.faults[0].message


def test_errors_keep_their_kind_and_what_was_given() -> None:
    given = {**faulty(), "name": 7, "note": "{braces}"}
    with pytest.raises(ValidationError) as caught:
        Problem.model_validate(given)
    found = {error["loc"]: error for error in caught.value.errors()}
    assert found["surprise",]["type"] == "extra_forbidden"
    assert found["name",]["input"] == 7
    assert found["activities", 1, "place"]["input"] == "nowhere"


def test_twice_as_much_takes_twice_as_many_steps_to_check() -> None:
    """A guard against quadratic checks."""
    assert _steps(1000) < 2.5 * _steps(500)


def _steps(size: int) -> int:
    """Calls, steps of generators among them, to check a problem of so many activities."""
    people = [technician(f"t{n}", at=f"p{n % 50}") for n in range(size // 10)]
    asked = (requirement(must_choose_from=tuple(f"t{n}" for n in range(5))),)
    work = [activity(f"a{n}", place=f"p{n % 50}", requirements=asked) for n in range(size)]
    chain = [Precedence(before=f"a{n}", after=f"a{n + 1}") for n in range(size - 1)]
    locks = [Lock(kind=LockKind.TIME, activity=f"a{n}", start=moment("09:00")) for n in range(size)]
    profile = Profile()
    profile.runcall(problem, technicians=people, activities=work, precedences=chain, locks=locks, travel=line(50))
    return sum(entry.callcount for entry in profile.getstats())


def test_the_horizon_may_span_a_clock_change() -> None:
    given = problem(horizon=Interval(start=moment("00:00", 80), end=moment("00:00", 84)))
    assert given.horizon.length == timedelta(days=4) - timedelta(hours=1)


@settings(suppress_health_check=list(HealthCheck))
@given(random=st.randoms(use_true_random=False))
def test_what_is_adjusted_is_checked_as_if_made_anew(random: Random) -> None:
    """Faults and all: the overrides and the standing plan come from another problem, and speak of what may not be."""
    try:
        one, other = Tiny(random).problem(), Tiny(random).problem()
    except ValidationError:
        return
    names = ("now", "freeze_until", "locks", "waivers", "goal", "standing")
    parts = {name: getattr(random.choice((one, other)), name) for name in names}
    assert _outcome(lambda: one.adjusted(**parts)) == _outcome(lambda: one.replace(**parts))


def _outcome(make: Callable[[], Problem]) -> Any:
    try:
        return make()
    except InvalidInput as error:
        return sorted(error.faults, key=str)
