"""How late a solve comes back, after its time limit and after a cancel."""

import time
from statistics import median
from threading import Event, Timer
from typing import Annotated

import typer

from benchmarks.sets.field import FIELD, Recipe, draw
from scheduler.domain.problem import Problem

PROMISED_SECONDS, PROMISED_TO_CP_SAT = 0.2, 0.5
"""After a cancel that the compiled search hears, and wherever CP-SAT may have the problem or the last word."""
SIZES = (10, 100, 1000)
REPEATS = 3
"""Each row is the median of so many."""


def stopping(
    activities: Annotated[
        list[int] | None, typer.Option(help=f"Sizes to try; {', '.join(map(str, SIZES))} when not given.")
    ] = None,
    limits: Annotated[list[float] | None, typer.Option(help="Seconds to solve for; 1 and 3 when not given.")] = None,
    workers: Annotated[int, typer.Option(help="Threads.")] = 1,
    seed: Annotated[int, typer.Option(help="Of the generator and of the search.")] = 1,
) -> None:
    """Print by how much a solve overruns its limit and a cancel; exit with 1 above what is promised, in CPU time.

    Each row is the median of three.
    """
    late = False
    typer.echo("activities  seconds  until       on the clock  CPU seconds")
    for count in activities or SIZES:
        problem = FIELD.to_problem(draw(Recipe.usual("full", count, seed)))
        for seconds in limits or (1.0, 3.0):
            for cancelled in (False, True):
                found = [_overrun(problem, seconds, workers, seed, cancelled) for _ in range(REPEATS)]
                clock, cpu = map(median, zip(*found, strict=True))
                by_search = cancelled and not _is_small(problem)
                late |= cpu > (PROMISED_SECONDS if by_search else PROMISED_TO_CP_SAT)
                told = "the cancel" if cancelled else "the limit"
                typer.echo(f"{count:10} {seconds:8.1f}  {told:10} {clock:13.2f} {cpu:12.2f}")
    raise typer.Exit(late)


def _is_small(problem: Problem) -> bool:
    """Whether CP-SAT has the whole problem for most of the time."""
    from scheduler.solver.compile import compile
    from scheduler.solver.search import SMALL, arcs

    return arcs(compile(problem)) <= SMALL


def _overrun(problem: Problem, seconds: float, workers: int, seed: int, cancelled: bool) -> tuple[float, float]:
    """Seconds on the clock and of CPU time from the moment to stop until the plan is there; 0 when it was there before.

    The CPU time is what counts on a machine that others use too.
    """
    from scheduler.solver.solve import solve

    reached = Event()
    marks: list[tuple[float, float]] = []

    def mark() -> None:
        marks.append((time.monotonic(), time.process_time()))
        reached.set()

    timer = Timer(seconds, mark)
    timer.start()
    limit, cancel = (1000.0, reached.is_set) if cancelled else (seconds, None)
    solve(problem, time_limit=limit, seed=seed, workers=workers, cancel=cancel)
    clock, cpu = time.monotonic(), time.process_time()
    timer.cancel()
    return (clock - marks[0][0], cpu - marks[0][1]) if marks else (0.0, 0.0)
