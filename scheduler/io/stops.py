"""A day route as the stops that it makes: where, when, and what the drive to each of them takes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from scheduler.domain.plan import BookingKey, DayRoute, Plan
from scheduler.domain.problem import Problem
from scheduler.domain.resource import Technician
from scheduler.domain.travel import Place

Kind = Literal["start", "activity", "break", "restock", "end"]


@dataclass(frozen=True)
class Stop:
    """What a technician does at one point of a day route.

    Attributes
    ----------
    start, end
        When it is done, setup and teardown included; both are the departure (arrival) at the start (end) of a day.
    place
        Where; None for a break, which happens on the way, and for an open start or end.
    drive, km
        The drive that leads here; zero where none is needed or known.
    arrival
        When that drive ends.
    """

    kind: Kind
    start: datetime
    end: datetime
    place: str | None = None
    key: BookingKey | None = None
    drive: timedelta = timedelta(0)
    km: float = 0.0
    arrival: datetime | None = None


def stops(problem: Problem, plan: Plan, route: DayRoute) -> tuple[Stop, ...]:
    """All stops in the order of time, each with the drive from the one before it."""
    technician = problem.technician[route.resource]
    found = [Stop("start", route.departure, route.departure, technician.start_place)]
    found += sorted(_visits(problem, plan, route), key=lambda stop: (stop.start, stop.end))
    found.append(Stop("end", route.arrival, route.arrival, technician.end_place))
    return tuple(_driven(problem, technician, found))


def place_of(problem: Problem, plan: Plan, activity: str) -> str | None:
    """Where an activity happens: at its place, or in the room that is booked for it."""
    given = problem.activity[activity]
    if given.place is not None:
        return given.place
    rooms = (problem.room[b.resource] for b in plan.by_activity.get(activity, ()) if b.resource in problem.room)
    return next((room.place for room in rooms), None)


def located(problem: Problem, place: str | None) -> Place | None:
    """The place, if it is known and has coordinates."""
    found = problem.place.get(place) if place is not None else None
    return None if found is None or found.latitude is None or found.longitude is None else found


def _visits(problem: Problem, plan: Plan, route: DayRoute) -> Iterator[Stop]:
    for key in route.bookings:
        booking, activity = plan.by_key[key], problem.activity[key.activity]
        place = place_of(problem, plan, key.activity)
        yield Stop("activity", booking.start - activity.setup, booking.end + activity.teardown, place, key)
    for pause in route.breaks:
        yield Stop("break", pause.start, pause.end)
    if route.restock is not None:
        yield Stop("restock", route.restock.start, route.restock.end, route.restock.place)


def _driven(problem: Problem, technician: Technician, found: list[Stop]) -> Iterator[Stop]:
    """The stops with their drives. A drive begins at once, after a break that it would not end before."""
    here, ready = None, found[0].end
    pauses: list[Stop] = []
    for stop in found:
        if stop.kind == "break":
            pauses.append(stop)
            yield stop
            continue
        drive, km = _drive(problem, technician, here, stop.place)
        for pause in pauses:
            if ready + drive > pause.start:
                ready = max(ready, pause.end)
        arrival = min(stop.start, ready + drive)
        yield Stop(stop.kind, stop.start, stop.end, stop.place, stop.key, drive, km, arrival)
        here, ready, pauses = stop.place, stop.end, []


def _drive(problem: Problem, technician: Technician, start: str | None, end: str | None) -> tuple[timedelta, float]:
    if start is None or end is None or start == end:
        return timedelta(0), 0.0
    try:
        found = problem.travel.between(problem.place, start, end, technician.travel_profile, technician.travel_speed)
    except KeyError:
        return timedelta(0), 0.0
    return found or (timedelta(0), 0.0)
