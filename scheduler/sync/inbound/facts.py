"""What was decided, and when people are busy elsewhere, as facts for the next problem."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from scheduler.domain.interval import Interval, union
from scheduler.domain.override import Lock, LockKind
from scheduler.domain.plan import Booking, BookingKey, Plan
from scheduler.domain.problem import Problem
from scheduler.domain.resource import Absence
from scheduler.sync.inbound.judging import bookings_of, moved
from scheduler.sync.link import Foreign
from scheduler.sync.port import Availability
from scheduler.sync.proposal import Decision, Matter, Proposal

CALENDAR = "calendar"
"""The reason of absences that are read from a calendar; each reading replaces them."""
TAKES_TIME = frozenset({Availability.BUSY, Availability.OUT_OF_OFFICE})


@dataclass(frozen=True)
class Facts:
    """What a caller who makes plans must know.

    Attributes
    ----------
    plan
        The plan in force, with what was moved at its new time and without what was declined.
    locks, absences
        To be added to the problem; absences by resource.
    unassigned
        Bookings that somebody must take over: plan again.
    """

    plan: Plan
    locks: tuple[Lock, ...] = ()
    absences: Mapping[str, tuple[Absence, ...]] = field(default_factory=dict)
    unassigned: tuple[BookingKey, ...] = ()

    @property
    def replan(self) -> bool:
        return bool(self.unassigned)

    def into(self, problem: Problem) -> Problem:
        """The problem with these facts, and the plan as the one that stands. Raises InvalidInput as `replace` does."""
        technicians = tuple(
            t.model_copy(update={"absences": (*t.absences, *self.absences.get(t.id, ()))}) for t in problem.technicians
        )
        rooms = tuple(
            r.model_copy(update={"absences": (*r.absences, *self.absences.get(r.id, ()))}) for r in problem.rooms
        )
        again = {(lock.activity, lock.requirement, lock.ordinal) for lock in self.locks}
        kept = tuple(k for k in problem.locks if (k.activity, k.requirement, k.ordinal) not in again)
        locks = (*kept, *self.locks)
        return problem.replace(technicians=technicians, rooms=rooms, locks=locks, standing=self.plan)


def facts(plan: Plan, proposals: Iterable[Proposal], resource_of: Mapping[str, str], now: datetime) -> Facts:
    """What accepted proposals make of the plan.

    Parameters
    ----------
    plan
        The plan in force.
    proposals
        In the order in which they came up; those that are not accepted change nothing.
    resource_of
        Technician or room by address, in lower case.
    now
        When the locks are made.
    """
    locks: list[Lock] = []
    absences: dict[str, tuple[Absence, ...]] = {}
    unassigned: list[BookingKey] = []
    for proposal in proposals:
        if proposal.decision is not Decision.ACCEPTED or proposal.key is None or proposal.slot is None:
            continue
        if proposal.matter is Matter.MOVED and proposal.wish is not None:
            plan = moved(plan, proposal.key, proposal.slot, proposal.wish)
            locks += [_lock(b, proposal, now) for b in bookings_of(plan, proposal.key)]
        elif proposal.matter in (Matter.DECLINED, Matter.DELETED, Matter.ROOM_LOST):
            lost = _lost(plan, proposal, resource_of)
            plan = _without(plan, lost)
            unassigned += [b.key for b in lost]
            for who in {b.resource for b in lost}:
                off = Absence(interval=proposal.slot, reason=f"{proposal.matter.value} in the calendar")
                absences[who] = (*absences.get(who, ()), off)
    return Facts(plan, tuple(locks), absences, tuple(unassigned))


def _lock(booking: Booking, proposal: Proposal, now: datetime) -> Lock:
    return Lock(
        kind=LockKind.RESOURCE_AND_TIME,
        activity=booking.activity,
        requirement=booking.requirement,
        ordinal=booking.ordinal,
        resource=booking.resource,
        start=booking.start,
        by=proposal.who or proposal.mailbox,
        why="moved in the calendar",
        at=now,
    )


def _lost(plan: Plan, proposal: Proposal, resource_of: Mapping[str, str]) -> tuple[Booking, ...]:
    """The bookings that nobody serves now: of whoever declined, or all that the event showed."""
    assert proposal.key is not None
    shown = bookings_of(plan, proposal.key)
    if proposal.key.requirement:
        return shown
    who = resource_of.get((proposal.who or proposal.mailbox).lower())
    return tuple(b for b in shown if b.resource == who)


def _without(plan: Plan, lost: Iterable[Booking]) -> Plan:
    keys = {b.key for b in lost}
    kept = tuple(b for b in plan.bookings if b.key not in keys)
    return plan.model_copy(update={"bookings": kept, "routes": ()})


def with_busy(problem: Problem, busy: Mapping[str, Iterable[Interval]]) -> Problem:
    """The problem with the foreign busy times of each resource that was read, in place of those read before."""

    def absences(id: str, before: tuple[Absence, ...]) -> tuple[Absence, ...]:
        if id not in busy:
            return before
        read = (Absence(interval=piece, reason=CALENDAR) for piece in union(busy[id]))
        return (*(a for a in before if a.reason != CALENDAR), *read)

    return problem.replace(
        technicians=tuple(t.model_copy(update={"absences": absences(t.id, t.absences)}) for t in problem.technicians),
        rooms=tuple(r.model_copy(update={"absences": absences(r.id, r.absences)}) for r in problem.rooms),
    )


def taken_times(foreign: Iterable[Foreign]) -> tuple[Interval, ...]:
    """When foreign events take the time. Only times are known of them."""
    return tuple(
        Interval(start=f.start, end=f.end) for f in foreign if f.availability in TAKES_TIME and f.start < f.end
    )
