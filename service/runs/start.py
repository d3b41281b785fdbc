"""Ask for a run, and to stop one."""

from secrets import token_hex

from scheduler.domain.errors import Fault
from service.http.etag import require
from service.http.found import found
from service.http.problems import invalid
from service.planning.scope import Scope
from service.runs.landing import minute, packed, snapshot
from service.runs.state import Asked, Run, RunStatus
from service.tables import PlanRow, RunProblemRow, RunRow
from service.work import Work


def start(work: Work, asked: Asked) -> RunRow:
    """A run that waits for a worker. What is given is looked at now: whoever asks learns what is wrong with it."""
    scope = asked.scope or _scope_of(work, asked.plan)
    problem, given = snapshot(work, scope, minute(work.now))
    row = RunRow(
        tenant=work.tenant,
        id=token_hex(8),
        status=RunStatus.QUEUED,
        asked={**asked.model_dump(mode="json"), "plan": None, "scope": scope.model_dump(mode="json")},
        plan=asked.plan,
        base=given.base,
        fingerprint=given.fingerprint,
        message="",
        request=work.caller.request,
        given_at=given.at,
        created_at=work.now,
        created_by=work.caller.user,
        revision=1,
        lease=0,
        deaths=0,
    )
    work.session.add(row)
    work.session.flush()
    work.session.add(RunProblemRow(tenant=work.tenant, run=row.id, problem=packed(problem)))
    work.audit("create", "run", row.id, after=row.asked)
    return row


def _scope_of(work: Work, plan: str | None) -> Scope:
    row = work.session.get(PlanRow, {"tenant": work.tenant, "id": plan})
    if row is None:
        raise invalid([Fault("plan", f"there is no plan {plan!r}; name one of /api/v1/plans")])
    return Scope.model_validate(row.scope)


def find(work: Work, id: str) -> RunRow:
    return found(work, RunRow, id, "run")


def stop(work: Work, id: str, if_match: str | None) -> RunRow:
    """Have a run end soon with its best plan so far. One that waits ends at once, without a plan."""
    row = found(work, RunRow, id, "run", lock=True)
    require(if_match, row.etag, Run.model_validate(row))
    if row.status == RunStatus.QUEUED:
        row.status, row.message, row.ended_at = RunStatus.FAILED, "stopped before it began", work.now
    elif row.status == RunStatus.RUNNING:
        row.status = RunStatus.STOPPING
    else:
        return row
    row.revision += 1
    work.audit("stop", "run", id)
    work.session.flush()
    return row
