"""A sample of every set, with every size in it: does any plan breach a rule?"""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.instances import instances_of
from benchmarks.options import Data, SetName, existing, named
from benchmarks.runs import OURS, Case, Run, ours, perform, read_runs, table_head, table_line
from benchmarks.sets import SETS
from benchmarks.sets.base import AnySet

Stratum = tuple[str, int]
"""Folder, and how many activities an instance of it has."""


def sample(
    set_name: SetName = None,
    data: Data = None,
    least: Annotated[int, typer.Option(help="Instances of each set, at least.", min=1)] = 12,
    budget: Annotated[float, typer.Option(help="CPU seconds per run.")] = 30.0,
    workers: Annotated[int, typer.Option(help="Threads of the search.")] = 1,
    plans: Annotated[Path | None, typer.Option(help="Write plans and published formats into this folder.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Append a JSON line per run; runs that stand there are kept.")
    ] = None,
) -> None:
    """Solve a sample of every set, every size in it; exit with 1 when a plan breaches a rule."""
    folder, done = existing(data), {run.key: run for run in read_runs(out)}
    runs: list[Run] = []
    typer.echo(table_head())
    for benchmark in [named(set_name)] if set_name else SETS.values():
        for path in sampled(benchmark, folder, least):
            case = Case(benchmark, folder, path, OURS, 1, budget)
            run = done.get(case.key)
            if run is None:
                run = perform(case, ours(workers), plans)
                if out is not None:
                    with out.open("a", encoding="utf-8") as file:
                        file.write(run.line + "\n")
            typer.echo(f"{table_line(run)} {run.unscheduled} unscheduled")
            runs.append(run)
    for line in summary(runs):
        typer.echo(line)
    raise typer.Exit(any(run.violations for run in runs))


def sampled(benchmark: AnySet, folder: Path, least: int) -> list[Path]:
    """Return the same number from each stratum, as few as give `least` together, evenly from those there are."""
    strata = defaultdict[Stratum, list[Path]](list)
    for path in instances_of(benchmark, folder):
        size = len(benchmark.to_problem(benchmark.read(path)).activities)
        strata[path.parent.name, size].append(path)
    enough = range(1, max(map(len, strata.values()), default=0) + 1)
    each = next((n for n in enough if sum(min(n, len(s)) for s in strata.values()) >= least), enough.stop - 1)
    return [path for _, paths in sorted(strata.items()) for path in _evenly(paths, each)]


def _evenly(paths: list[Path], count: int) -> Iterator[Path]:
    count = min(count, len(paths))
    return (paths[(2 * n + 1) * len(paths) // (2 * count)] for n in range(count))


def summary(runs: list[Run]) -> Iterator[str]:
    """Yield a line per set."""
    for name in dict.fromkeys(run.set for run in runs):
        own = [run for run in runs if run.set == name]
        bad = sum(run.violations for run in own)
        yield f"{name}: {len(own)} instances, {bad} violations, {sum(run.unscheduled for run in own)} unscheduled"
