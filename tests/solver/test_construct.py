"""A first plan that keeps every rule: `verify` finds nothing wrong with it, whatever the problem."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings

from benchmarks.sets.field import FIELD, Recipe, draw
from scheduler.domain.activity import Activity, Meeting, Precedence
from scheduler.domain.override import Lock, LockKind, Waiver
from scheduler.domain.plan import Plan
from scheduler.domain.problem import Problem
from scheduler.solver.compile import compile
from scheduler.solver.construct import construct
from scheduler.solver.dayroutes import with_routes
from scheduler.solver.solution import from_plan, to_plan
from scheduler.solver.solve import solve
from scheduler.solver.verify import verify
from tests import builders as b
from tests.solver import small


def planned(problem: Problem) -> Plan:
    """The constructed plan; it starts from the plan that stands, as `solve` does."""
    compiled = compile(problem)
    start = None
    if problem.standing is not None:
        start = from_plan(compiled, with_routes(problem, problem.standing))
    return to_plan(compiled, construct(compiled, start))


def wrong(problem: Problem, plan: Plan) -> list[str]:
    return [v.text for v in verify(problem, plan).breaches if v.rule != "mandatory"]


def full(**more: Any) -> Plan:
    """The plan of a problem in which everything can be scheduled, and is."""
    problem = b.problem(**more)
    plan = planned(problem)
    assert wrong(problem, plan) == []
    assert set(plan.by_activity) == {a.id for a in problem.activities}
    return plan


def starts(plan: Plan) -> dict[str, datetime]:
    return {name: bookings[0].start for name, bookings in plan.by_activity.items()}


@given(small.SEEDS)
def test_a_new_plan_breaches_nothing(seed: int) -> None:
    problem = small.fresh(seed)
    assert wrong(problem, planned(problem)) == []


@settings(max_examples=25)
@given(small.SEEDS)
def test_a_plan_that_breaches_nothing_stands_whole_and_unmoved(seed: int) -> None:
    """Breaks, stops at the depot and orders are those of the plan, whatever would be nearer."""
    problem = small.fresh(seed)
    standing = solve(problem, deterministic=0.05, workers=1, seed=seed).plan
    again = planned(problem.model_copy(update={"standing": standing})).by_key
    for activity, bookings in standing.by_activity.items():
        if len({one.resource for one in bookings}) == len(bookings):  # nobody is given two roles of an activity
            assert [(one, again.get(one.key)) for one in bookings if again.get(one.key) != one] == [], activity


@pytest.mark.parametrize("name", ["full", "routing"])
def test_a_whole_week_stands_unmoved(name: str) -> None:
    problem = FIELD.to_problem(draw(Recipe(name, 120, 2, 1)))
    standing = solve(problem, deterministic=1.0, workers=1).plan
    assert len(standing.bookings) > 100
    again = planned(problem.model_copy(update={"standing": standing})).by_key
    assert [one for one in standing.bookings if again.get(one.key) != one] == []


@given(small.SEEDS)
def test_locks_are_kept_and_the_rest_breaches_nothing(seed: int) -> None:
    problem = small.locked(seed)
    assert wrong(problem, planned(problem)) == []


@given(small.SEEDS)
def test_a_plan_that_stands_is_taken_over_where_it_breaches_nothing(seed: int) -> None:
    problem = small.planned(seed)
    assert wrong(problem, planned(problem)) == []


@pytest.mark.parametrize("kind", [LockKind.RESOURCE_AND_TIME, LockKind.RESOURCE, LockKind.TIME])
def test_a_team_of_which_one_is_locked_is_completed(kind: LockKind) -> None:
    team = b.activity("a", requirements=(b.requirement("lead"), b.requirement("mate")))
    lock = Lock(
        kind=kind,
        activity="a",
        requirement="mate",
        resource=None if kind is LockKind.TIME else "bob",
        start=None if kind is LockKind.RESOURCE else b.moment("11:00"),
    )
    people = [b.technician(name) for name in ("ann", "bob", "cleo")]
    bookings = full(technicians=people, activities=[team], locks=[lock]).by_activity["a"]
    mate = next(booking for booking in bookings if booking.requirement == "mate")
    assert len(bookings) == 2 and len({booking.start for booking in bookings}) == 1
    assert not lock.holds_resource or mate.resource == "bob"
    assert not lock.holds_time or mate.start == b.moment("11:00")


def test_locks_that_clash_are_kept_and_nothing_joins_them() -> None:
    locks = [
        Lock(
            kind=LockKind.RESOURCE_AND_TIME,
            activity=name,
            requirement="technician",
            resource="ann",
            start=b.moment(clock),
        )
        for name, clock in (("long", "09:00"), ("short", "09:15"))
    ]
    asked = [b.activity("long", minutes=120), b.activity("short", minutes=15), b.activity("more", minutes=15)]
    problem = b.problem(technicians=[b.technician("ann")], activities=asked, locks=locks)
    plan = planned(problem)
    assert {name: starts(plan)[name] for name in ("long", "short")} == {
        "long": b.moment("09:00"),
        "short": b.moment("09:15"),
    }
    assert wrong(problem, plan) == []


def test_a_frozen_visit_to_a_room_has_its_drive() -> None:
    """The room is held after the technician; the drive to it counts all the same."""
    asked = [
        b.activity("a", place=None, requirements=(b.requirement(), b.requirement("room", kind="room"))),
        b.activity("b", place="p9", minutes=30),
    ]
    standing = b.plan(b.booking("a", "ann", "09:00"), b.booking("a", "lab", "09:00", requirement="room"))
    plan = full(
        technicians=[b.technician("ann")],
        rooms=[b.room("lab", at="p1")],
        activities=asked,
        standing=standing,
        freeze_until=b.moment("09:30"),
    )
    assert starts(plan)["a"] == b.moment("09:00") and starts(plan)["b"] >= b.moment("11:20")


def test_what_stands_stays_where_it_may() -> None:
    asked = [b.activity("a"), b.activity("b", place="p2")]
    standing = b.plan(b.booking("a", "bob", "13:00"), b.booking("b", "ann", "10:10"))
    people = [b.technician("ann"), b.technician("bob")]
    plan = full(technicians=people, activities=asked, standing=standing)
    assert set(plan.bookings) == set(standing.bookings)


def test_a_visit_that_lasts_pushes_those_behind_it() -> None:
    """They stay with whom they were, although somebody else is nearer and has all day."""
    begun = b.activity("a", status="in-progress", actual_start=b.moment("09:40"))
    asked = [begun, b.activity("b", place="p2"), b.activity("c", place="p3")]
    clocks = {"a": "09:00", "b": "10:10", "c": "11:20"}
    standing = b.plan(*(b.booking(name, "ann", clock) for name, clock in clocks.items()))
    people = [b.technician("ann"), b.technician("bob", at="p2")]
    plan = full(technicians=people, activities=asked, standing=standing)
    assert {one.resource for one in plan.bookings} == {"ann"}
    assert starts(plan) == {"a": b.moment("09:40"), "b": b.moment("10:50"), "c": b.moment("12:00")}


def test_what_stands_with_somebody_who_lacks_the_skill_goes_to_somebody_else() -> None:
    people = [b.technician("ann"), b.technician("bob", skills=["gas"])]
    standing = b.plan(b.booking("a", "ann", "10:00"))
    plan = full(technicians=people, activities=[b.activity("a", skills=["gas"])], standing=standing)
    assert plan.bookings[0].resource == "bob"


def test_a_room_never_takes_what_is_larger_than_it_is() -> None:
    asked = [
        b.activity(f"a{n}", place="p0", requirements=(b.requirement("room", kind="room", effort=effort),))
        for n, effort in enumerate((1, 2))
    ]
    plan = planned(b.problem(rooms=[b.room("lab", capacity=1)], activities=asked))
    assert set(plan.by_activity) == {"a0"}


@pytest.mark.parametrize(
    "meeting",
    [
        Meeting(),
        Meeting(kind="sequential", min_offset=b.minutes(30), max_offset=b.minutes(40)),
        Meeting(kind="independent"),
    ],
)
def test_a_team_meets_as_it_should(meeting: Meeting) -> None:
    team = (b.requirement("first"), b.requirement("then", count=2))
    people = [b.technician(f"t{n}", at=f"p{n}") for n in range(3)]
    plan = full(technicians=people, activities=[b.activity("a", requirements=team, meeting=meeting)])
    assert len(plan.bookings) == 3


def test_a_team_uses_one_window() -> None:
    windows = (b.span("08:00", "10:00"), b.span("13:00", "15:00"))
    team = (b.requirement("first"), b.requirement("then"))
    asked = b.activity("a", requirements=team, start_windows=windows, meeting=Meeting(kind="independent"))
    people = [b.technician("ann"), b.technician("bob", absences=(b.absence("08:00", "12:00"),))]
    plan = full(technicians=people, activities=[asked])
    assert all(booking.start >= b.moment("13:00") for booking in plan.bookings)


def test_the_other_set_of_roles_will_do() -> None:
    asked = b.activity("a", skills=["magic"], alternatives=((b.requirement("two", count=2),),))
    plan = full(technicians=[b.technician("ann"), b.technician("bob")], activities=[asked])
    assert {booking.requirement for booking in plan.bookings} == {"two"}


def test_breaks_are_kept_free() -> None:
    ann = b.technician("ann", breaks=(b.pause(60, "12:00", "13:30"),))
    plan = full(technicians=[ann], activities=[b.activity(f"a{n}", minutes=100, place="p0") for n in range(4)])
    assert [len(route.breaks) for route in plan.routes] == [1]


def test_tools_that_are_not_carried_are_fetched_first() -> None:
    ann = b.technician("ann", depot="p2", restock_duration=b.minutes(10))
    plan = full(technicians=[ann], activities=[b.activity("a", tools={"drill"}), b.activity("b")])
    (route,) = plan.routes
    assert route.restock is not None and route.restock.end <= starts(plan)["a"]


def work(id: str, **more: Any) -> Activity:
    return b.activity(id, minutes=30, place="p0", **more)


def test_precedences_are_kept_in_every_direction() -> None:
    order = [
        Precedence(before="a", after="b", min_lag=b.minutes(60), technicians="different"),
        Precedence(before="b", after="c", kind="start-to-start", max_lag=b.minutes(15), technicians="different"),
        Precedence(before="a", after="d", technicians="same", same_day=True),
    ]
    people = [b.technician("ann"), b.technician("bob")]
    asked = [work("d"), work("c"), work("b"), work("a")]
    plan = full(technicians=people, activities=asked, precedences=order, days=2)
    who = {name: bookings[0].resource for name, bookings in plan.by_activity.items()}
    assert who["a"] != who["b"] != who["c"] and who["a"] == who["d"]
    at = starts(plan)
    assert at["b"] - at["a"] >= b.minutes(90) and b.minutes(0) <= at["c"] - at["b"] <= b.minutes(15)


def test_what_is_mandatory_goes_before_what_is_dear() -> None:
    day = [work("dear", priority=1000), work("must", mandatory=True), work("cheap")]
    window = (b.span("09:00", "09:00:01"),)
    asked = [a.model_copy(update={"start_windows": window}) for a in day]
    plan = planned(b.problem(technicians=[b.technician("ann")], activities=asked))
    assert set(plan.by_activity) == {"must"}


def test_an_empty_problem_has_an_empty_plan() -> None:
    assert planned(b.problem()).bookings == ()


def waiver(rule: str, activity: str = "a", amount: float = 600) -> Waiver:
    return Waiver(rule=rule, activity=activity, requirement="technician", largest_amount=amount, why="agreed")


@pytest.mark.parametrize(
    ("rule", "start"), [("working-hours", "06:00"), ("start-window", "14:00"), ("deadline", "14:00")]
)
def test_a_waived_breach_stands(rule: str, start: str) -> None:
    window = {"start_windows": (b.span("10:00", "11:00"),)} if rule == "start-window" else {}
    due = {"deadline": b.moment("12:00")} if rule == "deadline" else {}
    standing = b.plan(b.booking("a", "t", start), b.booking("b", "t", "10:00"))
    people = [b.technician("t")]
    asked = [b.activity("a", **window, **due), b.activity("b")]
    plan = full(technicians=people, activities=asked, standing=standing, waivers=[waiver(rule)])
    assert starts(plan) == starts(standing)
    free = planned(b.problem(technicians=people, activities=asked, standing=standing))
    assert starts(free)["a"] != starts(standing)["a"]


def test_a_waived_clash_stands_and_others_make_way() -> None:
    standing = b.plan(*(b.booking(name, "t", "10:00") for name in "abc"))
    asked = [b.activity(name) for name in "abc"]
    plan = full(technicians=[b.technician("t"), b.technician("u")], activities=asked, standing=standing,
                waivers=[waiver("no-overlap", "a"), waiver("no-overlap", "b")])  # fmt: skip
    assert {starts(plan)[name] for name in "ab"} == {b.moment("10:00")}
    assert plan.by_activity["c"][0].resource == "u"


def test_a_team_stands_as_a_whole_or_not_at_all() -> None:
    roles = (b.requirement("technician"), b.requirement("two"))
    standing = b.plan(b.booking("a", "t", "06:00"), b.booking("a", "u", "06:00", requirement="two"))
    people = [b.technician("t"), b.technician("u")]
    plan = full(technicians=people, activities=[b.activity("a", requirements=roles)], standing=standing,
                waivers=[waiver("working-hours")])  # fmt: skip
    assert starts(plan)["a"] > starts(standing)["a"]
    both = (waiver("working-hours"), waiver("working-hours").model_copy(update={"requirement": "two"}))
    plan = full(technicians=people, activities=[b.activity("a", requirements=roles)], standing=standing, waivers=both)
    assert starts(plan)["a"] == starts(standing)["a"]
