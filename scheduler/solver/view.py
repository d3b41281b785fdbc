"""A plan seen against its problem: what the rules' checks read. No search code comes near it."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import chain

from scheduler.domain.activity import Activity, Requirement
from scheduler.domain.held import open_activities
from scheduler.domain.interval import Interval, Intervals, intersect, subtract
from scheduler.domain.plan import Booking, BookingKey, DayRoute, Plan
from scheduler.domain.problem import Problem
from scheduler.domain.resource import Room, Technician
from scheduler.solver.day import ZERO, Day, Drive, OwedBreak, Stop

__all__ = ["Day", "Drive", "OwedBreak", "Stop", "View", "minutes"]

MINUTE = timedelta(minutes=1)


def minutes(length: timedelta) -> float:
    return length / MINUTE


class View:
    """A problem and a plan whose technicians' bookings all stand in day routes (see `with_routes`).

    `known` are days of technicians for whom nothing changed since they were seen in another view, by technician.
    """

    def __init__(self, problem: Problem, plan: Plan, known: Mapping[str, tuple[Day, ...]] | None = None) -> None:
        self.problem = problem
        self.plan = plan
        self._known = known or {}

    @cached_property
    def open(self) -> tuple[Activity, ...]:
        """The activities that the plan speaks of."""
        return open_activities(self.problem)

    def activity(self, booking: Booking) -> Activity:
        return self.problem.activity[booking.activity]

    def requirement(self, booking: Booking) -> Requirement:
        return self.problem.requirement(booking.key)

    @cached_property
    def technicians_bookings(self) -> tuple[tuple[Booking, Technician], ...]:
        return tuple((b, t) for b in self.plan.bookings if (t := self.problem.technician.get(b.resource)))

    @cached_property
    def rooms_bookings(self) -> tuple[tuple[Booking, Room], ...]:
        return tuple((b, r) for b in self.plan.bookings if (r := self.problem.room.get(b.resource)))

    def occupied(self, booking: Booking) -> tuple[datetime, datetime]:
        """The service with its setup and teardown."""
        activity = self.activity(booking)
        return booking.start - activity.setup, booking.end + activity.teardown

    def place(self, booking: Booking) -> str | None:
        """Where the booking happens: the activity's place, or that of the room booked for it."""
        activity = self.activity(booking)
        if activity.place is not None:
            return activity.place
        rooms = (self.problem.room.get(b.resource) for b in self.plan.by_activity.get(activity.id, ()))
        return next((room.place for room in rooms if room is not None), None)

    @cached_property
    def counted(self) -> tuple[Booking, ...]:
        """The bookings whose lateness counts: technicians', and a room's only where nobody else serves."""
        served = {b.activity for b, _ in self.technicians_bookings}
        return tuple(b for b in self.plan.bookings if b.resource in self.problem.technician or b.activity not in served)

    def lateness(self, booking: Booking) -> timedelta:
        """How late a booking is over all that its activity was promised."""
        activity, late = self.activity(booking), ZERO
        if activity.respond_by is not None:
            late += max(ZERO, booking.start - activity.respond_by)
        if activity.resolve_by is not None:
            late += max(ZERO, booking.end - activity.resolve_by)
        if activity.priced_windows:
            late += _past(activity.start_windows, booking.start, booking.start)
            late += _past(activity.finish_windows, booking.end, booking.end)
            late += _past(activity.service_windows, booking.start, booking.end)
        return late

    @cached_property
    def days(self) -> tuple[Day, ...]:
        """Every working day of every technician, and further days that have bookings."""
        return tuple(chain.from_iterable(self.days_of.values()))

    @cached_property
    def days_of(self) -> Mapping[str, tuple[Day, ...]]:
        """The same by technician."""
        routes: dict[str, dict[date, DayRoute]] = {}
        for route in self.plan.routes:
            routes.setdefault(route.resource, {})[route.day] = route
        return {
            t.id: self._known[t.id] if t.id in self._known else tuple(self._days(t, routes.get(t.id, {})))
            for t in self.problem.technicians
        }

    def _days(self, technician: Technician, routes: Mapping[date, DayRoute]) -> Iterator[Day]:
        working = self.problem.working_days(technician)
        for day in (*working, *sorted(routes.keys() - working.keys())):
            yield self.day(technician, day, routes.get(day))

    @cached_property
    def day_of(self) -> dict[BookingKey, Day]:
        """The day that each technician's booking stands in."""
        return {key: day for day in self.days for key in day.keys}

    @property
    def used_days(self) -> Iterator[Day]:
        return (day for day in self.days if day.route is not None and day.bookings)

    def day(self, technician: Technician, day: date, route: DayRoute | None) -> Day:
        """A technician's day, with the stops and drives of its route."""
        spans = self.problem.working_days(technician).get(day, ())
        stops = self._stops(route) if route is not None else ()
        drives = self._drives(technician, route, stops) if route is not None else ()
        absent = tuple(a.interval for a in technician.absences)
        return Day(technician, day, spans, absent, route, stops, drives, _owed(technician, day, spans, absent))

    def _stops(self, route: DayRoute) -> tuple[Stop, ...]:
        bookings = [self.plan.by_key[key] for key in route.bookings if key in self.plan.by_key]
        stops = sorted((Stop(self.place(b), *self.occupied(b), b) for b in bookings), key=lambda s: (s.start, s.end))
        if route.restock is not None:
            stop = Stop(route.restock.place, route.restock.start, route.restock.end, None)
            at = next((n for n, s in enumerate(stops) if s.start >= stop.end), len(stops))
            stops.insert(at, stop)
        return tuple(stops)

    def _drives(self, technician: Technician, route: DayRoute, stops: tuple[Stop, ...]) -> tuple[Drive, ...]:
        if not stops:
            return ()
        leave = (Stop(technician.start_place, route.departure, route.departure, None), *stops)
        reach = (*stops, Stop(technician.end_place, route.arrival, route.arrival, None))
        return tuple(self._drive(technician, a, b) for a, b in zip(leave, reach, strict=True))

    def _drive(self, technician: Technician, a: Stop, b: Stop) -> Drive:
        leg: tuple[timedelta | None, float] = (ZERO, 0.0)
        if a.place is not None and b.place is not None:
            profile, speed = technician.travel_profile, technician.travel_speed
            travel = self.problem.travel
            leg = travel.between(self.problem.place, a.place, b.place, profile, speed) or (None, 0.0)
        return Drive(a.place, b.place, a.end, b.start, a.booking, b.booking, *leg)


def _owed(technician: Technician, day: date, spans: Intervals, absent: Intervals) -> tuple[OwedBreak, ...]:
    """The breaks whose window lies inside the day; of a day that the horizon cuts, inside what is left of it.

    Where gaps and absences leave no room for it in the window, a break is not owed.
    """
    windows = ((rule, rule.on(day, technician.working_hours)) for rule in technician.breaks if spans)
    there = subtract(spans, absent)
    return tuple(
        OwedBreak(rule, window)
        for rule, window in windows
        if window is not None
        and spans[0].start <= window.start
        and window.end <= spans[-1].end
        and any(piece.length >= rule.duration for piece in intersect(there, (window,)))
    )


def _past(windows: tuple[Interval, ...], since: datetime, moment: datetime) -> timedelta:
    """From the closing of the last window that opens at or before `since` to the moment."""
    opened = [w for w in windows if w.start <= since]
    return max(ZERO, moment - max(opened, key=lambda w: w.start).end) if opened else ZERO
