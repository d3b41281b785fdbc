"""What can be wrong between the parts of a problem, each as a path and a message that names the fix."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from scheduler.domain.activity import Activity, ActivityStatus, Precedence, Requirement
from scheduler.domain.override import Lock, LockKind, Waiver
from scheduler.domain.resource import LocalSpan, Room, Technician, WorkingHours

if TYPE_CHECKING:
    from scheduler.domain.problem import Problem

Path = tuple[int | str, ...]
Fault = tuple[Path, str]

MAX_ACTIVITIES = 50_000
MAX_RESOURCES = 10_000
MAX_PLACES_IN_MATRIX = 6_000
MAX_HORIZON = timedelta(days=366)


def inconsistencies(problem: Problem) -> list[Fault]:
    """All of them. Elements that could not be read on their own are taken as known and not looked into."""
    known = Known(problem)
    return [
        *_sizes(problem), *_doubles(problem), *_times(problem),
        *(f for n, t in enumerate(problem.technicians) if isinstance(t, Technician) for f in _technician(known, t, ("technicians", n))),
        *(f for n, r in enumerate(problem.rooms) if isinstance(r, Room) for f in _room(known, r, ("rooms", n))),
        *(f for n, a in enumerate(problem.activities) if isinstance(a, Activity) for f in _activity(known, a, ("activities", n))),
        *(f for n, p in enumerate(problem.precedences) if isinstance(p, Precedence) for f in _precedence(known, p, ("precedences", n))),
        *_cycles(problem),
        *(f for n, k in enumerate(problem.locks) if isinstance(k, Lock) for f in _lock(known, k, ("locks", n))),
        *_contradicting_locks(problem),
        *(f for n, w in enumerate(problem.waivers) if isinstance(w, Waiver) for f in _booking(known, w, ("waivers", n))),
        *_standing(known, problem),
    ]


class Known:
    """The ids that may be referred to."""

    def __init__(self, problem: Problem) -> None:
        self.horizon = problem.horizon
        self.technicians = {t.id for t in problem.technicians}
        self.rooms = {r.id: r for r in problem.rooms}
        self.places = {p.id: p for p in problem.places}
        self.activities = {a.id: a for a in problem.activities if hasattr(a, "id")}
        self.travel = problem.travel

    def place(self, place: str | None, path: Path, profiles: Iterable[str] = ()) -> Iterator[Fault]:
        if place is None:
            return
        if place not in self.places:
            yield path, f"place {place!r} is not among the places; add it there or correct the name"
            return
        for profile in profiles:
            matrix = self.travel.matrices.get(profile)
            if matrix is not None and place not in matrix.index:
                yield path, f"place {place!r} is not in the travel matrix {profile!r}; add its row and column"
            elif matrix is None and self._lacks_coordinates(place):
                yield path, f"place {place!r} has no coordinates, and profile {profile!r} has no matrix; give either"

    def _lacks_coordinates(self, place: str) -> bool:
        known = self.places[place]
        return getattr(known, "latitude", 0.0) is None or getattr(known, "longitude", 0.0) is None


def _sizes(problem: Problem) -> Iterator[Fault]:
    if len(problem.activities) > MAX_ACTIVITIES:
        yield ("activities",), f"{len(problem.activities)} activities; at most {MAX_ACTIVITIES} are planned at once, split them"
    if (count := len(problem.technicians) + len(problem.rooms)) > MAX_RESOURCES:
        yield ("technicians",), f"{count} technicians and rooms; at most {MAX_RESOURCES} are planned at once, split them"
    if problem.horizon.length > MAX_HORIZON:
        yield ("horizon",), f"lasts {problem.horizon.length.days} days; at most {MAX_HORIZON.days} are planned at once"
    for name, matrix in problem.travel.matrices.items():
        if len(matrix.places) > MAX_PLACES_IN_MATRIX:
            yield ("travel", "matrices", name), f"has {len(matrix.places)} places; at most {MAX_PLACES_IN_MATRIX}"


def _doubles(problem: Problem) -> Iterator[Fault]:
    lists = {
        "places": problem.places, "activities": problem.activities,
        "technicians": problem.technicians, "rooms": problem.rooms,
    }
    resources = Counter(r.id for r in (*problem.technicians, *problem.rooms))
    for name, items in lists.items():
        count = resources if name in ("technicians", "rooms") else Counter(item.id for item in items)
        seen: set[str] = set()
        for n, item in enumerate(items):
            if item.id and count[item.id] > 1 and (item.id in seen or name == "rooms"):
                yield (name, n, "id"), f"{item.id!r} is used twice; give each its own id"
            seen.add(item.id)


def _times(problem: Problem) -> Iterator[Fault]:
    for name in ("now", "freeze_until"):
        moment = getattr(problem, name)
        if moment is not None and moment >= problem.horizon.end:
            yield (name,), f"{moment.isoformat()} is not before the horizon's end; extend the horizon or correct it"


def _technician(known: Known, technician: Technician, path: Path) -> Iterator[Fault]:
    profile = technician.travel_profile
    if profile not in known.travel.matrices and known.travel.great_circle is None:
        yield (*path, "travel_profile"), f"profile {profile!r} has no matrix and great_circle is off; add one of the two"
        return
    for field in ("start_place", "end_place", "depot"):
        yield from known.place(getattr(technician, field), (*path, field), (profile,))
    yield from _hours(technician.working_hours, (*path, "working_hours"))
    for n, pause in enumerate(technician.breaks):
        if pause.duration > _span_length(pause.window):
            yield (*path, "breaks", n, "duration"), "is longer than the break's window; widen the window or shorten it"
    repeated = [b.id for b in technician.breaks]
    if len(set(repeated)) < len(repeated):
        yield (*path, "breaks"), "two breaks have the same id; give each its own id"


def _room(known: Known, room: Room, path: Path) -> Iterator[Fault]:
    yield from known.place(room.place, (*path, "place"), known.travel.matrices)
    yield from _hours(room.opening, (*path, "opening"))


def _hours(hours: WorkingHours, path: Path) -> Iterator[Fault]:
    for field, spans_by_key in (("weekly", hours.weekly), ("exceptions", hours.exceptions)):
        for key, spans in spans_by_key.items():
            if _overlapping([_minutes(s) for s in spans]):
                yield (*path, field, str(key)), "two spans overlap; join them"
    if _overlapping([(s.start.timestamp(), s.end.timestamp()) for s in hours.shifts]):
        yield (*path, "shifts"), "two shifts overlap; join them"


def _minutes(span: LocalSpan) -> tuple[float, float]:
    start, end = (t.hour * 60 + t.minute + t.second / 60 for t in (span.start, span.end))
    return start, end if end > start else end + 24 * 60


def _span_length(span: LocalSpan) -> timedelta:
    start, end = _minutes(span)
    return timedelta(minutes=end - start)


def _overlapping(spans: list[tuple[float, float]]) -> bool:
    ordered = sorted(spans)
    return any(b[0] < a[1] for a, b in zip(ordered, ordered[1:], strict=False))


def _activity(known: Known, activity: Activity, path: Path) -> Iterator[Fault]:
    yield from known.place(activity.place, (*path, "place"), known.travel.matrices)
    for field in ("start_windows", "finish_windows", "preferred_windows"):
        spans = [(w.start.timestamp(), w.end.timestamp()) for w in getattr(activity, field)]
        if _overlapping(spans):
            yield (*path, field), "two windows overlap; join them"
    if activity.start_windows and activity.finish_windows:
        yield (*path, "finish_windows"), "start_windows are given too; keep the one that is meant"
    if activity.priced_windows and not (activity.start_windows or activity.finish_windows):
        yield (*path, "priced_windows"), "there are no windows to price; give some or leave it out"
    yield from _possible(activity, path)
    yield from _facts(activity, path)
    yield from _requirements(known, activity, path)


def _possible(activity: Activity, path: Path) -> Iterator[Fault]:
    for n, window in enumerate(activity.finish_windows):
        if activity.release is not None and activity.release + activity.duration > window.end and not activity.priced_windows:
            yield (*path, "finish_windows", n), "closes before the release plus the duration; it can never be met"
    if activity.release is not None and activity.deadline is not None:
        longest = activity.duration
        if activity.release + longest > activity.deadline:
            yield (*path, "deadline"), "is earlier than the release plus the duration; it can never be met"
    if activity.duration > MAX_HORIZON:
        yield (*path, "duration"), f"is longer than {MAX_HORIZON.days} days; split the activity"


def _facts(activity: Activity, path: Path) -> Iterator[Fault]:
    started = activity.status in (ActivityStatus.IN_PROGRESS, ActivityStatus.COMPLETED)
    if started and activity.actual_start is None:
        yield (*path, "actual_start"), f"is needed for status {activity.status.value!r}"
    if activity.status is ActivityStatus.COMPLETED and activity.actual_end is None:
        yield (*path, "actual_end"), "is needed for status 'completed'"
    if activity.actual_start and activity.actual_end and activity.actual_end < activity.actual_start:
        yield (*path, "actual_end"), "is before actual_start; swap or fix"


def _requirements(known: Known, activity: Activity, path: Path) -> Iterator[Fault]:
    ids = Counter(r.id for requirements in activity.requirement_sets for r in requirements)
    for requirement_id, count in ids.items():
        if count > 1:
            yield (*path, "requirements"), f"requirement id {requirement_id!r} is used {count} times; give each its own"
    for k, requirements in enumerate(activity.requirement_sets):
        where: Path = (*path, "requirements") if k == 0 else (*path, "alternatives", k - 1)
        if not requirements:
            yield where, "asks for nobody; name at least one requirement"
        rooms = [r for r in requirements if r.kind == "room"]
        if activity.place is None and len(rooms) != 1:
            yield (*path, "place"), "is missing; give a place, or exactly one room requirement in each requirement set"
        if rooms and activity.meeting.kind != "simultaneous":
            yield (*path, "meeting"), "a room needs a simultaneous meeting; split the activity and tie it by a precedence"
        for n, requirement in enumerate(requirements):
            yield from _requirement(known, activity, requirement, (*where, n))


def _requirement(known: Known, activity: Activity, requirement: Requirement, path: Path) -> Iterator[Fault]:
    right = known.technicians if requirement.kind == "technician" else set(known.rooms)
    for field in ("must_choose_from", "preferred", "restricted"):
        for n, resource in enumerate(getattr(requirement, field) or ()):
            if resource not in right:
                yield (*path, field, n), f"{resource!r} is not the id of a {requirement.kind}; add it there or correct it"
    if requirement.kind == "room" and requirement.skills:
        yield (*path, "skills"), "a room has no skills; ask for features"
    if requirement.kind == "technician" and (requirement.features or requirement.seats):
        yield (*path, "features"), "a technician has no features or seats; ask for skills"
    if requirement.duration_factors and not requirement.skills:
        yield (*path, "duration_factors"), "need a skill whose level they go by; add it to skills"
    if requirement.kind == "room" and activity.place is None:
        for room_id, room in known.rooms.items():
            chosen = requirement.must_choose_from is None or room_id in requirement.must_choose_from
            if chosen and getattr(room, "place", "") is None:
                yield (*path, "must_choose_from"), f"the activity has no place and room {room_id!r} has none; give either"


def _precedence(known: Known, precedence: Precedence, path: Path) -> Iterator[Fault]:
    for field in ("before", "after"):
        if getattr(precedence, field) not in known.activities:
            yield (*path, field), f"{getattr(precedence, field)!r} is not the id of an activity; add it or correct it"
    if precedence.before == precedence.after:
        yield path, "an activity can't precede itself; name two"


def _cycles(problem: Problem) -> Iterator[Fault]:
    """Cycles of precedences that push time forward; Kahn's algorithm leaves them over."""
    forward = [p for p in problem.precedences
               if isinstance(p, Precedence) and p.kind == "finish-to-start" and p.min_lag >= timedelta(0)]
    incoming = Counter(p.after for p in forward)
    outgoing: dict[str, list[str]] = {}
    for p in forward:
        outgoing.setdefault(p.before, []).append(p.after)
    free = [name for name in outgoing if not incoming[name]]
    while free:
        for name in outgoing.pop(free.pop(), ()):
            incoming[name] -= 1
            if not incoming[name]:
                free.append(name)
    stuck = sorted(name for name in outgoing if incoming[name] and len(outgoing[name]))
    if stuck:
        yield ("precedences",), f"go round in a circle through {', '.join(map(repr, stuck[:10]))}; remove one of them"


def _booking(known: Known, holder: Lock | Waiver, path: Path) -> Iterator[Fault]:
    activity = known.activities.get(holder.activity)
    if activity is None:
        yield (*path, "activity"), f"{holder.activity!r} is not the id of an activity; add it or correct it"
        return
    if holder.requirement is None or not isinstance(activity, Activity):
        return
    try:
        requirement = activity.requirement(holder.requirement)
    except KeyError:
        yield (*path, "requirement"), f"{holder.requirement!r} is not a requirement of {activity.id!r}; correct it"
        return
    if holder.ordinal >= requirement.count:
        yield (*path, "ordinal"), f"is {holder.ordinal}, but the requirement asks for {requirement.count}; count from 0"
    if isinstance(holder, Lock) and holder.resource is not None:
        right = known.technicians if requirement.kind == "technician" else set(known.rooms)
        if holder.resource not in right:
            yield (*path, "resource"), f"{holder.resource!r} is not the id of a {requirement.kind}; correct it"


def _lock(known: Known, lock: Lock, path: Path) -> Iterator[Fault]:
    needed = {
        LockKind.TIME: ("start",), LockKind.RESOURCE: ("requirement", "resource"),
        LockKind.RESOURCE_AND_TIME: ("requirement", "resource", "start"), LockKind.TIME_RANGE: ("start", "end"),
    }[lock.kind]
    for field in needed:
        if getattr(lock, field) is None:
            yield (*path, field), f"is needed by a lock of kind {lock.kind.value!r}"
    for field in sorted({"resource", "start", "end"} - set(needed)):
        if getattr(lock, field) is not None:
            yield (*path, field), f"is not held by a lock of kind {lock.kind.value!r}; leave it out or choose another kind"
    if lock.kind is LockKind.TIME_RANGE and lock.start and lock.end and lock.end <= lock.start:
        yield (*path, "end"), "is not after the start; swap or fix"
    yield from _booking(known, lock, path)


def _contradicting_locks(problem: Problem) -> Iterator[Fault]:
    held: dict[tuple[str, str | None, int, str], object] = {}
    for n, lock in enumerate(problem.locks):
        if not isinstance(lock, Lock) or lock not in problem.active_locks:
            continue
        for field, holds in (("resource", lock.holds_resource), ("start", lock.holds_time)):
            key = (lock.activity, lock.requirement, lock.ordinal, field)
            if holds and held.setdefault(key, getattr(lock, field)) != getattr(lock, field):
                yield ("locks", n, field), f"another lock of {lock.activity!r} holds {held[key]}; keep one of them"


def _standing(known: Known, problem: Problem) -> Iterator[Fault]:
    if problem.standing is None:
        return
    seen: set[object] = set()
    for n, booking in enumerate(problem.standing.bookings):
        path: Path = ("standing", "bookings", n)
        if booking.key in seen:
            yield path, f"booking {booking.key} stands twice; keep one"
        seen.add(booking.key)
        if booking.resource not in known.technicians and booking.resource not in known.rooms:
            yield (*path, "resource"), f"{booking.resource!r} is not the id of a technician or room; add or correct it"
        yield from _booking(known, Waiver.model_construct(
            activity=booking.activity, requirement=booking.requirement, ordinal=booking.ordinal), path)


