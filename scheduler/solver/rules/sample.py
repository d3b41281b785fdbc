"""Short words for the rules' examples: one Monday in UTC, places on a line ten minutes and ten kilometres apart."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import numpy as np

from scheduler.domain.activity import Activity, Requirement, SkillNeed
from scheduler.domain.goal import Goal
from scheduler.domain.interval import Interval
from scheduler.domain.plan import Booking, DayRoute, Plan
from scheduler.domain.problem import Problem
from scheduler.domain.resource import LocalSpan, Room, Skill, Technician, WorkingHours
from scheduler.domain.travel import Matrix, Place, TravelTimes
from scheduler.solver.dayroutes import with_routes

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
PLACES = ("p0", "p1", "p2", "p3")


def at(clock: str, day: int = 0) -> datetime:
    """The moment of a time such as "9:30" on Monday, or `day` days later."""
    hours, minutes = clock.split(":")
    return MONDAY + timedelta(days=day, hours=int(hours), minutes=int(minutes))


def span(start: str, end: str, day: int = 0) -> Interval:
    return Interval(start=at(start, day), end=at(end, day))


def local(start: str, end: str) -> LocalSpan:
    """Wall clock times, for breaks and weekly hours."""
    first, last = (time.fromisoformat(clock.zfill(5)) for clock in (start, end))
    return LocalSpan(start=first, end=last)


def every_day(start: str = "8:00", end: str = "12:00") -> WorkingHours:
    return WorkingHours(weekly={day: (local(start, end),) for day in range(7)})


def technician(name: str = "ann", skills: dict[str, int] | None = None, home: str = "p0", **more: Any) -> Technician:
    """Works 8:00 to 12:00 every day, leaves from and returns to `home`."""
    held = tuple(Skill(skill=s, level=n) for s, n in (skills or {}).items())
    ends = {"start_place": home, "end_place": home, "working_hours": every_day()}
    return Technician.model_validate({"id": name, "skills": held, **ends, **more})


def room(name: str = "lab", place: str = "p1", **more: Any) -> Room:
    return Room.model_validate({"id": name, "place": place, "opening": every_day(), **more})


def needs(requirement: str = "technician", skills: dict[str, int] | None = None, **more: Any) -> Requirement:
    asked = tuple(SkillNeed(skill=s, level=n) for s, n in (skills or {}).items())
    return Requirement.model_validate({"id": requirement, "skills": asked, **more})


def activity(name: str = "a", minutes: int = 30, place: str | None = "p0", **more: Any) -> Activity:
    return Activity.model_validate({"id": name, "duration": timedelta(minutes=minutes), "place": place, **more})


def line() -> TravelTimes:
    distance = np.abs(np.subtract.outer(np.arange(len(PLACES)), np.arange(len(PLACES))))
    matrix = Matrix(places=PLACES, seconds=distance * 600.0, metres=distance * 10_000.0)
    return TravelTimes(matrices={"default": matrix}, great_circle=None)


def problem(
    *activities: Activity,
    technicians: tuple[Technician, ...] = (),
    rooms: tuple[Room, ...] = (),
    days: int = 1,
    **more: Any,
) -> Problem:
    """Monday (or some days from it), technician ann unless others are given, all places on the line."""
    return Problem.model_validate(
        {
            "horizon": Interval(start=MONDAY, end=MONDAY + timedelta(days=days)),
            "technicians": technicians or (technician(),),
            "rooms": rooms,
            "places": tuple(Place(id=p) for p in PLACES),
            "travel": line(),
            "activities": activities,
            **more,
        }
    )


def booking(
    activity: str,
    start: str,
    minutes: int = 30,
    resource: str = "ann",
    requirement: str = "technician",
    ordinal: int = 0,
    day: int = 0,
) -> Booking:
    begin = at(start, day)
    return Booking(
        activity=activity,
        requirement=requirement,
        ordinal=ordinal,
        resource=resource,
        start=begin,
        end=begin + timedelta(minutes=minutes),
    )


def plan(problem: Problem, *bookings: Booking, routes: tuple[DayRoute, ...] = ()) -> Plan:
    """A plan of these bookings, with the day routes that follow where none are given."""
    return with_routes(problem, Plan(bookings=bookings, routes=routes))


def goal(**weights: float) -> Goal:
    return Goal.weighted(**weights)
