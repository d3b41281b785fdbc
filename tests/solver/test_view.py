"""What a plan looks like day by day: stops, drives, what is blocked, and how long each thing lasts."""

from datetime import date, timedelta
from typing import Any

import pytest

from scheduler.domain.interval import Interval
from scheduler.domain.plan import BreakTaken, Plan, Restock
from scheduler.domain.problem import Problem
from scheduler.domain.resource import WorkingHours
from scheduler.solver.dayroutes import with_routes
from scheduler.solver.view import Day, View
from tests import builders as b

MONDAY = date(2026, 1, 5)
LUNCH = b.pause(30, "12:00", "13:00", id="lunch")


def given(**more: Any) -> Problem:
    """Ann lives at p0; a is at p1, b at p3."""
    who = b.technician("ann", **more)
    return b.problem(technicians=[who], activities=[b.activity("a"), b.activity("b", place="p3")], days=2)


def seen(problem: Problem, plan: Plan, day: date = MONDAY) -> Day:
    (found,) = (d for d in View(problem, with_routes(problem, plan)).days if d.date == day)
    return found


def split(*spans: tuple[str, str]) -> WorkingHours:
    return WorkingHours(time_zone=b.ZONE, weekly={n: tuple(b.local(*s) for s in spans) for n in range(7)})


BOTH = b.plan(b.booking("a", "ann", "09:00"), b.booking("b", "ann", "11:00"))


def test_drives_lie_between_home_and_the_stops() -> None:
    day = seen(given(), BOTH)
    drives = [(d.start_place, d.end_place, d.duration) for d in day.drives]
    expected = [("p0", "p1", 10), ("p1", "p3", 20), ("p3", "p0", 30)]
    assert drives == [(start, end, b.minutes(length)) for start, end, length in expected]
    assert [d.kilometres for d in day.drives] == [10, 20, 30]
    assert (day.drives[1].leave, day.drives[1].reach) == (b.moment("10:00"), b.moment("11:00"))
    assert (day.travel, day.kilometres, day.service) == (b.minutes(60), 60, b.minutes(120))


def test_setup_and_teardown_are_part_of_the_stop() -> None:
    problem = b.problem(
        technicians=[b.technician("ann")], activities=[b.activity("a", setup=b.minutes(5), teardown=b.minutes(10))]
    )
    day = seen(problem, b.plan(b.booking("a", "ann", "09:00")))
    assert (day.stops[0].start, day.stops[0].end) == (b.moment("08:55"), b.moment("10:10"))
    assert day.service == b.minutes(75)


def test_open_ends_and_unknown_places_need_no_drive() -> None:
    day = seen(given(start_place=None, end_place=None), BOTH)
    assert [d.duration for d in day.drives] == [timedelta(0), b.minutes(20), timedelta(0)]


def test_the_speed_is_a_factor() -> None:
    assert seen(given(travel_speed=2), BOTH).travel == b.minutes(30)


def test_where_there_is_no_way_a_drive_has_no_duration() -> None:
    road = b.line(2)
    cut = road.seconds.copy()
    cut[0, 1] = float("nan")
    problem = b.problem(
        technicians=[b.technician("ann")],
        activities=[b.activity("a")],
        travel=road.model_validate({**dict(road), "seconds": cut}),
    )
    day = seen(problem, b.plan(b.booking("a", "ann", "09:00")))
    assert [d.duration for d in day.drives] == [None, b.minutes(10)]
    assert (day.travel, day.kilometres) == (b.minutes(10), 10)


def test_an_activity_without_a_place_is_where_its_room_is() -> None:
    roles = (b.requirement("technician"), b.requirement("room", kind="room"))
    problem = b.problem(
        technicians=[b.technician("ann")],
        rooms=[b.room("lab", at="p2")],
        activities=[b.activity("a", place=None, requirements=roles)],
    )
    plan = b.plan(b.booking("a", "ann", "09:00"), b.booking("a", "lab", "09:00", requirement="room"))
    assert seen(problem, plan).stops[0].place == "p2"


def test_gaps_and_absences_are_blocked_once() -> None:
    hours = split(("08:00", "12:00"), ("13:00", "17:00"))
    away = (b.absence("11:30", "12:30"), b.absence("16:00", "20:00"))
    day = seen(given(working_hours=hours, absences=away), b.plan())
    assert day.blocked == (b.span("11:30", "13:00"), b.span("16:00", "17:00"))
    assert (day.start, day.end) == (b.moment("08:00"), b.moment("17:00"))


def test_the_horizon_cuts_the_day() -> None:
    whole = given(breaks=(LUNCH,))
    cut = whole.replace(horizon=Interval(start=b.moment("12:30"), end=b.moment("16:00")))
    day = seen(cut, b.plan())
    assert (day.start, day.end, day.owed) == (b.moment("12:30"), b.moment("16:00"), ())


def test_a_break_is_owed_on_days_that_hold_its_window() -> None:
    problem = given(breaks=(LUNCH, b.pause(15, "17:00", "18:00", id="late")))
    assert [(o.rule.id, o.window) for o in seen(problem, b.plan()).owed] == [("lunch", b.span("12:00", "13:00"))]


def test_a_night_shift_belongs_to_the_day_it_begins_on() -> None:
    tea = b.pause(30, "02:00", "03:00", id="tea")
    problem = given(working_hours=b.hours("20:00", "06:00"), breaks=(tea,))
    day = seen(problem, b.plan(b.booking("a", "ann", "01:00", day=1)))
    assert (day.start, day.end) == (b.moment("20:00"), b.moment("06:00", 1))
    assert [o.window for o in day.owed] == [b.span("02:00", "03:00", 1)]
    assert day.keys[0].activity == "a"


def test_bookings_on_a_day_off_have_a_day_too() -> None:
    problem = given(working_hours=WorkingHours(time_zone=b.ZONE, weekly={1: (b.local("08:00", "17:00"),)}))
    days = View(problem, with_routes(problem, BOTH)).days
    assert [(d.date, len(d.bookings)) for d in days] == [(date(2026, 1, 6), 0), (MONDAY, 2)]
    off = days[1]
    assert (off.spans, off.blocked, off.owed, off.idle) == ((), (), (), timedelta(0))
    assert off.waiting == b.minutes(40)


def test_the_depot_is_a_stop_before_the_first_booking_after_it() -> None:
    restock = Restock(place="p2", start=b.moment("10:20"), end=b.moment("10:35"))
    route = b.route("ann", "08:50", "12:30", "a", "b", restock=restock)
    day = seen(given(depot="p2"), b.plan(*BOTH.bookings, routes=[route]))
    assert [s.place for s in day.stops] == ["p1", "p2", "p3"]
    assert (day.service, day.waiting) == (b.minutes(120), b.minutes(25))
    after = restock.model_copy(update={"start": b.moment("12:10"), "end": b.moment("12:20")})
    last = b.route("ann", "08:50", "12:40", "a", "b", restock=after)
    assert [s.place for s in seen(given(depot="p2"), b.plan(*BOTH.bookings, routes=[last])).stops] == ["p1", "p3", "p2"]


@pytest.mark.parametrize(
    ("departure", "waiting", "idle"),
    [("08:50", 40, 360), ("08:00", 90, 360), ("07:30", 120, 390)],
)
def test_waiting_and_idle(departure: str, waiting: float, idle: float) -> None:
    """The day has 540 minutes, 60 of them drives and 120 service; what lies before the shift is waiting too."""
    route = b.route("ann", departure, "12:30", "a", "b")
    day = seen(given(), b.plan(*BOTH.bookings, routes=[route]))
    assert (day.waiting, day.idle) == (b.minutes(waiting), b.minutes(idle))


@pytest.mark.parametrize(("clock", "waiting"), [("10:00", 10), ("08:10", 40), ("12:40", 40)])
def test_a_break_is_no_waiting_and_never_idle(clock: str, waiting: float) -> None:
    start = b.moment(clock)
    rest = BreakTaken(id="lunch", start=start, end=start + b.minutes(30))
    route = b.route("ann", "08:50", "12:30", "a", "b", breaks=(rest,))
    day = seen(given(breaks=(LUNCH,)), b.plan(*BOTH.bookings, routes=[route]))
    assert (day.waiting, day.idle) == (b.minutes(waiting), b.minutes(330))


def test_overtime_is_not_idle() -> None:
    day = seen(given(), b.plan(b.booking("b", "ann", "16:00")))
    assert (day.waiting, day.idle) == (b.minutes(0), b.minutes(450))


def test_an_unused_day_idles_all_that_is_not_blocked() -> None:
    problem = given(
        working_hours=split(("08:00", "12:00"), ("13:00", "17:00")), absences=(b.absence("16:00", "18:00"),)
    )
    assert seen(problem, b.plan()).idle == b.minutes(420)
    assert seen(given(breaks=(LUNCH,)), b.plan()).idle == b.minutes(540)


def test_working_time_leaves_out_what_is_unpaid() -> None:
    tea = b.pause(15, "10:00", "10:30", id="tea", paid=True)
    problem = given(working_hours=split(("08:00", "12:00"), ("13:00", "17:00")), breaks=(tea,))
    late = b.plan(b.booking("a", "ann", "09:00"), b.booking("b", "ann", "14:00"))
    day = seen(problem, late)
    assert day.route is not None
    assert [t.id for t in day.route.breaks] == ["tea"]
    assert day.working_time == b.minutes(400 - 60)
    assert day.paused(b.moment("08:00"), b.moment("17:00")) == b.minutes(75)


def test_lateness_adds_up_over_what_was_promised() -> None:
    windows = (b.span("08:00", "08:30"), b.span("10:00", "10:30"))
    work = b.activity(
        "a", respond_by=b.moment("10:30"), resolve_by=b.moment("11:00"), start_windows=windows, priced_windows=True
    )
    problem = b.problem(technicians=[b.technician("ann")], activities=[work])

    def late(clock: str) -> timedelta:
        found = b.booking("a", "ann", clock)
        return View(problem, b.plan(found)).lateness(found)

    assert late("10:45") == b.minutes(15 + 45 + 15)
    assert late("09:00") == b.minutes(30)
    assert late("08:30") == timedelta(0)


def test_rooms_are_late_only_where_nobody_serves() -> None:
    roles = (b.requirement("technician"), b.requirement("room", kind="room"))
    problem = b.problem(
        technicians=[b.technician("ann")],
        rooms=[b.room("lab")],
        activities=[b.activity("a", requirements=roles), b.activity("b", requirements=roles[1:])],
    )
    rooms = [b.booking(name, "lab", "09:00", requirement="room") for name in "ab"]
    plan = b.plan(b.booking("a", "ann", "09:00"), *rooms)
    assert [x.resource for x in View(problem, plan).counted] == ["ann", "lab"]
