"""Connections to calendar servers. Secrets go in and never come out."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Path, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import select

from service.access.permission import Permission
from service.calendars import connections
from service.calendars.backends import vault
from service.calendars.inforce import in_force
from service.calendars.masking import MASK
from service.calendars.server import Server, kept
from service.calendars.trying import Tried, tried
from service.http.etag import IfMatch
from service.http.given import Given, shown_by
from service.http.json import Json
from service.http.paging import Page, Pages
from service.http.permit import may
from service.http.problems import answers
from service.http.route import router
from service.tables import ConnectionRow
from service.tables.base import ID_LENGTH
from service.work import Work

ROUTER = router("/connections", "calendars")
Reads = Annotated[Work, may(Permission.CALENDAR_READ)]
Manages = Annotated[Work, may(Permission.CALENDAR_MANAGE)]
Tries = Annotated[Work, may(Permission.CALENDAR_MANAGE, changes=False)]
Id = Annotated[str, Path(min_length=1, max_length=ID_LENGTH, pattern=r"^[\w.-]+$")]
CHANGING = answers(404, 409, 412, 428)
MOST_TRIED = 20
EXAMPLE = {
    "default": True,
    "value": {
        "kind": "caldav",
        "url": "https://dav.example.com/calendars/{user}/",
        "login": {"username": "fieldplan", "password": "the service account's"},
        "policy": {"moved": "ask"},
    },
}


class GivenConnection(Given, json_schema_extra=shown_by(EXAMPLE)):
    """A connection as it is sent."""

    default: bool = Field(default=False, description="Whether it is for everybody who has an address and no other one.")
    value: dict[str, Any] = Field(
        description="What the connections file of `fieldplan sync` holds for it: `kind` is exchange, graph, caldav or "
        f"itip. Secrets are given as they are; {MASK} leaves the one that is kept, unless it would go elsewhere."
    )


class KeptConnection(BaseModel):
    """A connection as it is kept: where a secret is, there is a mask."""

    id: str
    etag: str
    changed_at: datetime
    changed_by: str
    default: bool
    value: dict[str, Any]


class TryConnection(Given, json_schema_extra=shown_by({"mailboxes": ["olena.bondar@example.com"]})):
    mailboxes: list[str] = Field(default=[], max_length=MOST_TRIED, description="Those that it writes when not given.")


class TriedOut(BaseModel):
    """Whether each mailbox can be used; otherwise what the server said."""

    mailboxes: list[Tried]


@ROUTER.get("", response_model=Page[KeptConnection])
def list_connections(work: Reads, pages: Pages) -> Json:
    query = select(ConnectionRow).where(ConnectionRow.tenant == work.tenant)
    rows, following = pages.cut(work.session, query, ConnectionRow.id)
    return Json({"items": [connections.shown(row) for row in rows], "next": following})


@ROUTER.get("/{id}", response_model=KeptConnection, responses=answers(404))
def read_connection(work: Reads, id: Id) -> Json:
    row = connections.find(work, id)
    return Json(connections.shown(row), etag=row.etag)


@ROUTER.put(
    "/{id}",
    response_model=KeptConnection,
    responses={201: {"model": KeptConnection, "description": "Created"}, **answers(409, 412, 428)},
)
def put_connection(
    request: Request,
    work: Manages,
    id: Id,
    given: GivenConnection,
    if_match: IfMatch = None,
) -> Json:
    keys = vault(request.app.state.house.settings)
    row, new = connections.put(work, keys, id, given.value, given.default, if_match)
    return Json(connections.shown(row), 201 if new else 200, row.etag, f"/api/v1/connections/{id}" if new else "")


@ROUTER.delete("/{id}", status_code=204, responses=CHANGING)
def delete_connection(work: Manages, id: Id, if_match: IfMatch = None) -> Response:
    connections.remove(work, id, if_match)
    return Response(status_code=204)


@ROUTER.post("/{id}/test", response_model=TriedOut, responses=answers(404))
def try_connection(request: Request, work: Tries, id: Id, given: TryConnection) -> Json:
    """Sign in and read, for each mailbox. Nothing is written."""
    value = kept(connections.find(work, id).value)
    mailboxes = given.mailboxes or _mailboxes(work, id, value)
    work.session.rollback()  # nobody waits for this transaction while a server takes its time
    found = tried(value, vault(request.app.state.house.settings), mailboxes, work.now)
    return Json({"mailboxes": found})


def _mailboxes(work: Work, connection: str, server: Server) -> list[str]:
    """Those that are written: of everybody, or of who invites them."""
    if server.style.mode == "meeting":
        return [server.style.organizer or ""]
    known = in_force(work.session, work.tenant, work.now).people
    return [person.address for person in known if person.connection == connection][:MOST_TRIED]
