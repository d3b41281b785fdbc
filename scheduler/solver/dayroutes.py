"""Day routes for bookings that were placed by hand: leave as late as possible, come back at once, rest where it fits."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from scheduler.domain.interval import Interval
from scheduler.domain.plan import Booking, BreakTaken, DayRoute, Plan
from scheduler.domain.problem import Problem
from scheduler.domain.resource import Technician
from scheduler.solver.view import Day, OwedBreak, View

ZERO = timedelta(0)


def with_routes(problem: Problem, plan: Plan) -> Plan:
    """The plan, with a day route for every technician's booking. Routes that are there stay, less lost bookings."""
    routes = {(r.resource, r.day): r.model_copy(update={"bookings": tuple(k for k in r.bookings if k in plan.by_key)})
              for r in plan.routes}
    placed = {key for route in routes.values() for key in route.bookings}
    loose: dict[tuple[str, date], list[Booking]] = {}
    for booking in plan.bookings:
        if (technician := problem.technician.get(booking.resource)) and booking.key not in placed:
            loose.setdefault((technician.id, _day(problem, technician, booking)), []).append(booking)
    for (who, day), bookings in loose.items():
        known = routes.pop((who, day), None)
        everything = [*bookings, *(plan.by_key[k] for k in (known.bookings if known else ()))]
        routes[who, day] = _route(problem, plan, problem.technician[who], day, everything)
    kept = tuple(r for r in routes.values() if r.bookings)
    return plan.model_copy(update={"routes": tuple(sorted(kept, key=lambda r: (r.resource, r.day)))})


def _day(problem: Problem, technician: Technician, booking: Booking) -> date:
    """The working day whose spans the booking touches, otherwise its calendar day."""
    today = technician.working_hours.day_of(booking.start)
    for day in (today, today - timedelta(days=1)):
        spans = technician.working_hours.on(day)
        if spans and spans[0].start <= booking.start < spans[-1].end + technician.overtime_limit:
            return day
    return today


def _route(problem: Problem, plan: Plan, technician: Technician, day: date, bookings: Sequence[Booking]) -> DayRoute:
    ordered = sorted(bookings, key=lambda b: (b.start, b.end, b.key))
    view = View(problem, plan)
    first, last = view.occupied(ordered[0])[0], max(view.occupied(b)[1] for b in ordered)
    bare = DayRoute(resource=technician.id, day=day, departure=first, arrival=last,
                    bookings=tuple(b.key for b in ordered))
    seen = _seen(problem, plan, bare)
    departure = first - (seen.drives[0].duration or ZERO)
    if technician.departure == "shift-start" and seen.start is not None:
        departure = min(departure, seen.start)
    arrival = last + (seen.drives[-1].duration or ZERO)
    route = bare.model_copy(update={"departure": departure, "arrival": arrival})
    for owed in seen.owed:
        route = _with_break(route, _seen(problem, plan, route), owed)
    return route


def _seen(problem: Problem, plan: Plan, route: DayRoute) -> Day:
    whole = View(problem, plan.model_copy(update={"routes": (route,)}))
    technician = problem.technician[route.resource]
    return whole.day(technician, route.day, route)


def _with_break(route: DayRoute, day: Day, owed: OwedBreak) -> DayRoute:
    """The route with the break in the first gap that has room for it besides the drive; unchanged where none has."""
    length = owed.rule.duration
    for leave, reach, needed in _gaps(route, day):
        start = max(leave, owed.window.start)
        for blocked in sorted((*day.blocked, *_taken(route)), key=lambda i: i.start):
            if blocked.overlaps(start, start + length):
                start = blocked.end
        if start + length <= min(reach, owed.window.end) and reach - leave - day.paused(leave, reach) >= needed + length:
            taken = BreakTaken(id=owed.rule.id, start=start, end=start + length)
            return route.model_copy(update={"breaks": (*route.breaks, taken)})
    return route


def _gaps(route: DayRoute, day: Day) -> list[tuple[datetime, datetime, timedelta]]:
    """Where a break may lie: before leaving, between two stops, after coming back; with the drive that must fit too."""
    gaps = [(d.leave, d.reach, d.duration or ZERO) for d in day.drives]
    if day.start is not None and day.end is not None:
        gaps = [(day.start, route.departure, ZERO), *gaps, (route.arrival, day.end, ZERO)]
    return [gap for gap in gaps if gap[0] < gap[1]]


def _taken(route: DayRoute) -> list[Interval]:
    return [Interval(start=b.start, end=b.end) for b in route.breaks if b.start < b.end]
