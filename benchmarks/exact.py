"""The CP-SAT core alone on small instances: cost, bound, and whether it is proven."""

import time
from typing import Annotated

import typer

from benchmarks.instances import instances_of
from benchmarks.options import Data, existing, named
from benchmarks.runs import Answer, Case, Solver, perform, table_head, table_line
from scheduler.domain.plan import Plan
from scheduler.domain.problem import Problem

SMALL = (
    ("hhcrsp", "toy.json"),
    ("hhcrsp", "InstanzCPLEX_HCSRP_10_*.json"),
    ("uhhc", "bazirha-caie/J*.json"),
    ("uhhc", "bazirha-caie/M*.json"),
    ("uhhc", "small/*.json"),
)
"""Sets and paths whose instances an exact solver should finish."""
CORE = "cpsat"


def exact(
    data: Data = None,
    seconds: Annotated[float, typer.Option(help="On the clock, per instance.")] = 60.0,
    workers: Annotated[int, typer.Option(help="Threads.")] = 2,
    seed: Annotated[int, typer.Option(help="Of CP-SAT.")] = 0,
    instances: Annotated[str, typer.Option(help="Only paths that match, such as 'small/*.json'.")] = "*",
) -> None:
    """Solve the small instances by CP-SAT alone and print what is proven."""
    folder = existing(data)
    typer.echo(f"{table_head()}   on the clock")
    for set_name, pattern in SMALL:
        for path in instances_of(named(set_name), folder, pattern):
            if path.match(instances):
                _one(Case(named(set_name), folder, path, CORE, seed, seconds), core(workers))


def _one(case: Case, solver: Solver) -> None:
    begin = time.monotonic()
    run = perform(case, solver, None)
    typer.echo(f"{table_line(run)} {time.monotonic() - begin:.1f} s")


def core(workers: int) -> Solver:
    """Return CP-SAT alone as a solver."""

    def run(problem: Problem, seconds: float, seed: int) -> Answer:
        from scheduler.solver.compile import compile
        from scheduler.solver.cpsat import solve_exactly

        found = solve_exactly(compile(problem), seconds=seconds, workers=workers, seed=seed)
        return Answer(found.plan or Plan(), found.bound, found.optimal)

    return run
