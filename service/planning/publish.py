"""Put a plan into force: bookings, assumptions, outbox and audit in one transaction."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select

from scheduler.domain.plan import Plan
from scheduler.domain.verdict import Violation
from scheduler.solver.judge import Judged
from service.documents import store
from service.documents.kinds.absence import ABSENCES
from service.documents.kinds.calendar import TOPIC as CALENDARS_TOPIC
from service.documents.kinds.lock import LOCKS
from service.documents.kinds.waiver import WAIVERS
from service.http.problems import Conflict, Invalid
from service.planning import draft
from service.planning.assumed import assumed
from service.planning.bookings import put_into_force
from service.planning.draft import Status
from service.planning.scope import Scope
from service.tables import PlanRow, PublicationRow, TenantRow
from service.work import Work

SHOWN = 100


def publish(
    work: Work, row: PlanRow, why: str, despite: Sequence[str] = (), undoes: int | None = None
) -> PublicationRow:
    """Put the plan into force in place of what is published within its horizon.

    Parameters
    ----------
    despite
        Ids of rules whose breaches are accepted, for the reason `why`.
    undoes
        Number of the publication that is undone; then the plan need not know of what was published since.
    """
    take_turn(work)
    scope = draft.scope_of(row)
    if undoes is None:
        _require_current(work, row, scope)
    problem = assumed(draft.assembled(work, scope), scope)
    judged = draft.judge_again(work, row, problem, draft.read(work, row)[0])
    _require_sound(judged, despite)
    draft.keep(work, row, scope, judged)
    publication = _publication(work, row, why, undoes)
    changed = put_into_force(work, judged, publication.number)
    _keep_assumptions(work, row, scope)
    _succeed(work, row, publication.number)
    about = {"publication": publication.number, "plan": row.id, "changed": len(changed)}
    work.audit("publish", "plan", row.id, after={**about, "despite": list(despite), "undoes": undoes}, why=why)
    work.announce("plan-published", {**about, "bookings": changed})
    work.announce(CALENDARS_TOPIC, {"publication": publication.number, "why": why})
    draft.flush(work, row, judged)
    return publication


def undo(work: Work, number: int, why: str, despite: Sequence[str] = ()) -> PublicationRow:
    """Publish what was in force before the newest publication, which the caller names."""
    take_turn(work)
    undone = _newest(work)
    if undone is None or undone.number != number:
        raise Conflict(f"publication {number} is not the newest", newest=undone.number if undone else 0)
    return publish(work, _former(work, undone), why, despite, undoes=number)


def take_turn(work: Work) -> None:
    """Of a tenant's publications one goes after the other."""
    work.session.execute(select(TenantRow.id).where(TenantRow.id == work.tenant).with_for_update())


def _require_current(work: Work, row: PlanRow, scope: Scope) -> None:
    if row.status not in draft.OPEN:
        raise Conflict(f"the plan is {row.status}; copy it into a draft, or undo what replaced it")
    newest = draft.newest(work, scope)
    if newest > row.base:
        said = f"publication {newest} came after the plan was made; rebase it, look at what changed, publish again"
        raise Conflict(said, base=row.base, newest=newest)


def _require_sound(judged: Judged, despite: Sequence[str]) -> None:
    refused = [violation for violation in judged.verdict.breaches if violation.rule not in despite]
    if refused:
        said = f"{len(refused)} breach(es); mend them, waive them with a reason, or publish despite their rules"
        raise Invalid(said, violations=[_named(violation) for violation in refused[:SHOWN]])


def _named(violation: Violation) -> dict[str, Any]:
    return violation.model_dump(mode="json", exclude={"concerns", "details"})


def _publication(work: Work, row: PlanRow, why: str, undoes: int | None) -> PublicationRow:
    newest = _newest(work)
    publication = PublicationRow(
        tenant=work.tenant,
        number=newest.number + 1 if newest else 1,
        plan=row.id,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        at=work.now,
        by=work.caller.user,
        why=why,
        undoes=undoes,
    )
    work.session.add(publication)
    return publication


def _newest(work: Work) -> PublicationRow | None:
    mine = select(PublicationRow).where(PublicationRow.tenant == work.tenant)
    return work.session.scalars(mine.order_by(PublicationRow.number.desc()).limit(1)).first()


def _keep_assumptions(work: Work, row: PlanRow, scope: Scope) -> None:
    """What the plan assumes is now so. The ids make it the same when the plan is published again."""
    for kind, values in ((LOCKS, scope.locks), (WAIVERS, scope.waivers), (ABSENCES, scope.absences)):
        if values:
            store.upsert(work, kind, _numbered(row.id, values))


def _numbered(plan: str, values: Iterable[Any]) -> list[tuple[str, Any]]:
    return [(f"{plan}-{n}", value) for n, value in enumerate(values)]


def _succeed(work: Work, row: PlanRow, number: int) -> None:
    overlapping = (PlanRow.ends_at > row.starts_at, PlanRow.starts_at < row.ends_at)
    former = select(PlanRow).where(
        PlanRow.tenant == work.tenant, PlanRow.status == Status.PUBLISHED, PlanRow.id != row.id, *overlapping
    )
    for plan in work.session.scalars(former):
        plan.status = Status.REPLACED
    row.status, row.base = Status.PUBLISHED, number


def _former(work: Work, undone: PublicationRow) -> PlanRow:
    """The plan that was in force before; an empty one when nothing was."""
    before = (
        PublicationRow.tenant == work.tenant,
        PublicationRow.number < undone.number,
        PublicationRow.ends_at > undone.starts_at,
        PublicationRow.starts_at < undone.ends_at,
    )
    newest_first = PublicationRow.number.desc()
    plan = work.session.scalars(select(PublicationRow.plan).where(*before).order_by(newest_first).limit(1)).first()
    if plan is not None:
        return draft.find(work, plan)
    scope = Scope(horizon=draft.scope_of(draft.find(work, undone.plan)).horizon)
    return draft.begin(work, "nothing", scope, Plan(), origin=f"plan:{undone.plan}")
