"""What changes, told to whoever looks on, from any process: the audit is read as it grows."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime

from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict
from sqlalchemy import func, select

from service.database import Database
from service.tables import AuditRow

POLL_SECONDS = 1.0
LATE = 500
"""Transactions may be committed in another order than their numbers were given: so many numbers are looked at again."""
MOST = 1000


class Change(BaseModel):
    """Somebody changed something: read it again. `kind` and `subject` are those of the audit."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    at: datetime
    who: str
    action: str
    kind: str
    subject: str


async def changes(
    database: Database, tenant: str, since: int | None, lasts: Callable[[], bool]
) -> AsyncIterator[Change]:
    """Changes after the one numbered `since`, or from now on, as long as that `lasts`."""
    newest = await run_in_threadpool(_newest, database, tenant)
    last = newest if since is None else min(since, newest)
    seen = set(await run_in_threadpool(_numbers, database, tenant, last - LATE, last))
    while await run_in_threadpool(lasts):
        for change in await run_in_threadpool(_read, database, tenant, last - LATE, seen):
            seen.add(change.id)
            last = max(last, change.id)
            yield change
        seen = {number for number in seen if number > last - LATE}
        await asyncio.sleep(POLL_SECONDS)


def _newest(database: Database, tenant: str) -> int:
    with database.reading(tenant) as session:
        return session.scalar(select(func.max(AuditRow.id)).where(AuditRow.tenant == tenant)) or 0


def _numbers(database: Database, tenant: str, after: int, until: int) -> list[int]:
    asked = select(AuditRow.id).where(AuditRow.tenant == tenant, AuditRow.id > after, AuditRow.id <= until)
    with database.reading(tenant) as session:
        return list(session.scalars(asked))


def _read(database: Database, tenant: str, after: int, seen: set[int]) -> list[Change]:
    asked = select(AuditRow).where(AuditRow.tenant == tenant, AuditRow.id > after, AuditRow.id.not_in(seen))
    columns = (AuditRow.id, AuditRow.at, AuditRow.who, AuditRow.action, AuditRow.kind, AuditRow.subject)
    with database.reading(tenant) as session:
        rows = session.execute(asked.with_only_columns(*columns).order_by(AuditRow.id).limit(MOST))
        return [Change.model_validate(row) for row in rows]
