"""The commands."""

import json
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from scheduler.cli import exporting, say, solving, syncing
from scheduler.domain.errors import Fault, FieldplanError, InvalidInput
from scheduler.domain.plan import Plan
from scheduler.domain.problem import Problem

app = typer.Typer(
    name="fieldplan",
    help="Assign technicians and rooms to service activities.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(syncing.app)

Input = Annotated[Path, typer.Argument(help="problem: our JSON, an Excel workbook or VROOM JSON", show_default=False)]
PlanFile = Annotated[Path, typer.Argument(help="plan as JSON", show_default=False)]
TimeLimit = Annotated[float, typer.Option("--time-limit", min=0.0, help="seconds")]
Seed = Annotated[int, typer.Option("--seed", min=0)]
Workers = Annotated[int, typer.Option("--workers", min=1, max=256)]


@app.command()
def solve(
    problem_file: Input,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="write the plan here, as JSON")] = None,
    time_limit: TimeLimit = 30.0,
    seed: Seed = 0,
    workers: Workers = 2,
    goal: Annotated[Path | None, typer.Option("--goal", help="goal as JSON, in place of the problem's")] = None,
) -> None:
    """Plan a problem. Ctrl-C stops early and keeps the best plan so far."""
    from scheduler.io.json import read_goal, write

    problem = _problem(problem_file)
    if output is not None:
        _require_folder(output)
    if goal is not None:
        problem = problem.replace(goal=read_goal(goal))
    outcome = solving.solve(problem, time_limit=time_limit, seed=seed, workers=workers)
    if output is not None:
        write(outcome.plan, output)
    say.summary(problem, outcome)
    say.note(f"plan written to {output}" if output else "the plan is not kept; use -o to write it")


@app.command()
def verify(problem_file: Input, plan_file: PlanFile) -> None:
    """Judge a plan: exit 1 when it has a breach that is not exempted."""
    problem, plan = _both(problem_file, plan_file)
    verdict = solving.verify(problem, plan)
    say.breaches(verdict)
    exempted = len(verdict.violations) - len(verdict.breaches)
    say.note(
        f"{len(verdict.breaches)} breach(es), {exempted} exempted; cost {say.numbers(verdict.score.levels) or '0'}"
    )
    raise typer.Exit(0 if verdict.ok else 1)


@app.command()
def export(
    problem_file: Input,
    plan_file: PlanFile,
    xlsx: Annotated[Path | None, typer.Option(help="Excel workbook")] = None,
    csv: Annotated[Path | None, typer.Option(help="folder for CSV files")] = None,
    ics: Annotated[Path | None, typer.Option(help="folder for calendars, one a technician or room")] = None,
    reminder: Annotated[int | None, typer.Option(min=0, help="minutes before the start, in the calendars")] = None,
    png: Annotated[Path | None, typer.Option(help="picture with Gantt chart and map")] = None,
    html: Annotated[Path | None, typer.Option(help="page with Gantt chart, map and tables")] = None,
    vroom: Annotated[Path | None, typer.Option(help="answer in VROOM's JSON")] = None,
) -> None:
    """Write a plan for people and other programs."""
    chosen = [
        (exporting.xlsx, xlsx),
        (exporting.csv, csv),
        (exporting.png, png),
        (exporting.html, html),
        (exporting.vroom, vroom),
    ]
    if ics is None and not any(path for _, path in chosen):
        raise typer.BadParameter("say what to write: --xlsx, --csv, --ics, --png, --html or --vroom")
    problem, plan = _both(problem_file, plan_file)
    verdict = solving.verify(problem, plan)
    written = [file for write, path in chosen if path is not None for file in write(problem, plan, verdict, path)]
    if ics is not None:
        before = None if reminder is None else timedelta(minutes=reminder)
        written += exporting.ics(problem, plan, verdict, ics, before)
    for file in written:
        say.note(str(file))


@app.command()
def schema(plan: Annotated[bool, typer.Option("--plan", help="of plans instead of problems")] = False) -> None:
    """Print the JSON Schema of problems."""
    from scheduler.io.json import schema as of

    typer.echo(json.dumps(of(Plan if plan else Problem), indent=2))


@app.command()
def template(
    output: Annotated[Path, typer.Argument(help="where to write it")] = Path("fieldplan-template.xlsx"),
) -> None:
    """Write an Excel workbook to fill in; it holds an example and a help sheet."""
    from scheduler.io.excel.template import write_template

    write_template(output)
    say.note(f"{output} written; fill it in and run: fieldplan solve {output}")


@app.command()
def warmup() -> None:
    """Compile the search now instead of at the first solve."""
    from scheduler.solver.kernel import warm_up

    say.note(f"the search is ready ({warm_up(say.note):.1f} s)")


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="folder to write to")] = Path("fieldplan-demo"),
    time_limit: TimeLimit = 20.0,
    seed: Seed = 0,
    workers: Workers = 2,
) -> None:
    """Plan an example week of a service company and write it in all formats."""
    from scheduler.io.demo.problem import demo_problem
    from scheduler.io.json import write

    problem = demo_problem()
    out.mkdir(parents=True, exist_ok=True)
    write(problem, out / "problem.json")
    outcome = solving.solve(problem, time_limit=time_limit, seed=seed, workers=workers)
    write(outcome.plan, out / "plan.json")
    plan, verdict = outcome.plan, outcome.verdict
    exporting.xlsx(problem, plan, verdict, out / "plan.xlsx")
    exporting.png(problem, plan, verdict, out / "plan.png")
    exporting.html(problem, plan, verdict, out / "plan.html")
    exporting.ics(problem, plan, verdict, out / "calendars")
    say.summary(problem, outcome)
    say.note(f"written to {out}: problem.json, plan.json, plan.xlsx, plan.png, plan.html, calendars/")
    say.note(f"open {out / 'plan.html'} in a browser")


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8000,
    check: Annotated[bool, typer.Option("--check", help="only say whether the settings will do")] = False,
) -> None:
    """Start the service: its API, and the documentation of it at /docs. Settings: see the page on the service."""
    if check:
        raise typer.Exit(_service().check())
    _service().serve(host, port)


@app.command()
def work() -> None:
    """Work on the service's runs, in a process or on a machine of its own. Settings: as of `serve`."""
    _service().work()


@app.command()
def new_tenant(
    id: Annotated[str, typer.Argument(help="small letters, digits and -", show_default=False)],
    name: Annotated[str, typer.Option(help="as people know it")] = "",
) -> None:
    """Make one more company in the service, and say the link by which its administrator gets in."""
    _service().add_tenant(id, name)


@app.command()
def rotate_keys() -> None:
    """Encrypt the service's kept secrets again, under the first of FIELDPLAN_KEYS."""
    raise typer.Exit(_service().rotate_keys())


def _service() -> Any:
    """The service is an extra that stands above the library: it is called by name, never imported from here."""
    try:
        return import_module("service.command")
    except ModuleNotFoundError as error:
        raise FieldplanError("the service needs its extra: pip install 'fieldplan[service]'") from error


def _problem(path: Path) -> Problem:
    from scheduler.io.read import read_problem

    return read_problem(path)


def _require_folder(file: Path) -> None:
    """Find out before the solve, not after it, that its result can't be written."""
    if file.is_dir() or not file.parent.is_dir():
        raise InvalidInput((Fault("", "can't be written: there is no such folder, or it is one"),), str(file))


def _both(problem_file: Path, plan_file: Path) -> tuple[Problem, Plan]:
    """Problem and plan; both are read before anything is said, so that all faults show up."""
    from scheduler.io.json import read_plan
    from scheduler.io.references import require_known

    problem, plan = _problem(problem_file), read_plan(plan_file)
    require_known(problem, plan, str(plan_file))
    if plan.fingerprint and plan.fingerprint != problem.fingerprint:
        say.note("note: the plan was made for another version of this problem")
    return problem, plan
