"""A plan as a picture: Gantt chart by resource, and a map of the day routes."""

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from scheduler.domain.plan import Plan
from scheduler.domain.problem import Problem
from scheduler.io.days import Bar, Day, Lane, days
from scheduler.io.look import ink, kinds
from scheduler.io.routes import Line, lines, shown

MOST_DAYS = 7
MOST_LANES = 60
LANE_INCHES, DAY_INCHES, MAP_INCHES = 0.34, 4.2, 4.6
HOUR_TICKS = 2
STYLE = {"drive": ("#9aa4af", 0.22), "break": ("#d8dde3", 0.5), "restock": ("#5b6570", 0.5)}


def write_png(problem: Problem, plan: Plan, path: Path) -> None:
    """Draw the first seven days with bookings, each a chart over a map; the title says what is left out."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    every = days(problem, plan)
    picked = every[:MOST_DAYS]
    lanes = min(MOST_LANES, len(problem.technicians) + len(problem.rooms))
    height = max(2.0, LANE_INCHES * lanes)
    figure = Figure(
        figsize=(max(9.0, 2 + DAY_INCHES * len(picked)), height + MAP_INCHES + 1.4), dpi=110, layout="constrained"
    )
    FigureCanvasAgg(figure)
    figure.suptitle(_title(problem, plan, len(every), lanes), fontsize=13, fontweight="bold", parse_math=False)
    if picked:
        axes = figure.subplots(2, len(picked), squeeze=False, height_ratios=(height, MAP_INCHES))
        for n, day in enumerate(picked):
            _gantt(axes[0][n], problem, day, named=n == 0)
            _map(axes[1][n], lines(problem, plan, day.date))
        _legend(figure, problem, plan)
    with warnings.catch_warnings():
        # A letter that the font lacks is drawn as a box; there is nothing to do about it here.
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        figure.savefig(path, format="png")


def _title(problem: Problem, plan: Plan, count: int, lanes: int) -> str:
    booked, total = len(plan.by_activity), len(problem.activities)
    title = f"{problem.name or 'Plan'}: {booked} of {total} activities scheduled"
    if count > MOST_DAYS:
        title += f"; first {MOST_DAYS} of {count} days"
    resources = len(problem.technicians) + len(problem.rooms)
    return title + (f"; first {lanes} of {resources} resources" if resources > lanes else "")


def _gantt(axes: Any, problem: Problem, day: Day, *, named: bool) -> None:
    colours = kinds(problem)
    shown_lanes = day.lanes[:MOST_LANES]
    axes.set_title(f"{day.date:%a %d %b %Y}", fontsize=10)
    axes.set_facecolor("#eceff2")
    for row, lane in enumerate(shown_lanes):
        axes.broken_barh([(a, b - a) for a, b in lane.free], (row - 0.48, 0.96), color="white")
        for bar in lane.bars:
            _bar(axes, row, bar, colours)
    axes.set(xlim=(day.first, day.last), ylim=(len(shown_lanes) - 0.5, -0.5))
    axes.set_xticks(range(int(day.first), int(day.last) + 1, HOUR_TICKS))
    axes.tick_params(labelsize=8)
    axes.grid(axis="x", color="#d8dde3", linewidth=0.6)
    axes.set_axisbelow(True)
    names = [_label(lane) if named else "" for lane in shown_lanes]
    axes.set_yticks(range(len(names)), names, parse_math=False)


def _label(lane: Lane) -> str:
    return f"{lane.name} (room)" if lane.room else lane.name


def _bar(axes: Any, row: int, bar: Bar, colours: dict[str, str]) -> None:
    if bar.shape != "activity":
        colour, height = STYLE[bar.shape]
        axes.barh(row, bar.end - bar.start, left=bar.start, height=height, color=colour)
        return
    colour = colours[bar.kind]
    edge, width = ("black", 1.6) if bar.locked else ("white", 0.6)
    axes.barh(row, bar.end - bar.start, left=bar.start, height=0.8, color=colour, edgecolor=edge, linewidth=width)
    text = axes.text(
        bar.start + 0.06, row, bar.label, va="center", fontsize=6.5, color=ink(colour), clip_on=True, parse_math=False
    )
    text.set_clip_path(axes.patches[-1])


def _map(axes: Any, routes: Sequence[Line]) -> None:
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_facecolor("#f7f8f9")
    places = shown(routes)
    if not places:
        axes.text(0.5, 0.5, "no coordinates", ha="center", va="center", transform=axes.transAxes, color="#5b6570")
        return
    for line in routes:
        x, y = [p.longitude for p in line.points], [p.latitude for p in line.points]
        axes.plot(x, y, color=line.colour, linestyle="--" if line.dash else "-", linewidth=1.3, alpha=0.85)
        for number, _, place in line.visits:
            axes.plot(place.longitude, place.latitude, "o", color=line.colour, markersize=9)
            axes.text(
                place.longitude,
                place.latitude,
                str(number),
                color=ink(line.colour),
                fontsize=6.5,
                ha="center",
                va="center",
            )
    middle = sum(p.latitude or 0.0 for p in places) / len(places)
    axes.set_aspect(1 / max(0.05, _cosine(middle)), adjustable="datalim")


def _cosine(degrees: float) -> float:
    import math

    return math.cos(math.radians(degrees))


def _legend(figure: Any, problem: Problem, plan: Plan) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    marks: list[Any] = [Patch(color=colour, label=_plain(kind)) for kind, colour in kinds(problem).items()]
    marks += [Patch(color=colour, label=shape) for shape, (colour, _) in STYLE.items() if shape != "restock"]
    marks.append(Patch(facecolor="white", edgecolor="black", linewidth=1.6, label="locked"))
    known = {line.resource: line for day in {r.day for r in plan.routes} for line in lines(problem, plan, day)}
    for line in list(known.values())[:MOST_LANES]:
        style: Any = "--" if line.dash else "-"
        marks.append(Line2D([], [], color=line.colour, linestyle=style, marker="o", label=_plain(line.name)))
    figure.legend(handles=marks, loc="outside lower center", ncols=min(10, len(marks)), fontsize=8, frameon=False)


def _plain(text: str) -> str:
    """A label as it is: no mathematics between dollars, and not hidden by a leading underscore."""
    escaped = text.replace("$", r"\$")
    return f" {escaped}" if escaped.startswith("_") else escaped
