"""Scorer of `field`: the priority of what is left out first, then the travel of all technicians in minutes.

All times are whole seconds; a drive along the great circle is rounded up. A technician works inside the shift, return
included, and has lunch on every day with a stop: whole, inside its window and the shift, at no stop; it may split a
drive, as an absence does. An activity is left out or complete: every role by somebody else at the same start, in a room
where it needs one. What is promised for a start or with a technician is done so, and leaving it out is a breach.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise

from benchmarks.sets.base import Score
from benchmarks.sets.field.instance import DAY, LUNCH_LENGTH, LUNCH_WINDOW, ROLE, Instance, Technician, drive
from benchmarks.sets.field.solution import Route, Solution, Stop, place_of


def score(instance: Instance, solution: Solution) -> Score:
    """Score a solution; priority lost is the priority, minutes of travel are the cost."""
    routes = [route for route in solution.routes if route.stops]
    booked = defaultdict[str, list[tuple[str, Stop]]](list)
    for route in routes:
        for stop in route.stops:
            booked[stop.activity].append((route.technician, stop))
    violations = [breach for route in routes for breach in _route(instance, route)]
    violations += [breach for name, stops in booked.items() for breach in _activity(instance, name, stops)]
    violations += _rooms(instance, booked)
    violations += _twice(routes)
    travel = sum(sum(_legs(instance, route)) for route in routes) / 60
    left_out = [work for work in instance.work if work.id not in booked]
    violations += [f"{work.id} is promised and not visited" for work in left_out if work.promised]
    lost = sum(work.priority for work in left_out)
    components = {"priority_lost": float(lost), "travel": travel, "days_worked": float(len(routes))}
    return Score(travel, components, len(left_out), tuple(violations), priority=(lost,))


def _legs(instance: Instance, route: Route) -> list[int]:
    home = instance.technician[route.technician].home
    path = [home, *(place_of(instance, stop) for stop in route.stops), home]
    return [drive(here, there) for here, there in pairwise(path)]


def _route(instance: Instance, route: Route) -> Iterator[str]:
    who, name = instance.technician[route.technician], f"{route.technician} on day {route.day}"
    first, last = (route.day * DAY + clock for clock in who.shift)
    if not 0 <= route.day < instance.days:
        yield f"{name} works on a day that is not planned"
    away = tuple(route.day * DAY + clock for clock in who.absent.get(route.day, (0, 0)))
    if route.departure < first or route.arrival > last:
        yield f"{name} works outside the shift"
    ends = [route.departure, *(s.start + instance.activity[s.activity].duration for s in route.stops)]
    starts = [*(s.start for s in route.stops), route.arrival]
    if instance.lunch:
        yield from _lunch(route, name, (first, last), list(zip(ends, starts, strict=True)))
    for n, (end, start, leg) in enumerate(zip(ends, starts, _legs(instance, route), strict=True)):
        lunch = LUNCH_LENGTH if _holds(end, route.lunch, start) else 0
        if end + leg + lunch + _shared(end, start, *away) > start:
            yield f"{name} is late after {n} stops"
    for stop in route.stops:
        yield from _skill(instance, who, stop)
        if _shared(stop.start, stop.start + instance.activity[stop.activity].duration, *away):
            yield f"{name} is absent"


def _shared(start: int, end: int, other_start: int, other_end: int) -> int:
    return max(0, min(end, other_end) - max(start, other_start))


def _holds(end: int, lunch: int | None, start: int) -> bool:
    return lunch is not None and end <= lunch <= start - LUNCH_LENGTH


def _lunch(route: Route, name: str, shift: tuple[int, int], gaps: list[tuple[int, int]]) -> Iterator[str]:
    """Yield what is wrong with lunch; it lies in a gap between stops, before leaving home, or after coming back."""
    if route.lunch is None:
        yield f"{name} has no lunch"
        return
    opens, closes = (route.day * DAY + clock for clock in LUNCH_WINDOW)
    if not _holds(max(shift[0], opens), route.lunch, min(shift[1], closes)):
        yield f"{name} has lunch at the wrong time"
    spare = [(shift[0], route.departure), *gaps, (route.arrival, shift[1])]
    if not any(_holds(end, route.lunch, start) for end, start in spare):
        yield f"{name} has lunch at a stop"


def _skill(instance: Instance, who: Technician, stop: Stop) -> Iterator[str]:
    work = instance.activity[stop.activity]
    if stop.role == ROLE and work.asked_for not in (None, who.id):
        yield f"{work.id} is not done by {work.asked_for}, who was asked for"
    if stop.role not in work.roles or who.skills.get(work.skill, 0) < work.level_of(stop.role):
        yield f"{who.id} may not be {stop.role} of {work.id}"


def _activity(instance: Instance, name: str, booked: list[tuple[str, Stop]]) -> Iterator[str]:
    work, starts = instance.activity[name], {stop.start for _, stop in booked}
    if sorted(stop.role for _, stop in booked) != sorted(work.roles) or len({who for who, _ in booked}) < len(booked):
        yield f"{name} has not each of its roles filled once, by different people"
    if len(starts) > 1:
        yield f"{name} does not start at one time"
    if not all(work.window[0] <= start <= work.window[1] for start in starts):
        yield f"{name} starts outside its window"
    if work.fixed_start is not None and starts != {work.fixed_start}:
        yield f"{name} does not start when it is fixed"
    rooms = {stop.room for _, stop in booked}
    if len(rooms) > 1 or not rooms <= set(work.rooms or (None,)):
        yield f"{name} is not in one of its rooms"


def _rooms(instance: Instance, booked: dict[str, list[tuple[str, Stop]]]) -> Iterator[str]:
    changes = defaultdict[str, list[tuple[int, int]]](list)
    for name, stops in booked.items():
        (_, stop), length = stops[0], instance.activity[name].duration
        if stop.room is not None and stop.room in instance.room:
            changes[stop.room] += [(stop.start, 1), (stop.start + length, -1)]
            opens, closes = instance.room[stop.room].opening
            if not opens <= stop.start % DAY <= closes - length:
                yield f"{name} is in {stop.room} while that is closed"
    for room, moments in changes.items():
        used = 0
        for _, change in sorted(moments):
            used += change
            if used > instance.room[room].capacity:
                yield f"{room} holds too many at once"
                break


def _twice(routes: list[Route]) -> Iterator[str]:
    days = Counter((route.technician, route.day) for route in routes)
    yield from (f"{who} has two routes on day {day}" for (who, day), times in days.items() if times > 1)
