"""What is published: who is where, when."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import BaseModel
from sqlalchemy import select

from scheduler.domain.base import Instant
from scheduler.domain.plan import Booking, BookingStatus
from service.access.permission import Permission
from service.http.json import Json
from service.http.paging import Page, Pages
from service.http.permit import may
from service.http.problems import Missing, answers
from service.http.route import router
from service.planning.given import as_booking
from service.tables import BookingRow
from service.tables.base import ID_LENGTH, ID_PATTERN
from service.work import Work

ROUTER = router("/bookings", "bookings")
Reads = Annotated[Work, may(Permission.PLAN_READ)]
Part = Annotated[str, Path(max_length=ID_LENGTH, pattern=ID_PATTERN)]
Named = Annotated[str | None, Query(max_length=ID_LENGTH)]


class PublishedBooking(BaseModel):
    """A booking in force. `waived`: it overlaps another one, and somebody accepted that."""

    etag: str
    value: Booking
    waived: bool
    publication: int
    changed_at: datetime
    changed_by: str


def shown(row: BookingRow) -> dict[str, Any]:
    names = ("etag", "waived", "publication", "changed_at", "changed_by")
    return {**{name: getattr(row, name) for name in names}, "value": as_booking(row)}


@ROUTER.get("", response_model=Page[PublishedBooking])
def list_bookings(
    work: Reads,
    pages: Pages,
    resource: Named = None,
    activity: Named = None,
    status: Annotated[BookingStatus | None, Query()] = None,
    since: Annotated[Instant | None, Query()] = None,
    until: Annotated[Instant | None, Query()] = None,
) -> Json:
    """Published bookings by their start; `since` and `until` ask for those that overlap the time between."""
    row = BookingRow
    query = select(row).where(row.tenant == work.tenant)
    for column, given in ((row.resource, resource), (row.activity, activity), (row.status, status)):
        query = query if given is None else query.where(column == given)
    query = query if since is None else query.where(row.ends_at > since)
    query = query if until is None else query.where(row.starts_at < until)
    rows, following = pages.cut(work.session, query, row.starts_at, row.activity, row.requirement, row.ordinal)
    return Json({"items": [shown(one) for one in rows], "next": following})


@ROUTER.get("/{activity:path}/{requirement}/{ordinal}", response_model=PublishedBooking, responses=answers(404))
def read_booking(work: Reads, activity: Part, requirement: Part, ordinal: Annotated[int, Path(ge=0, le=50)]) -> Json:
    key = {"tenant": work.tenant, "activity": activity, "requirement": requirement, "ordinal": ordinal}
    row = work.session.get(BookingRow, key)
    if row is None:
        raise Missing("there is no such published booking")
    return Json(shown(row), etag=row.etag)
