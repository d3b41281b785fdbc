"""A VROOM request as a problem.

VROOM serves as much priority as it can, then as many jobs as it can, then at the least cost of travel; the goal says
the same. Where VROOM asks a routing engine, profiles without a matrix get great circles.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from scheduler.domain.activity import Activity, Requirement, SkillNeed
from scheduler.domain.errors import Fault, InvalidInput, faults_of
from scheduler.domain.goal import Goal, Level, Term
from scheduler.domain.interval import Interval
from scheduler.domain.problem import Problem
from scheduler.domain.resource import Break, LocalSpan, Skill, Technician, WorkingHours
from scheduler.domain.travel import Matrix, Place, TravelTimes
from scheduler.io.json import content
from scheduler.io.vroom.faults import contradictions, without_a_word
from scheduler.io.vroom.request import Job, Location, Pause, Request, Vehicle
from scheduler.io.vroom.words import instant

ONE_DAY = 86_400
LONGEST = 365 * ONE_DAY
SLOWEST = 7 * ONE_DAY
MINUTES_PER_HOUR = 60.0


def read_problem(path: Path) -> Problem:
    """A problem from a VROOM request. Raises InvalidInput with all faults, words we don't have among them."""
    try:
        given = json.loads(content(path))
    except (ValueError, RecursionError) as error:
        raise InvalidInput((Fault("", f"Invalid JSON: {error}"),), str(path)) from error
    return to_problem(given, str(path))


def to_problem(given: Any, source: str = "") -> Problem:
    """A problem from a parsed request."""
    if not isinstance(given, dict):
        raise InvalidInput((Fault("", "is not a VROOM request: give an object with vehicles and jobs"),), source)
    faults = list(without_a_word(given))
    try:
        request = Request.model_validate(given)
    except ValidationError as error:
        raise InvalidInput((*faults, *faults_of(error)), source) from error
    if faults := [*faults, *contradictions(request)]:
        raise InvalidInput(tuple(faults), source)
    return Problem.read(_fields(request), source)


def _fields(request: Request) -> dict[str, Any]:
    horizon = _horizon(request)
    return {
        "name": "VROOM request",
        "horizon": horizon,
        "technicians": tuple(_technician(vehicle, horizon) for vehicle in request.vehicles),
        "activities": tuple(_activity(job, len(request.jobs)) for job in request.jobs),
        "places": tuple(_places(request)),
        "travel": _travel(request),
        "goal": _goal(request),
    }


def _horizon(request: Request) -> Interval:
    """From the earliest to the latest moment named; vehicles without a time window have time for every job."""
    windows = [v.time_window for v in request.vehicles if v.time_window]
    named = [*windows, *(window for job in request.jobs for window in job.time_windows)]
    start = min((window[0] for window in named), default=0)
    end = max((window[1] for window in named), default=start)
    if len(windows) < len(request.vehicles):
        tables = [t.durations for t in request.tables.values() if t.durations]
        longest = (
            max((max(map(max, rows)) for rows in tables), default=0) if tables else SLOWEST // (len(request.jobs) + 1)
        )
        end += sum(job.setup + job.service for job in request.jobs) + (len(request.jobs) + 1) * longest
    return Interval(start=instant(start), end=instant(min(max(end, start + ONE_DAY), start + LONGEST)))


def _technician(vehicle: Vehicle, horizon: Interval) -> Technician:
    window = vehicle.time_window
    shift = Interval(start=instant(window[0]), end=instant(window[1])) if window else horizon
    return Technician(
        id=str(vehicle.id),
        name=vehicle.description,
        skills=tuple(Skill(skill=str(skill)) for skill in vehicle.skills),
        working_hours=WorkingHours(shifts=(shift,)),
        breaks=tuple(_break(pause, shift) for pause in vehicle.breaks),
        start_place=_place_id(vehicle.start, vehicle.start_index),
        end_place=_place_id(vehicle.end, vehicle.end_index),
        travel_profile=vehicle.profile,
        travel_speed=vehicle.speed_factor,
        cost_per_day=vehicle.costs.fixed,
        cost_per_km=vehicle.costs.per_km,
        max_activities_per_day=vehicle.max_tasks,
        capacity={str(n): float(amount) for n, amount in enumerate(vehicle.capacity)},
    )


def _break(pause: Pause, shift: Interval) -> Break:
    """VROOM's window is for the start, ours for the whole break; what lies outside of the shift is cut off."""
    first, last = pause.time_windows[0]
    start, end = max(instant(first), shift.start), min(instant(last + pause.service), shift.end)
    if start >= end:
        start, end = instant(first), instant(last + pause.service)
    return Break(
        id=str(pause.id),
        window=LocalSpan(start=_clock(start), end=_clock(end)),
        duration=instant(pause.service) - instant(0),
    )


def _clock(moment: datetime) -> Any:
    return moment.time()


def _activity(job: Job, jobs: int) -> Activity:
    """Setup counts as service: in VROOM the window is for the start of both."""
    needs = tuple(SkillNeed(skill=str(skill)) for skill in job.skills)
    amounts = _sum(job.delivery, job.pickup)
    return Activity(
        id=str(job.id),
        name=job.description,
        duration=instant(job.setup + job.service) - instant(0),
        place=_place_id(job.location, job.location_index),
        start_windows=tuple(_interval(window) for window in job.time_windows),
        priority=job.priority,
        unscheduled_price=float(job.priority * (jobs + 1) + 1),
        requirements=(Requirement(id="technician", skills=needs),),
        load={str(n): float(amount) for n, amount in enumerate(amounts) if amount},
    )


def _interval(window: tuple[int, int]) -> Interval:
    return Interval(start=instant(window[0]), end=instant(window[1]))


def _sum(delivery: tuple[int, ...], pickup: tuple[int, ...]) -> list[int]:
    width = max(len(delivery), len(pickup))
    return [sum(amounts[n] for amounts in (delivery, pickup) if n < len(amounts)) for n in range(width)]


def _place_id(location: Location | None, index: int | None) -> str | None:
    if index is not None:
        return str(index)
    return None if location is None else f"{location[0]:.7g},{location[1]:.7g}"


def _places(request: Request) -> Iterator[Place]:
    spots = [(job.location, job.location_index) for job in request.jobs]
    spots += [(vehicle.start, vehicle.start_index) for vehicle in request.vehicles]
    spots += [(vehicle.end, vehicle.end_index) for vehicle in request.vehicles]
    known: dict[str, Location | None] = {
        str(n): None for tables in request.tables.values() for n in range(len(tables.durations or ()))
    }
    for location, index in spots:
        name = _place_id(location, index)
        if name is not None:
            known[name] = location or known.get(name)
    for name, at in known.items():
        yield Place(id=name, longitude=at[0] if at else None, latitude=at[1] if at else None)


def _travel(request: Request) -> TravelTimes:
    matrices = {
        profile: Matrix(
            places=tuple(str(n) for n in range(len(tables.durations or ()))),
            seconds=tables.durations,
            metres=tables.distances,
        )
        for profile, tables in request.tables.items()
    }
    return TravelTimes(matrices=matrices)


def _goal(request: Request) -> Goal:
    hour = request.vehicles[0].costs.per_hour
    priced = {
        Term.TRAVEL_TIME: hour / MINUTES_PER_HOUR,
        Term.TRAVEL_COST: float(any(v.costs.per_km for v in request.vehicles)),
        Term.LABOUR_COST: float(any(v.costs.fixed for v in request.vehicles)),
    }
    costs = {term: weight for term, weight in priced.items() if weight}
    levels = (Level(weights={Term.UNSCHEDULED: 1}), *([Level(weights=costs)] if costs else []))
    return Goal(levels=levels)
