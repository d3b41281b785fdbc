"""What was put into force, and taking the newest of it back."""

from datetime import datetime
from typing import Annotated

from fastapi import Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo
from sqlalchemy import select

from service.access.permission import Permission
from service.http.given import Given, shown_by
from service.http.paging import Page, Pages
from service.http.permit import may
from service.http.problems import answers
from service.http.route import router
from service.planning.publish import undo
from service.tables import PublicationRow
from service.work import Work

ROUTER = router("/publications", "plans")


class Publication(BaseModel):
    """A plan that was put into force for a horizon."""

    model_config = ConfigDict(from_attributes=True)

    number: int
    plan: str
    starts_at: datetime
    ends_at: datetime
    at: datetime
    by: str
    why: str
    undoes: int | None = None


def reasoned(why: str, info: ValidationInfo) -> str:
    """Nobody accepts breaches without a word."""
    if info.data.get("despite") and not why.strip():
        raise ValueError("is empty; say why the breaches are accepted")
    return why


Reason = Annotated[str, AfterValidator(reasoned)]


class Publish(Given, json_schema_extra=shown_by({"why": "week 13", "despite": ["working-hours"]})):
    """Why, and in spite of the breaches of which rules."""

    despite: tuple[str, ...] = Field(
        default=(), max_length=100, description="Ids of rules whose breaches are accepted."
    )
    why: Reason = Field(default="", max_length=2000, validate_default=True)


class Undo(Publish, json_schema_extra=shown_by({"number": 7, "why": "the wrong week"})):
    number: int = Field(ge=1, description="The newest publication, which is to be taken back.")


@ROUTER.get("")
def list_publications(
    work: Annotated[Work, may(Permission.PLAN_READ)],
    pages: Pages,
    plan: Annotated[str | None, Query(max_length=64)] = None,
) -> Page[Publication]:
    """Publications, the newest first."""
    query = select(PublicationRow).where(PublicationRow.tenant == work.tenant)
    query = query if plan is None else query.where(PublicationRow.plan == plan)
    rows, following = pages.cut(work.session, query, PublicationRow.number, newest_first=True)
    return Page(items=[Publication.model_validate(row) for row in rows], next=following)


@ROUTER.post("/undo", responses=answers(409))
def undo_publication(work: Annotated[Work, may(Permission.PLAN_PUBLISH)], given: Undo) -> Publication:
    """Publish what was in force before."""
    return Publication.model_validate(undo(work, given.number, given.why, given.despite))
