"""How every calendar stands, what a publication would do in them, and what people and plans changed at once."""

from typing import Annotated

from fastapi import Query, Request
from pydantic import BaseModel, Field
from sqlalchemy import select

from scheduler.sync.proposal import Clash
from service.access.permission import Permission
from service.calendars import rehearsing
from service.calendars.mailboxes import MailboxState, state_of, wake
from service.calendars.rehearsing import Rehearsal
from service.calendars.store import TenantStore
from service.http.given import Given, shown_by
from service.http.json import Json
from service.http.paging import Page, Pages
from service.http.permit import may
from service.http.problems import answers
from service.http.route import router
from service.planning import draft
from service.tables import BoxRow, ClashRow
from service.work import Work

ROUTER = router("/mailboxes", "calendars")
Reads = Annotated[Work, may(Permission.CALENDAR_READ)]
Wakes = Annotated[Work, may(Permission.PLAN_PUBLISH)]
Asks = Annotated[Work, may(Permission.CALENDAR_READ, changes=False)]


class Woken(BaseModel):
    """So many mailboxes are read within seconds."""

    mailboxes: int


class Wake(Given, json_schema_extra=shown_by({"connection": "office", "mailbox": "olena.bondar@example.com"})):
    connection: str | None = Field(default=None, max_length=200, description="All connections when not given.")
    mailbox: str | None = Field(default=None, max_length=320, description="All mailboxes when not given.")


class Rehearse(Given, json_schema_extra=shown_by({"plan": "3f0c2d6e8a1b4c5d"})):
    plan: str | None = Field(default=None, max_length=64, description="What is in force when not given.")


@ROUTER.get("", response_model=Page[MailboxState])
def list_mailboxes(work: Reads, pages: Pages, connection: Annotated[str | None, Query(max_length=200)] = None) -> Json:
    """The state of each calendar: what stands there, what is to be done, what is in the way."""
    query = select(BoxRow).where(BoxRow.tenant == work.tenant)
    query = query if connection is None else query.where(BoxRow.connection == connection)
    rows, following = pages.cut(work.session, query, BoxRow.connection, BoxRow.mailbox)
    return Json({"items": [state_of(work, row) for row in rows], "next": following})


@ROUTER.post("/read", response_model=Woken)
def read_mailboxes(work: Wakes, given: Wake) -> Json:
    """Read calendars now instead of within the next minute, and carry out what is left there."""
    return Json({"mailboxes": wake(work, given.connection, given.mailbox)})


@ROUTER.post("/rehearsal", response_model=Rehearsal, responses=answers(404))
def rehearse(request: Request, work: Asks, given: Rehearse) -> Json:
    """What publishing the plan would do in everybody's calendar, in words. Calendars are read, nothing is written."""
    plan = None if given.plan is None else draft.find(work, given.plan)
    store = TenantStore(request.app.state.house.database, work.tenant)
    return Json(rehearsing.rehearsed(work, store, plan, request.app.state.calendars.backends))


@ROUTER.get("/conflicts", response_model=Page[Clash])
def list_conflicts(work: Reads, pages: Pages) -> Json:
    """Events that a person and a plan changed at once: both versions and what was made of it, the newest first."""
    query = select(ClashRow).where(ClashRow.tenant == work.tenant)
    rows, following = pages.cut(work.session, query, ClashRow.id, newest_first=True)
    return Json({"items": [Clash.model_validate_json(row.value) for row in rows], "next": following})
