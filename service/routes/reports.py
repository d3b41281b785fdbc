"""What technicians reported, for dispatchers."""

from typing import Annotated

from fastapi import Query
from sqlalchemy import select

from scheduler.domain.base import Instant
from service.access.permission import Permission
from service.field.report import ReportKind
from service.http.paging import Page, Pages
from service.http.permit import may
from service.http.route import router
from service.routes.my import KnownReport
from service.tables import ReportRow
from service.tables.base import ID_LENGTH
from service.work import Work

ROUTER = router("/reports", "bookings")
Named = Annotated[str | None, Query(max_length=ID_LENGTH)]


@ROUTER.get("")
def list_reports(
    work: Annotated[Work, may(Permission.PLAN_READ)],
    pages: Pages,
    resource: Named = None,
    activity: Named = None,
    kind: Annotated[ReportKind | None, Query()] = None,
    since: Annotated[Instant | None, Query()] = None,
) -> Page[KnownReport]:
    """Reports, the newest first; `since` asks for those received from then on."""
    query = select(ReportRow).where(ReportRow.tenant == work.tenant)
    for column, given in ((ReportRow.resource, resource), (ReportRow.activity, activity), (ReportRow.kind, kind)):
        query = query if given is None else query.where(column == given)
    query = query if since is None else query.where(ReportRow.received_at >= since)
    rows, following = pages.cut(work.session, query, ReportRow.received_at, ReportRow.id, newest_first=True)
    return Page(items=[KnownReport.model_validate(row) for row in rows], next=following)
