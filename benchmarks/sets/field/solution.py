"""Solutions of `field`: what each technician does on each day, with all times, as JSON."""

import json
from dataclasses import asdict, dataclass

from pydantic import TypeAdapter

from benchmarks.sets.field.instance import LUNCH_LENGTH, ROLE, Instance, Point, drive


@dataclass(frozen=True)
class Stop:
    """A role filled in an activity, from `start` (seconds), in a room where the activity needs one."""

    activity: str
    start: int
    role: str = ROLE
    room: str | None = None


@dataclass(frozen=True)
class Route:
    """A technician's day; `lunch` is when it begins."""

    technician: str
    day: int
    departure: int
    arrival: int
    lunch: int | None
    stops: tuple[Stop, ...]


@dataclass(frozen=True)
class Solution:
    """All routes with stops."""

    routes: tuple[Route, ...]


_FORMAT = TypeAdapter(Solution)


def read_solution(text: str, instance: Instance) -> Solution:
    """Read a solution; raises pydantic's `ValidationError`."""
    return _FORMAT.validate_json(text)


def write_solution(solution: Solution) -> str:
    """Write a solution."""
    return json.dumps(asdict(solution)) + "\n"


def place_of(instance: Instance, stop: Stop) -> Point:
    """Return where a stop is: the activity's place, or that of the room."""
    place = instance.activity[stop.activity].place
    return instance.room[stop.room].place if place is None and stop.room is not None else place or (0.0, 0.0)


def timed(instance: Instance, who: str, day: int, lunch: int | None, stops: tuple[Stop, ...]) -> Route:
    """Return the route that leaves as late and comes back as early as its stops and lunch allow."""
    home, first, last = instance.technician[who].home, stops[0], stops[-1]
    out, back = drive(home, place_of(instance, first)), drive(place_of(instance, last), home)
    departure = first.start - out
    arrival = (end := last.start + instance.activity[last.activity].duration) + back
    if lunch is not None and lunch < first.start and lunch + LUNCH_LENGTH > departure:
        departure -= LUNCH_LENGTH
    if lunch is not None and end <= lunch < arrival:
        arrival += LUNCH_LENGTH
    return Route(who, day, departure, arrival, lunch, stops)
