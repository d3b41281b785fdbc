"""Locks and waivers: what they name, what a kind of lock needs, locks that contradict each other."""

from collections.abc import Iterator
from datetime import UTC, datetime

from scheduler.domain.consistency.known import Found, Known, Path
from scheduler.domain.override import Lock, LockKind, Waiver

FIELDS_OF = {
    LockKind.TIME: ("start",),
    LockKind.RESOURCE: ("requirement", "resource"),
    LockKind.RESOURCE_AND_TIME: ("requirement", "resource", "start"),
    LockKind.TIME_RANGE: ("start", "end"),
}
ALWAYS = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))


def lock(known: Known, lock: Lock, path: Path) -> Iterator[Found]:
    needed = FIELDS_OF[lock.kind]
    for field in needed:
        if getattr(lock, field) is None:
            yield (*path, field), f"is needed by a lock of kind {lock.kind.value!r}; give it or choose another kind"
    for field in ("resource", "start", "end"):
        if field not in needed and getattr(lock, field) is not None:
            yield (
                (*path, field),
                f"is not held by a lock of kind {lock.kind.value!r}; leave it out or choose another kind",
            )
    if lock.kind is LockKind.TIME_RANGE and lock.start and lock.end and lock.end <= lock.start:
        yield (*path, "end"), "is not after the start; swap or fix"
    if lock.requirement is None and lock.ordinal:
        yield (*path, "ordinal"), "counts within a requirement; name the requirement or leave it out"
    yield from booked(known, (lock.activity, lock.requirement, lock.ordinal), lock.resource, path)


def waiver(known: Known, waiver: Waiver, path: Path) -> Iterator[Found]:
    yield from booked(known, (waiver.activity, waiver.requirement, waiver.ordinal), None, path)


def booked(known: Known, key: tuple[str, str | None, int], resource: str | None, path: Path) -> Iterator[Found]:
    """What is wrong with naming that booking, and that resource for it."""
    activity_id, requirement_id, ordinal = key
    yield from known.reference(activity_id, (*path, "activity"), "activity")
    kinds: tuple[str, ...] = ("technician", "room")
    activity = known.activities.get(activity_id)
    if activity is not None and requirement_id is not None:
        try:
            requirement = activity.requirement(requirement_id)
        except KeyError:
            yield (*path, "requirement"), f"{requirement_id!r} is not a requirement of {activity_id!r}; correct it"
        else:
            kinds = (requirement.kind,)
            if ordinal >= requirement.count:
                yield (*path, "ordinal"), f"is {ordinal}, but {requirement.count} are asked for; count from 0"
    yield from known.reference(resource, (*path, "resource"), *kinds)


def contradicting_locks(known: Known) -> Iterator[Found]:
    now = known.problem.now
    earlier: dict[str, list[tuple[int, Lock]]] = {}
    for n, lock in enumerate(known.problem.locks):
        if not isinstance(lock, Lock) or not lock.active(now):
            continue
        others = earlier.setdefault(lock.activity, [])
        for m, other in others:
            for field in _contradictions(lock, other):
                yield ("locks", n, field), f"contradicts locks[{m}], which holds the same booking; keep one of the two"
            if _in_other_alternatives(known, lock, other):
                wrong = f"stands in another alternative than what locks[{m}] holds, and one alone is filled"
                yield ("locks", n, "requirement"), f"{wrong}; keep one of the two"
        others.append((n, lock))


def _contradictions(lock: Lock, other: Lock) -> Iterator[str]:
    exact = (lock.requirement, lock.ordinal) == (other.requirement, other.ordinal)
    if exact and lock.holds_resource and other.holds_resource and lock.resource != other.resource:
        yield "resource"
    if exact or lock.requirement is None or other.requirement is None:
        (start, end), (other_start, other_end) = _range(lock), _range(other)
        if max(start, other_start) > min(end, other_end):
            yield "start"


def _in_other_alternatives(known: Known, lock: Lock, other: Lock) -> bool:
    activity = known.activities.get(lock.activity)
    sets = activity.requirement_sets if activity is not None else ()
    where = [[n for n, s in enumerate(sets) if k.requirement in {r.id for r in s}] for k in (lock, other)]
    return bool(where[0] and where[1] and where[0] != where[1])


def _range(lock: Lock) -> tuple[datetime, datetime]:
    """Between which moments the start of the service is held."""
    if lock.holds_time and lock.start is not None:
        return lock.start, lock.start
    return (lock.start or ALWAYS[0], lock.end or ALWAYS[1]) if lock.kind is LockKind.TIME_RANGE else ALWAYS
