"""Slots and lanes of a problem, before any rule."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from scheduler.domain.activity import Activity, Requirement
from scheduler.domain.held import held_bookings, open_activities
from scheduler.domain.plan import BookingKey
from scheduler.domain.problem import Problem
from scheduler.domain.resource import at_local
from scheduler.solver.clock import Clock, clock_for
from scheduler.solver.compiled import Compiled, Lanes, Slots
from scheduler.solver.travel import NOWHERE, Travel, distance_step


def structure(problem: Problem) -> Compiled:
    """Slots and lanes before any rule: everything is admitted everywhere at any time, and lasts nothing."""
    clock = clock_for(problem)
    activities = open_activities(problem)
    places = sorted({p for p in _places(problem, activities) if p is not None})
    place_index = {p: n for n, p in enumerate(places)}
    profiles = sorted({(t.travel_profile, t.travel_speed) for t in problem.technicians})
    resources = [*(t.id for t in problem.technicians), *(r.id for r in problem.rooms)]
    slots = _slots(clock, activities, place_index)
    lanes = _lanes(problem, place_index, profiles)
    end = clock.floor(problem.horizon.end)
    n, m = len(slots), len(lanes)
    whole = ((0, end),)
    return Compiled(
        problem=problem,
        clock=clock,
        travel=Travel(problem, clock, distance_step(problem), places, profiles),
        activities=[a.id for a in activities],
        resources=resources,
        slots=slots,
        lanes=lanes,
        durations=np.zeros((n, len(resources)), dtype=np.int64),
        suits=np.ones((n, len(resources)), dtype=np.bool_),
        starts=[whole] * n,
        ends=[whole] * n,
        first=np.zeros(m, dtype=np.int64),
        last=np.full(m, end),
        latest=np.full(m, end),
        blocked=[()] * m,
        pauses=[()] * m,
        depot=np.full(m, NOWHERE),
        restock=np.zeros(m, dtype=np.int64),
        most_bookings=np.full(m, -1),
        most_time=np.full(m, -1),
        room_capacity=np.full(m, -1),
        turnaround=np.zeros(m, dtype=np.int64),
        midnights=_midnights(problem, clock),
        sites=[*(t.site for t in problem.technicians), *(r.site for r in problem.rooms)],
        urgent=np.zeros(len(activities), dtype=np.bool_),
        slots_of=_grouped(slots.activity, len(activities)),
        lanes_of=_grouped(lanes.resource, len(resources)),
    )


def _midnights(problem: Problem, clock: Clock) -> list[int]:
    zone = ZoneInfo(problem.time_zone)
    first, last = (m.astimezone(zone).date() for m in (problem.horizon.start, problem.horizon.end))
    days = (first + timedelta(days=n) for n in range((last - first).days + 2))
    return [clock.ceil(at_local(day, time(0), problem.time_zone)) for day in days]


def _places(problem: Problem, activities: Iterable[Activity]) -> Iterable[str | None]:
    for technician in problem.technicians:
        yield from (technician.start_place, technician.end_place, technician.depot)
    yield from (room.place for room in problem.rooms)
    yield from (activity.place for activity in activities)


def _slots(clock: Clock, activities: Sequence[Activity], place_index: dict[str, int]) -> Slots:
    rows: list[tuple[int, int, Requirement, int]] = [
        (n, k, requirement, ordinal)
        for n, activity in enumerate(activities)
        for k, requirements in enumerate(activity.requirement_sets)
        for requirement in requirements
        for ordinal in range(requirement.count)
    ]
    where = [NOWHERE if a.place is None else place_index[a.place] for a in activities]
    setup, teardown = ([clock.ticks(getattr(a, name)) for a in activities] for name in ("setup", "teardown"))

    def column(values: Iterable[int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.fromiter(values, dtype=np.int64)

    return Slots(
        keys=[BookingKey(activities[n].id, requirement.id, ordinal) for n, _, requirement, ordinal in rows],
        activity=column(row[0] for row in rows),
        requirement_set=column(row[1] for row in rows),
        is_room=np.array([row[2].kind == "room" for row in rows], dtype=np.bool_),
        setup=column(setup[row[0]] for row in rows),
        teardown=column(teardown[row[0]] for row in rows),
        effort=column(row[2].effort for row in rows),
        place=column(where[row[0]] for row in rows),
    )


def _lanes(problem: Problem, place_index: dict[str, int], profiles: list[tuple[str, float]]) -> Lanes:
    def place(name: str | None) -> int:
        return NOWHERE if name is None else place_index[name]

    extra = _days_with_bookings(problem)
    rows: list[tuple[int, date | None, bool, int, int, int, bool, int]] = []
    for n, t in enumerate(problem.technicians):
        profile = profiles.index((t.travel_profile, t.travel_speed))
        ends = (place(t.start_place), place(t.end_place))
        for day in sorted({*problem.working_days(t), *extra.get(t.id, ())}):
            rows.append((n, day, False, profile, *ends, t.departure == "shift-start", NOWHERE))
    for n, room in enumerate(problem.rooms, start=len(problem.technicians)):
        rows.append((n, None, True, 0, NOWHERE, NOWHERE, False, place(room.place)))
    columns = list(zip(*rows, strict=True)) or [()] * 8
    numbers = [np.array(column, dtype=np.int64) for column in (columns[0], *columns[3:6], columns[7])]
    return Lanes(
        resource=numbers[0],
        day=list(columns[1]),
        is_room=np.array(columns[2], dtype=np.bool_),
        profile=numbers[1],
        start_place=numbers[2],
        end_place=numbers[3],
        fixed_departure=np.array(columns[6], dtype=np.bool_),
        place=numbers[4],
    )


def _days_with_bookings(problem: Problem) -> dict[str, set[date]]:
    """Days on which technicians are booked or locked already, working day or not."""
    days: dict[str, set[date]] = {}
    for route in problem.standing.routes if problem.standing else ():
        days.setdefault(route.resource, set()).add(route.day)
    standing = problem.standing.bookings if problem.standing else ()
    moments = [(b.resource, b.start) for b in (*standing, *held_bookings(problem).values())]
    locked: dict[str, set[datetime]] = {}
    for lock in problem.active_locks:
        if lock.holds_time and lock.start is not None:
            locked.setdefault(lock.activity, set()).add(lock.start)
    moments += [(k.resource, m) for k in problem.active_locks if k.resource for m in locked.get(k.activity, ())]
    for resource, moment in moments:
        if technician := problem.technician.get(resource):
            days.setdefault(resource, set()).add(technician.working_hours.day_of(moment))
    return days


def _grouped(owner: Iterable[int], count: int) -> list[list[int]]:
    groups: list[list[int]] = [[] for _ in range(count)]
    for n, group in enumerate(owner):
        groups[int(group)].append(n)
    return groups
