"""A plan seen against its problem: what the rules' checks read. No search code comes near it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from scheduler.domain.activity import Activity, Requirement
from scheduler.domain.held import open_activities
from scheduler.domain.interval import Interval, Intervals, intersect, subtract, total
from scheduler.domain.plan import Booking, BookingKey, DayRoute, Plan
from scheduler.domain.problem import Problem
from scheduler.domain.resource import Break, Room, Technician

MINUTE = timedelta(minutes=1)


def minutes(length: timedelta) -> float:
    return length / MINUTE


@dataclass(frozen=True)
class Stop:
    """Where a technician is from `start` to `end`: at a booking with its setup and teardown, or at the depot."""

    place: str | None
    start: datetime
    end: datetime
    booking: Booking | None


@dataclass(frozen=True)
class Drive:
    """From one stop to the next, or from or to an end of the day; `leave` to `reach` is the time there is for it."""

    start_place: str | None
    end_place: str | None
    leave: datetime
    reach: datetime
    before: Booking | None
    after: Booking | None
    duration: timedelta | None
    """None: there is no way."""
    kilometres: float


@dataclass(frozen=True)
class OwedBreak:
    """A break that is due on a day, with its window as moments."""

    rule: Break
    window: Interval


@dataclass(frozen=True)
class Day:
    """A technician's day: working spans, and the route when there is one."""

    technician: Technician
    date: date
    spans: Intervals
    """Working hours of the day, absences not taken out. Empty on a day off that has bookings all the same."""
    absent: Intervals
    route: DayRoute | None
    stops: tuple[Stop, ...]
    drives: tuple[Drive, ...]
    owed: tuple[OwedBreak, ...]

    @property
    def start(self) -> datetime | None:
        return self.spans[0].start if self.spans else None

    @property
    def end(self) -> datetime | None:
        return self.spans[-1].end if self.spans else None

    @property
    def bookings(self) -> tuple[Booking, ...]:
        return tuple(s.booking for s in self.stops if s.booking is not None)

    @property
    def keys(self) -> tuple[BookingKey, ...]:
        return tuple(b.key for b in self.bookings)

    @cached_property
    def blocked(self) -> Intervals:
        """Inside the day: gaps between the spans, and absences."""
        if not self.spans:
            return ()
        whole = Interval(start=self.spans[0].start, end=self.spans[-1].end)
        return subtract((whole,), subtract(self.spans, self.absent))

    @property
    def travel(self) -> timedelta:
        return sum((d.duration for d in self.drives if d.duration), timedelta(0))

    @property
    def service(self) -> timedelta:
        """With setup and teardown; restocking left out."""
        return sum((s.end - s.start for s in self.stops if s.booking), timedelta(0))

    def paused(self, start: datetime, end: datetime, *, unpaid_only: bool = False) -> timedelta:
        """Breaks taken and blocked time between two moments."""
        if self.route is None or start >= end:
            return timedelta(0)
        paid = {b.id for b in self.technician.breaks if b.paid} if unpaid_only else set()
        taken = [Interval(start=b.start, end=b.end) for b in self.route.breaks if b.id not in paid and b.start < b.end]
        return total(intersect((*taken, *self.blocked), (Interval(start=start, end=end),)))

    @property
    def waiting(self) -> timedelta:
        """Time on the route that is neither travel nor service nor break nor restocking."""
        if self.route is None:
            return timedelta(0)
        at_stops = sum((s.end - s.start for s in self.stops), timedelta(0))
        gone = self.route.arrival - self.route.departure
        return gone - self.travel - at_stops - self.paused(self.route.departure, self.route.arrival)

    @property
    def working_time(self) -> timedelta:
        if self.route is None:
            return timedelta(0)
        departure, arrival = self.route.departure, self.route.arrival
        return arrival - departure - self.paused(departure, arrival, unpaid_only=True)


class View:
    """A problem and a plan whose technicians' bookings all stand in day routes (see `with_routes`)."""

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self.problem = problem
        self.plan = plan

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
        return tuple(
            b for b in self.plan.bookings if b.resource in self.problem.technician or b.activity not in served
        )

    def lateness(self, booking: Booking) -> timedelta:
        """How late a booking is over all that its activity was promised."""
        activity, late = self.activity(booking), timedelta(0)
        if activity.respond_by is not None:
            late += max(timedelta(0), booking.start - activity.respond_by)
        if activity.resolve_by is not None:
            late += max(timedelta(0), booking.end - activity.resolve_by)
        if activity.priced_windows:
            late += _past(activity.start_windows, booking.start) + _past(activity.finish_windows, booking.end)
        return late

    @cached_property
    def days(self) -> tuple[Day, ...]:
        """Every working day of every technician, and further days that have bookings."""
        routes = {(r.resource, r.day): r for r in self.plan.routes}
        days: list[Day] = []
        for technician in self.problem.technicians:
            working = technician.working_hours.days(self.problem.horizon)
            others = sorted(day for who, day in routes if who == technician.id and day not in working)
            absent = tuple(a.interval for a in technician.absences)
            for day in (*working, *others):
                days.append(self.day(technician, day, working.get(day, ()), absent, routes.get((technician.id, day))))
        return tuple(days)

    @cached_property
    def day_of(self) -> dict[BookingKey, Day]:
        """The day that each technician's booking stands in."""
        return {key: day for day in self.days for key in day.keys}

    @property
    def used_days(self) -> Iterator[Day]:
        return (day for day in self.days if day.route is not None and day.bookings)

    def day(self, technician: Technician, day: date, spans: Intervals, absent: Intervals, route: DayRoute | None,
            ) -> Day:
        """A technician's day, with the stops and drives of its route."""
        stops = self._stops(route) if route is not None else ()
        drives = self._drives(technician, route, stops) if route is not None else ()
        owed = tuple(
            OwedBreak(rule, window) for rule in technician.breaks
            if spans and (window := rule.window.on(day, technician.working_hours.time_zone))
            and spans[0].start <= window.start and window.end <= spans[-1].end
        )
        return Day(technician, day, spans, absent, route, stops, drives, owed)

    def _stops(self, route: DayRoute) -> tuple[Stop, ...]:
        bookings = [self.plan.by_key[key] for key in route.bookings if key in self.plan.by_key]
        stops = [Stop(self.place(b), *self.occupied(b), b) for b in bookings]
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
        if a.place is None or b.place is None:
            leg: tuple[timedelta, float] | None = (timedelta(0), 0.0)
        else:
            leg = self.problem.travel.between(
                self.problem.place, a.place, b.place, technician.travel_profile, technician.travel_speed)
        return Drive(a.place, b.place, a.end, b.start, a.booking, b.booking, leg[0] if leg else None, leg[1] if leg else 0.0)


def _past(windows: tuple[Interval, ...], moment: datetime) -> timedelta:
    """Time since the closing of the last window that opens at or before the moment."""
    opened = [w for w in windows if w.start <= moment]
    return max(timedelta(0), moment - max(opened, key=lambda w: w.start).end) if opened else timedelta(0)
