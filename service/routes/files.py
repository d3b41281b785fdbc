"""Files in and out."""

from typing import Annotated

from fastapi import Query, Response, UploadFile
from pydantic import BaseModel

from scheduler.domain.base import Instant
from scheduler.domain.errors import Fault
from scheduler.domain.interval import Interval
from scheduler.domain.plan import Plan
from service.access.permission import Permission
from service.files.read import problem_in
from service.files.take_in import take_in
from service.files.write import Format, written
from service.http.json import Json
from service.http.permit import may
from service.http.problems import answers, invalid
from service.http.route import router
from service.planning import draft
from service.planning.judging import judge
from service.planning.scope import Scope
from service.routes.documents import Counts
from service.work import Work

ROUTER = router("", "files")
MOST_FILES = 10


class Imported(BaseModel):
    """What became of the values of each kind. In a dry run nothing was kept."""

    kinds: dict[str, Counts]
    horizon: Interval
    dry_run: bool


@ROUTER.post("/imports", response_model=Imported)
def import_files(
    work: Annotated[Work, may(Permission.DATA_WRITE)], files: list[UploadFile], dry_run: bool = False
) -> Json:
    """An Excel workbook like our template, CSV files named by its sheets, VROOM's JSON, or our own.

    All is kept or nothing; every fault is told by its cell. A dry run keeps nothing.
    """
    if len(files) > MOST_FILES:
        raise invalid([Fault("files", f"are {len(files)}; send at most {MOST_FILES}")])
    problem = problem_in({file.filename or f"file{n}": file.file.read() for n, file in enumerate(files)})
    with work.session.begin_nested() as trial:
        counts = take_in(work, problem)
        if dry_run:
            trial.rollback()
    kinds = {path: {**count, "dry_run": dry_run} for path, count in counts.items()}
    return Json({"kinds": kinds, "horizon": problem.horizon, "dry_run": dry_run})


@ROUTER.get(
    "/export",
    responses={
        200: {"description": "The file.", "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}},
        **answers(404),
    },
    response_class=Response,
)
def export(
    work: Annotated[Work, may(Permission.PLAN_READ)],
    format: Annotated[Format, Query()],
    plan: Annotated[str | None, Query(max_length=64, description="Id; what is published when not given.")] = None,
    since: Annotated[Instant | None, Query()] = None,
    until: Annotated[Instant | None, Query()] = None,
) -> Response:
    """A plan as a file. What is published is asked for by its horizon, `since` to `until`."""
    scope = draft.scope_of(draft.find(work, plan)) if plan is not None else _between(since, until)
    problem = draft.assembled(work, scope).problem
    value = draft.read(work, draft.find(work, plan))[0] if plan is not None else problem.standing or Plan()
    judged = judge(work, problem, value)
    file, content = written(problem, judged.plan, judged.verdict, format)
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
    return Response(content, media_type=file.media_type, headers=headers)


def _between(since: Instant | None, until: Instant | None) -> Scope:
    if since is None or until is None:
        raise invalid([Fault("query.since", "and until are needed, unless a plan is named")])
    if until <= since:
        raise invalid([Fault("query.until", "is not after `since`; swap or fix")])
    return Scope(horizon=Interval(start=since, end=until))
