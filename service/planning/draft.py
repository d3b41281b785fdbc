"""Drafts: plans that are being made, each judged whenever it changes."""

from collections.abc import Iterable
from enum import StrEnum
from secrets import token_hex
from typing import Any

from sqlalchemy import func, select

from scheduler.domain.plan import Booking, Plan
from scheduler.domain.problem import Problem
from scheduler.domain.verdict import Verdict
from scheduler.solver.judge import Judged
from service.http.etag import require
from service.http.found import found
from service.http.problems import Conflict
from service.kept import Kept
from service.planning.assemble import assemble
from service.planning.assumed import assumed
from service.planning.judging import judge
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
    judged = judge(work, problem, standing if plan is None else plan)
    keep(work, row, scope, judged)
    work.session.add(row)
    work.audit("create", "plan", row.id, after=row.summary)
    flush(work, row, judged)
    return row


def keep(work: Work, row: PlanRow, scope: Scope, judged: Judged) -> None:
    """Put a changed plan into its row."""
    row.scope = scope.model_dump(mode="json")
    row.value = judged.plan.model_dump(mode="json")
    row.verdict = judged.verdict.model_dump(mode="json")
    row.summary = summary(judged)
    row.changed_at, row.changed_by = work.now, work.caller.user


def flush(work: Work, row: PlanRow, judged: Judged) -> None:
    """Write all that is pending, and remember the plan with the etag that it gets."""
    work.session.flush()
    _plans(work).keep({(work.tenant, row.id): (row.etag, judged)})


def read(work: Work, row: PlanRow) -> tuple[Plan, Verdict]:
    """The plan, and what was said of it when it was last changed or judged."""
    etag, judged = _remembered(work, row)
    if judged is not None and etag == row.etag:
        return judged.plan, judged.verdict
    return Plan.model_validate(row.value), Verdict.model_validate(row.verdict)


def judge_again(work: Work, row: PlanRow, problem: Problem, plan: Plan) -> Judged:
    """What the draft has become. Drafts differ from each other more than from what they were."""
    return judge(work, problem, plan, _remembered(work, row)[1])


def _remembered(work: Work, row: PlanRow) -> tuple[str, Judged | None]:
    found: tuple[str, Judged] | None = _plans(work).one((work.tenant, row.id))
    return found or ("", None)


def _plans(work: Work) -> Kept:
    plans: Kept = work.session.info["memory"].plans
    return plans


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
