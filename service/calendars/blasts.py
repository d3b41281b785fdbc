"""Too many events would go from the calendars of a connection: a person is asked before anything is written."""

from datetime import datetime

from sqlalchemy import delete, select

from scheduler.sync.guard import Blast
from service.calendars.store import Writing
from service.calendars.store.reading import Reading
from service.tables import BlastRow
from service.work import Work


def allowed(rows: Reading, connection: str) -> int:
    """How many events a person allowed to go."""
    row = _look(rows, connection)
    return row.allowed or 0 if row is not None else 0


def ask(rows: Writing, connection: str, blast: Blast | None, now: datetime) -> None:
    """Keep the question as long as it stands. When more would go than was asked, it is asked anew."""
    row = _look(rows, connection)
    if blast is None:
        mine = (BlastRow.tenant == rows.tenant, BlastRow.connection == connection)
        rows.session.execute(delete(BlastRow).where(*mine))
        return
    if row is not None and blast.going <= row.going:
        return
    asked = row or BlastRow(tenant=rows.tenant, connection=connection)
    asked.going, asked.there, asked.at = blast.going, blast.there, now
    asked.allowed = asked.answered_by = None
    rows.session.add(asked)
    rows.session.flush()


def answer(work: Work, row: BlastRow, yes: bool, reason: str) -> None:
    row.allowed, row.answered_by = (row.going if yes else 0), work.caller.user
    work.audit("answer", "calendar deletions", row.connection, after={"allowed": row.allowed}, why=reason)


def open_ones(rows: Reading) -> list[BlastRow]:
    asked = select(BlastRow).where(BlastRow.tenant == rows.tenant).order_by(BlastRow.connection)
    return list(rows.session.scalars(asked))


def _look(rows: Reading, connection: str) -> BlastRow | None:
    return rows.session.get(BlastRow, {"tenant": rows.tenant, "connection": connection})
