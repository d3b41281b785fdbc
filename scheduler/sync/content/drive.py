"""The drive before a booking, by the plan's day routes."""

from dataclasses import dataclass
from datetime import timedelta

from scheduler.domain.plan import Booking, DayRoute, Plan
from scheduler.domain.problem import Problem


@dataclass(frozen=True)
class Drive:
    """From a place, for so long."""

    start: str
    length: timedelta


def drive_before(problem: Problem, plan: Plan, route: DayRoute | None, booking: Booking) -> Drive | None:
    """The drive to a technician's booking on a day's route; None where there is none, or nothing is known of it."""
    technician = problem.technician.get(booking.resource)
    to = place_of(problem, plan, booking)
    if technician is None or route is None or to is None:
        return None
    start = _left_from(problem, plan, route, booking) or technician.start_place
    if start is None or start == to:
        return None
    try:
        found = problem.travel.between(problem.place, start, to, technician.travel_profile, technician.travel_speed)
    except KeyError:
        return None
    return Drive(start, found[0]) if found is not None and found[0] else None


def _left_from(problem: Problem, plan: Plan, route: DayRoute, booking: Booking) -> str | None:
    """Where the stop before was; None at the start of the day."""
    before = [plan.by_key[key] for key in route.bookings[: route.bookings.index(booking.key)] if key in plan.by_key]
    stop = route.restock
    if stop is not None and stop.end <= booking.start and all(b.start < stop.end for b in before):
        return stop.place
    return next((place for b in reversed(before) if (place := place_of(problem, plan, b))), None)


def place_of(problem: Problem, plan: Plan, booking: Booking) -> str | None:
    """Where a booking takes place: at its activity's place, or in the room that is booked for it."""
    activity = problem.activity[booking.activity]
    if activity.place is not None:
        return activity.place
    rooms = (problem.room[b.resource] for b in plan.by_activity[activity.id] if b.resource in problem.room)
    return next((room.place for room in rooms if room.place is not None), None)
