"""One run of a solver on an instance, judged and written down as a line of JSON."""

import json
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.best_known import best_known, best_known_vehicles
from benchmarks.judge import Judgement, judge
from benchmarks.machine import machine, today
from benchmarks.sets.base import AnySet
from scheduler.domain.plan import Plan
from scheduler.domain.problem import Problem

OURS = "ours"


LEFT_OUT = re.compile(r"(not visited|visited 0 times|0 visits)$")
"""How the scorers name a customer who must be served and is not."""


@dataclass(frozen=True)
class Answer:
    """What a solver found, with a lower bound on each level of the goal, if it proves any.

    A solver that runs in a process of its own says what that used, and its name with the version.
    """

    plan: Plan
    bound: tuple[float, ...] = ()
    optimal: bool = False
    cpu_s: float | None = None
    memory_mb: float | None = None
    release: str = ""


Solver = Callable[[Problem, float, int], Answer]
"""Problem, seconds, seed."""


@dataclass(frozen=True)
class Run:
    """A run as it is written down.

    Attributes
    ----------
    instance
        Path below the data folder.
    budget_s, cpu_s
        Seconds allowed, and CPU seconds used by this process and its children.
    cost, priority
        The set's last objective in its own unit, and what comes before it (vehicles, unserved requests).
    best_known, gap
        Of the cost; the gap is a fraction, None where there is nothing to compare with (no best known value, or a
        solution that differs in what comes before the cost).
    bound
        No solution costs less, as far as proven; None where what comes before the cost is open.
    violations
        Breaches that `verify` finds plus those that the set's scorer finds, without what is only left out.
    plan
        Where the plan was written.
    components
        The terms of the set's objective.
    missed
        Activities left out that must be served.
    memory_mb
        Peak of the process, where the solver has one of its own.
    release, machine, date
        The solver with its version; where and on which day it ran.
    """

    set: str
    instance: str
    solver: str
    seed: int
    budget_s: float
    cpu_s: float
    cost: float
    priority: tuple[float, ...]
    best_known: float | None
    gap: float | None
    bound: float | None
    unscheduled: int
    violations: int
    optimal: bool
    plan: str | None
    components: dict[str, float] = field(default_factory=dict)
    memory_mb: float | None = None
    release: str = ""
    machine: str = ""
    date: str = ""
    missed: int = 0

    @property
    def key(self) -> tuple[str, str, str, int, float]:
        """What tells one run from another."""
        return self.set, self.instance, self.solver, self.seed, self.budget_s

    @property
    def line(self) -> str:
        """One JSON object."""
        return json.dumps(asdict(self))


@dataclass(frozen=True)
class Lacking:
    """What of an instance a solver can't express, so that there is no run."""

    set: str
    instance: str
    solver: str
    what: str
    kind: str = "lacking"

    @property
    def line(self) -> str:
        """One JSON object."""
        return json.dumps(asdict(self))


def read_runs(path: Path | None) -> Iterator[Run]:
    """Yield the runs that stand in a file, beside what else was measured; a last line that was cut off is left out."""
    for line in path.read_text(encoding="utf-8").splitlines() if path and path.is_file() else []:
        try:
            given = json.loads(line)
        except json.JSONDecodeError:
            continue
        if "kind" not in given:
            yield run_of(given)


def run_of(given: dict[str, Any]) -> Run:
    """Return the run that an object of JSON says."""
    return Run(**{**given, "priority": tuple(given["priority"])})


def ours(workers: int) -> Solver:
    """Return the scheduler itself, compiled beforehand, as a solver; the budget counts the CPU of all workers."""
    from scheduler import solve
    from scheduler.solver.kernel import warm_up

    warm_up()

    def run(problem: Problem, seconds: float, seed: int) -> Answer:
        with clock_of_the_cpu():
            outcome = solve(problem, time_limit=seconds, seed=seed, workers=workers)
        release = f"{OURS} {outcome.versions.get('fieldplan', '')}".strip()
        return Answer(outcome.plan, outcome.bound, outcome.gap == 0.0, release=release)

    return run


@contextmanager
def clock_of_the_cpu() -> Iterator[None]:
    """Let the clock that the search looks at run only while this process does: others' load takes nothing from us.

    CP-SAT has a clock of its own, which goes on.
    """
    true = time.monotonic
    time.monotonic = time.process_time
    try:
        yield
    finally:
        time.monotonic = true


def cpu_seconds() -> float:
    """CPU seconds of this process, all its threads, and its children that have ended."""
    children = os.times()
    return time.process_time() + children.children_user + children.children_system


@dataclass(frozen=True)
class Case:
    """What is run: an instance of a set, by whom, how long."""

    benchmark: AnySet
    folder: Path
    path: Path
    solver: str
    seed: int
    budget: float

    @property
    def instance(self) -> str:
        """The instance's path below the data folder."""
        return self.path.relative_to(self.folder).as_posix()

    @property
    def key(self) -> tuple[str, str, str, int, float]:
        """The key of the run that comes of it."""
        return self.benchmark.name, self.instance, self.solver, self.seed, self.budget


def perform(case: Case, solver: Solver, plans: Path | None) -> Run:
    """Solve, judge by both judges, write the plan and the published format, and return the run."""
    benchmark, instance = case.benchmark, case.benchmark.read(case.path)
    problem, begin = benchmark.to_problem(instance), cpu_seconds()
    answer = solver(problem, case.budget, case.seed)
    used = cpu_seconds() - begin
    solution = benchmark.from_plan(instance, answer.plan)
    judged = judge(benchmark, instance, solution, answer.plan, problem)
    best = best_known(case.path, benchmark.name)
    return Run(
        set=benchmark.name,
        instance=case.instance,
        solver=case.solver,
        seed=case.seed,
        budget_s=case.budget,
        cpu_s=round(used if answer.cpu_s is None else answer.cpu_s, 3),
        cost=judged.score.cost,
        priority=judged.score.priority,
        best_known=best,
        gap=_gap(case, judged, best),
        bound=_bound(judged, answer.bound),
        unscheduled=judged.score.unscheduled,
        violations=_violations(judged),
        optimal=answer.optimal,
        plan=None if plans is None else str(_write(case, plans, answer.plan, solution)),
        components=dict(judged.score.components),
        memory_mb=answer.memory_mb,
        release=answer.release,
        machine=machine(),
        date=today(),
        missed=sum(v.rule == "mandatory" for v in judged.verdict.breaches),
    )


def _violations(judged: Judgement) -> int:
    """Count breaches; what is only left out is counted as unscheduled."""
    breaches = [v for v in judged.verdict.breaches if v.rule != "mandatory"]
    found = [text for text in judged.score.violations if not LEFT_OUT.search(text)]
    return len(breaches) + len(found)


def _gap(case: Case, judged: Judgement, best: float | None) -> float | None:
    """Return the gap to the best known cost; the best known trsp solutions serve everybody."""
    reference: tuple[float | None, ...] = ()
    if judged.score.priority:
        reference = (best_known_vehicles(case.path) if case.benchmark.name == "vrptw" else 0,)
    return judged.score.cost / best - 1 if best and judged.score.priority == reference else None


def _bound(judged: Judgement, bound: tuple[float, ...]) -> float | None:
    """Return the bound on the cost, when all levels above are proven."""
    *above, _ = judged.verdict.score.levels
    proven = len(bound) == len(above) + 1 and all(b >= a - 1e-6 for b, a in zip(bound, above, strict=False))
    return bound[-1] if proven else None


def _write(case: Case, plans: Path, plan: Plan, solution: Any) -> Path:
    plans.mkdir(parents=True, exist_ok=True)
    name = "-".join([case.benchmark.name, *Path(case.instance).with_suffix("").parts[1:], case.solver, str(case.seed)])
    (plans / f"{name}.sol").write_text(case.benchmark.write_solution(solution), encoding="utf-8")
    path = plans / f"{name}.plan.json"
    path.write_text(plan.model_dump_json(), encoding="utf-8")
    return path


def table_head() -> str:
    """Return the head of the table of runs."""
    head = f"{'instance':44} {'solver':8} {'seed':>4} {'cost':>12} {'best known':>12} {'gap %':>7} {'bound':>12}"
    return f"{head} {'viol':>4} {'cpu s':>7}"


def table_line(run: Run) -> str:
    """Return one run as a line of the table."""
    numbers = [_shown(run.cost), _shown(run.best_known)]
    gap = "-" if run.gap is None else f"{100 * run.gap:.2f}"
    first = "/".join(f"{value:g}" for value in run.priority)
    return (
        f"{run.instance[-44:]:44} {run.solver:8} {run.seed:>4} {numbers[0]:>12} {numbers[1]:>12} {gap:>7} "
        f"{_shown(run.bound):>12} {run.violations:>4} {run.cpu_s:>7.1f} {first}{' optimal' if run.optimal else ''}"
    )


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.9g}"


def mean_gap(runs: Iterable[Run]) -> str:
    """Return the mean gap of the runs that have one, in words."""
    gaps = [run.gap for run in runs if run.gap is not None]
    return f"mean gap {100 * sum(gaps) / len(gaps):.3f} % over {len(gaps)} runs" if gaps else "no gaps to average"
