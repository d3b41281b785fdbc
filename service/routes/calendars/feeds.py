"""Feeds that calendar programs subscribe to: secret addresses, which can be revoked."""

from datetime import datetime
from secrets import token_hex
from typing import Annotated, Any

from fastapi import Depends, Header, Path, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import select

from scheduler.domain.errors import Fault
from scheduler.sync.backends.ics import serve
from service.access.permission import Permission
from service.calendars import feeds
from service.calendars.store import Writing
from service.database import EVERY_TENANT
from service.documents.world import World
from service.http.etag import IfMatch, etag_of, require
from service.http.found import found
from service.http.given import Given, shown_by
from service.http.json import Json
from service.http.paging import Page, Pages
from service.http.permit import may, open_to_all
from service.http.problems import Missing, answers, invalid
from service.http.route import router
from service.tables import FeedRow, RoomRow, TechnicianRow
from service.work import Work, utc_now

ROUTER = router("/feeds", "calendars")
Reads = Annotated[Work, may(Permission.CALENDAR_READ)]
Manages = Annotated[Work, may(Permission.CALENDAR_MANAGE)]
Id = Annotated[str, Path(max_length=64)]
CHANGING = answers(404, 412, 428)
CALENDAR = {"text/calendar": {"schema": {"type": "string"}}}
READ: dict[int | str, dict[str, Any]] = {
    200: {"content": CALENDAR, "description": "The feed"},
    304: {"description": "As you have it"},
    **answers(404),
}


class NewFeed(Given, json_schema_extra=shown_by({"name": "Team north", "resources": ["olena", "petro"]})):
    """A feed of one technician or room, or of a team."""

    name: str = Field(min_length=1, max_length=200)
    resources: list[str] = Field(min_length=1, max_length=200, description="Ids of technicians and rooms.")


class FeedInfo(BaseModel):
    id: str
    etag: str
    name: str
    resources: list[str]
    created_at: datetime
    created_by: str
    revoked_at: datetime | None


class IssuedFeed(FeedInfo):
    """The address is told only here: whoever knows it can read the feed."""

    address: str


@ROUTER.get("")
def list_feeds(work: Reads, pages: Pages) -> Page[FeedInfo]:
    rows, following = pages.cut(work.session, select(FeedRow).where(FeedRow.tenant == work.tenant), FeedRow.id)
    return Page(items=[_shown(row) for row in rows], next=following)


@ROUTER.post("", status_code=201, response_model=IssuedFeed)
def create_feed(request: Request, work: Manages, given: NewFeed) -> Json:
    """A new feed, with the address that calendar programs subscribe to."""
    world = World(work.session, work.tenant)
    known = {husk.id for row in (TechnicianRow, RoomRow) for husk in world.husks(row, given.resources)}
    if unknown := [n for n, id in enumerate(given.resources) if id not in known]:
        raise invalid([Fault(f"resources[{n}]", "is not the id of a technician or room; correct it") for n in unknown])
    row = FeedRow(tenant=work.tenant, id=token_hex(8), name=given.name, resources=given.resources, revoked_at=None)
    row.created_at, row.created_by = work.now, work.caller.user
    token = feeds.issue(row)
    Writing(work.session, work.tenant).office()  # its secret makes the ids of the events
    work.session.add(row)
    work.audit("create", "feed", row.id, after={"name": row.name, "resources": row.resources})
    work.session.flush()
    issued = _issued(request, row, token)
    return Json(issued, 201, issued.etag, f"/api/v1/feeds/{row.id}", secret=True)


@ROUTER.post("/{id}/renew", response_model=IssuedFeed, responses=CHANGING)
def renew_feed(request: Request, work: Manages, id: Id, if_match: IfMatch = None) -> Json:
    """Another address; the old one opens nothing any more."""
    row = _to_change(work, id, if_match)
    token = feeds.issue(row)
    row.revoked_at = None
    work.audit("renew", "feed", id)
    work.session.flush()
    issued = _issued(request, row, token)
    return Json(issued, etag=issued.etag, secret=True)


@ROUTER.delete("/{id}", status_code=204, responses=CHANGING)
def revoke_feed(work: Manages, id: Id, if_match: IfMatch = None) -> Response:
    """Its address opens nothing any more."""
    row = _to_change(work, id, if_match)
    row.revoked_at = row.revoked_at or work.now
    work.audit("revoke", "feed", id)
    work.session.flush()
    return Response(status_code=204)


@ROUTER.get(
    "/{token}.ics",
    dependencies=[Depends(open_to_all)],
    response_class=Response,
    responses=READ,
)
def read_feed(
    request: Request,
    token: Annotated[str, Path(max_length=100)],
    if_none_match: Annotated[str | None, Header(max_length=500)] = None,
    if_modified_since: Annotated[str | None, Header(max_length=100)] = None,
) -> Response:
    """The bookings in force as an iCalendar file. Whoever knows the address may read."""
    house, now = request.app.state.house, utc_now()
    with house.database.reading(EVERY_TENANT) as session:
        row = feeds.look(session, token)
    if row is None:
        raise Missing("this feed was revoked, or never was")
    with house.database.reading(row.tenant) as session:
        standing = request.app.state.calendars.remembered.of(session, row.tenant, now)
        feed = feeds.feed(session, row, standing)
    answer = serve(feed, if_none_match=if_none_match, if_modified_since=if_modified_since)
    return Response(answer.body, answer.status, answer.headers)


@ROUTER.get("/{id}", response_model=FeedInfo, responses=answers(404))
def feed_info(work: Reads, id: Id) -> Json:
    known = _shown(found(work, FeedRow, id, "feed"))
    return Json(known, etag=known.etag)


def _to_change(work: Work, id: str, if_match: str | None) -> FeedRow:
    row = found(work, FeedRow, id, "feed", lock=True)
    require(if_match, _shown(row).etag, _shown(row))
    return row


def _shown(row: FeedRow) -> FeedInfo:
    names = FeedInfo.model_fields.keys() - {"etag"}
    version = etag_of(row.id, row.digest, row.revoked_at)
    return FeedInfo(**{name: getattr(row, name) for name in names}, etag=version)


def _issued(request: Request, row: FeedRow, token: str) -> IssuedFeed:
    address = f"{request.app.state.house.settings.public_url}/api/v1/feeds/{token}.ics"
    return IssuedFeed(**_shown(row).model_dump(), address=address)
