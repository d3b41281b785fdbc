"""What holds for all planning: time zone, travel, how long before its start a booking is frozen."""

from typing import Annotated

from fastapi import Body

from service.access.permission import Permission
from service.documents import store
from service.documents.store import Record, shown
from service.http.etag import IfMatch
from service.http.json import Json
from service.http.permit import may
from service.http.problems import answers
from service.http.route import router
from service.planning.given import PLANNING
from service.planning.scope import PlanningSettings
from service.planning.settings import SETTINGS
from service.work import Work

ROUTER = router("/settings", "settings")
Answer = Record[PlanningSettings]
ANSWERS = {201: {"model": Answer, "description": "Created"}, **answers(412, 428)}


@ROUTER.get("/planning", response_model=Answer, responses=answers(404))
def read_settings(work: Annotated[Work, may(Permission.DATA_READ)]) -> Json:
    """404 as long as nobody gave any: then the defaults count."""
    row = store.find(work, SETTINGS, PLANNING)
    return Json(shown(row), etag=row.etag)


@ROUTER.put("/planning", response_model=Answer, responses=ANSWERS)
def put_settings(
    work: Annotated[Work, may(SETTINGS.write)],
    given: Annotated[PlanningSettings, Body(examples=[SETTINGS.example])],
    if_match: IfMatch = None,
) -> Json:
    row, new = store.put(work, SETTINGS, PLANNING, given, if_match)
    return Json(shown(row), 201 if new else 200, row.etag)
