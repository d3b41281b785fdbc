"""The roles that an activity needs filled, and the skills that they and the technicians name."""

from typing import Annotated

from pydantic import BaseModel, Field

from scheduler.domain.activity import Activity, Requirement
from service.access.permission import Permission
from service.documents import skills, store
from service.documents.kinds.activity import ACTIVITIES
from service.documents.store import Record, shown
from service.http.etag import IfMatch
from service.http.given import Given, shown_by
from service.http.json import Json
from service.http.paging import Page, Pages
from service.http.permit import may
from service.http.problems import answers
from service.http.route import router
from service.routes.documents import Id
from service.work import Work

ROUTER = router("", "requirements")
Reads = Annotated[Work, may(Permission.DATA_READ)]


class Requirements(Given, json_schema_extra=shown_by({"requirements": ACTIVITIES.example["requirements"]})):
    """All of `requirements` are needed, or all of one of the `alternatives`."""

    requirements: tuple[Requirement, ...] = Field(max_length=100)
    alternatives: tuple[tuple[Requirement, ...], ...] = Field(default=(), max_length=100)


class SkillUse(BaseModel):
    """How many technicians have a skill, by level, and how many activities that are open ask for it, by level."""

    skill: str
    technicians: dict[int, int]
    activities: dict[int, int]


@ROUTER.get("/activities/{id:path}/requirements", response_model=Requirements, responses=answers(404))
def read_requirements(work: Reads, id: Id) -> Json:
    row = store.find(work, ACTIVITIES, id)
    return Json({name: row.value[name] for name in Requirements.model_fields}, etag=row.etag)


@ROUTER.put(
    "/activities/{id:path}/requirements", response_model=Record[Activity], responses=answers(404, 409, 412, 428)
)
def put_requirements(
    work: Annotated[Work, may(Permission.DATA_WRITE)], id: Id, given: Requirements, if_match: IfMatch = None
) -> Json:
    """Replace them. The ETag is that of the activity."""
    row = store.patch(work, ACTIVITIES, id, given.model_dump(mode="json"), if_match)
    return Json(shown(row), etag=row.etag)


@ROUTER.get("/skills")
def list_skills(work: Reads, pages: Pages) -> Page[SkillUse]:
    """Every skill that a technician has or an open activity asks for."""
    items, following = pages.part((SkillUse(**use) for use in skills.uses(work)), skill=str)
    return Page(items=items, next=following)
