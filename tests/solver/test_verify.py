"""Verify: every breach, what is exempted, and the score, on plans made by hand."""

from datetime import timedelta
from typing import Any

import pytest

from scheduler.domain.activity import ActivityStatus
from scheduler.domain.errors import InvalidInput
from scheduler.domain.goal import Goal, Level, Term
from scheduler.domain.override import Lock, LockKind, Waiver
from scheduler.domain.plan import Booking, BreakTaken, Plan, Restock
from scheduler.domain.problem import Problem
from scheduler.domain.verdict import Violation
from scheduler.solver.verify import verify
from tests import builders as b

ANN, BOB = b.technician("ann"), b.technician("bob", at="p5")


def given(**more: Any) -> Problem:
    """Ann lives at p0, bob at p5; a is at p1, b at p3."""
    activities = (b.activity("a"), b.activity("b", place="p3"))
    return b.problem(**{"technicians": (ANN, BOB), "activities": activities, "days": 2, **more})


def breaches(problem: Problem, *bookings: Booking) -> list[str]:
    return sorted(v.rule for v in verify(problem, b.plan(*bookings)).breaches)


def overlap(problem: Problem, *bookings: Booking) -> Violation:
    (found,) = (v for v in verify(problem, b.plan(*bookings)).violations if v.rule == "no-overlap")
    return found


# The score


def test_the_score_by_levels_and_terms() -> None:
    """a is 20 minutes late; the drives last 10 + 20 + 30 minutes; c is left out; 17:00 is passed by 30 minutes."""
    goal = Goal(
        levels=(
            Level(weights={Term.UNSCHEDULED: 2}),
            Level(weights={Term.TARDINESS: 3, Term.OVERTIME: 0.5}),
            Level(weights={Term.TRAVEL_TIME: 1, Term.TRAVEL_DISTANCE: 0.25}),
        ),
        limits={Term.WORKING_TIME: 10_000},
    )
    ann = b.technician("ann", overtime_limit=timedelta(hours=1), overtime_price=2)
    activities = (
        b.activity("a", respond_by=b.moment("08:40")),
        b.activity("b", place="p3"),
        b.activity("c", priority=4),
    )
    problem = b.problem(technicians=[ann], activities=activities, goal=goal)
    score = verify(problem, b.plan(b.booking("a", "ann", "09:00"), b.booking("b", "ann", "16:00"))).score
    assert score.terms == {
        Term.UNSCHEDULED: 4,
        Term.TARDINESS: 20,
        Term.OVERTIME: 60,
        Term.TRAVEL_TIME: 60,
        Term.TRAVEL_DISTANCE: 60,
        Term.WORKING_TIME: 520,
    }
    assert score.levels == (8, 90, 75)
    assert score.order == (0, 8, 90, 75)


def test_the_best_plan_of_nothing_costs_nothing() -> None:
    assert verify(b.problem(), Plan()).score.levels == (0, 0)


def test_a_mandatory_activity_left_out_stands_above_all_levels() -> None:
    problem = given(activities=(b.activity("a", mandatory=True), b.activity("b")))
    verdict = verify(problem, b.plan(b.booking("b", "ann", "09:00")))
    assert verdict.score.mandatory_unscheduled == 1
    assert [v.rule for v in verdict.breaches] == ["mandatory"]


def test_a_limit_of_the_goal_is_a_rule() -> None:
    problem = given(goal=Goal(limits={Term.TRAVEL_TIME: 59}))
    (found,) = verify(problem, b.plan(b.booking("a", "ann", "09:00"), b.booking("b", "ann", "11:00"))).breaches
    assert (found.rule, found.amount) == ("travel-time-total", 1)
    assert found.text == "travel-time is 60 minutes, over the goal's limit of 59"


def test_violations_come_in_the_rules_order_with_sentences() -> None:
    problem = given(activities=(b.activity("a", skills=["gas"]), b.activity("b", deadline=b.moment("09:00"))))
    verdict = verify(problem, b.plan(b.booking("b", "ann", "08:30"), b.booking("a", "ann", "09:00")))
    assert [v.rule for v in verdict.violations] == ["skill-match", "no-overlap", "deadline"]
    assert all(v.text for v in verdict.violations)
    assert not verdict.ok


# Routes


def test_a_plan_without_routes_gets_them() -> None:
    problem = given()
    alone = b.plan(b.booking("a", "ann", "09:00"), b.booking("b", "bob", "09:00"))
    routes = (b.route("ann", "08:50", "10:10", "a"), b.route("bob", "08:40", "10:20", "b"))
    assert verify(problem, alone) == verify(problem, b.plan(*alone.bookings, routes=routes))
    assert verify(problem, alone).ok
    assert not alone.routes


def test_a_route_made_by_hand_is_judged_as_it_is() -> None:
    late = b.plan(b.booking("a", "ann", "09:00"), routes=[b.route("ann", "08:55", "10:10", "a")])
    (found,) = verify(given(), late).breaches
    assert (found.rule, found.amount) == ("travel-time", 5)


@pytest.mark.parametrize(("departure", "arrival", "lack"), [("09:05", "10:10", 15), ("08:50", "09:30", 40)])
def test_a_route_begins_before_its_bookings_and_ends_after_them(departure: str, arrival: str, lack: float) -> None:
    odd = b.plan(b.booking("a", "ann", "09:00"), routes=[b.route("ann", departure, arrival, "a")])
    (found,) = verify(given(), odd).breaches
    assert (found.rule, found.amount) == ("travel-time", lack)


# What is exempted

TWICE = (b.booking("a", "ann", "09:00"), b.booking("b", "ann", "09:30"))


def held(activity: str, clock: str, **more: Any) -> Lock:
    given = {"kind": LockKind.RESOURCE_AND_TIME, "requirement": "technician", "resource": "ann"}
    return Lock(**{"activity": activity, "start": b.moment(clock), **given, **more})


def test_what_nobody_holds_is_a_breach() -> None:
    assert not overlap(given(), *TWICE).exempted


def test_both_parties_must_be_held() -> None:
    assert not overlap(given(locks=(held("a", "09:00"),)), *TWICE).exempted
    assert overlap(given(locks=(held("a", "09:00"), held("b", "09:30"))), *TWICE).exempted


def test_a_lock_holds_only_what_stands_where_it_says() -> None:
    assert not overlap(given(locks=(held("a", "09:00"), held("b", "09:45"))), *TWICE).exempted
    elsewhere = (held("a", "09:00"), held("b", "09:30", resource="bob"))
    assert not overlap(given(locks=elsewhere), *TWICE).exempted


def test_all_that_the_breach_depends_on_must_be_held() -> None:
    """Who overlaps could go to another time or another person: both are held, or the breach counts."""
    starts = tuple(
        held(name, clock, kind=LockKind.TIME, resource=None) for name, clock in (("a", "09:00"), ("b", "09:30"))
    )
    people = tuple(held(name, "09:00", kind=LockKind.RESOURCE, start=None) for name in "ab")
    assert not overlap(given(locks=starts), *TWICE).exempted
    assert not overlap(given(locks=people), *TWICE).exempted
    assert overlap(given(locks=(*starts, *people)), *TWICE).exempted


def test_a_lock_that_has_run_out_holds_nothing() -> None:
    locks = (held("a", "09:00"), held("b", "09:30", until=b.moment("07:00")))
    assert overlap(given(locks=locks, now=b.moment("06:00")), *TWICE).exempted
    assert not overlap(given(locks=locks, now=b.moment("07:00")), *TWICE).exempted


def test_a_locked_resource_exempts_from_what_is_about_the_resource() -> None:
    work = (b.activity("a", skills=["gas"]), b.activity("b", place="p3"))
    lock = held("a", "09:00", kind=LockKind.RESOURCE, start=None)
    plan = b.plan(b.booking("a", "ann", "09:00"))
    assert verify(given(activities=work, locks=(lock,)), plan).ok
    assert breaches(given(activities=work), *plan.bookings) == ["skill-match"]


def test_a_locked_start_without_a_requirement_holds_every_booking() -> None:
    roles = (b.requirement("one"), b.requirement("two"))
    work = b.activity("a", requirements=roles, deadline=b.moment("09:30"))
    pair = [b.booking("a", who, "09:00", requirement=r) for who, r in (("ann", "one"), ("bob", "two"))]
    lock = Lock(kind=LockKind.TIME, activity="a", start=b.moment("09:00"))
    assert breaches(given(activities=(work,)), *pair)
    assert not breaches(given(activities=(work,), locks=(lock,)), *pair)


def test_of_a_sequence_it_holds_the_leading_requirement() -> None:
    roles = (b.requirement("one"), b.requirement("two"))
    work = b.activity("a", requirements=roles, meeting={"kind": "sequential"}, deadline=b.moment("09:30"))
    pair = [b.booking("a", who, "09:00", requirement=r) for who, r in (("ann", "one"), ("bob", "two"))]
    lock = Lock(kind=LockKind.TIME, activity="a", start=b.moment("09:00"))
    found = verify(given(activities=(work,), locks=(lock,)), b.plan(*pair)).violations
    assert {v.bookings[0].requirement: v.exempted for v in found if v.rule == "deadline"} == {"one": True, "two": False}


def test_what_has_happened_is_no_breach_of_anybody() -> None:
    done = b.activity(
        "a",
        status=ActivityStatus.COMPLETED,
        actual_start=b.moment("09:10"),
        actual_end=b.moment("10:00"),
        skills=["gas"],
    )
    standing = b.plan(b.booking("a", "ann", "09:00"))
    problem = given(activities=(done,), standing=standing)
    happened = b.booking("a", "ann", "09:10", minutes=50)
    verdict = verify(problem, b.plan(happened))
    assert verdict.ok
    assert {v.rule for v in verdict.violations} == {"skill-match", "service-time"}


def test_what_was_frozen_and_moved_is_exempted_from_nothing() -> None:
    problem = given(standing=b.plan(*TWICE), freeze_until=b.moment("12:00"))
    assert overlap(problem, *TWICE).exempted
    moved = b.booking("b", "ann", "09:40")
    assert not overlap(problem, TWICE[0], moved).exempted
    assert {"freeze", "no-overlap"} <= set(breaches(problem, TWICE[0], moved))


@pytest.mark.parametrize(
    ("change", "exempted"),
    [
        ({}, True),
        ({"activity": "b"}, True),
        ({"largest_amount": 29.9}, False),
        ({"rule": "travel-time"}, False),
    ],
)
def test_a_waiver_accepts_a_breach_up_to_its_amount(change: dict[str, Any], exempted: bool) -> None:
    waiver = {"rule": "no-overlap", "activity": "a", "requirement": "technician", "largest_amount": 30, "why": "short"}
    problem = given(waivers=(Waiver(**{**waiver, **change}),))
    assert overlap(problem, *TWICE).exempted is exempted


def test_a_waiver_of_another_booking_accepts_nothing() -> None:
    work = (b.activity("a"), b.activity("b", place="p3"), b.activity("c"))
    waiver = Waiver(rule="no-overlap", activity="c", requirement="technician", largest_amount=99, why="other")
    assert not overlap(given(activities=work, waivers=(waiver,)), *TWICE).exempted


# What a plan can't say


def test_all_faults_come_at_once() -> None:
    who = b.technician("ann", depot="p2")
    problem = given(technicians=(who, BOB))
    noon = b.moment("12:00")
    odd = b.route(
        "ann",
        "08:00",
        "17:00",
        "b",
        breaks=(BreakTaken(id="tea", start=noon, end=noon),),
        restock=Restock(place="moon", start=noon, end=noon),
    )
    plan = b.plan(
        b.booking("x", "ann", "09:00"),
        b.booking("a", "zoe", "09:00"),
        b.booking("a", "ann", "10:00", requirement="room"),
        b.booking("a", "ann", "11:00"),
        b.booking("b", "bob", "11:00"),
        routes=[
            odd,
            b.route("zoe", "08:00", "17:00"),
            b.route("bob", "08:00", "17:00", "b"),
            b.route("bob", "09:00", "12:00"),
        ],
    )
    with pytest.raises(InvalidInput) as error:
        verify(problem, plan)
    assert [str(fault) for fault in error.value.faults] == [
        "bookings[0].activity: 'x' is not the id of an activity; correct it",
        "bookings[1].resource: 'zoe' is not the id of a technician or room; correct it",
        "bookings[2].requirement: 'room' is not a requirement of 'a'; correct it",
        "bookings: a/technician/0 stands 2 times; keep one",
        "routes[0].breaks: 'tea' is not a break of 'ann'; correct it",
        "routes[0].bookings: b/technician/0 is not a booking of 'ann'; correct it",
        "routes[0].restock: 'moon' is not a place that 'ann' has travel times for; correct it",
        "routes[1].resource: 'zoe' is not the id of a technician; correct it",
        "routes: 'bob' has 2 routes on 2026-01-05; join them",
        "routes: b/technician/0 stands in the routes 2 times; keep one",
    ]
    assert str(error.value).startswith("plan: 10 fault(s)\n")


def test_a_booking_may_ask_for_any_set_of_roles() -> None:
    work = b.activity("a", alternatives=((b.requirement("other"),),))
    assert verify(given(activities=(work,)), b.plan(b.booking("a", "ann", "09:00", requirement="other"))).ok


@pytest.mark.parametrize(
    ("booked", "text"),
    [
        (("one",), "a lacks somebody for two"),
        (("one", "two", "other"), "a has bookings that it does not ask for: other"),
        (("one", "other"), "a has bookings that it does not ask for: one"),
    ],
)
def test_who_is_missing_and_who_is_too_many_is_named(booked: tuple[str, ...], text: str) -> None:
    pair = (b.requirement("one"), b.requirement("two"))
    work = b.activity("a", requirements=pair, alternatives=((b.requirement("other"),),))
    plan = b.plan(*(b.booking("a", f"p{n}", "09:00", requirement=role) for n, role in enumerate(booked)))
    people = [b.technician(f"p{n}") for n in range(3)]
    found = verify(b.problem(technicians=people, activities=[work]), plan)
    assert [v.text for v in found.violations if v.rule == "team"] == [text]
