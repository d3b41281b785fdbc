"""How seconds, memory and cost grow with the number of activities, on the generator's full week of field service."""

import json
import resource
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from benchmarks.machine import machine, today
from benchmarks.runs import cpu_seconds, ours
from benchmarks.sets.field import FIELD, Instance, Recipe, draw
from scheduler.domain.plan import Plan

KILOBYTES_PER_MEGABYTE = 1024

Sizes = Annotated[str, typer.Option(help="Comma-separated: how many activities.")]
Budgets = Annotated[str, typer.Option(help="Comma-separated seconds for whole solves, of the CPU; none by default.")]
Seed = Annotated[int, typer.Option(help="Of the generator.")]
Out = Annotated[Path | None, typer.Option(help="Append a JSON line per stage.")]
Inside = Annotated[str, typer.Option(hidden=True)]


@dataclass(frozen=True)
class Stage:
    """What one stage took on one size: on the clock, of the CPU, and the peak of the process so far.

    `stage` is `solve N` for a whole solve with a limit of N seconds. `lost` and `travel` judge the plan that it ends
    with: priority lost, minutes.
    """

    activities: int
    seed: int
    stage: str
    clock_s: float
    cpu_s: float
    memory_mb: float
    lost: float | None = None
    travel: float | None = None
    kind: str = "scale"
    machine: str = ""
    date: str = ""


def scale(
    sizes: Sizes = "100,300,1000,3000,10000,20000", budgets: Budgets = "", seed: Seed = 1,
    out: Out = None, inside: Inside = "",
) -> None:  # fmt: skip
    """Measure drawing, compiling, a first plan, going on from it, verifying and solving; print how each grows."""
    if inside:
        measure(Recipe.usual("full", int(sizes), seed), inside)
        return
    found: list[Stage] = []
    for size in map(int, sizes.split(",")):
        for what in ("stages", *filter(None, budgets.split(","))):
            for stage in _in_child(size, seed, what):
                found.append(stage)
                typer.echo(_line(stage))
                if out is not None:
                    with out.open("a", encoding="utf-8") as file:
                        file.write(json.dumps(asdict(stage)) + "\n")
    for name, exponent in exponents(found).items():
        typer.echo(f"{name:12} grows as activities^{exponent:.2f}")


def exponents(stages: list[Stage]) -> dict[str, float]:
    """Return the slope of CPU seconds over activities, both in logarithms, by stage; where there are two sizes."""
    points = defaultdict[str, list[tuple[float, float]]](list)
    for stage in stages:
        if not stage.stage.startswith("solve"):
            points[stage.stage].append((np.log(stage.activities), np.log(max(stage.cpu_s, 1e-3))))
    several = {name: np.array(at) for name, at in points.items() if len({x for x, _ in at}) > 1}
    return {name: float(np.polyfit(at[:, 0], at[:, 1], 1)[0]) for name, at in several.items()}


def _in_child(size: int, seed: int, what: str) -> Iterator[Stage]:
    """Yield what a fresh process measures."""
    options = [f"--sizes={size}", f"--seed={seed}", f"--inside={what}"]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "scale", *options], check=True, stdout=subprocess.PIPE, text=True
    )
    yield from (Stage(**json.loads(line)) for line in done.stdout.splitlines())


def _line(stage: Stage) -> str:
    plan = "" if stage.lost is None else f"   {stage.lost:.0f} priority lost, {stage.travel:.0f} min of travel"
    seconds = f"{stage.clock_s:8.2f} s {stage.cpu_s:8.2f} CPU s"
    return f"{stage.activities:6} {stage.stage:12} {seconds} {stage.memory_mb:8.0f} MB{plan}"


def measure(recipe: Recipe, what: str) -> None:
    """Run the stages one after the other, or a solve with a limit; a JSON line each."""
    instance = draw(recipe)
    if what == "stages":
        _stages(recipe, instance)
    else:
        _solve(recipe, instance, float(what))


def _stages(recipe: Recipe, instance: Instance) -> None:
    from scheduler.solver.compile import compile
    from scheduler.solver.construct import construct
    from scheduler.solver.kernel import warm_up
    from scheduler.solver.kernel.single import Kernel
    from scheduler.solver.solution import to_plan
    from scheduler.solver.verify import verify

    warm_up()
    with _stage(recipe, "problem"):
        problem = FIELD.to_problem(instance)
    begin, used = time.perf_counter(), cpu_seconds()
    with _stage(recipe, "compile"):
        compiled = compile(problem)
    with _stage(recipe, "tables"):
        kernel = Kernel(compiled)
    with _stage(recipe, "construct"):
        kernel.load(construct(compiled, None, lambda: True))
    with _stage(recipe, "plan"):
        plan = to_plan(compiled, kernel.best)
    _print(recipe, "first plan", time.perf_counter() - begin, cpu_seconds() - used, *_judged(instance, plan))
    with _stage(recipe, "warm start"):
        again = Kernel(compile(problem))
        again.load(construct(again.c, kernel.best, lambda: True))
    with _stage(recipe, "verify"):
        verify(problem, plan)


def _solve(recipe: Recipe, instance: Instance, seconds: float) -> None:
    problem, solver = FIELD.to_problem(instance), ours(1)
    begin, used = time.perf_counter(), cpu_seconds()
    plan = solver(problem, seconds, 1).plan
    took = time.perf_counter() - begin, cpu_seconds() - used
    _print(recipe, f"solve {seconds:g}", *took, *_judged(instance, plan))


def _judged(instance: Instance, plan: Plan) -> tuple[float, float]:
    score = FIELD.score(instance, FIELD.from_plan(instance, plan))
    if score.violations:
        raise SystemExit(f"the plan breaks a rule: {score.violations[0]}")
    return score.priority[0], score.cost


@contextmanager
def _stage(recipe: Recipe, name: str) -> Iterator[None]:
    begin, used = time.perf_counter(), cpu_seconds()
    yield
    _print(recipe, name, time.perf_counter() - begin, cpu_seconds() - used)


def _print(
    recipe: Recipe, name: str, clock: float, used: float, lost: float | None = None, travel: float | None = None
) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KILOBYTES_PER_MEGABYTE
    seconds = round(clock, 4), round(used, 4)
    stage = Stage(
        recipe.activities, recipe.seed, name, *seconds, round(peak, 1), lost, travel, machine=machine(), date=today()
    )
    typer.echo(json.dumps(asdict(stage)))
