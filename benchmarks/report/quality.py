"""Tables of quality: a row for each solver and budget, means over instances and seeds.

Means compare like with like: a ratio to another solver is over the instances that both have at that budget.
"""

from collections import defaultdict
from collections.abc import Iterator
from statistics import mean, stdev

from benchmarks.runs import Run

REFERENCE = "pyvrp"
"""Whom routing is compared with at equal budget."""
FIELD_REFERENCE = "vroom"
"""Whom field service is compared with, whatever time either took."""

Group = tuple[str, float]
"""Solver and budget."""


def grouped(runs: list[Run]) -> dict[Group, list[Run]]:
    """Return the runs by solver and budget, in this order."""
    groups = defaultdict[Group, list[Run]](list)
    for run in sorted(runs, key=lambda run: (run.solver, run.budget_s, run.instance, run.seed)):
        groups[run.solver, run.budget_s].append(run)
    return dict(groups)


def routing_table(runs: list[Run]) -> Iterator[str]:
    """Yield the rows of a set with one objective."""
    groups, best = grouped(runs), _best(runs)
    yield _row("solver", "budget", "runs", "gap to best known", "above the best here", "to PyVRP", "spread", *_ENDS)
    yield _row(*["---"] * 10)
    for (solver, budget), own in groups.items():
        yield _row(
            solver,
            _budget(budget),
            _count(own),
            _gap(own),
            _percent([run.cost / best[run.instance] - 1 for run in own if not broken(run)]),
            _percent(_compared(own, groups.get((REFERENCE, budget), []))) if solver != REFERENCE else "",
            _spread(own),
            *_ends(own),
        )


def priority_table(runs: list[Run]) -> Iterator[str]:
    """Yield the rows of a set that counts something before its cost."""
    groups = grouped(runs)
    reference = next((own for (solver, _), own in groups.items() if solver == FIELD_REFERENCE), [])
    yield _row("solver", "budget", "runs", "lost first", "cost", "gap to best known", "cost to VROOM", "spread", *_ENDS)
    yield _row(*["---"] * 11)
    for (solver, budget), own in groups.items():
        yield _row(
            solver,
            _budget(budget),
            _count(own),
            f"{mean(run.priority[0] for run in own):.1f}",
            f"{mean(run.cost for run in own):.1f}",
            _gap(own),
            _percent(_compared(own, reference)) if solver != FIELD_REFERENCE else "",
            _spread(own),
            *_ends(own),
        )


_ENDS = ("left out", "CPU s", "MB")


def _ends(own: list[Run]) -> tuple[str, str, str]:
    peaks = [run.memory_mb for run in own if run.memory_mb is not None]
    bad = sum(map(broken, own))
    left_out = f"{mean(run.unscheduled for run in own):.1f}" + (f", {bad} broken" if bad else "")
    return left_out, f"{mean(run.cpu_s for run in own):.1f}", f"{max(peaks):.0f}" if peaks else ""


def broken(run: Run) -> bool:
    """Whether a run's plan breaks a rule, or leaves out who must be served where the set does not count that first."""
    return run.violations > 0 or (run.missed > 0 and not run.priority)


def _best(runs: list[Run]) -> dict[str, float]:
    """Return the least cost of each instance in these runs, published values included."""
    found = defaultdict[str, list[float]](list)
    for run in runs:
        if not broken(run):
            found[run.instance].append(run.cost)
        if run.best_known is not None:
            found[run.instance].append(run.best_known)
    return {instance: min(costs) for instance, costs in found.items()}


def _compared(own: list[Run], others: list[Run]) -> list[float]:
    """Return cost over the other's mean cost, less one, on instances that both solved."""
    costs = defaultdict[str, list[float]](list)
    for run in others:
        if not broken(run):
            costs[run.instance].append(run.cost)
    return [run.cost / mean(costs[run.instance]) - 1 for run in own if run.instance in costs and not broken(run)]


def _gap(own: list[Run]) -> str:
    """Return the mean gap to the best known, and of how many instances one is known."""
    gaps = [run.gap for run in own if run.gap is not None and not broken(run)]
    return f"{_percent(gaps)} ({len({run.instance for run in own if run.gap is not None})})" if gaps else ""


def _spread(own: list[Run]) -> str:
    """Return the standard deviation over seeds, a mean over instances with several."""
    costs = defaultdict[str, list[float]](list)
    for run in own:
        if not broken(run):
            costs[run.instance].append(run.cost)
    return _percent([stdev(several) / mean(several) for several in costs.values() if len(several) > 1])


def _count(own: list[Run]) -> str:
    instances, seeds = len({run.instance for run in own}), len({run.seed for run in own})
    return f"{instances} x {seeds}" if seeds > 1 else str(instances)


def _budget(seconds: float) -> str:
    return f"{seconds:g} s" if seconds else "its own"


def _percent(shares: list[float]) -> str:
    return f"{100 * mean(shares):.2f} %" if shares else ""


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
