"""Clear away what has served its time: answers kept for repeated requests, and what was told to everybody."""

from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, and_, delete, or_

from service.database import EVERY_TENANT, Database
from service.documents.kinds.calendar import TOPIC
from service.http.idempotency import LASTS
from service.tables import AnswerRow, OutboxRow

EVERY = timedelta(hours=1)
TOLD = timedelta(days=1)
"""So long a row of the outbox stays once it was worked on."""
OFFERED = timedelta(days=30)
"""So long one that nobody here works on is there for others to read."""


def tidy(database: Database, now: datetime) -> int:
    """How many rows went. What calendars have not shown yet stays, however old it is."""
    worked_on = OutboxRow.done_at <= now - TOLD
    offered = and_(OutboxRow.done_at.is_(None), OutboxRow.topic != TOPIC, OutboxRow.at <= now - OFFERED)
    gone = (delete(AnswerRow).where(AnswerRow.at <= now - LASTS), delete(OutboxRow).where(or_(worked_on, offered)))
    with database.writing(EVERY_TENANT) as session:
        return sum(cast(CursorResult[Any], session.execute(statement)).rowcount for statement in gone)
