"""The plan keeps what people have locked: the resource, the start of the service, or the range it lies in.

A lock holds bookings that are made; that its activity is scheduled at all is asked by the rule `mandatory`. One that
names a requirement also holds the activity to the alternative with that requirement. Without a requirement it holds all
bookings of the activity, but of a sequential meeting a held start is that of the first requirement alone: the others
follow at their offsets. What has happened and what is frozen stands above a lock: then
the booking is a party to the breach, which nobody could have avoided. Otherwise a breach has no parties.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import timedelta

from scheduler.domain.activity import Activity
from scheduler.domain.held import held_bookings
from scheduler.domain.override import Lock, LockKind
from scheduler.domain.plan import Booking, BookingKey
from scheduler.domain.problem import Problem
from scheduler.domain.verdict import Concern, Violation
from scheduler.solver.compiled import Compiled
from scheduler.solver.rules import sample
from scheduler.solver.rules.base import BOTH, RESOURCE, TIME, Example, Rule, lasting
from scheduler.solver.view import View, minutes


class Locks(Rule):
    id = "locks"
    unit = "minutes, or 1 for another resource"
    static = True

    def check(self, view: View) -> Iterable[Violation]:
        facts = held_bookings(view.problem)
        for lock in view.problem.active_locks:
            yield from self._evaded(view, lock, facts.keys())
            for booking in view.plan.by_activity.get(lock.activity, ()):
                if not _names(view.activity(booking), lock, booking):
                    continue
                parties = (booking.key,) if booking.key in facts else ()
                if lock.holds_resource and booking.resource != lock.resource:
                    yield self._breach(lock, booking, parties, 1, "resource", RESOURCE)
                if lock.holds_time and lock.start is not None and booking.start != lock.start:
                    yield self._breach(lock, booking, parties, minutes(abs(booking.start - lock.start)), "start", TIME)
                if lock.kind is LockKind.TIME_RANGE and lock.start is not None and lock.end is not None:
                    outside = max(lock.start - booking.start, timedelta(0)) + max(booking.end - lock.end, timedelta(0))
                    if outside:
                        yield self._breach(lock, booking, parties, minutes(outside), "range", TIME)

    def _evaded(self, view: View, lock: Lock, facts: Collection[BookingKey]) -> Iterator[Violation]:
        """The activity is served by an alternative without the requirement that is locked."""
        bookings = view.plan.by_activity.get(lock.activity, ())
        if lock.requirement is None or not bookings:
            return
        sets = view.problem.activity[lock.activity].requirement_sets
        own = {r.id for requirements in sets for r in requirements if lock.requirement in {s.id for s in requirements}}
        if others := [b for b in bookings if b.requirement not in own]:
            parties = tuple(b.key for b in others if b.key in facts)
            yield self._breach(lock, others[0], parties, 1, "alternative", BOTH)

    def _breach(
        self, lock: Lock, booking: Booking, parties: tuple[BookingKey, ...], amount: float, what: str,
        on: frozenset[Concern],
    ) -> Violation:  # fmt: skip
        return self.violation(
            *parties, amount=amount, activity=booking.activity, resource=booking.resource, concerns=on, what=what,
            requirement=booking.requirement, ordinal=booking.ordinal, asked=lock.requirement, held=lock.resource,
            by=lock.by,
        )  # fmt: skip

    def narrow(self, problem: Problem, compiled: Compiled) -> None:
        clock = compiled.clock
        index = {name: n for n, name in enumerate(compiled.activities)} if problem.active_locks else {}
        resources = {name: r for r, name in enumerate(compiled.resources)} if problem.active_locks else {}
        facts = held_bookings(problem) if problem.active_locks else {}
        for lock in problem.active_locks:
            if lock.activity not in index:
                continue
            others = _other_alternatives(compiled, lock, index[lock.activity])
            if others and any(compiled.slots.keys[slot] in facts for slot in others):
                continue
            compiled.suits[others] = False
            for slot in _slots(problem, compiled, lock, index[lock.activity]):
                if lock.holds_resource and lock.resource is not None:
                    compiled.resource_held[slot] = resources[lock.resource]
                if lock.holds_time and lock.start is not None:
                    compiled.start_held[slot] = clock.floor(lock.start)
                if lock.kind is LockKind.TIME_RANGE and lock.start is not None and lock.end is not None:
                    inside = ((clock.ceil(lock.start), clock.floor(lock.end)),)
                    compiled.cut(compiled.starts, slot, inside)
                    compiled.cut(compiled.ends, slot, inside)

    def explain(self, violation: Violation) -> str:
        d, name, amount = violation.details, violation.activity, lasting(violation.amount)
        by = f" by {d['by']}" if d["by"] else ""
        return {
            "resource": f"{name} is locked to {d['held']}{by}, but {violation.resource} is booked",
            "start": f"{name} starts {amount} off the start that is locked{by} for {violation.resource}",
            "alternative": f"{name} is locked{by} in {d['asked']}, but {d['requirement']} is filled in its place",
            "range": f"{name} with {violation.resource} lies {amount} outside the range that is locked{by}",
        }[str(d["what"])]

    def examples(self) -> Iterator[Example]:
        at, booked = sample.at, {"activity": "a", "requirement": "technician"}
        yield _example({"kind": "resource", "resource": "ann", **booked}, sample.booking("a", "9:00", resource="bob"))
        yield _example({"kind": "time", "activity": "a", "start": at("9:00")}, sample.booking("a", "9:10"))
        both = {"kind": "resource-and-time", "resource": "ann", "start": at("9:00"), **booked}
        yield _example(both, sample.booking("a", "9:00", resource="bob"))
        yield _example(both, sample.booking("a", "9:10"))
        inside = {"kind": "time-range", "activity": "a", "start": at("9:00"), "end": at("9:45")}
        yield _example(inside, sample.booking("a", "8:50"))
        yield _example(inside, sample.booking("a", "9:20"))
        either = sample.activity(requirements=(sample.needs(),), alternatives=((sample.needs("helper"),),))
        problem = sample.problem(either, locks=(Lock.model_validate(inside | booked),))
        good, bad = (sample.booking("a", "9:00", requirement=role) for role in ("technician", "helper"))
        yield Example(problem, sample.plan(problem, good), sample.plan(problem, bad))


def _names(activity: Activity, lock: Lock, booking: Booking) -> bool:
    """Whether the lock holds that booking."""
    if lock.requirement is not None:
        return (lock.requirement, lock.ordinal) == (booking.requirement, booking.ordinal)
    first = {requirements[0].id for requirements in activity.requirement_sets}
    return activity.meeting.kind != "sequential" or not lock.holds_time or booking.requirement in first


def _slots(problem: Problem, compiled: Compiled, lock: Lock, activity: int) -> Iterator[int]:
    """The slots that the lock holds."""
    given = problem.activity[lock.activity]
    lead = given.meeting.kind == "sequential" and lock.holds_time
    for slot in compiled.slots_of[activity]:
        key = compiled.slots.keys[slot]
        if lock.requirement is None:
            first = given.requirement_sets[compiled.slots.requirement_set[slot]][0]
            if not lead or key.requirement == first.id:
                yield slot
        elif key == (lock.activity, lock.requirement, lock.ordinal):
            yield slot


def _other_alternatives(compiled: Compiled, lock: Lock, activity: int) -> list[int]:
    """The slots of alternatives without the requirement that is locked."""
    keys, sets, slots = compiled.slots.keys, compiled.slots.requirement_set, compiled.slots_of[activity]
    own = {sets[s] for s in slots if keys[s].requirement == lock.requirement}
    return [s for s in slots if own and sets[s] not in own]


def _example(lock: dict[str, object], bad: Booking) -> Example:
    problem = sample.problem(
        sample.activity(), technicians=(sample.technician("ann"), sample.technician("bob")),
        locks=(Lock.model_validate(lock),),
    )  # fmt: skip
    return Example(problem, sample.plan(problem, sample.booking("a", "9:00")), sample.plan(problem, bad))
