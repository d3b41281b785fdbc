"""Runs: have plans made. A run's result is a proposed plan; what is published stays as it is."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Body, Depends, Path, Query, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent
from sqlalchemy import select

from scheduler.domain.problem import Problem
from service.access.permission import Permission
from service.http.etag import IfMatch
from service.http.json import Json
from service.http.paging import Page, Pages
from service.http.permit import lasting, may
from service.http.problems import answers
from service.http.route import router
from service.runs import landing, start, watch
from service.runs.state import Asked, Run, RunStatus
from service.tables import RunProblemRow, RunRow
from service.tables.base import ID_LENGTH
from service.work import Work

ROUTER = router("/runs", "runs")

EXAMPLE = {
    "scope": {"horizon": {"start": "2026-03-23T00:00:00Z", "end": "2026-03-30T00:00:00Z"}},
    "time_limit": 30,
    "seed": 1,
}
Id = Annotated[str, Path(min_length=1, max_length=ID_LENGTH)]
Reading = Annotated[Work, may(Permission.PLAN_READ)]
Starting = Annotated[Work, may(Permission.RUN_START)]


@ROUTER.post("", status_code=201, response_model=Run)
def start_run(work: Starting, asked: Annotated[Asked, Body(examples=[EXAMPLE])]) -> Json:
    """Ask for a plan. It is made as soon as a worker is free; follow it at `/runs/{id}/events`."""
    return _answer(start.start(work, asked), 201)


@ROUTER.get("")
def list_runs(
    work: Reading,
    pages: Pages,
    status: Annotated[RunStatus | None, Query()] = None,
    plan: Annotated[str | None, Query(max_length=ID_LENGTH)] = None,
) -> Page[Run]:
    """Runs, the newest first."""
    query = select(RunRow).where(RunRow.tenant == work.tenant)
    query = query if status is None else query.where(RunRow.status == status)
    query = query if plan is None else query.where(RunRow.plan == plan)
    rows, following = pages.cut(work.session, query, RunRow.created_at, RunRow.id, newest_first=True)
    return Page(items=[Run.model_validate(row) for row in rows], next=following)


@ROUTER.get("/{id}", response_model=Run, responses=answers(404))
def read_run(work: Reading, id: Id) -> Json:
    return _answer(start.find(work, id))


@ROUTER.get("/{id}/problem", response_model=Problem, responses=answers(404))
def read_problem(work: Reading, id: Id) -> Response:
    """What the run was given: with its seed and versions, all that it takes to repeat it with `fieldplan solve`."""
    start.find(work, id)
    kept = work.session.get_one(RunProblemRow, {"tenant": work.tenant, "run": id})
    return Response(landing.unpacked(kept.problem), media_type="application/json")


@ROUTER.post("/{id}/stop", response_model=Run, responses=answers(404, 412, 428))
def stop_run(work: Starting, id: Id, if_match: IfMatch = None) -> Json:
    """End it soon, with the best plan so far. A run that has ended stays as it is."""
    return _answer(start.stop(work, id, if_match))


def _known(work: Reading, id: Id) -> tuple[str, str]:
    start.find(work, id)
    return work.tenant, id


@ROUTER.get("/{id}/events", response_class=EventSourceResponse, responses=answers(404))
async def follow_run(request: Request, known: Annotated[tuple[str, str], Depends(_known)]) -> AsyncIterator[Run]:
    """Server-sent events: the run as it is, and again with each change, until it has ended."""
    lasts = lasting(request, Permission.PLAN_READ)
    async for run in watch.changes(request.app.state.house.database, *known, lasts):
        yield ServerSentEvent(data=run, event="run", id=str(run.revision))  # type: ignore[misc]


def _answer(row: RunRow, status: int = 200) -> Json:
    location = f"/api/v1/runs/{row.id}" if status == 201 else ""
    return Json(Run.model_validate(row), status, row.etag, location)
