"""Routes without times, as most vehicle routing formats have them, to and from a plan.

The departure is the latest that keeps the earliest return; the starts are the earliest after it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from benchmarks.sets.base import shortest_shift
from benchmarks.sets.units import EPOCH, MICROSECOND
from scheduler.domain.interval import Interval
from scheduler.domain.plan import Booking, DayRoute, Plan, Restock, Unscheduled
from scheduler.domain.problem import Problem
from scheduler.domain.resource import Technician

RESTOCK = ""
"""Stands in a list of activities for the restocking stop."""
ROLE = "technician"
"""The one requirement of every activity here."""


def plan_of(problem: Problem, routes: Mapping[str, Sequence[str]]) -> Plan:
    """Return the plan that serves these activities in this order, by technician; empty routes are left out."""
    built = [_route(problem, problem.technician[who], stops) for who, stops in routes.items() if stops]
    served = {activity for stops in routes.values() for activity in stops}
    return Plan(
        fingerprint=problem.fingerprint,
        bookings=tuple(booking for bookings, _ in built for booking in bookings),
        routes=tuple(route for _, route in built),
        unscheduled=tuple(Unscheduled(activity=a.id, reasons=()) for a in problem.activities if a.id not in served),
    )


def stops_of(plan: Plan) -> dict[str, list[str]]:
    """Return the activities of each technician in the order of their day, with `RESTOCK` where it stops."""
    found: dict[str, list[str]] = {}
    for route in plan.routes:
        bookings = [plan.by_key[key] for key in route.bookings]
        stops = [booking.activity for booking in bookings]
        if route.restock is not None:
            later = (n for n, booking in enumerate(bookings) if booking.start >= route.restock.end)
            stops.insert(next(later, len(stops)), RESTOCK)
        found.setdefault(route.resource, []).extend(stops)
    return found


def _route(problem: Problem, technician: Technician, stops: Sequence[str]) -> tuple[tuple[Booking, ...], DayRoute]:
    span = technician.working_hours.shifts[0]
    spans = [span, *(_window(problem, stop, span) for stop in stops), span]
    lengths = [0, *(_service(problem, technician, stop) // MICROSECOND for stop in stops)]
    places = [technician.start_place, *(_place(problem, technician, stop) for stop in stops), technician.end_place]
    drives = [_drive(problem, technician, a, b) for a, b in pairwise(places)]
    windows = [((s.start - EPOCH) // MICROSECOND, (s.end - EPOCH) // MICROSECOND) for s in spans]
    moments = _shortest(windows, [s + leg for s, leg in zip(lengths, drives, strict=True)])
    bookings: list[Booking] = []
    restock = None
    for stop, start, length in zip(stops, moments[1:-1], lengths[1:], strict=True):
        end = start + MICROSECOND * length
        if stop == RESTOCK and technician.depot is not None:
            restock = Restock(place=technician.depot, start=start, end=end)
        else:
            bookings.append(Booking(activity=stop, requirement=ROLE, resource=technician.id, start=start, end=end))
    return tuple(bookings), DayRoute(
        resource=technician.id,
        day=technician.working_hours.day_of(span.start),
        departure=moments[0],
        arrival=moments[-1],
        bookings=tuple(booking.key for booking in bookings),
        restock=restock,
    )


def _shortest(windows: list[tuple[int, int]], legs: list[int]) -> list[datetime]:
    """Return when a route leaves and when each later stop starts: the latest departure, and then no needless wait."""
    _, departure = shortest_shift(list(windows), list(legs))
    starts = [int(departure)]
    for (earliest, _), leg in zip(windows[1:], legs, strict=True):
        starts.append(max(earliest, starts[-1] + leg))
    return [EPOCH + MICROSECOND * start for start in starts]


def _window(problem: Problem, stop: str, otherwise: Interval) -> Interval:
    windows: Iterable[Interval] = problem.activity[stop].start_windows if stop else ()
    return next(iter(windows), otherwise)


def _service(problem: Problem, technician: Technician, stop: str) -> timedelta:
    return problem.activity[stop].duration if stop else technician.restock_duration


def _place(problem: Problem, technician: Technician, stop: str) -> str | None:
    return problem.activity[stop].place if stop else technician.depot


def _drive(problem: Problem, technician: Technician, start: str | None, end: str | None) -> int:
    assert start is not None and end is not None, "these formats know all places"
    leg = problem.travel.between(problem.place, start, end, technician.travel_profile)
    assert leg is not None, "these formats have a way between all places"
    return leg[0] // MICROSECOND
