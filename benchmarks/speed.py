"""Speed: how often a CPU second each part of the machine can do its work, by size."""

import json
import math
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from benchmarks.machine import machine, today
from benchmarks.sets.field import FIELD, Recipe, draw
from scheduler.domain.goal import Goal, Level, Term
from scheduler.domain.problem import Problem

if TYPE_CHECKING:
    from scheduler.solver.kernel.single import Kernel

LEAST_SECONDS = 1.0
STEPS_PER_ACTIVITY = 5
"""In all rounds over a plan that is cut."""
PROMISED = timedelta(hours=1)
"""After an activity's first window opens, where a move needs something late."""
HALF_WAY, STEPS_BEFORE = 0.5, 1000
"""Of the cooling; steps that are taken before those that are timed."""


@dataclass(frozen=True)
class Timing:
    """How often a CPU second a part did its work on an instance of a size."""

    name: str
    activities: int
    a_second: float
    kind: str = "speed"
    machine: str = ""
    date: str = ""


Repeated = Callable[[int], int]
"""Do the work about so many times and return how many times it was done."""
Prepare = Callable[[Problem], Repeated]
"""Prepare a problem, and compile what must be compiled, outside of the measured time."""


def _compile(problem: Problem) -> Repeated:
    from scheduler.solver.compile import compile

    return _each(lambda: compile(problem))


def _construct(problem: Problem) -> Repeated:
    from scheduler.solver.compile import compile
    from scheduler.solver.construct import construct

    compiled = compile(problem)
    return _each(lambda: construct(compiled))


def _verify(problem: Problem) -> Repeated:
    from scheduler.solver.compile import compile
    from scheduler.solver.construct import construct
    from scheduler.solver.solution import to_plan
    from scheduler.solver.verify import verify

    compiled = compile(problem)
    plan = to_plan(compiled, construct(compiled))
    return _each(lambda: verify(problem, plan))


def _step(problem: Problem, move: str = "") -> Repeated:
    """A ruin and a recreate, half-way through the cooling; of one move, if it is given, instead of the mix."""
    from scheduler.solver.kernel.moves.mix import only

    kernel = _half_way(_promised(problem) if move == "tardy" else problem)
    if move:
        kernel.mix(only(move))
        kernel.anneal(HALF_WAY, STEPS_BEFORE)

    def repeated(times: int) -> int:
        kernel.anneal(HALF_WAY, times)
        return times

    return repeated


def _promised(problem: Problem) -> Problem:
    """The same with a start promised for all, most of them too early to be kept."""
    begin = problem.horizon.start
    asked = tuple(
        a.model_copy(update={"respond_by": (a.start_windows[0].start if a.start_windows else begin) + PROMISED})
        for a in problem.activities
    )
    *higher, last = problem.goal.levels
    late = Level(weights={**last.weights, Term.TARDINESS: 1.0})
    return problem.model_copy(update={"activities": asked, "goal": Goal(levels=(*higher, late))})


def _half_way(problem: Problem) -> "Kernel":
    from scheduler.solver.compile import compile
    from scheduler.solver.construct import construct
    from scheduler.solver.kernel.single import Kernel

    compiled = compile(problem)
    kernel = Kernel(compiled)
    kernel.load(construct(compiled, None, lambda: True))
    kernel.anneal(HALF_WAY, STEPS_BEFORE)
    return kernel


def _exchange(problem: Problem, name: str) -> Repeated:
    """One exchange tried at a random stop, as those are around a plan that is better than all before."""
    from benchmarks.exchanges import exchanges

    return exchanges(_half_way(problem), name)


def _in_parts(problem: Problem) -> Repeated:
    """A step as a search takes it: a large plan is cut into territories, again and again, which counts."""
    from scheduler.solver.compile import compile
    from scheduler.solver.construct import construct
    from scheduler.solver.kernel.parts.rounds import Means, is_large, search_rounds
    from scheduler.solver.kernel.single import Kernel

    compiled = compile(problem)
    kernel = Kernel(compiled)
    kernel.load(construct(compiled, None, lambda: True))
    if not is_large(kernel):
        return _step(problem)

    def repeated(times: int) -> int:
        with ThreadPoolExecutor(1) as pool:
            means = Means(pool, 1, lambda: False)
            steps = max(times, STEPS_PER_ACTIVITY * len(problem.activities))
            return search_rounds(kernel, math.inf, steps, 1, means, lambda: None)

    return repeated


def _insertions(problem: Problem, people: int) -> Repeated:
    """All places of an activity on 125 technicians, of a team of two all pairs that may be the cheapest."""
    from benchmarks.insertions import insertions

    return insertions(len(problem.activities), people)


def _each(work: Callable[[], object]) -> Repeated:
    def repeated(times: int) -> int:
        for _ in range(times):
            work()
        return times

    return repeated


MOVES = ("strings", "day", "related", "slice", "worst", "tardy", "shared", "cheapest", "regret")
EXCHANGES = ("swap tails", "or-opt", "swap star", "split", "merge", "polish")
PARTS: Mapping[str, Prepare] = {
    "compile": _compile,
    "construct": _construct,
    "verify": _verify,
    "step": _step,
    "insert one": partial(_insertions, people=1),
    "insert two": partial(_insertions, people=2),
    "step in parts": _in_parts,
    **{move: partial(_step, move=move) for move in MOVES},
    **{name: partial(_exchange, name=name) for name in EXCHANGES},
}
"""What is timed. `step` is one of the compiled search with its mix of moves; then a step with each ruin by itself, one
that puts back by cheapest insertion or by regret alone, and a try of each exchange. `tardy` has due times of its own.
`insert` prices all places of one activity in a day's plan of its own, of as many activities on 125 technicians."""


def speed(
    sizes: Annotated[str, typer.Option(help="Comma-separated: how many activities.")] = "100,300,1000",
    only: Annotated[str, typer.Option(help=f"Comma-separated: of {', '.join(PARTS)}; all by default.")] = "",
    variant: Annotated[str, typer.Option(help="Of the generated set: full, routing, plain.")] = "full",
    out: Annotated[Path | None, typer.Option(help="Append a JSON line per part and size.")] = None,
) -> None:
    """Print how often a CPU second each part does its work."""
    names = only.split(",") if only else list(PARTS)
    if unknown := sorted(set(names) - set(PARTS)):
        raise typer.BadParameter(f"there is no part {', '.join(unknown)}; the parts are {', '.join(PARTS)}")
    for timing in measured(names, [int(size) for size in sizes.split(",")], variant):
        typer.echo(f"{timing.name:20} {timing.activities:6} {timing.a_second:12,.4g} a CPU second")
        if out is not None:
            with out.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(timing)) + "\n")


def measured(names: list[str], sizes: list[int], variant: str) -> Iterator[Timing]:
    """Time each part on each size, repeated until that took long enough to tell."""
    for size in sizes:
        problem = FIELD.to_problem(draw(Recipe.usual(variant, size, 1)))
        for name in names:
            yield Timing(name, size, round(_a_second(PARTS[name](problem)), 4), machine=machine(), date=today())


def _a_second(repeated: Repeated) -> float:
    times = 1
    while True:
        begin = time.process_time()
        done = repeated(times)
        took = time.process_time() - begin
        if took >= LEAST_SECONDS:
            return done / took
        times = max(times + 1, int(1.2 * times * LEAST_SECONDS / max(took, 0.01)))
