"""What is held or waived lifts a rule for those who breach it, and for nobody and nothing else.

Cases that the random problems of `test_conformance` found.
"""

from datetime import timedelta
from typing import Any

import pytest

from scheduler.domain.activity import Precedence
from scheduler.domain.override import Lock, LockKind, Waiver
from scheduler.domain.plan import Booking, Plan
from scheduler.domain.problem import Problem
from scheduler.domain.resource import Absence, WorkingHours
from scheduler.solver.rules import sample
from scheduler.solver.verify import verify
from tests.solver.test_conformance_examples import completed, cost


def waiver(rule: str, activity: str = "a", amount: float = 1000) -> Waiver:
    return Waiver(rule=rule, activity=activity, requirement="technician", largest_amount=amount, why="agreed")


def assert_judged(problem: Problem, admitted: bool, *bookings: Booking) -> None:
    """CP-SAT and the checks agree on these bookings."""
    plan = sample.plan(problem, *bookings)
    assert verify(problem, plan).ok == admitted, [v.text for v in verify(problem, plan).breaches]
    whole = completed(problem, plan)
    assert (whole is not None) == admitted
    assert whole is None or verify(problem, whole).ok


def begun(name: str, clock: str, **more: Any) -> Any:
    return sample.activity(name, status="in-progress", actual_start=sample.at(clock), **more)


@pytest.mark.parametrize(("clock", "admitted"), [("7:30", False), ("8:00", True)])
def test_beside_a_held_booking_outside_the_hours_the_others_stay_inside(clock: str, admitted: bool) -> None:
    early = sample.booking("b", "6:30", day=1)
    begun = sample.activity("b", status="in-progress", actual_start=early.start)
    problem = sample.problem(begun, sample.activity("a"), days=2, standing=Plan(bookings=(early,)))
    assert_judged(problem, admitted, early, sample.booking("a", clock, day=1))


def test_a_waived_departure_is_not_widened() -> None:
    """Leaving at 7:50 is waived. A break that must be taken on that drive would mean to leave at 7:40."""
    pause = {"id": "tea", "window": sample.local("8:00", "8:10"), "duration": timedelta(minutes=10)}
    standing = Plan(bookings=(sample.booking("a", "8:00"),))
    for breaks, admitted in (((), True), ((pause,), False)):
        problem = sample.problem(
            sample.activity(place="p1"), technicians=(sample.technician(breaks=breaks),),
            standing=standing, waivers=(waiver("working-hours", amount=10),),
        )  # fmt: skip
        assert_judged(problem, admitted, *standing.bookings)


@pytest.mark.parametrize(("clock", "admitted"), [("9:00", True), ("8:50", False), ("8:35", False)])
def test_a_search_keeps_others_clear_of_both_who_overlap(clock: str, admitted: bool) -> None:
    long, short = sample.activity("a", minutes=60), sample.activity("b", minutes=10)
    stand = (sample.booking("a", "8:00", minutes=60), sample.booking("b", "8:20", minutes=10))
    problem = sample.problem(
        long, short, sample.activity("c", minutes=10), standing=Plan(bookings=stand), waivers=(waiver("no-overlap"),)
    )
    plan = sample.plan(problem, *stand, sample.booking("c", clock, minutes=10))
    assert verify(problem, plan).ok  # people may use the waiver for more than what stands
    assert (completed(problem, plan) is not None) == admitted


def test_who_overlaps_by_waiver_needs_no_time_to_drive() -> None:
    stand = (sample.booking("a", "9:00"), sample.booking("b", "9:20"))
    activities = (sample.activity("a", place="p1"), sample.activity("b", place="p2"))
    problem = sample.problem(*activities, standing=Plan(bookings=stand), waivers=(waiver("no-overlap"),))
    assert_judged(problem, True, *stand)
    assert completed(problem, sample.plan(problem, stand[0], sample.booking("b", "9:10"))) is None


def test_alternatives_that_are_not_used_are_no_parties() -> None:
    """Both have begun out of order, which nobody can mend."""
    either = {"alternatives": ((sample.needs("helper"),),)}
    order = (Precedence(before="a", after="b"),)
    stand = (sample.booking("a", "9:00"), sample.booking("b", "8:00", requirement="helper"))
    activities = (begun("a", "9:00", **either), begun("b", "8:00", **either))
    assert_judged(sample.problem(*activities, precedences=order, standing=Plan(bookings=stand)), True, *stand)


def test_a_day_off_has_no_hours_to_leave_and_come_back_in() -> None:
    """What is waived there is the service alone."""
    hours = WorkingHours(weekly={0: (sample.local("8:00", "12:00"),)})
    for departure in ("just-in-time", "shift-start"):
        technician = sample.technician(working_hours=hours, departure=departure)
        standing = Plan(bookings=(sample.booking("a", "9:00", day=1),))
        problem = sample.problem(
            sample.activity(place="p1"), technicians=(technician,), days=2, standing=standing,
            waivers=(waiver("working-hours", amount=30),), goal=sample.goal(working_time=1),
        )  # fmt: skip
        assert_judged(problem, True, *standing.bookings)
        assert cost(problem, sample.plan(problem, *standing.bookings)) == (50,)


def test_a_waived_breach_stays_beside_one_that_is_held() -> None:
    """b is frozen in an absence, and c overlaps it."""
    away = Absence(interval=sample.span("8:20", "8:40"))
    stand = (sample.booking("b", "8:30"), sample.booking("c", "8:50"))
    problem = sample.problem(
        sample.activity("b"), sample.activity("c"), technicians=(sample.technician(absences=(away,)),),
        standing=Plan(bookings=stand), freeze_until=sample.at("8:40"), waivers=(waiver("no-overlap", "b", 10),),
    )  # fmt: skip
    assert_judged(problem, True, *stand)


def test_a_waiver_is_no_way_around_a_lock() -> None:
    """Too late and waived, but it is locked to be earlier."""
    stand = sample.booking("a", "9:00")
    earlier = Lock(kind=LockKind.TIME_RANGE, activity="a", start=sample.at("8:00"), end=sample.at("9:00"))
    problem = sample.problem(
        sample.activity(deadline=sample.at("9:00")), standing=Plan(bookings=(stand,)),
        waivers=(waiver("deadline"),), locks=(earlier,),
    )  # fmt: skip
    assert_judged(problem, False, stand)
    assert_judged(problem, True, sample.booking("a", "8:30"))


@pytest.mark.parametrize("frozen", [False, True])
def test_a_crowd_that_is_waived_stays_with_what_is_frozen_in_it(frozen: bool) -> None:
    """Three in a room for one, two by two."""
    roles = {"place": None, "requirements": (sample.needs("technician", kind="room"),)}
    stand = tuple(
        sample.booking(name, clock, resource="lab") for name, clock in (("a", "8:00"), ("b", "8:20"), ("c", "8:40"))
    )
    problem = sample.problem(
        *(sample.activity(name, **roles) for name in ("a", "b", "c", "d")), rooms=(sample.room(capacity=1),),
        standing=Plan(bookings=stand), freeze_until=sample.at("8:10") if frozen else None,
        waivers=(waiver("room-capacity", "b", 1),),
    )  # fmt: skip
    assert_judged(problem, True, *stand)
    assert_judged(problem, True, *stand, sample.booking("d", "9:10", resource="lab"))
    assert_judged(problem, False, *stand, sample.booking("d", "9:00", resource="lab"))


def test_a_waiver_stands_only_where_all_its_parties_do() -> None:
    """ann in both roles is waived, but one of them is locked to another time since."""
    roles = {"requirements": (sample.needs(), sample.needs("two"))}
    one, two = sample.booking("a", "9:00"), sample.booking("a", "9:00", requirement="two")
    lock = Lock(
        kind=LockKind.RESOURCE_AND_TIME, activity="a", requirement="technician", resource="ann", start=sample.at("8:20")
    )
    problem = sample.problem(
        sample.activity(**roles), standing=Plan(bookings=(one, two)), waivers=(waiver("team", amount=2),), locks=(lock,)
    )
    assert_judged(problem, False, sample.booking("a", "8:20"), two)


def test_a_lock_in_another_alternative_than_what_has_begun_holds_nothing() -> None:
    either = begun("a", "9:00", alternatives=((sample.needs("helper"),),))
    lock = Lock(
        kind=LockKind.RESOURCE_AND_TIME, activity="a", requirement="technician", resource="ann", start=sample.at("8:20")
    )
    stand = sample.booking("a", "9:00", requirement="helper")
    assert_judged(sample.problem(either, standing=Plan(bookings=(stand,)), locks=(lock,)), True, stand)


def test_a_waiver_covers_no_other_breach_of_the_same_parties() -> None:
    """That ann serves both is waived; that b comes half an hour too late is not."""
    order = Precedence(before="a", after="b", technicians="different", min_lag=timedelta(0), max_lag=timedelta(0))
    stand = (sample.booking("a", "8:00"), sample.booking("b", "9:00"))
    problem = sample.problem(
        sample.activity("a"), sample.activity("b"), precedences=(order,), standing=Plan(bookings=stand),
        waivers=(waiver("precedence", amount=1),),
    )  # fmt: skip
    assert_judged(problem, False, *stand)
