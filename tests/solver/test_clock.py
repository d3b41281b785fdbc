"""The grid of ticks: what is given is exact on it, travel is rounded up where exactness would be too fine."""

from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.domain.activity import Meeting, Precedence
from scheduler.domain.override import Lock, LockKind
from scheduler.domain.problem import Problem
from scheduler.domain.travel import Matrix, Place, TravelTimes
from scheduler.solver.clock import MOST_TICKS, Clock, clock_for
from scheduler.solver.travel import Travel
from tests import builders as b

SECOND = 1_000_000
ORIGIN = b.moment("00:00")


def two_places(seconds: float) -> Matrix:
    return Matrix(places=("p0", "p1"), seconds=np.array([[0.0, seconds], [seconds, 0.0]]))


def problem(travel: Matrix | TravelTimes | None = None, **more: Any) -> Problem:
    return b.problem(travel=travel or b.line(2), technicians=[b.technician("ann")], **more)


@given(st.integers(1, 10**9), st.integers(-(10**9), 10**9))
def test_moments_are_rounded_to_the_side_asked_for(tick: int, off: int) -> None:
    clock, moment = Clock(ORIGIN, tick), ORIGIN + timedelta(microseconds=off)
    assert clock.moment(clock.floor(moment)) <= moment <= clock.moment(clock.ceil(moment))
    assert clock.ceil(moment) - clock.floor(moment) == (off % tick > 0)
    length = timedelta(microseconds=abs(off))
    assert timedelta(0) <= clock.length(clock.ticks(length)) - length < timedelta(microseconds=tick)


@given(st.integers(1, 10**9), st.integers(0, 10**6))
def test_a_tick_is_what_its_moment_says(tick: int, n: int) -> None:
    clock = Clock(ORIGIN, tick)
    assert clock.floor(clock.moment(n)) == clock.ceil(clock.moment(n)) == clock.ticks(clock.length(n)) == n


def test_a_tick_in_minutes() -> None:
    assert Clock(ORIGIN, 90 * SECOND).minutes == Fraction(3, 2)


def test_the_grid_is_as_coarse_as_what_is_given() -> None:
    assert clock_for(problem(activities=[b.activity("a", minutes=40)])).tick == 600 * SECOND
    assert clock_for(problem(activities=[b.activity("a", minutes=45)])).tick == 300 * SECOND


@pytest.mark.parametrize(
    "more",
    [
        {"activities": [b.activity("a", setup=timedelta(seconds=7))]},
        {"activities": [b.activity("a", teardown=timedelta(seconds=7))]},
        {"activities": [b.activity("a", deadline=b.moment("10:00:07"))]},
        {"activities": [b.activity("a", release=b.moment("10:00:07"))]},
        {"activities": [b.activity("a", respond_by=b.moment("10:00:07"))]},
        {"activities": [b.activity("a", resolve_by=b.moment("10:00:07"))]},
        {"activities": [b.activity("a", start_windows=(b.span("09:00:07", "10:00"),))]},
        {"activities": [b.activity("a", finish_windows=(b.span("09:00", "10:00:07"),))]},
        {"activities": [b.activity("a", preferred_windows=(b.span("09:00", "10:00:07"),))]},
        {"activities": [b.activity("a", requirements=(b.requirement(duration=timedelta(seconds=7)),))]},
        {
            "activities": [
                b.activity("a", minutes=1, requirements=(b.requirement(skills=["x"], duration_factors={1: 7 / 60}),))
            ]
        },
        {"activities": [b.activity("a", meeting=Meeting(kind="sequential", min_offset=timedelta(seconds=7)))]},
        {
            "activities": [b.activity("a"), b.activity("b")],
            "precedences": [Precedence(before="a", after="b", min_lag=timedelta(seconds=7))],
        },
        {"technicians": [b.technician("ann", overtime_limit=timedelta(seconds=7))]},
        {"technicians": [b.technician("ann", restock_duration=timedelta(seconds=7))]},
        {"technicians": [b.technician("ann", max_time_per_day=timedelta(seconds=7))]},
        {"technicians": [b.technician("ann", absences=(b.absence("10:00", "10:00:07"),))]},
        {"technicians": [b.technician("ann", breaks=(b.pause(7 / 60, "12:00", "13:00"),))]},
        {"technicians": [b.technician("ann", breaks=(b.pause(10, "12:00:07", "13:00"),))]},
        {"technicians": [b.technician("ann", working_hours=b.hours("08:00:07"))]},
        {"rooms": [b.room("lab", turnaround=timedelta(seconds=7))]},
        {"rooms": [b.room("lab", opening=b.hours("08:00:07"))]},
        {"now": b.moment("07:00:07")},
        {"freeze_until": b.moment("07:00:07")},
        {
            "activities": [b.activity("a")],
            "locks": [Lock(kind=LockKind.TIME, activity="a", start=b.moment("10:00:07"))],
        },
        {"activities": [b.activity("a")], "standing": b.plan(b.booking("a", "ann", "10:00:07"))},
    ],
)
def test_seven_seconds_anywhere_make_the_grid_as_fine(more: dict[str, Any]) -> None:
    known = {"technicians": [b.technician("ann")], **more}
    assert clock_for(b.problem(travel=b.line(2), **known)).tick == SECOND


def test_travel_times_are_exact_where_that_is_not_too_fine() -> None:
    assert clock_for(problem(two_places(1001.5))).tick == 500_000
    home = Place(id="p0", latitude=50, longitude=30)
    assert clock_for(problem(TravelTimes(), places=(home,))).tick == 60 * SECOND


def test_the_speed_counts() -> None:
    fast = b.technician("ann", travel_speed=4)
    assert clock_for(b.problem(travel=two_places(5), technicians=[fast])).tick == 1_250_000


def test_travel_that_is_too_fine_is_rounded_up_and_what_is_given_stays_exact() -> None:
    given = problem(two_places(1000.000001), activities=[b.activity("a", minutes=45)])
    clock = clock_for(given)
    span = given.horizon.length // timedelta(microseconds=1)
    assert span // clock.tick <= MOST_TICKS and 900 * SECOND % clock.tick == 0
    ticks, _ = Travel(given, clock, 1, ["p0", "p1"], [("default", 1.0)]).leg(0, 0, 1)
    assert timedelta(0) <= clock.length(ticks) - timedelta(seconds=1000, microseconds=1) < clock.length(1)


def test_what_is_given_is_exact_at_any_price() -> None:
    at: datetime = b.moment("10:00") + timedelta(microseconds=1)
    assert clock_for(problem(two_places(1e-6), activities=[b.activity("a", deadline=at)])).tick == 1


@pytest.mark.parametrize("field", ["now", "freeze_until"])
def test_a_clock_to_the_microsecond_does_not_make_the_grid_as_fine(field: str) -> None:
    at: datetime = b.moment("07:00:06") + timedelta(microseconds=306_690)
    assert clock_for(b.problem(travel=b.line(2), technicians=[b.technician("ann")], **{field: at})).tick == SECOND
