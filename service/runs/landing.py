"""From what a solver found to a proposed plan, unless what was given has changed meanwhile."""

import gzip
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from scheduler.domain.plan import Plan
from scheduler.domain.problem import Problem
from service.access.caller import Caller
from service.database import Database
from service.planning import draft
from service.planning.assemble import assemble
from service.planning.assumed import assumed
from service.planning.draft import Status
from service.planning.scope import Scope
from service.runs.job import Solved
from service.runs.queue import Lease, end, held
from service.runs.state import IfChanged, RunStatus
from service.tables import RunProblemRow, RunRow
from service.work import Work

REFUSED = "what was given has changed since the run began; start it again"
RESTLESS = "what was given changed again and again while the result was fitted to it; start the run when it is settled"
REBASED = "what was given changed meanwhile; the plan was fitted to it"
MOST_REBASES = 3


@dataclass(frozen=True)
class Given:
    """What a result is for: the fingerprint of what was given, when, the newest publication then; how often rebased."""

    fingerprint: str
    at: datetime
    base: int
    rebased: int = 0


def packed(problem: Problem) -> bytes:
    return gzip.compress(problem.model_dump_json().encode(), 3, mtime=0)


def unpacked(problem: bytes) -> bytes:
    return gzip.decompress(problem)


def snapshot(work: Work, scope: Scope, at: datetime, rebased: int = 0) -> tuple[Problem, Given]:
    """What is given now. The publication is read first: the plan may then seem older than it is, never newer."""
    base = draft.newest(work, scope)
    problem = assumed(assemble(work.session, work.tenant, scope, at), scope)
    return problem, Given(problem.fingerprint, at, base, rebased)


def first(database: Database, lease: Lease) -> tuple[RunRow, bytes]:
    """The run, and the JSON of the problem that it was given."""
    with database.reading(lease.tenant) as session:
        row = session.get_one(RunRow, {"tenant": lease.tenant, "id": lease.run})
        kept = session.get_one(RunProblemRow, {"tenant": lease.tenant, "run": lease.run})
        return row, unpacked(kept.problem)


def newer(database: Database, row: RunRow, known: Given) -> tuple[Problem, Given] | None:
    """What is given now, when it differs from what the solver was given."""
    with database.reading(row.tenant) as session:
        work = _work(session, row)
        _, same = snapshot(work, _scope(row), known.at)
        if same.fingerprint == known.fingerprint:
            return None
        return snapshot(work, _scope(row), minute(work.now), known.rebased + 1)


def refusal(row: RunRow, known: Given) -> str | None:
    """Why a result that is out of date is not fitted to what is given now; None when it is."""
    if row.asked["if_changed"] == IfChanged.REFUSE:
        return REFUSED
    return RESTLESS if known.rebased == MOST_REBASES else None


def propose(database: Database, lease: Lease, solved: Solved, given: Given) -> str:
    """Keep the plan as a proposal and end the run, both or none: what a worker without the lease tries is undone."""
    with database.writing(lease.tenant) as session:
        row = held(session, lease)
        name = row.asked["name"] or f"run {row.id}"
        plan = Plan.model_validate_json(solved.plan)
        made = draft.begin(_work(session, row), name, _scope(row), plan, origin=f"run:{row.id}")
        made.status, made.base = Status.PROPOSED, min(made.base, given.base)
        row.proposal, row.outcome = made.id, {**solved.figures, "rebased": given.rebased}
        end(session, row, RunStatus.DONE, REBASED if given.rebased else "")
        return made.id


def minute(moment: datetime) -> datetime:
    """Whole minutes keep the solver's grid of time coarse."""
    return moment.replace(second=0, microsecond=0)


def _scope(row: RunRow) -> Scope:
    return Scope.model_validate(row.asked["scope"])


def _work(session: Session, row: RunRow) -> Work:
    """Work in the name of whoever asked for the run."""
    return Work(session, Caller(row.tenant, row.created_by, request=row.request))
