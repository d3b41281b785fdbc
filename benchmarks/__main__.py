"""`python -m benchmarks`: list instances, score solutions, measure quality, exactness, scale, stopping, reliability."""

from pathlib import Path
from typing import Annotated

import typer

from benchmarks.best_known import best_known
from benchmarks.exact import exact
from benchmarks.field import field
from benchmarks.imports import imports
from benchmarks.instances import detect, instances_of
from benchmarks.judge import judge
from benchmarks.kills import kills
from benchmarks.load import load
from benchmarks.options import Data, SetName, existing, named
from benchmarks.published import published
from benchmarks.quality import quality
from benchmarks.reliability import reliability
from benchmarks.replan import replan
from benchmarks.report import report
from benchmarks.sample import sample
from benchmarks.scale import scale
from benchmarks.service import service
from benchmarks.sets import SETS
from benchmarks.speed import speed
from benchmarks.starting import starting
from benchmarks.stopping import stopping
from benchmarks.warming import warming

app = typer.Typer(help=__doc__, no_args_is_help=True)
for command in (
    field, quality, sample, exact, scale, replan, speed, starting, stopping, imports, warming, reliability, kills,
    service, load, report,
):  # fmt: skip
    app.command()(command)


@app.command("list")
def list_instances(
    set_name: SetName = None,
    data: Data = None,
    pattern: Annotated[str, typer.Option("--glob", help="Only paths that match, such as 'solomon/R1*.txt'.")] = "*",
) -> None:
    """List instances: set, best known cost, path."""
    folder = existing(data)
    for benchmark in [named(set_name)] if set_name else SETS.values():
        for path in instances_of(benchmark, folder, pattern):
            best = best_known(path, benchmark.name)
            typer.echo(f"{benchmark.name:15} {'-' if best is None else f'{best:.12g}':>12} {path.relative_to(folder)}")


@app.command()
def score(
    instance: Path,
    solution: Path,
    set_name: SetName = None,
    verify: Annotated[bool, typer.Option(help="Have the scheduler judge it too, as a plan.")] = False,
) -> None:
    """Score a solution file in its set's own format; exit with 1 when it breaks a hard rule."""
    benchmark = named(set_name) if set_name else detect(instance)
    if benchmark is None:
        raise typer.BadParameter(f"{instance} is an instance of none of {', '.join(SETS)}")
    given = benchmark.read(instance)
    read = benchmark.read_solution(solution.read_text(encoding="utf-8"), given)
    found = benchmark.score(given, read)
    typer.echo(f"cost {found.cost:.12g}, unscheduled {found.unscheduled}")
    for name, value in found.components.items():
        typer.echo(f"  {name} {value:.12g}")
    complaints = [f"violation: {violation}" for violation in found.violations]
    if verify:
        judged = judge(benchmark, given, read, benchmark.to_plan(given, read), benchmark.to_problem(given))
        complaints += [*(f"breach: {breach.text}" for breach in judged.verdict.breaches), *judged.differences]
    for complaint in complaints:
        typer.echo(complaint)
    raise typer.Exit(bool(complaints))


@app.command("published")
def judge_published(set_name: SetName = None, data: Data = None) -> None:
    """Judge all published solutions by both judges; exit with 1 when they differ or find a breach."""
    folder, wrong = existing(data), 0
    for benchmark in [named(set_name)] if set_name else SETS.values():
        found = published(benchmark.name, folder)
        for one in found:
            given = benchmark.read(one.path)
            read = benchmark.read_solution(one.text, given)
            judged = judge(benchmark, given, read, benchmark.to_plan(given, read), benchmark.to_problem(given))
            wrong += not judged.agrees
            for complaint in (
                *judged.score.violations,
                *(v.text for v in judged.verdict.breaches),
                *judged.differences,
            ):
                typer.echo(f"{one.path.name}: {complaint}")
        typer.echo(f"{benchmark.name}: {len(found)} published solutions judged")
    raise typer.Exit(bool(wrong))


if __name__ == "__main__":
    app()
