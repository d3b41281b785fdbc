"""When an activity might start on a resource: every moment at which something opens, ends or is just still possible."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from scheduler.domain.activity import Activity, Requirement
from scheduler.domain.held import held_bookings
from scheduler.domain.plan import Booking, Plan
from scheduler.domain.problem import Problem
from scheduler.domain.resource import Resource, Room, Technician
from scheduler.solver.reasons.part import drive
from scheduler.solver.rules.service_time import factor
from scheduler.solver.view import View

ZERO = timedelta(0)
MOST_SPOTS = 8


def length_of(activity: Activity, requirement: Requirement, resource: Resource) -> timedelta:
    """How long the resource serves."""
    plain = activity.duration_of(requirement)
    return plain * factor(requirement, resource) if isinstance(resource, Technician) else plain


def starts(
    problem: Problem, plan: Plan, activity: Activity, requirement: Requirement, resource: Resource
) -> list[datetime]:
    """The moments to try, in order; the only ones where a lock or a fact holds the start."""
    length = length_of(activity, requirement, resource)
    held = [b.start for key, b in held_bookings(problem).items() if key[:2] == (activity.id, requirement.id)]
    locked = [k.start for k in problem.active_locks if k.activity == activity.id and k.holds_time and k.start
              and k.requirement in (None, requirement.id)]  # fmt: skip
    if held or locked:
        return sorted({*held, *locked})
    found = {problem.earliest_start, *_asked(activity, length), *_linked(problem, plan, activity, length)}
    for spot in _spots(problem, activity):
        there = activity.model_copy(update={"place": spot})
        found |= set(_between(problem, plan, there, resource, length))
        if isinstance(resource, Technician):
            found |= set(_working(problem, there, resource, length))
    if isinstance(resource, Room):
        found |= set(_open(problem, activity, resource, length))
    if problem.standing is not None:
        found |= {b.start for b in problem.standing.by_activity.get(activity.id, ())}
    return sorted(s for s in found if problem.earliest_start <= s <= problem.horizon.end)


def _spots(problem: Problem, activity: Activity) -> list[str | None]:
    """Where it may happen: at its place, or where it has none, in some room."""
    asks = any(r.kind == "room" for requirements in activity.requirement_sets for r in requirements)
    if activity.place is not None or not asks:
        return [activity.place]
    return list(dict.fromkeys((None, *(room.place for room in problem.rooms))))[:MOST_SPOTS]


def _asked(activity: Activity, length: timedelta) -> Iterator[datetime]:
    for w in (*activity.start_windows, *activity.preferred_windows):
        yield from (w.start, w.end)
    for w in activity.finish_windows:
        yield from (w.start - length, w.end - length)
    for w in activity.service_windows:
        yield from (w.start, w.end - length)
    if activity.release is not None:
        yield activity.release
    if activity.deadline is not None:
        yield from (activity.deadline - length, activity.deadline - length - activity.teardown)


def _linked(problem: Problem, plan: Plan, activity: Activity, length: timedelta) -> Iterator[datetime]:
    for p in problem.precedences:
        lags = [p.min_lag] if p.max_lag is None else [p.min_lag, p.max_lag]
        if p.after == activity.id and (span := plan.span(p.before)):
            yield from ((span[1] if p.kind == "finish-to-start" else span[0]) + lag for lag in lags)
        if p.before == activity.id and (span := plan.span(p.after)):
            yield from (span[0] - lag - (length if p.kind == "finish-to-start" else ZERO) for lag in lags)


def _working(problem: Problem, activity: Activity, technician: Technician, length: timedelta) -> Iterator[datetime]:
    before, after = activity.setup, length + activity.teardown
    out = drive(problem, technician, technician.start_place, activity.place) or ZERO
    back = drive(problem, technician, activity.place, technician.end_place) or ZERO
    for day, spans in problem.working_days(technician).items():
        for span in spans:
            yield from (span.start + before, span.start + out + before, span.end - after, span.end - back - after)
        yield spans[-1].end + technician.overtime_limit - back - after
        for rule in technician.breaks:
            if window := rule.on(day, technician.working_hours):
                yield from (window.end + before, window.start + rule.duration + before)
                yield from (window.start - after, window.end - rule.duration - after)
    for away in technician.absences:
        yield from (away.interval.end + before, away.interval.end + out + before)
        yield from (away.interval.start - after, away.interval.start - back - after)


def _open(problem: Problem, activity: Activity, room: Room, length: timedelta) -> Iterator[datetime]:
    for span in room.open(problem.horizon):
        yield from (span.start + activity.setup, span.end - activity.teardown - length)


def _between(
    problem: Problem, plan: Plan, activity: Activity, resource: Resource, length: timedelta
) -> Iterator[datetime]:
    """Right after and right before what the resource is booked for, with room for its breaks too."""
    view = View(problem, plan)
    for booking in plan.by_resource.get(resource.id, ()):
        begin, end = view.occupied(booking)
        there, away, pauses = _gaps(problem, view, activity, resource, booking)
        for pause in pauses:
            yield end + there + pause + activity.setup
            yield begin - away - pause - activity.teardown - length


def _gaps(
    problem: Problem, view: View, activity: Activity, resource: Resource, booking: Booking
) -> tuple[timedelta, timedelta, set[timedelta]]:
    if isinstance(resource, Room):
        return resource.turnaround, resource.turnaround, {ZERO}
    there = drive(problem, resource, view.place(booking), activity.place) or ZERO
    away = drive(problem, resource, activity.place, view.place(booking)) or ZERO
    return there, away, {ZERO, sum((b.duration for b in resource.breaks), ZERO)}
