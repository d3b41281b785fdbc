"""`field` as a problem: priority lost in the first level of the goal, travel time in the second.

Travel is the domain's own great circle, rounded up to seconds, so no matrix is made at any size.
"""

from collections.abc import Iterator
from datetime import time, timedelta

from benchmarks.sets.field.instance import (
    DAY,
    DETOUR,
    LUNCH_LENGTH,
    LUNCH_WINDOW,
    ROLE,
    SPEED_KMH,
    Instance,
    Point,
    Room,
    Technician,
    Work,
)
from benchmarks.sets.field.solution import Route, Solution, Stop
from benchmarks.sets.units import EPOCH, Units
from scheduler.domain import activity as domain
from scheduler.domain import resource
from scheduler.domain.goal import Goal, Level, Term
from scheduler.domain.override import Lock, LockKind
from scheduler.domain.plan import Booking, BreakTaken, DayRoute, Plan, Unscheduled
from scheduler.domain.problem import Problem
from scheduler.domain.travel import GreatCircle, Place, TravelTimes

SECONDS = Units(1_000_000)
LUNCH, IN_ROOM = "lunch", "room"
GOAL = Goal(levels=(Level(weights={Term.UNSCHEDULED: 1}), Level(weights={Term.TRAVEL_TIME: 1})))


def to_problem(instance: Instance) -> Problem:
    """Priority lost first, then travel time."""
    at_customers = {work.id: work.place for work in instance.work if work.place is not None}
    homes = {technician.id: technician.home for technician in instance.technicians}
    return Problem(
        name=instance.name,
        horizon=SECONDS.span(0, instance.days * DAY),
        technicians=tuple(_technician(instance, technician) for technician in instance.technicians),
        rooms=tuple(map(_room, instance.rooms)),
        places=tuple(_place(*at) for at in (*at_customers.items(), *homes.items(), *_sites(instance).items())),
        activities=tuple(_activity(instance, work) for work in instance.work),
        locks=tuple(lock for work in instance.work for lock in _locks(work)),
        travel=TravelTimes(great_circle=GreatCircle(speed_kmh=SPEED_KMH, detour=DETOUR, rounding=timedelta(seconds=1))),
        goal=GOAL,
    )


def _locks(work: Work) -> Iterator[Lock]:
    if work.fixed_start is not None:
        yield Lock(kind=LockKind.TIME, activity=work.id, start=SECONDS.at(work.fixed_start), why="promised by phone")
    if work.asked_for is not None:
        yield Lock(kind=LockKind.RESOURCE, activity=work.id, requirement=ROLE, resource=work.asked_for, why="asked for")


def _sites(instance: Instance) -> dict[str, Point]:
    """The places of the rooms; rooms of a city share one."""
    return {_site(room): room.place for room in instance.rooms}


def _site(room: Room) -> str:
    return f"site-{room.id.rpartition('-')[0]}"


def _place(name: str, at: Point) -> Place:
    return Place(id=name, latitude=at[0], longitude=at[1])


def _clock(seconds: int) -> time:
    return time(seconds // 3600, seconds % 3600 // 60)


def _daily(span: tuple[int, int]) -> resource.WorkingHours:
    one = resource.LocalSpan(start=_clock(span[0]), end=_clock(span[1]))
    return resource.WorkingHours(weekly={day: (one,) for day in range(7)})


def _technician(instance: Instance, technician: Technician) -> resource.Technician:
    window = resource.LocalSpan(start=_clock(LUNCH_WINDOW[0]), end=_clock(LUNCH_WINDOW[1]))
    lunch = resource.Break(id=LUNCH, window=window, duration=SECONDS.length(LUNCH_LENGTH))
    return resource.Technician(
        id=technician.id,
        skills=tuple(resource.Skill(skill=skill, level=level) for skill, level in technician.skills.items()),
        working_hours=_daily(technician.shift),
        absences=tuple(
            resource.Absence(interval=SECONDS.span(*(day * DAY + clock for clock in span)), reason="absent")
            for day, span in sorted(technician.absent.items())
        ),
        breaks=(lunch,) if instance.lunch else (),
        start_place=technician.id,
        end_place=technician.id,
    )


def _room(room: Room) -> resource.Room:
    return resource.Room(id=room.id, place=_site(room), capacity=room.capacity, opening=_daily(room.opening))


def _activity(instance: Instance, work: Work) -> domain.Activity:
    roles = [
        domain.Requirement(id=role, skills=(domain.SkillNeed(skill=work.skill, level=work.level_of(role)),))
        for role in work.roles
    ]
    if work.rooms:
        roles.append(domain.Requirement(id=IN_ROOM, kind="room", must_choose_from=work.rooms))
    anytime = work.window == (0, instance.days * DAY)
    return domain.Activity(
        id=work.id,
        duration=SECONDS.length(work.duration),
        place=None if work.place is None else work.id,
        start_windows=() if anytime else (SECONDS.span(*work.window),),
        priority=work.priority,
        requirements=tuple(roles),
    )


def to_plan(instance: Instance, solution: Solution) -> Plan:
    """Return a solution as a plan."""
    bookings: dict[tuple[str, str], Booking] = {}
    routes = []
    for route in solution.routes:
        own = [_booking(instance, stop, stop.role, route.technician) for stop in route.stops]
        bookings |= {(booking.activity, booking.requirement): booking for booking in own}
        for stop in route.stops:
            if stop.room is not None:
                bookings[stop.activity, IN_ROOM] = _booking(instance, stop, IN_ROOM, stop.room)
        routes.append(_day_route(route, own))
    served = {activity for activity, _ in bookings}
    return Plan(
        fingerprint=to_problem(instance).fingerprint,
        bookings=tuple(bookings.values()),
        routes=tuple(routes),
        unscheduled=tuple(Unscheduled(activity=w.id, reasons=()) for w in instance.work if w.id not in served),
    )


def _booking(instance: Instance, stop: Stop, role: str, who: str) -> Booking:
    end = SECONDS.at(stop.start + instance.activity[stop.activity].duration)
    return Booking(activity=stop.activity, requirement=role, resource=who, start=SECONDS.at(stop.start), end=end)


def _day_route(route: Route, bookings: list[Booking]) -> DayRoute:
    lunch = () if route.lunch is None else (SECONDS.span(route.lunch, route.lunch + LUNCH_LENGTH),)
    return DayRoute(
        resource=route.technician,
        day=SECONDS.at(route.day * DAY).date(),
        departure=SECONDS.at(route.departure),
        arrival=SECONDS.at(route.arrival),
        bookings=tuple(booking.key for booking in bookings),
        breaks=tuple(BreakTaken(id=LUNCH, start=span.start, end=span.end) for span in lunch),
    )


def from_plan(instance: Instance, plan: Plan) -> Solution:
    """Return a plan in the set's format."""
    rooms = {booking.activity: booking.resource for booking in plan.bookings if booking.requirement == IN_ROOM}
    return Solution(tuple(_route(plan, route, rooms) for route in plan.routes if route.bookings))


def _route(plan: Plan, route: DayRoute, rooms: dict[str, str]) -> Route:
    booked = [plan.by_key[key] for key in route.bookings]
    stops = (Stop(b.activity, round(SECONDS.value(b.start)), b.requirement, rooms.get(b.activity)) for b in booked)
    return Route(
        technician=route.resource,
        day=(route.day - EPOCH.date()).days,
        departure=round(SECONDS.value(route.departure)),
        arrival=round(SECONDS.value(route.arrival)),
        lunch=round(SECONDS.value(route.breaks[0].start)) if route.breaks else None,
        stops=tuple(stops),
    )
