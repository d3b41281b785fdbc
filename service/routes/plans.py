"""Plans as versions: draft, edit, compare, rebase, publish."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Body, Path, Query, Response
from pydantic import BaseModel, Field
from sqlalchemy import select

from scheduler.domain.base import Instant
from scheduler.domain.plan import Booking, Plan, Score
from scheduler.domain.verdict import Verdict
from scheduler.solver.compare import Comparison
from service.access.permission import Permission
from service.http.etag import IfMatch
from service.http.given import Given, shown_by
from service.http.json import Json
from service.http.paging import Page, Pages
from service.http.permit import may
from service.http.problems import answers
from service.http.route import router
from service.planning import draft, questions
from service.planning.draft import Status
from service.planning.edit import Edit, edit
from service.planning.publish import publish
from service.planning.rebase import Keep, rebase
from service.planning.scope import Scope
from service.routes.publications import Publication, Publish
from service.tables import PlanRow
from service.work import Work

ROUTER = router("/plans", "plans")
Reads = Annotated[Work, may(Permission.PLAN_READ)]
Asks = Annotated[Work, may(Permission.PLAN_READ, changes=False)]
Edits = Annotated[Work, may(Permission.PLAN_EDIT)]
Publishes = Annotated[Work, may(Permission.PLAN_PUBLISH)]
Id = Annotated[str, Path(min_length=1, max_length=64)]
CHANGING = answers(404, 409, 412, 428)
MOVE = {
    "place": [
        {"activity": "boiler-12", "requirement": "technician", "resource": "olena", "start": "2026-03-24T09:00:00Z"}
    ],
    "why": "the customer asked for the morning",
}
WEEK = {"start": "2026-03-23T00:00:00Z", "end": "2026-03-28T00:00:00Z"}


class Summary(BaseModel):
    """The verdict in numbers."""

    activities: int
    scheduled: int
    breaches: int
    exempted: int
    score: Score


class PlanInfo(BaseModel):
    """A plan without its bookings. Send `etag` as If-Match to change it."""

    id: str
    etag: str
    name: str
    status: Status
    scope: Scope
    summary: Summary
    base: int = Field(description="Number of the newest publication that it knows of.")
    origin: str = Field(description="`plan:<id>` that it was copied from, `run:<id>` that made it, or empty.")
    created_at: datetime
    created_by: str
    changed_at: datetime
    changed_by: str


class FullPlan(PlanInfo):
    plan: Plan
    verdict: Verdict


class NewPlan(Given, json_schema_extra=shown_by({"scope": {"horizon": WEEK}})):
    """A draft: of what is published, of another plan, or of the bookings that are given."""

    name: str = Field(default="", max_length=200)
    scope: Scope | None = Field(default=None, description="Needed, unless it comes from `origin`.")
    origin: str | None = Field(default=None, max_length=64, description="Id of a plan to copy.")
    bookings: tuple[Booking, ...] | None = Field(default=None, max_length=50_000)


class PlanChange(Given, json_schema_extra=shown_by({"name": "Week 13", "status": "proposed"})):
    name: str | None = Field(default=None, max_length=200)
    scope: Scope | None = None
    status: Status | None = Field(default=None, description="`draft` or `proposed`.")


class Edited(BaseModel):
    """The plan as it is now, and what the change did."""

    plan: PlanInfo
    comparison: Comparison


class Rebase(Given, json_schema_extra=shown_by({"keep": "mine"})):
    keep: Keep = "refuse"


def answer(row: PlanRow, status: int = 200, **more: Any) -> Json:
    location = f"/api/v1/plans/{row.id}" if status == 201 else ""
    return Json({**draft.shown(row), **more}, status, row.etag, location)


@ROUTER.get("", response_model=Page[PlanInfo])
def list_plans(
    work: Reads,
    pages: Pages,
    status: Annotated[Status | None, Query()] = None,
    since: Annotated[Instant | None, Query()] = None,
    until: Annotated[Instant | None, Query()] = None,
) -> Json:
    """Plans, the newest first; `since` and `until` ask for horizons that overlap."""
    query = select(PlanRow).where(PlanRow.tenant == work.tenant)
    query = query if status is None else query.where(PlanRow.status == status)
    query = query if since is None else query.where(PlanRow.ends_at > since)
    query = query if until is None else query.where(PlanRow.starts_at < until)
    rows, following = pages.cut(work.session, query, PlanRow.created_at, PlanRow.id, newest_first=True)
    return Json({"items": [draft.shown(row) for row in rows], "next": following})


@ROUTER.post("", status_code=201, response_model=PlanInfo, responses=answers(404))
def create_plan(work: Edits, given: NewPlan) -> Json:
    return answer(questions.new_plan(work, given.name, given.scope, given.origin, given.bookings), 201)


@ROUTER.get("/{id}", response_model=FullPlan, responses=answers(404))
def read_plan(work: Reads, id: Id) -> Json:
    row = draft.find(work, id)
    return answer(row, plan=row.value, verdict=row.verdict)


@ROUTER.patch("/{id}", response_model=PlanInfo, responses=CHANGING)
def change_plan(work: Edits, id: Id, given: PlanChange, if_match: IfMatch = None) -> Json:
    """Rename it, give it another scope, or offer it to be published."""
    row = draft.to_change(work, id, if_match)
    questions.change(work, row, given.name, given.scope, given.status)
    return answer(row)


@ROUTER.delete("/{id}", status_code=204, responses=CHANGING)
def delete_plan(work: Edits, id: Id, if_match: IfMatch = None) -> Response:
    questions.discard(work, draft.to_change(work, id, if_match))
    return Response(status_code=204)


@ROUTER.post("/{id}/edits", response_model=Edited, responses=CHANGING)
def edit_plan(work: Edits, id: Id, given: Annotated[Edit, Body(examples=[MOVE])], if_match: IfMatch = None) -> Json:
    """Place bookings, take some out, lock, waive. The answer names every breach that comes or goes."""
    row = draft.to_change(work, id, if_match)
    comparison = edit(work, row, given)
    return Json({"plan": draft.shown(row), "comparison": comparison}, etag=row.etag)


@ROUTER.post("/{id}/verify", response_model=Verdict, responses=answers(404))
def verify_plan(work: Asks, id: Id) -> Json:
    """Judge it by what is given now. The plan stays as it is."""
    return Json(questions.verdict(work, draft.find(work, id)))


@ROUTER.get("/{id}/comparison", response_model=Comparison, responses=answers(404))
def compare_plan(work: Reads, id: Id, to: Annotated[str, Query(max_length=64)] = "published") -> Json:
    """What this plan would change: of what is published, or of the plan of that id."""
    return Json(questions.comparison(work, draft.find(work, id), to))


@ROUTER.post("/{id}/rebase", response_model=Edited, responses=CHANGING)
def rebase_plan(work: Edits, id: Id, given: Rebase, if_match: IfMatch = None) -> Json:
    """Take over what was published since the plan was made."""
    row = draft.to_change(work, id, if_match)
    comparison = rebase(work, row, given.keep)
    return Json({"plan": draft.shown(row), "comparison": comparison}, etag=row.etag)


@ROUTER.post("/{id}/publish", response_model=Publication, responses=CHANGING)
def publish_plan(work: Publishes, id: Id, given: Publish, if_match: IfMatch = None) -> Json:
    """Put it into force. Breaches that are neither waived nor named in `despite` refuse it."""
    row = draft.to_change(work, id, if_match)
    return Json(Publication.model_validate(publish(work, row, given.why, given.despite)), etag=row.etag)
