"""A plan day by day, as the pictures show it: for each resource its bars on the clock of the problem's zone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from scheduler.domain.activity import Activity
from scheduler.domain.interval import Interval, Intervals, subtract
from scheduler.domain.plan import Booking, Plan
from scheduler.domain.problem import Problem
from scheduler.domain.resource import Resource, Technician, at_local
from scheduler.io.look import kind_of
from scheduler.io.stops import place_of, stops
from scheduler.io.tables import local, lock_of, name_of

ONE_DAY = timedelta(days=1)
USUAL = (8.0, 17.0)

Shape = Literal["activity", "drive", "break", "restock"]


@dataclass(frozen=True)
class Bar:
    """Something that a resource does, in hours from the day's midnight on the clock on the wall."""

    shape: Shape
    start: float
    end: float
    label: str = ""
    about: str = ""
    kind: str = ""
    locked: bool = False


@dataclass(frozen=True)
class Lane:
    """One resource on one day; `free` is when it can be booked, in hours."""

    resource: str
    name: str
    room: bool
    free: tuple[tuple[float, float], ...]
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Day:
    date: date
    first: float
    last: float
    lanes: tuple[Lane, ...]


def days(problem: Problem, plan: Plan) -> tuple[Day, ...]:
    """Every local day on which something is booked."""
    zone = ZoneInfo(problem.time_zone)
    booked = {booking.start.astimezone(zone).date() for booking in plan.bookings}
    return tuple(_day(problem, plan, day) for day in sorted(booked | {route.day for route in plan.routes}))


def _day(problem: Problem, plan: Plan, day: date) -> Day:
    lanes = tuple(_lane(problem, plan, day, one) for one in problem.resource.values())
    ends = [(bar.start, bar.end) for lane in lanes for bar in lane.bars]
    first = min([USUAL[0], *(start for start, _ in ends)])
    last = max([USUAL[1], *(end for _, end in ends)])
    return Day(day, float(int(first)), float(-int(-last // 1)), lanes)


def _lane(problem: Problem, plan: Plan, day: date, resource: Resource) -> Lane:
    bars = [*_drives(problem, plan, day, resource), *_activities(problem, plan, day, resource)]
    free = [(_hour(problem, day, span.start), _hour(problem, day, span.end)) for span in _free(problem, day, resource)]
    return Lane(
        resource.id, resource.name or resource.id, not isinstance(resource, Technician), tuple(free), tuple(bars)
    )


def _free(problem: Problem, day: date, resource: Resource) -> Intervals:
    within = Interval(
        start=at_local(day, time(0), problem.time_zone), end=at_local(day + ONE_DAY, time(0), problem.time_zone)
    )
    hours = resource.working_hours if isinstance(resource, Technician) else resource.opening
    spans = [span for spans in hours.days(within).values() for span in spans]
    return subtract(spans, (absence.interval for absence in resource.absences))


def _activities(problem: Problem, plan: Plan, day: date, resource: Resource) -> Iterator[Bar]:
    for booking in plan.by_resource.get(resource.id, ()):
        if local(booking.start, problem).date() == day:
            activity = problem.activity[booking.activity]
            yield Bar(
                "activity",
                _hour(problem, day, booking.start - activity.setup),
                _hour(problem, day, booking.end + activity.teardown),
                activity.name or activity.id,
                about(problem, plan, booking, activity),
                kind_of(activity),
                bool(lock_of(problem, booking)),
            )


def _drives(problem: Problem, plan: Plan, day: date, resource: Resource) -> Iterator[Bar]:
    for route in plan.routes:
        if (route.resource, route.day) != (resource.id, day):
            continue
        for stop in stops(problem, plan, route):
            if stop.drive and stop.arrival is not None:
                begin, end = (_hour(problem, day, m) for m in (stop.arrival - stop.drive, stop.arrival))
                length = f"{stop.drive.total_seconds() / 60:.0f} min, {stop.km:.1f} km"
                yield Bar("drive", begin, end, "", f"Drive {_clock(problem, stop.arrival - stop.drive)}: {length}")
            if stop.kind in ("break", "restock"):
                shape: Shape = "break" if stop.kind == "break" else "restock"
                text = f"{shape.title()} {_clock(problem, stop.start)}-{_clock(problem, stop.end)}"
                yield Bar(shape, _hour(problem, day, stop.start), _hour(problem, day, stop.end), "", text)


def about(problem: Problem, plan: Plan, booking: Booking, activity: Activity) -> str:
    """One booking in a few lines, for a tooltip."""
    place = problem.place.get(place_of(problem, plan, activity.id) or "")
    others = [name_of(problem, b.resource) for b in plan.by_activity[activity.id] if b.key != booking.key]
    lock = lock_of(problem, booking)
    lines = [
        f"{activity.name or activity.id} ({activity.id})",
        f"{_clock(problem, booking.start)}-{_clock(problem, booking.end)}, {name_of(problem, booking.resource)}",
        place.address or place.name or place.id if place else "",
        f"with {', '.join(others)}" if others else "",
        f"locked, {lock}" if lock else "",
    ]
    return "\n".join(line for line in lines if line)


def _clock(problem: Problem, moment: datetime) -> str:
    return f"{local(moment, problem):%H:%M}"


def _hour(problem: Problem, day: date, moment: datetime) -> float:
    """Hours on the wall since the day's midnight; what belongs to the night after is above 24."""
    return (local(moment, problem) - datetime.combine(day, time())).total_seconds() / 3600
