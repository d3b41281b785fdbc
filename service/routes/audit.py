"""Who changed what."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select

from scheduler.domain.base import Instant
from service.access.permission import Permission
from service.http.paging import Page, Pages
from service.http.permit import may
from service.http.route import router
from service.tables import AuditRow
from service.work import Work

ROUTER = router("/audit", "audit")


class Entry(BaseModel):
    """One change: `before` and `after` are the values, null where there was or is none."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    at: datetime
    who: str
    request: str
    action: str
    kind: str
    subject: str
    before: Any = None
    after: Any = None
    why: str = ""


@ROUTER.get("")
def list_audit(
    work: Annotated[Work, may(Permission.AUDIT_READ)],
    pages: Pages,
    kind: Annotated[str | None, Query(max_length=50)] = None,
    subject: Annotated[str | None, Query(max_length=1000)] = None,
    who: Annotated[str | None, Query(max_length=200)] = None,
    since: Annotated[Instant | None, Query()] = None,
    until: Annotated[Instant | None, Query()] = None,
) -> Page[Entry]:
    """Changes, the newest first."""
    query = select(AuditRow).where(AuditRow.tenant == work.tenant)
    for column, given in ((AuditRow.kind, kind), (AuditRow.subject, subject), (AuditRow.who, who)):
        query = query if given is None else query.where(column == given)
    query = query if since is None else query.where(AuditRow.at >= since)
    query = query if until is None else query.where(AuditRow.at < until)
    rows, following = pages.cut(work.session, query, AuditRow.id, newest_first=True)
    return Page(items=[Entry.model_validate(row) for row in rows], next=following)
