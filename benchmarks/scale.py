"""Seconds and peak memory of everything but the search on a large week of field service, in a child process."""

import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from benchmarks.field import Size, field_service

KILOBYTES_PER_MEGABYTE = 1024

Activities = Annotated[int, typer.Option(help="Activities.", min=1)]
Technicians = Annotated[int, typer.Option(help="Technicians.", min=1)]
Days = Annotated[int, typer.Option(help="Working days.", min=1)]
Seed = Annotated[int, typer.Option(help="Of the generator.")]
Inside = Annotated[bool, typer.Option(hidden=True)]


def scale(
    activities: Activities = 10_000, technicians: Technicians = 1_000, days: Days = 5, seed: Seed = 1,
    inside: Inside = False,
) -> None:  # fmt: skip
    """Print seconds and peak memory of building, compiling, constructing and verifying."""
    if inside:
        measure(Size(activities, technicians, days), seed)
        return
    sizes = [f"--activities={activities}", f"--technicians={technicians}", f"--days={days}", f"--seed={seed}"]
    done = subprocess.run([sys.executable, "-m", "benchmarks", "scale", *sizes, "--inside"], check=False)
    raise typer.Exit(done.returncode)


def measure(size: Size, seed: int) -> None:
    """Run the stages one after the other; the peak is that of the process so far."""
    typer.echo(f"{size.activities} activities, {size.technicians} technicians, {size.days} days, seed {seed}")
    with _stage("import"):
        from scheduler.solver.compile import compile
        from scheduler.solver.construct import construct
        from scheduler.solver.solution import to_plan
        from scheduler.solver.verify import verify
    with _stage("problem"):
        problem = field_service(size, seed)
    with _stage("compile"):
        compiled = compile(problem)
    with _stage("construct"):
        solution = construct(compiled)
    with _stage("plan"):
        plan = to_plan(compiled, solution)
    with _stage("verify"):
        verdict = verify(problem, plan)
    served = len(plan.by_activity)
    typer.echo(f"{served} scheduled, {len(verdict.breaches)} breaches, score {verdict.score.order}")


@contextmanager
def _stage(name: str) -> Iterator[None]:
    begin = time.perf_counter()
    yield
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KILOBYTES_PER_MEGABYTE
    typer.echo(f"{name:10} {time.perf_counter() - begin:8.2f} s {peak:8.0f} MB")
