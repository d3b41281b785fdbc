"""Drafts: plans that are being made, each judged whenever it changes."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from secrets import token_hex
from typing import Any

from sqlalchemy import func, select

from scheduler.domain.held import held_bookings
from scheduler.domain.plan import Booking, BookingKey, Plan, Unscheduled
from scheduler.domain.problem import Problem
from scheduler.domain.verdict import Verdict
from scheduler.solver.dayroutes import with_routes
from scheduler.solver.verify import verify
from service.http.etag import require
from service.http.found import found
from service.http.problems import Conflict
from service.planning.assemble import assemble
from service.planning.assumed import assumed
from service.planning.scope import Scope
from service.planning.sound import Assembled
from service.tables import PlanRow, PublicationRow
from service.work import Work


class Status(StrEnum):
    """DRAFT is edited, PROPOSED is offered to be published, PUBLISHED is in force, REPLACED was in force."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    PUBLISHED = "published"
    REPLACED = "replaced"


OPEN = frozenset({Status.DRAFT, Status.PROPOSED})


@dataclass(frozen=True)
class Judged:
    """A plan as it can stand in its problem, and what is to be said of it."""

    problem: Problem
    plan: Plan
    verdict: Verdict


def judge(problem: Problem, plan: Plan) -> Judged:
    """The plan with what has happened at its place, with routes and score, without what is gone; and its verdict."""
    settled = with_routes(problem, settle(problem, plan))
    verdict = verify(problem, settled)
    return Judged(problem, settled.model_copy(update={"score": verdict.score}), verdict)


def settle(problem: Problem, plan: Plan) -> Plan:
    """Facts come before plans, and of what is gone there are no bookings."""
    known = {b.key: b for b in plan.bookings if _is_known(problem, b)}
    bookings = {**known, **held_bookings(problem)}
    moved = {key for key, booking in bookings.items() if plan.by_key.get(key) != booking}
    lost = plan.by_key.keys() - bookings.keys()
    return replaced(plan, problem, bookings.values(), moved | lost)


def replaced(plan: Plan, problem: Problem, bookings: Iterable[Booking], changed: Iterable[BookingKey]) -> Plan:
    """The plan with these bookings. Routes that a changed booking stood in, or now stands in, are made anew."""
    found = tuple(bookings)
    now, gone = {b.key: b for b in found}, frozenset(changed)
    touched = {plan.by_key[key].resource for key in gone if key in plan.by_key}
    touched |= {now[key].resource for key in gone if key in now}
    booked = {booking.activity for booking in found}
    reasons = {one.activity: one for one in plan.unscheduled}
    left_out = [a.id for a in problem.activities if a.id not in booked]
    return plan.model_copy(
        update={
            "bookings": found,
            "routes": tuple(route for route in plan.routes if route.resource not in touched),
            "unscheduled": tuple(reasons.get(id, Unscheduled(activity=id, reasons=())) for id in left_out),
        }
    )


def _is_known(problem: Problem, booking: Booking) -> bool:
    activity = problem.activity.get(booking.activity)
    if activity is None or booking.resource not in problem.resource or activity.status == "cancelled":
        return False
    return any(r.id == booking.requirement for requirements in activity.requirement_sets for r in requirements)


def begin(work: Work, name: str, scope: Scope, plan: Plan | None = None, origin: str = "") -> PlanRow:
    """A draft: of that plan, or else of what is published."""
    problem = assumed(assembled(work, scope), scope)
    standing = problem.standing or Plan()
    row = PlanRow(
        tenant=work.tenant,
        id=token_hex(8),
        name=name,
        status=Status.DRAFT,
        starts_at=scope.horizon.start,
        ends_at=scope.horizon.end,
        base=newest(work, scope),
        stood=dumped(standing.bookings),
        origin=origin,
        created_at=work.now,
        created_by=work.caller.user,
    )
    keep(work, row, scope, judge(problem, standing if plan is None else plan))
    work.session.add(row)
    work.audit("create", "plan", row.id, after=row.summary)
    work.session.flush()
    return row


def keep(work: Work, row: PlanRow, scope: Scope, judged: Judged) -> None:
    """Put a changed plan into its row."""
    row.scope = scope.model_dump(mode="json")
    row.value = judged.plan.model_dump(mode="json")
    row.verdict = judged.verdict.model_dump(mode="json")
    row.summary = summary(judged)
    row.changed_at, row.changed_by = work.now, work.caller.user


def summary(judged: Judged) -> dict[str, Any]:
    breaches = len(judged.verdict.breaches)
    return {
        "activities": len(judged.problem.activities),
        "scheduled": len(judged.plan.by_activity),
        "breaches": breaches,
        "exempted": len(judged.verdict.violations) - breaches,
        "score": judged.verdict.score.model_dump(mode="json"),
    }


def find(work: Work, id: str) -> PlanRow:
    return found(work, PlanRow, id, "plan")


def to_change(work: Work, id: str, if_match: str | None) -> PlanRow:
    """A draft or proposal, in the version that the caller names."""
    row = find(work, id)
    require(if_match, row.etag, shown(row))
    if row.status not in OPEN:
        raise Conflict(f"the plan is {row.status}; copy it into a draft and change that")
    return row


def scope_of(row: PlanRow) -> Scope:
    return Scope.model_validate(row.scope)


def assembled(work: Work, scope: Scope) -> Assembled:
    return assemble(work.session, work.tenant, scope, work.now.replace(second=0, microsecond=0))


def newest(work: Work, scope: Scope) -> int:
    """Number of the newest publication that speaks of the horizon, 0 without one."""
    row, horizon = PublicationRow, scope.horizon
    overlapping = (row.tenant == work.tenant, row.ends_at > horizon.start, row.starts_at < horizon.end)
    return work.session.scalar(select(func.max(row.number)).where(*overlapping)) or 0


def shown(row: PlanRow) -> dict[str, Any]:
    """What is told of a plan without its bookings."""
    names = ("id", "etag", "name", "status", "scope", "summary", "base", "origin", "created_at", "created_by")
    return {**{name: getattr(row, name) for name in names}, "changed_at": row.changed_at, "changed_by": row.changed_by}


def dumped(bookings: Iterable[Booking]) -> list[dict[str, Any]]:
    return [booking.model_dump(mode="json") for booking in bookings]
