"""All that is given within a horizon, in one value: what is planned with, and what a board shows."""

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel

from scheduler.domain.base import Instant
from scheduler.domain.errors import Fault
from scheduler.domain.interval import Interval
from scheduler.domain.problem import Problem
from service.access.permission import Permission
from service.http.json import Json
from service.http.permit import may
from service.http.problems import invalid
from service.http.route import router
from service.planning import draft
from service.planning.scope import Scope
from service.work import Work

ROUTER = router("/problem", "plans")


class GivenProblem(BaseModel):
    """`left_out` says what can't be planned with, and why."""

    problem: Problem
    left_out: list[dict[str, str]]


@ROUTER.get("", response_model=GivenProblem)
def read_problem(
    work: Annotated[Work, may(Permission.PLAN_READ)],
    since: Annotated[Instant, Query()],
    until: Annotated[Instant, Query()],
) -> Json:
    """The problem between two moments, with what is published as the plan that stands."""
    if until <= since:
        raise invalid([Fault("query.until", "is not after `since`; swap or fix")])
    found = draft.assembled(work, Scope(horizon=Interval(start=since, end=until)))
    left_out = [{"path": fault.path, "message": fault.message} for fault in found.left_out]
    return Json({"problem": found.problem.model_dump(mode="json"), "left_out": left_out})
