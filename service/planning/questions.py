"""What people ask of a plan, and what they do to one as a whole."""

from scheduler.domain.errors import Fault
from scheduler.domain.plan import Booking, Plan
from scheduler.domain.verdict import Verdict
from scheduler.solver.compare import Comparison, compared
from service.http.problems import Conflict, invalid
from service.planning import draft
from service.planning.assumed import assumed
from service.planning.draft import Status
from service.planning.judging import judge
from service.planning.scope import Scope
from service.tables import PlanRow
from service.work import Work

PUBLISHED = "published"


def new_plan(
    work: Work, name: str, scope: Scope | None, origin: str | None, bookings: tuple[Booking, ...] | None
) -> PlanRow:
    """A draft of what is published, of the plan `origin`, or of the given bookings."""
    source = None if origin is None else draft.find(work, origin)
    about = scope or (None if source is None else draft.scope_of(source))
    if about is None:
        raise invalid([Fault("scope", "is missing; give it, or an origin to take it from")])
    plan = None if source is None else draft.read(work, source)[0]
    if bookings is not None:
        plan = _of(bookings)
    return draft.begin(work, name, about, plan, origin="" if source is None else f"plan:{source.id}")


def _of(bookings: tuple[Booking, ...]) -> Plan:
    plan = Plan(bookings=bookings)
    if len(plan.by_key) < len(bookings):
        raise invalid([Fault("bookings", "one booking stands twice; keep one")])
    return plan


def change(work: Work, row: PlanRow, name: str | None, scope: Scope | None, status: Status | None) -> None:
    before = {"name": row.name, "status": row.status, "scope": row.scope}
    if status not in {None, *draft.OPEN}:
        raise invalid([Fault("status", "is draft or proposed; a plan is published at its address /publish")])
    row.name, row.status = row.name if name is None else name, status or row.status
    if scope is not None:
        if scope.horizon != draft.scope_of(row).horizon:
            raise invalid([Fault("scope.horizon", "of a plan stays as it is; make another plan for another horizon")])
        problem = assumed(draft.assembled(work, scope), scope)
        draft.keep(work, row, scope, draft.judge_again(work, row, problem, draft.read(work, row)[0]))
    row.changed_at, row.changed_by = work.now, work.caller.user
    after = {"name": row.name, "status": row.status, "scope": row.scope}
    work.audit("change", "plan", row.id, before=before, after=after)
    work.session.flush()


def discard(work: Work, row: PlanRow) -> None:
    work.audit("delete", "plan", row.id, before={"name": row.name, "scope": row.scope, "plan": row.value})
    work.session.delete(row)
    work.session.flush()


def verdict(work: Work, row: PlanRow) -> Verdict:
    scope = draft.scope_of(row)
    return judge(work, draft.assembled(work, scope).problem, draft.read(work, row)[0]).verdict


def comparison(work: Work, row: PlanRow, to: str) -> Comparison:
    """What the plan would change, judged by what is given now and by what this plan assumes."""
    problem = draft.assembled(work, draft.scope_of(row)).problem
    if to == PUBLISHED:
        other = problem.standing or Plan()
    else:
        against = draft.find(work, to)
        if against.ends_at <= row.starts_at or row.ends_at <= against.starts_at:
            raise Conflict("the two plans are of different times; compare plans whose horizons overlap")
        other = draft.read(work, against)[0]
    before, after = judge(work, problem, other), judge(work, problem, draft.read(work, row)[0])
    return compared(before.plan, before.verdict, after.plan, after.verdict)
