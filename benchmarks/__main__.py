"""`python -m benchmarks`: list instances with their best known values, score a solution file."""

from pathlib import Path
from typing import Annotated

import typer

from benchmarks.best_known import best_known
from benchmarks.instances import DATA_VARIABLE, data_folder, detect, instances_of
from benchmarks.sets import SETS
from benchmarks.sets.base import AnySet

app = typer.Typer(help=__doc__, no_args_is_help=True)

SetName = Annotated[str | None, typer.Option("--set", help=f"One of {', '.join(SETS)}.")]


def _named(name: str) -> AnySet:
    if name not in SETS:
        raise typer.BadParameter(f"there is no set {name}; the sets are {', '.join(SETS)}")
    return SETS[name]


@app.command("list")
def list_instances(
    set_name: SetName = None,
    data: Annotated[Path | None, typer.Option(envvar=DATA_VARIABLE, help="The folder with the sets.")] = None,
    pattern: Annotated[str, typer.Option("--glob", help="Only paths that match, such as 'solomon/R1*.txt'.")] = "*",
) -> None:
    """List instances: set, best known cost, path."""
    folder = data_folder(data)
    if folder is None:
        raise typer.BadParameter(f"name an existing folder by --data or {DATA_VARIABLE}")
    for benchmark in [_named(set_name)] if set_name else SETS.values():
        for path in instances_of(benchmark, folder, pattern):
            best = best_known(path, benchmark.name)
            typer.echo(f"{benchmark.name:15} {'-' if best is None else f'{best:.12g}':>12} {path.relative_to(folder)}")


@app.command()
def score(instance: Path, solution: Path, set_name: SetName = None) -> None:
    """Score a solution file in its set's own format; exit with 1 when it breaks a hard rule."""
    benchmark = _named(set_name) if set_name else detect(instance)
    if benchmark is None:
        raise typer.BadParameter(f"{instance} is an instance of none of {', '.join(SETS)}")
    given = benchmark.read(instance)
    found = benchmark.score(given, benchmark.read_solution(solution.read_text(encoding="utf-8"), given))
    typer.echo(f"cost {found.cost:.12g}, unscheduled {found.unscheduled}")
    for name, value in found.components.items():
        typer.echo(f"  {name} {value:.12g}")
    for violation in found.violations:
        typer.echo(f"violation: {violation}")
    raise typer.Exit(0 if found.feasible else 1)


if __name__ == "__main__":
    app()
