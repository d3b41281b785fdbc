"""Report: what runs wrote down, as tables and plots for the documentation."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from benchmarks.machine import versions
from benchmarks.replan import Replan
from benchmarks.report.growth import growth_table, speed_table
from benchmarks.report.plots import plot_gaps, plot_growth
from benchmarks.report.quality import priority_table, routing_table
from benchmarks.report.replan import replan_table
from benchmarks.runs import Lacking, Run, run_of
from benchmarks.scale import Stage
from benchmarks.speed import Timing
from benchmarks.subsets import SUBSETS, Subset

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
IMAGES = "images"


def report(
    lines: Annotated[list[Path], typer.Argument(help="JSON lines of quality, scale, replan, speed.", exists=True)],
    into: Annotated[
        Path | None, typer.Option(help="A Markdown page with the two markers; plots go into images/ beside it.")
    ] = None,
) -> None:
    """Print tables of what was measured, or write them and plots between the markers of a page."""
    runs, lacking, stages, anew, timings = _read(lines)
    names = _named(runs)
    text = "\n".join([*_head(runs), *_quality(names, lacking), *_growth(stages), *_anew(anew), *_speed(timings)])
    if into is None:
        typer.echo(text)
        return
    folder = into.parent / IMAGES
    plots = [*plot_gaps(runs, names, folder), *plot_growth(stages, folder)]
    shown = [f"![{about}]({IMAGES}/{name})\n" for name, about in plots]
    into.write_text(placed(into.read_text(encoding="utf-8"), "\n".join([text, *shown])), encoding="utf-8")


def placed(page: str, text: str) -> str:
    """Put a text between the markers of a page, in place of what stands there."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise typer.BadParameter(f"the page lacks the lines {BEGIN} and {END}")
    return f"{before}{BEGIN}\n\n{text}\n{END}{after}"


def _read(paths: list[Path]) -> tuple[list[Run], list[Lacking], list[Stage], list[Replan], list[Timing]]:
    """Return what the lines hold; of what was measured twice, the last."""
    runs: dict[Any, Run] = {}
    lacking: dict[Lacking, None] = {}
    stages: dict[Any, Stage] = {}
    anew: dict[Any, Replan] = {}
    timings: dict[Any, Timing] = {}
    for given in _objects(paths):
        match given.get("kind"):
            case "scale":
                stages[given["activities"], given["seed"], given["stage"]] = Stage(**given)
            case "replan":
                one = Replan(**given)
                anew[one.activities, one.seed, one.price, one.budget_s] = one
            case "speed":
                timings[given["name"], given["activities"]] = Timing(**given)
            case "lacking":
                lacking[Lacking(**given)] = None
            case _:
                run = run_of(given)
                runs[run.key] = run
    return list(runs.values()), list(lacking), list(stages.values()), list(anew.values()), list(timings.values())


def _objects(paths: list[Path]) -> Iterator[dict[str, Any]]:
    """Yield the objects of all lines; a last line that was cut off is left out."""
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                yield json.loads(line)
            except json.JSONDecodeError:
                continue


def _named(runs: list[Run]) -> dict[str, list[Run]]:
    """Return the runs of each named subset that has any."""
    found = {name: [run for run in runs if _holds(subset, run)] for name, subset in SUBSETS.items()}
    return {name: own for name, own in found.items() if own}


def _holds(subset: Subset, run: Run | Lacking) -> bool:
    path = Path(run.instance)
    return run.set == subset.set_name and path.stem in subset.stems and path.parent.name == subset.folder


def _head(runs: list[Run]) -> list[str]:
    releases = sorted({run.release for run in runs if run.release})
    return [f"{', '.join([versions(), *releases])}.\n"]


def _quality(names: dict[str, list[Run]], lacking: list[Lacking]) -> Iterator[str]:
    for name, own in names.items():
        instances = sorted({Path(run.instance).stem for run in own})
        yield f"**{name}**: {', '.join(instances)}\n"
        yield from (priority_table if own[0].priority else routing_table)(own)
        yield ""
        yield from _where(own)
        words = sorted({f"{one.solver} cannot express {one.what}" for one in lacking if _holds(SUBSETS[name], one)})
        yield from (f"{'; '.join(words)}.\n",) if words else ()


def _where(measured: Sequence[Run | Stage | Replan | Timing]) -> Iterator[str]:
    """Yield on which machines this was measured, and on which days."""
    places = sorted({(one.machine, one.date) for one in measured if one.machine})
    if places:
        yield "; ".join(f"{day}, {where}" for where, day in places) + ".\n"


def _growth(stages: list[Stage]) -> Iterator[str]:
    if stages:
        yield "**scale**: the generated field service, `field-full`: a day below 1,000 activities, else a week\n"
        yield from (*growth_table(stages), "", *_where(stages))


def _anew(anew: list[Replan]) -> Iterator[str]:
    if anew:
        yield "**replan**: `field-full` at noon, when work was done early, one is ill, and 3 % more calls are urgent\n"
        yield from (*replan_table(anew), "", *_where(anew))


def _speed(timings: list[Timing]) -> Iterator[str]:
    if timings:
        yield "**speed**: repetitions a CPU second, on a day of 100 and of 300 activities, and on weeks\n"
        yield from (*speed_table(timings), "", *_where(timings))
