"""The mail server by which technicians are told what changed in their calendars."""

from datetime import datetime
from secrets import token_hex
from typing import Annotated, Any

from fastapi import Request, Response
from pydantic import BaseModel, Field

from scheduler.domain.errors import FieldplanError
from scheduler.sync.notice.telling import Message
from service.access.permission import Permission
from service.calendars import notices
from service.calendars.backends import vault
from service.calendars.masking import MASK
from service.calendars.notices import Notices
from service.http.etag import IfMatch
from service.http.given import Given, shown_by
from service.http.json import Json
from service.http.permit import may
from service.http.problems import answers
from service.http.route import router
from service.work import Work

ROUTER = router("/notices", "calendars")
Manages = Annotated[Work, may(Permission.CALENDAR_MANAGE)]
Tries = Annotated[Work, may(Permission.CALENDAR_MANAGE, changes=False)]
EXAMPLE = {
    "value": {
        "host": "mail.example.com",
        "sender": "plan@example.com",
        "username": "plan",
        "password": "the mailbox's",
        "night": {"start": "20:00", "end": "06:30"},
    }
}
TEXT = "This is how technicians will be told what changed in their calendars."


class KeptNotices(BaseModel):
    """The mail server, with a mask in place of its password."""

    id: str
    etag: str
    changed_at: datetime
    changed_by: str
    value: dict[str, Any]


class GivenNotices(Given, json_schema_extra=shown_by(EXAMPLE)):
    value: dict[str, Any] = Field(
        description="`host`, `port` (587), `sender`, `username`, `password`, `shift` (smaller ones are not told by "
        f"themselves, PT15M) and `night` (when people are left in peace). The password is given as it is; {MASK} "
        "leaves the one that is kept, unless it would go to another server."
    )


class TryNotices(Given, json_schema_extra=shown_by({"to": "dispatch@example.com"})):
    to: str = Field(min_length=3, max_length=320, pattern=r"^[^@\s]+@[^@\s]+$")


class TriedNotices(BaseModel):
    """Whether the mail server took the message; otherwise what it said."""

    works: bool
    said: str


@ROUTER.get("", response_model=KeptNotices, responses=answers(404))
def read_notices(work: Annotated[Work, may(Permission.CALENDAR_READ)]) -> Json:
    """404 as long as nobody gave one: then nobody is told by mail."""
    row = notices.find(work)
    return Json(notices.shown(row), etag=row.etag)


@ROUTER.put(
    "",
    response_model=KeptNotices,
    responses={201: {"model": KeptNotices, "description": "Created"}, **answers(409, 412, 428)},
)
def put_notices(
    request: Request,
    work: Manages,
    given: GivenNotices,
    if_match: IfMatch = None,
) -> Json:
    row, new = notices.put(work, vault(request.app.state.house.settings), given.value, if_match)
    return Json(notices.shown(row), 201 if new else 200, row.etag)


@ROUTER.delete("", status_code=204, responses=answers(404, 409, 412, 428))
def delete_notices(work: Manages, if_match: IfMatch = None) -> Response:
    """Nobody is told by mail any more."""
    notices.remove(work, if_match)
    return Response(status_code=204)


@ROUTER.post("/test", response_model=TriedNotices, responses=answers(404))
def try_notices(request: Request, work: Tries, given: TryNotices) -> Json:
    """Send a message to that address."""
    kept = Notices.model_validate(notices.find(work).value)
    work.session.rollback()  # nobody waits for this transaction while a server takes its time
    message = Message(f"<{token_hex(20)}@fieldplan>", given.to, "fieldplan", TEXT, f"<p>{TEXT}</p>")
    try:
        kept.server(vault(request.app.state.house.settings), "password")(message)
    except FieldplanError as error:
        return Json({"works": False, "said": f"{type(error).__name__}: {error}"})
    return Json({"works": True, "said": ""})
