"""Short builders for tests: one day, Monday 5 January 2026 in Kyiv, 08:00-17:00, places p0 to p9 on a line.

Neighbouring places are 10 minutes and 10 km apart, so that arithmetic is easy in the head. Times are written
"09:30" (with `day=1`: on the day after); every builder passes further fields on to the value it makes.

    problem(technicians=[technician("t1", skills={"gas": 2})], activities=[activity("a", minutes=60, place="p3")])
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from scheduler.domain.activity import Activity, Requirement, SkillNeed
from scheduler.domain.interval import Interval
from scheduler.domain.plan import Booking, BookingKey, DayRoute, Plan
from scheduler.domain.problem import Problem
from scheduler.domain.resource import Absence, Break, LocalSpan, Room, Skill, Technician, WorkingHours
from scheduler.domain.travel import Matrix, Place, TravelTimes

DAY = date(2026, 1, 5)
ZONE = "Europe/Kyiv"


def moment(clock: str, day: int = 0) -> datetime:
    """The moment when Kyiv's clocks show `clock`, `day` days after the default day."""
    local = datetime.combine(DAY + timedelta(days=day), time.fromisoformat(clock), tzinfo=ZoneInfo(ZONE))
    return local.astimezone(UTC)


def span(start: str, end: str, day: int = 0) -> Interval:
    return Interval(start=moment(start, day), end=moment(end, day))


def local(start: str, end: str) -> LocalSpan:
    return LocalSpan(start=time.fromisoformat(start), end=time.fromisoformat(end))


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def hours(start: str = "08:00", end: str = "17:00", zone: str = ZONE) -> WorkingHours:
    """The same hours on all seven days of the week."""
    return WorkingHours(time_zone=zone, weekly={day: (local(start, end),) for day in range(7)})


def pause(length: float, start: str, end: str, **more: Any) -> Break:
    """A break of `length` minutes, somewhere between `start` and `end`."""
    return Break(window=local(start, end), duration=minutes(length), **more)


def absence(start: str, end: str, day: int = 0) -> Absence:
    return Absence(interval=span(start, end, day))


def technician(
    id: str, *, skills: Mapping[str, int] | Iterable[str] = (), at: str | None = "p0", **more: Any
) -> Technician:
    """Lives `at`: starts and ends each day there. Skills as {"gas": 2} or as ["gas"], then at level 1."""
    levels = skills if isinstance(skills, Mapping) else dict.fromkeys(skills, 1)
    held = tuple(Skill(skill=skill, level=level) for skill, level in levels.items())
    defaults = {"working_hours": hours(), "start_place": at, "end_place": at}
    return Technician(id=id, skills=held, **{**defaults, **more})


def room(id: str, *, at: str | None = "p0", **more: Any) -> Room:
    return Room(id=id, place=at, **{"opening": hours(), **more})


def requirement(id: str = "technician", *, skills: Mapping[str, int] | Iterable[str] = (), **more: Any) -> Requirement:
    levels = skills if isinstance(skills, Mapping) else dict.fromkeys(skills, 1)
    return Requirement(
        id=id, skills=tuple(SkillNeed(skill=skill, level=level) for skill, level in levels.items()), **more
    )


def activity(
    id: str,
    *,
    minutes: float = 60,
    place: str | None = "p1",
    skills: Mapping[str, int] | Iterable[str] = (),
    **more: Any,
) -> Activity:
    """Asks for one technician with these skills, unless `requirements` are given."""
    asked = {"requirements": (requirement(skills=skills),)}
    return Activity(id=id, duration=timedelta(minutes=minutes), place=place, **{**asked, **more})


def line(count: int = 10, *, minutes: float = 10, km: float = 10) -> Matrix:
    """Places p0, p1, ... on a straight road, each `minutes` and `km` from the next."""
    at = np.arange(count)
    steps = np.abs(at[:, None] - at[None, :])
    return Matrix(places=tuple(f"p{n}" for n in at), seconds=steps * 60.0 * minutes, metres=steps * 1000.0 * km)


def problem(*, travel: Matrix | TravelTimes | None = None, days: int = 1, **more: Any) -> Problem:
    """A horizon of `days` whole days from the default day on; travel on the line unless given."""
    road = travel or line()
    times = TravelTimes(matrices={"default": road}) if isinstance(road, Matrix) else road
    names = sorted({name for matrix in times.matrices.values() for name in matrix.places})
    defaults = {
        "horizon": Interval(start=moment("00:00"), end=moment("00:00", days)),
        "time_zone": ZONE,
        "places": tuple(Place(id=name) for name in names),
        "travel": times,
    }
    return Problem(**{**defaults, **more})


def booking(
    activity: str,
    resource: str,
    start: str,
    minutes: float = 60,
    *,
    requirement: str = "technician",
    day: int = 0,
    **more: Any,
) -> Booking:
    begin = moment(start, day)
    end = begin + timedelta(minutes=minutes)
    return Booking(activity=activity, requirement=requirement, resource=resource, start=begin, end=end, **more)


def route(resource: str, departure: str, arrival: str, *activities: str, day: int = 0, **more: Any) -> DayRoute:
    """A day route over the activities' first bookings of the requirement "technician"."""
    return DayRoute(
        resource=resource,
        day=DAY + timedelta(days=day),
        departure=moment(departure, day),
        arrival=moment(arrival, day),
        **{"bookings": tuple(BookingKey(name, "technician") for name in activities), **more},
    )


def plan(*bookings: Booking, routes: Iterable[DayRoute] = (), **more: Any) -> Plan:
    return Plan(bookings=bookings, routes=tuple(routes), **more)
