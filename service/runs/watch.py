"""Follow a run from any process: the row tells, whoever works on it."""

import asyncio
from collections.abc import AsyncIterator, Callable

from fastapi.concurrency import run_in_threadpool

from service.database import Database
from service.runs.state import Run, RunStatus
from service.tables import RunRow

POLL_SECONDS = 0.5
ENDED = (RunStatus.DONE, RunStatus.FAILED)


async def changes(database: Database, tenant: str, id: str, lasts: Callable[[], bool]) -> AsyncIterator[Run]:
    """The run as it is, and again with each change, until it has ended, as long as that `lasts`."""
    known = -1
    while await run_in_threadpool(lasts):
        run = await run_in_threadpool(_read, database, tenant, id)
        if run is None:
            return
        if run.revision != known:
            known = run.revision
            yield run
        if run.status in ENDED:
            return
        await asyncio.sleep(POLL_SECONDS)


def _read(database: Database, tenant: str, id: str) -> Run | None:
    with database.reading(tenant) as session:
        row = session.get(RunRow, {"tenant": tenant, "id": id})
        return None if row is None else Run.model_validate(row)
