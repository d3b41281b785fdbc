"""Day routes that follow from bookings placed by hand."""

from datetime import date, timedelta
from typing import Any

import pytest

from scheduler.domain.plan import BookingKey, DayRoute, Plan, Restock
from scheduler.domain.problem import Problem
from scheduler.domain.resource import Break, WorkingHours
from scheduler.solver.dayroutes import with_routes
from scheduler.solver.verify import verify
from tests import builders as b


def given(**more: Any) -> Problem:
    """Ann lives at p0; a is at p1, b at p3, c at home."""
    activities = [b.activity("a"), b.activity("b", place="p3"), b.activity("c", place="p0")]
    return b.problem(technicians=[b.technician("ann", **more)], activities=activities, days=2)


def made(problem: Problem, *bookings: tuple[str, str], day: int = 0) -> DayRoute:
    plan = b.plan(*(b.booking(name, "ann", clock, day=day) for name, clock in bookings))
    (route,) = with_routes(problem, plan).routes
    return route


def clock(route: DayRoute) -> tuple[timedelta, ...]:
    """Departure, return, and the breaks' starts, from the start of Monday."""
    return tuple(m - b.moment("00:00") for m in (route.departure, route.arrival, *(t.start for t in route.breaks)))


def times(*clocks: str) -> tuple[timedelta, ...]:
    return tuple(b.moment(c) - b.moment("00:00") for c in clocks)


def lunch(length: float, start: str, end: str, **more: Any) -> Break:
    return b.pause(length, start, end, id="lunch", **more)


def ok(problem: Problem, *bookings: tuple[str, str]) -> bool:
    """Whether verify finds nothing wrong with the route that is made."""
    return verify(problem, b.plan(*(b.booking(name, "ann", at) for name, at in bookings))).ok


def test_it_leaves_just_in_time_and_comes_back_at_once() -> None:
    route = made(given(), ("b", "11:00"), ("a", "09:00"))
    assert clock(route) == times("08:50", "12:30")
    assert [key.activity for key in route.bookings] == ["a", "b"]


def test_who_leaves_when_the_shift_starts_does() -> None:
    problem = given(departure="shift-start")
    assert clock(made(problem, ("a", "09:00"))) == times("08:00", "10:10")
    assert clock(made(problem, ("a", "07:00"))) == times("06:50", "08:10")


def test_rooms_have_no_route() -> None:
    work = b.activity("a", requirements=(b.requirement("room", kind="room"),))
    problem = b.problem(rooms=[b.room("lab")], activities=[work])
    assert not with_routes(problem, b.plan(b.booking("a", "lab", "09:00", requirement="room"))).routes


@pytest.mark.parametrize(
    ("bookings", "expected"),
    [
        ([("b", "13:10")], ("11:40", "14:40")),
        ([("b", "13:30")], ("13:00", "15:00")),
        ([("b", "13:00")], ("11:30", "14:30")),
        ([("b", "10:45")], ("10:15", "13:15")),
        ([("b", "11:00")], ("10:30", "13:30")),
    ],
)
def test_a_drive_goes_around_what_is_blocked(bookings: list[tuple[str, str]], expected: tuple[str, ...]) -> None:
    hours = WorkingHours(
        time_zone=b.ZONE, weekly={n: (b.local("08:00", "12:00"), b.local("13:00", "17:00")) for n in range(7)}
    )
    problem = given(working_hours=hours)
    assert clock(made(problem, *bookings)) == times(*expected)
    assert ok(problem, *bookings)


@pytest.mark.parametrize(
    ("rest", "bookings", "expected"),
    [
        (lunch(30, "12:00", "13:00"), [("c", "10:00"), ("a", "14:00")], ("10:00", "15:10", "12:00")),
        (lunch(30, "12:00", "13:00"), [("c", "11:15"), ("b", "13:15")], ("11:15", "14:45", "12:15")),
        (lunch(30, "08:30", "10:00"), [("a", "10:00")], ("09:50", "11:10", "08:30")),
        (lunch(30, "12:00", "13:00"), [("a", "09:00")], ("08:50", "10:10", "12:00")),
        (lunch(30, "12:00", "12:30"), [("b", "12:40")], ("11:40", "14:10", "12:00")),
        (lunch(30, "12:00", "12:30"), [("b", "10:45")], ("10:15", "12:45", "12:00")),
        (lunch(30, "12:00", "13:30", after_drive=True), [("c", "11:00"), ("b", "14:00")], ("11:00", "15:30", "12:30")),
        (lunch(30, "12:00", "14:00", before_work=True), [("a", "12:40")], ("12:30", "13:50", "12:00")),
        (lunch(30, "12:00", "12:45", after_drive=True), [("a", "12:30")], ("11:50", "13:40", "12:00")),
    ],
)
def test_a_break_is_taken_where_it_fits(
    rest: Break, bookings: list[tuple[str, str]], expected: tuple[str, ...]
) -> None:
    problem = given(breaks=(rest,))
    assert clock(made(problem, *bookings)) == times(*expected)
    assert ok(problem, *bookings)


def test_a_break_that_fits_nowhere_is_left_out() -> None:
    problem = given(breaks=(lunch(30, "12:00", "13:00"),))
    assert clock(made(problem, ("a", "12:15"))) == times("12:05", "13:25")
    assert not ok(problem, ("a", "12:15"))


def test_two_breaks_do_not_meet_each_other_or_an_absence() -> None:
    tea = b.pause(15, "12:00", "14:00", id="tea")
    problem = given(breaks=(lunch(30, "12:00", "14:00"), tea), absences=(b.absence("12:20", "12:40"),))
    assert clock(made(problem, ("a", "09:00"))) == times("08:50", "10:10", "12:40", "12:00")
    assert ok(problem, ("a", "09:00"))


def test_a_night_shift_holds_what_comes_after_midnight() -> None:
    problem = given(working_hours=b.hours("20:00", "06:00"), overtime_limit=b.minutes(60))
    evening = b.booking("a", "ann", "21:00")
    plan = with_routes(problem, b.plan(evening, b.booking("b", "ann", "05:00", day=1)))
    (route,) = plan.routes
    assert (route.day, len(route.bookings)) == (date(2026, 1, 5), 2)
    (late,) = with_routes(problem, b.plan(b.booking("a", "ann", "06:30", day=1))).routes
    assert late.day == date(2026, 1, 5)


def test_a_booking_outside_the_hours_belongs_to_its_calendar_day() -> None:
    (route,) = with_routes(given(), b.plan(b.booking("a", "ann", "23:30"))).routes
    assert route.day == date(2026, 1, 5)


def test_routes_that_are_there_stay_without_lost_bookings_and_in_order() -> None:
    given_route = b.route("ann", "08:30", "13:00", "b", "c", "a")
    plan = b.plan(b.booking("a", "ann", "09:00"), b.booking("b", "ann", "11:00"), routes=[given_route])
    (route,) = with_routes(given(), plan).routes
    assert clock(route) == times("08:30", "13:00")
    assert [key.activity for key in route.bookings] == ["a", "b"]


def test_a_route_without_bookings_goes() -> None:
    assert not with_routes(given(), b.plan(routes=[b.route("ann", "08:30", "13:00", "a")])).routes


def test_a_booking_that_joins_a_route_has_it_made_anew_around_the_depot() -> None:
    restock = Restock(place="p1", start=b.moment("08:20"), end=b.moment("08:40"))
    known = b.route("ann", "08:05", "13:00", "a", restock=restock)
    plan = b.plan(b.booking("a", "ann", "09:00"), b.booking("b", "ann", "11:00"), routes=[known])
    (route,) = with_routes(given(depot="p1"), plan).routes
    assert clock(route) == times("08:10", "12:30")
    assert route.restock == restock
    assert route.bookings == (BookingKey("a", "technician"), BookingKey("b", "technician"))


def test_an_empty_plan_has_no_routes() -> None:
    assert with_routes(given(), Plan()).routes == ()
