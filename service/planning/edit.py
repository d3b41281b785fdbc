"""Edits by hand. Every one is judged: what breaches it makes, whom it moves, what it costs."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from scheduler.domain.base import Id, Instant, Value
from scheduler.domain.errors import Fault
from scheduler.domain.override import Lock, Waiver
from scheduler.domain.plan import Booking, BookingKey, Plan
from scheduler.domain.problem import Problem
from scheduler.solver.compare import Comparison, compared
from scheduler.solver.rules.service_time import factor
from service.http.problems import invalid
from service.planning import draft
from service.planning.assumed import assumed
from service.planning.judging import replaced
from service.planning.scope import Scope
from service.tables import PlanRow
from service.work import Work

MOST = 1000


class Key(Value):
    """Which booking."""

    activity: Id
    requirement: Id
    ordinal: int = Field(default=0, ge=0)

    @property
    def key(self) -> BookingKey:
        return BookingKey(self.activity, self.requirement, self.ordinal)


class Placement(Key):
    """Where a booking is to be. Without an end it lasts as long as the activity takes that resource."""

    resource: Id
    start: Instant
    end: Instant | None = None


class Edit(Value):
    """Bookings to place and to take out, locks and waivers to assume in this plan; all together or nothing."""

    place: Annotated[tuple[Placement, ...], Field(max_length=MOST)] = ()
    take_out: Annotated[tuple[Key, ...], Field(max_length=MOST)] = ()
    locks: Annotated[tuple[Lock, ...], Field(max_length=MOST)] = ()
    waivers: Annotated[tuple[Waiver, ...], Field(max_length=MOST)] = ()
    why: Annotated[str, Field(max_length=2000)] = ""


def edit(work: Work, row: PlanRow, given: Edit) -> Comparison:
    """Change the plan, and say what that does. Breaches are named and kept: publishing asks for them."""
    scope = _assuming(draft.scope_of(row), given, work.caller.user)
    problem = assumed(draft.assembled(work, scope), scope)
    before, judged_before = draft.read(work, row)
    judged = draft.judge_again(work, row, problem, _edited(problem, before, given))
    comparison = compared(before, judged_before, judged.plan, judged.verdict)
    draft.keep(work, row, scope, judged)
    row.status = draft.Status.DRAFT
    changes = [change.model_dump(mode="json") for change in comparison.changes]
    was, becomes = ([change[side] for change in changes] for side in ("before", "after"))
    work.audit("edit", "plan", row.id, before=was, after=becomes, why=given.why)
    draft.flush(work, row, judged)
    return comparison


def _assuming(scope: Scope, given: Edit, by: str) -> Scope:
    locks = tuple(lock.model_copy(update={"by": lock.by or by}) for lock in given.locks)
    waivers = tuple(waiver.model_copy(update={"by": waiver.by or by}) for waiver in given.waivers)
    return scope.model_copy(update={"locks": (*scope.locks, *locks), "waivers": (*scope.waivers, *waivers)})


def _edited(problem: Problem, plan: Plan, given: Edit) -> Plan:
    _require_known(problem, given)
    placed = {p.key: _booking(problem, plan, p) for p in given.place}
    gone = {one.key for one in given.take_out}
    bookings = {**plan.by_key, **placed}
    kept = [booking for key, booking in bookings.items() if key not in gone]
    return replaced(plan, problem, kept, placed.keys() | gone)


def _booking(problem: Problem, plan: Plan, given: Placement) -> Booking:
    end = given.end or given.start + _length(problem, plan, given)
    return Booking(**{**given.model_dump(), "end": end})


def _length(problem: Problem, plan: Plan, given: Placement) -> timedelta:
    activity = problem.activity[given.activity]
    requirement = activity.requirement(given.requirement)
    length = activity.duration_of(requirement)
    technician = problem.technician.get(given.resource)
    return length if technician is None else length * factor(requirement, technician)


def _require_known(problem: Problem, given: Edit) -> None:
    faults = []
    for name, keys in (("place", given.place), ("take_out", given.take_out)):
        for n, one in enumerate(keys):
            faults += [Fault(f"{name}[{n}].{field}", wrong) for field, wrong in _wrong(problem, one)]
    if faults:
        raise invalid(faults)


def _wrong(problem: Problem, one: Key) -> list[tuple[str, str]]:
    activity = problem.activity.get(one.activity)
    if activity is None:
        return [("activity", f"{one.activity!r} is no activity that can be done within the plan's horizon")]
    requirements = {r.id: r for requirements in activity.requirement_sets for r in requirements}
    if one.requirement not in requirements:
        return [("requirement", f"{one.requirement!r} is no requirement of {activity.id!r}; correct it")]
    if one.ordinal >= requirements[one.requirement].count:
        return [("ordinal", f"is {one.ordinal}, but {requirements[one.requirement].count} are asked for; count from 0")]
    if isinstance(one, Placement):
        if one.resource not in problem.resource:
            return [("resource", f"{one.resource!r} is not the id of a technician or room; correct it")]
        if one.end is not None and one.end < one.start:
            return [("end", "is before the start; swap or fix")]
    return []
