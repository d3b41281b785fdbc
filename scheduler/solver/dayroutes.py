"""Day routes for bookings placed by hand: leave as late as possible, come back at once, rest where it fits."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from scheduler.domain.interval import Interval, Intervals, union
from scheduler.domain.plan import Booking, BookingKey, BreakTaken, DayRoute, Plan
from scheduler.domain.problem import Problem
from scheduler.domain.resource import ONE_DAY, Technician
from scheduler.solver.view import Day, OwedBreak, View

ZERO, MOMENT = timedelta(0), timedelta(microseconds=1)
Gap = tuple[datetime, datetime, timedelta]
"""From one stop to the next (or before leaving, or after coming back), and the drive that must fit in between."""


def with_routes(problem: Problem, plan: Plan) -> Plan:
    """The plan, with a day route for every technician's booking.

    Routes that are there stay as they are, with their bookings in the order of time and without those that are lost.
    A route that a further booking joins is made anew, around its restocking stop.
    """
    view = View(problem, plan)
    routes = {(r.resource, r.day): _in_order(view, r) for r in plan.routes}
    placed = {key for route in routes.values() for key in route.bookings}
    for (who, day), bookings in _loose(problem, plan, placed).items():
        routes[who, day] = _route(view, problem.technician[who], day, bookings, routes.get((who, day)))
    kept = (route for route in routes.values() if route.bookings)
    return plan.model_copy(update={"routes": tuple(sorted(kept, key=lambda r: (r.resource, r.day)))})


def _in_order(view: View, route: DayRoute) -> DayRoute:
    known = view.plan.by_key
    ordered = tuple(sorted((k for k in route.bookings if k in known), key=lambda k: view.occupied(known[k])))
    return route if ordered == route.bookings else route.model_copy(update={"bookings": ordered})


def _loose(problem: Problem, plan: Plan, placed: set[BookingKey]) -> dict[tuple[str, date], list[Booking]]:
    """Technicians' bookings that stand in no route, by technician and day."""
    loose: dict[tuple[str, date], list[Booking]] = {}
    for booking in plan.bookings:
        technician = problem.technician.get(booking.resource)
        if technician is not None and booking.key not in placed:
            loose.setdefault((technician.id, _day(technician, booking)), []).append(booking)
    return loose


def _day(technician: Technician, booking: Booking) -> date:
    """The working day whose spans, overtime included, the booking starts in; otherwise its calendar day."""
    hours, reach = technician.working_hours, ONE_DAY + technician.overtime_limit
    before = Interval(start=booking.start - reach, end=booking.start + MOMENT)
    for day in sorted(hours.days(before), reverse=True):
        spans = hours.on(day)
        if spans and spans[0].start <= booking.start < spans[-1].end + technician.overtime_limit:
            return day
    return hours.day_of(booking.start)


def _route(
    view: View, technician: Technician, day: date, bookings: Sequence[Booking], known: DayRoute | None
) -> DayRoute:
    """A route over the bookings and those of the route that is known."""
    joined = [*bookings, *(view.plan.by_key[k] for k in (known.bookings if known else ()))]
    ordered = sorted(joined, key=lambda b: (view.occupied(b), b.key))
    bare = DayRoute(
        resource=technician.id,
        day=day,
        departure=ordered[0].start,
        arrival=ordered[-1].end,
        bookings=tuple(b.key for b in ordered),
        restock=known.restock if known else None,
    )
    seen = view.day(technician, day, bare)
    route = _with_ends(bare, seen, ZERO, ZERO)
    for owed in seen.owed:
        route = _with_break(view, technician, route, owed)
    return route


def _with_ends(route: DayRoute, day: Day, before: timedelta, after: timedelta) -> DayRoute:
    """The route with the latest departure and the earliest return that leave time to drive, and for so much more."""
    rests = union((*day.blocked, *_taken(route)))
    departure = _back(day.stops[0].start, (day.drives[0].duration or ZERO) + before, rests)
    arrival = _ahead(max(s.end for s in day.stops), (day.drives[-1].duration or ZERO) + after, rests)
    if day.technician.departure == "shift-start" and day.start is not None:
        departure = min(departure, day.start)
    return route.model_copy(update={"departure": departure, "arrival": arrival})


def _back(moment: datetime, length: timedelta, rests: Intervals) -> datetime:
    """The latest moment from which on `length`, rests not counted, is over by `moment`."""
    for rest in reversed(rests):
        if length and rest.start < moment and moment - length < rest.end:
            length -= max(ZERO, moment - rest.end)
            moment = rest.start
    return moment - length


def _ahead(moment: datetime, length: timedelta, rests: Intervals) -> datetime:
    """The earliest moment by which `length`, rests not counted, has passed since `moment`."""
    for rest in rests:
        if length and moment < rest.end and rest.start < moment + length:
            length -= max(ZERO, rest.start - moment)
            moment = rest.end
    return moment + length


def _with_break(view: View, technician: Technician, route: DayRoute, owed: OwedBreak) -> DayRoute:
    """The route with the break in the first gap that has room for it, if need be by leaving earlier or returning later.

    Unchanged where none has.
    """
    length = owed.rule.duration
    for before, after in ((ZERO, ZERO), (length, ZERO), (ZERO, length)):
        seen = view.day(technician, route.day, route)
        tried = _with_ends(route, seen, before, after) if before or after else route
        if (start := _room(view.day(technician, route.day, tried), owed)) is not None:
            taken = BreakTaken(id=owed.rule.id, start=start, end=start + length)
            return tried.model_copy(update={"breaks": (*route.breaks, taken)})
    return route


def _room(day: Day, owed: OwedBreak) -> datetime | None:
    """Where the break can start: inside its window and one gap, with the gap's drive besides."""
    assert day.route is not None
    length, rests = owed.rule.duration, union((*day.blocked, *_taken(day.route)))
    last = day.last_work if owed.rule.before_work and day.last_work is not None else owed.window.end
    for leave, reach, drive in _gaps(day):
        start = max(_ahead(leave, drive, rests) if owed.rule.after_drive else leave, owed.window.start)
        for rest in rests:
            start = rest.end if rest.overlaps(start, start + length) else start
        fits = reach - leave - day.paused(leave, reach) >= drive + length
        if fits and start + length <= min(reach, last, owed.window.end):
            return start
    return None


def _gaps(day: Day) -> Iterator[Gap]:
    """In the order of time, those inside the day that have some length."""
    if day.route is None or day.start is None or day.end is None:
        return
    gaps = [(d.leave, d.reach, d.duration or ZERO) for d in day.drives]
    for leave, reach, drive in ((day.start, day.route.departure, ZERO), *gaps, (day.route.arrival, day.end, ZERO)):
        if leave < reach:
            yield leave, reach, drive


def _taken(route: DayRoute) -> list[Interval]:
    return [Interval(start=b.start, end=b.end) for b in route.breaks if b.start < b.end]
