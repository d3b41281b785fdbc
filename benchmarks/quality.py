"""Quality: the gap to the best known value after a budget of CPU seconds."""

from pathlib import Path
from typing import Annotated

import typer

from benchmarks.instances import instances_of
from benchmarks.options import Data, existing, named
from benchmarks.runs import OURS, Case, Run, mean_gap, ours, perform, read_runs, table_head, table_line


def quality(
    set_name: Annotated[str, typer.Option("--set")],
    budget: Annotated[float, typer.Option(help="CPU seconds per run; with one worker, seconds on the clock.")] = 60.0,
    data: Data = None,
    instances: Annotated[str, typer.Option(help="Only paths that match, such as 'solomon/R1*.txt'.")] = "*",
    seeds: Annotated[int, typer.Option(help="Seeds 1 to N.", min=1)] = 1,
    workers: Annotated[int, typer.Option(help="Threads of the search.")] = 1,
    plans: Annotated[Path | None, typer.Option(help="Write plans and published formats into this folder.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Append a JSON line per run; runs that stand there are kept.")
    ] = None,
) -> None:
    """Solve instances and print cost, best known cost, gap, bound and violations."""
    benchmark, folder = named(set_name), existing(data)
    done = {run.key: run for run in read_runs(out)}
    runs: list[Run] = []
    solver = ours(workers)
    typer.echo(table_head())
    for path in instances_of(benchmark, folder, instances):
        for seed in range(1, seeds + 1):
            case = Case(benchmark, folder, path, OURS, seed, budget)
            run = done.get(case.key) or _append(perform(case, solver, plans), out)
            typer.echo(table_line(run))
            runs.append(run)
    typer.echo(mean_gap(runs))


def _append(run: Run, out: Path | None) -> Run:
    if out is not None:
        with out.open("a", encoding="utf-8") as file:
            file.write(run.line + "\n")
    return run
