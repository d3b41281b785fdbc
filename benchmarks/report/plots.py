"""Plots of what was measured, as SVG beside the page."""

from collections.abc import Iterator
from itertools import filterfalse
from math import nan
from pathlib import Path
from statistics import mean

from benchmarks.report.quality import broken, grouped
from benchmarks.runs import Run
from benchmarks.scale import Stage

GAPS, GROWTH = "benchmark-gaps.svg", "benchmark-growth.svg"


def plot_gaps(runs: list[Run], names: dict[str, list[Run]], folder: Path) -> Iterator[tuple[str, str]]:
    """Draw the mean gap to the best cost of each instance, by subset, solver and budget; yield name and description."""
    best: dict[str, float] = {}
    for run in filterfalse(broken, runs):
        best[run.instance] = min(x for x in (best.get(run.instance), run.cost, run.best_known) if x is not None)
    routing = {name: grouped(own) for name, own in names.items() if not own[0].priority}
    if not routing:
        return
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 3.5), layout="constrained")
    axes = figure.subplots()
    groups = sorted({group for found in routing.values() for group in found})
    width = 0.8 / len(groups)
    for n, (solver, budget) in enumerate(groups):
        heights = [_mean_gap(found.get((solver, budget), []), best) for found in routing.values()]
        at = [x + n * width for x in range(len(routing))]
        axes.bar(at, heights, width, label=f"{solver} {f'{budget:g} s' if budget else 'own time'}")
    axes.set_xticks([x + 0.4 - width / 2 for x in range(len(routing))], list(routing))
    axes.set_ylabel("% above the best cost known")
    axes.legend(fontsize="small")
    yield _saved(figure, folder, GAPS), "Mean distance to the best cost known, by subset, solver and budget"


def _mean_gap(runs: list[Run], best: dict[str, float]) -> float:
    """Return the mean distance to the best cost in %; no number, and so no bar, where there is no run to speak of."""
    gaps = [100 * (run.cost / best[run.instance] - 1) for run in runs if not broken(run)]
    return mean(gaps) if gaps else nan


def plot_growth(stages: list[Stage], folder: Path) -> Iterator[tuple[str, str]]:
    """Draw CPU seconds over activities, both in logarithms, a line for each stage; yield name and description."""
    timed = [stage for stage in stages if not stage.stage.startswith("solve") and stage.cpu_s > 0]
    if not timed:
        return
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 3.5), layout="constrained")
    axes = figure.subplots()
    for name in dict.fromkeys(stage.stage for stage in timed):
        points = sorted((stage.activities, stage.cpu_s) for stage in timed if stage.stage == name)
        axes.loglog([x for x, _ in points], [y for _, y in points], marker="o", label=name)
    axes.set_xlabel("activities")
    axes.set_ylabel("CPU seconds")
    axes.legend(fontsize="small")
    yield _saved(figure, folder, GROWTH), "CPU seconds of each stage over the number of activities"


def _saved(figure: object, folder: Path, name: str) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    figure.savefig(folder / name, metadata={"Date": None})  # type: ignore[attr-defined]
    return name
