"""Who works on a run. A worker holds a lease and renews it; when it falls silent, another takes the run over.

Each taking raises the run's lease number, and every write names the number that it was taken under: a worker that comes
back after it was given up for dead writes nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from service.database import EVERY_TENANT, Database
from service.runs.state import HELD, RunStatus
from service.tables import RunRow
from service.work import utc_now

LEASE = timedelta(seconds=6)
MOST_DEATHS = 5


class LeaseLost(Exception):
    """Somebody else has the run now."""


@dataclass(frozen=True)
class Lease:
    """The right to write a run."""

    tenant: str
    run: str
    number: int
    taken_over_stopping: bool = False


def clock(session: Session) -> datetime:
    """The database's own time, which is one for all machines; SQLite's is this machine's."""
    if session.get_bind().dialect.name == "sqlite":
        return utc_now()
    moment: datetime = session.scalars(select(func.clock_timestamp())).one()
    return moment


def claim(database: Database, worker: str) -> Lease | None:
    """The oldest run that waits or was left behind, now leased to the worker; None when there is none."""
    with database.reading(EVERY_TENANT) as session:
        if session.scalars(_free(clock(session)).limit(1)).first() is None:
            return None
    with database.writing(EVERY_TENANT) as session:
        now = clock(session)
        row = session.scalars(_free(now).limit(1).with_for_update(skip_locked=True)).first()
        if row is None:
            return None
        return _take(row, worker, now)


def _free(now: datetime) -> Select[Any]:
    waiting = RunRow.status == RunStatus.QUEUED
    left_behind = and_(RunRow.status.in_(HELD), RunRow.leased_until < now)
    return select(RunRow).where(or_(waiting, left_behind)).order_by(RunRow.created_at, RunRow.id)


def _take(row: RunRow, worker: str, now: datetime) -> Lease | None:
    died = row.worker is not None
    row.deaths += died
    row.lease += 1
    row.revision += 1
    if row.deaths >= MOST_DEATHS:
        row.status, row.ended_at, row.worker, row.leased_until = RunStatus.FAILED, now, None, None
        row.message = f"{row.deaths} workers were lost over it, one after the other; ask for a smaller plan"
        return None
    stopping = row.status == RunStatus.STOPPING
    row.status = RunStatus.STOPPING if stopping else RunStatus.RUNNING
    row.started_at = row.started_at or now
    row.worker, row.leased_until = worker, now + LEASE
    return Lease(row.tenant, row.id, row.lease, stopping)


def beat(database: Database, lease: Lease, progress: dict[str, Any] | None) -> bool:
    """Renew the lease and say where the solver stands. Whether it should stop. Raises LeaseLost."""
    with database.writing(lease.tenant) as session:
        row = held(session, lease)
        row.leased_until = clock(session) + LEASE
        if progress is not None and progress != row.progress:
            row.progress = progress
            row.revision += 1
        return row.status == RunStatus.STOPPING


def hand_back(database: Database, lease: Lease) -> None:
    """Give the run up in good order, for another worker to take at once."""
    with database.writing(lease.tenant) as session:
        row = held(session, lease)
        row.worker, row.leased_until = None, clock(session)
        row.status = row.status if row.status == RunStatus.STOPPING else RunStatus.QUEUED
        row.revision += 1


def fail(database: Database, lease: Lease, message: str) -> None:
    with database.writing(lease.tenant) as session:
        end(session, held(session, lease), RunStatus.FAILED, message)


def end(session: Session, row: RunRow, status: RunStatus, message: str) -> None:
    row.status, row.message, row.ended_at = status, message, clock(session)
    row.worker, row.leased_until = None, None
    row.revision += 1


def held(session: Session, lease: Lease) -> RunRow:
    """The run, locked until the transaction ends. Raises LeaseLost when it is no longer this lease's."""
    asked = select(RunRow).where(RunRow.tenant == lease.tenant, RunRow.id == lease.run)
    row = session.scalars(asked.with_for_update()).one_or_none()
    if row is None or row.lease != lease.number or row.status not in HELD:
        raise LeaseLost(lease.run)
    return row
