"""Activities: windows, times that can be met, facts, requirements."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from scheduler.domain.activity import Activity, ActivityStatus, Meeting, Requirement
from scheduler.domain.consistency.known import Found, Known, Path
from scheduler.domain.consistency.resources import overlapping

NEVER = "it can never be met, correct one of the two"
WINDOWS = ("start_windows", "finish_windows", "service_windows")


def activity(known: Known, activity: Activity, path: Path) -> Iterator[Found]:
    yield from known.reference(activity.place, (*path, "place"), "place")
    yield from _windows(activity, path)
    if activity.status in (ActivityStatus.UNSCHEDULED, ActivityStatus.SCHEDULED):
        yield from _possible(activity, path)
    yield from _facts(activity, path)
    yield from _meeting(activity, path)
    yield from _requirements(known, activity, path)


def _windows(activity: Activity, path: Path) -> Iterator[Found]:
    for field in (*WINDOWS, "preferred_windows"):
        if overlapping((w.start, w.end) for w in getattr(activity, field)):
            yield (*path, field), "two windows overlap; join them"
    given = [field for field in WINDOWS if getattr(activity, field)]
    for field in given[1:]:
        yield (*path, field), f"{given[0]} are given too; keep the one that is meant"
    if activity.priced_windows and not given:
        yield (*path, "priced_windows"), "there are no windows to price; give some or leave it out"


def _possible(activity: Activity, path: Path) -> Iterator[Found]:
    """Differences are compared, because a sum of a late moment and a duration may lie beyond the last year."""
    release, deadline, shortest = activity.release, activity.deadline, _shortest(activity)
    if release and deadline and deadline - release < shortest:
        yield (*path, "deadline"), f"is earlier than the release plus the duration; {NEVER}"
    for n, window in enumerate(activity.start_windows):
        if release and window.end < release and not activity.priced_windows:
            yield (*path, "start_windows", n), f"closes before the release; {NEVER}"
        if deadline and deadline - window.start < shortest:
            yield (*path, "start_windows", n), f"opens too late to end by the deadline; {NEVER}"
    for n, window in enumerate(activity.finish_windows):
        if release and window.end - release < shortest and not activity.priced_windows:
            yield (*path, "finish_windows", n), f"closes before the release plus the duration; {NEVER}"
        if deadline and window.start > deadline:
            yield (*path, "finish_windows", n), f"opens after the deadline; {NEVER}"
    for n, window in enumerate(activity.service_windows):
        first = max(window.start, release or window.start)
        if window.end - first < shortest and not activity.priced_windows:
            yield (*path, "service_windows", n), f"leaves less time than the duration; {NEVER}"
        if deadline and deadline - first < shortest:
            yield (*path, "service_windows", n), f"opens too late to end by the deadline; {NEVER}"


def _shortest(activity: Activity) -> timedelta:
    """The least time in which one of the requirement sets can be done."""
    longest = (
        max((activity.duration_of(r) * min((1.0, *r.duration_factors.values())) for r in requirements), default=None)
        for requirements in activity.requirement_sets
    )
    return min((length for length in longest if length is not None), default=activity.duration)


def _facts(activity: Activity, path: Path) -> Iterator[Found]:
    status = activity.status
    started = status in (ActivityStatus.IN_PROGRESS, ActivityStatus.COMPLETED)
    open_end = status is ActivityStatus.IN_PROGRESS
    if started and activity.actual_start is None:
        yield (*path, "actual_start"), f"is needed for status {status.value!r}; give it or correct the status"
    if status is ActivityStatus.COMPLETED and activity.actual_end is None:
        yield (*path, "actual_end"), f"is needed for status {status.value!r}; give it or correct the status"
    if not started and status is not ActivityStatus.CANCELLED:
        for field in ("actual_start", "actual_end"):
            if getattr(activity, field) is not None:
                yield (
                    (*path, field),
                    f"is given, but the status is {status.value!r}; correct the status or leave it out",
                )
    elif open_end and activity.actual_end is not None:
        yield (*path, "actual_end"), "is given, but the status is 'in-progress'; set 'completed' or leave it out"
    if activity.actual_start and activity.actual_end and activity.actual_end < activity.actual_start:
        yield (*path, "actual_end"), "is before actual_start; swap or fix"


def _meeting(activity: Activity, path: Path) -> Iterator[Found]:
    kind, plain = activity.meeting.kind, Meeting()
    if kind != "simultaneous" and any(r.kind == "room" for rs in activity.requirement_sets for r in rs):
        yield (*path, "meeting"), "a room needs a simultaneous meeting; split the activity and tie it by a precedence"
    for field in ("min_offset", "max_offset"):
        if kind != "sequential" and getattr(activity.meeting, field) != getattr(plain, field):
            yield (*path, "meeting", field), "counts in a sequential meeting only; leave it out or change the kind"


def _requirements(known: Known, activity: Activity, path: Path) -> Iterator[Found]:
    ids = Counter(r.id for requirements in activity.requirement_sets for r in requirements)
    for requirement_id, count in ids.items():
        if count > 1:
            yield (*path, "requirements"), f"requirement id {requirement_id!r} is used {count} times; give each its own"
    for k, requirements in enumerate(activity.requirement_sets):
        where: Path = (*path, "requirements") if k == 0 else (*path, "alternatives", k - 1)
        if not requirements:
            yield where, "asks for nobody; name at least one requirement"
        elif activity.place is None and [r.count for r in requirements if r.kind == "room"] != [1]:
            yield where, "has no single room, and the activity no place; give the place or ask for exactly one room"
        for n, requirement in enumerate(requirements):
            yield from _kind(requirement, (*where, n))
            yield from _choice(known, activity, requirement, (*where, n))


def _kind(requirement: Requirement, path: Path) -> Iterator[Found]:
    if requirement.kind == "room":
        for field in ("skills", "duration_factors"):
            if getattr(requirement, field):
                yield (*path, field), "a room has no skills; ask for features or change the kind"
        return
    for field in ("features", "seats"):
        if getattr(requirement, field):
            yield (*path, field), f"a technician has no {field}; ask for skills or change the kind"
    if requirement.duration_factors and not requirement.skills:
        yield (*path, "duration_factors"), "need a skill whose level they go by; add it to skills"


def _choice(known: Known, activity: Activity, requirement: Requirement, path: Path) -> Iterator[Found]:
    for field in ("must_choose_from", "preferred", "restricted"):
        for n, resource in enumerate(getattr(requirement, field) or ()):
            yield from known.reference(resource, (*path, field, n), requirement.kind)
    chosen = requirement.must_choose_from
    if chosen is not None:
        left = len(set(chosen) - set(requirement.restricted))
        apart = activity.different_people or requirement.kind == "room"
        if left < (requirement.count if apart else 1):
            message = f"leaves {left} to choose from, but {requirement.count} are asked for; name more or leave it out"
            yield (*path, "must_choose_from"), message
    if requirement.kind == "room" and activity.place is None and known.placeless_rooms:
        placeless = known.placeless_rooms - set(requirement.restricted)
        for room in sorted(placeless if chosen is None else placeless & set(chosen)):
            yield (*path, "must_choose_from"), f"room {room!r} has no place, nor has the activity; give either"
