"""What people did in their calendars, and what would take many events away: a person decides."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import Path
from pydantic import BaseModel, Field

from service.access.permission import Permission
from service.calendars import questions
from service.calendars.questions import Question
from service.calendars.store.reading import Reading
from service.http.etag import IfMatch
from service.http.given import Given, shown_by
from service.http.json import Json
from service.http.paging import Page, Pages
from service.http.permit import may
from service.http.problems import answers
from service.http.route import router
from service.routes.publications import Publication, Reason
from service.work import Work

ROUTER = router("/questions", "calendars")
Reads = Annotated[Work, may(Permission.CALENDAR_READ)]
Id = Annotated[str, Path(max_length=300)]
Decides = Annotated[Work, may(Permission.PLAN_PUBLISH)]


class Answer(Given, json_schema_extra=shown_by({"decision": "refuse", "reason": "the customer waits"})):
    """The answer. What is refused is put back in the calendar, with the reason."""

    decision: Literal["accept", "refuse"]
    despite: tuple[str, ...] = Field(
        default=(), max_length=100, description="Ids of rules whose breaches are accepted with it."
    )
    reason: Reason = Field(default="", max_length=2000, validate_default=True)


class Answered(BaseModel):
    """What was published for it, if anything."""

    publication: Publication | None


@ROUTER.get("")
def list_questions(work: Reads, pages: Pages) -> Page[Question]:
    """Open questions, the oldest first."""
    items, following = pages.part(questions.open_questions(Reading(work.session, work.tenant)), at=datetime, id=str)
    return Page(items=items, next=following)


@ROUTER.get("/{id}", response_model=Question, responses=answers(404))
def read_question(work: Reads, id: Id) -> Json:
    known = questions.find(Reading(work.session, work.tenant), id)
    return Json(known, etag=known.etag)


@ROUTER.post("/{id}/answer", response_model=Answered, responses=answers(404, 409, 412, 428))
def answer_question(work: Decides, id: Id, given: Answer, if_match: IfMatch = None) -> Json:
    """Accepting publishes the plan with what the person did, unless that breaches a rule: 422 names the breaches."""
    made = questions.answer(work, id, if_match, given.decision, given.reason, given.despite)
    return Json({"publication": None if made is None else Publication.model_validate(made)})
