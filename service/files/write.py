"""A plan as a file for people and other programs."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal
from zipfile import ZIP_DEFLATED, ZipFile

from scheduler.domain.plan import Plan
from scheduler.domain.problem import Problem
from scheduler.domain.verdict import Verdict

Format = Literal["json", "xlsx", "csv", "html", "png", "vroom"]
Writer = Callable[[Problem, Plan, Verdict, Path], None]


@dataclass(frozen=True)
class File:
    name: str
    media_type: str
    write: Writer


def written(problem: Problem, plan: Plan, verdict: Verdict, kind: Format) -> tuple[File, bytes]:
    """The file's name and type, and what it holds."""
    file = FILES[kind]
    with TemporaryDirectory() as folder:
        path = Path(folder) / file.name
        file.write(problem, plan, verdict, path)
        return file, path.read_bytes()


def _json(problem: Problem, plan: Plan, _: Verdict, path: Path) -> None:
    """The problem with the plan as the one that stands: what an import reads."""
    from scheduler.io.json import write

    write(problem.with_standing(plan), path)


def _xlsx(problem: Problem, plan: Plan, verdict: Verdict, path: Path) -> None:
    from scheduler.io.xlsx import write_xlsx

    write_xlsx(problem, plan, path, verdict)


def _csv(problem: Problem, plan: Plan, verdict: Verdict, path: Path) -> None:
    from scheduler.io.csv import write_csv

    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for file in write_csv(problem, plan, path.with_suffix(""), verdict):
            archive.write(file, file.name)
    path.write_bytes(packed.getvalue())


def _html(problem: Problem, plan: Plan, verdict: Verdict, path: Path) -> None:
    from scheduler.io.html.page import write_html

    write_html(problem, plan, path, verdict)


def _png(problem: Problem, plan: Plan, _: Verdict, path: Path) -> None:
    from scheduler.io.png import write_png

    write_png(problem, plan, path)


def _vroom(problem: Problem, plan: Plan, _: Verdict, path: Path) -> None:
    from scheduler.io.vroom.write import write_vroom

    write_vroom(problem, plan, path)


EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILES: dict[Format, File] = {
    "json": File("problem.json", "application/json", _json),
    "xlsx": File("plan.xlsx", EXCEL, _xlsx),
    "csv": File("plan.zip", "application/zip", _csv),
    "html": File("plan.html", "text/html; charset=utf-8", _html),
    "png": File("plan.png", "image/png", _png),
    "vroom": File("answer.json", "application/json", _vroom),
}
