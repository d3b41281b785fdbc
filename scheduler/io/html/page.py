"""The page as a whole."""

from datetime import timedelta
from pathlib import Path

from scheduler.domain.plan import Plan
from scheduler.domain.problem import Problem
from scheduler.domain.verdict import Verdict
from scheduler.io.days import Day, days
from scheduler.io.html.gantt import gantt
from scheduler.io.html.map import route_map
from scheduler.io.html.style import STYLE, day_rules
from scheduler.io.html.tables import plan_tables
from scheduler.io.html.text import e
from scheduler.io.look import kinds
from scheduler.io.routes import lines
from scheduler.io.stops import stops
from scheduler.io.tables import local

SECOND = timedelta(seconds=1)
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def write_html(problem: Problem, plan: Plan, path: Path, verdict: Verdict | None = None) -> None:
    """Write the page; it loads nothing from anywhere and runs no script."""
    path.write_text(page(problem, plan, verdict), encoding="utf-8")


def page(problem: Problem, plan: Plan, verdict: Verdict | None = None) -> str:
    every = days(problem, plan)
    title = e(problem.name or "Plan")
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{title}</title><style>{STYLE}{day_rules(len(every))}</style></head><body>"
        f'<header><h1>{title}</h1><p class="soft">{_horizon(problem)}</p>{_tiles(problem, plan, verdict)}</header>'
        f"<main>{_days(problem, plan, every)}{plan_tables(problem, plan, verdict)}</main>"
        "<footer>Made by fieldplan.</footer></body></html>\n"
    )


def _horizon(problem: Problem) -> str:
    start, end = local(problem.horizon.start, problem), local(problem.horizon.end - SECOND, problem)
    who = f"{len(problem.technicians)} technicians, {len(problem.rooms)} rooms"
    return f"{start:%A %d %B %Y} to {end:%A %d %B %Y}, {e(problem.time_zone)}; {who}"


def _tiles(problem: Problem, plan: Plan, verdict: Verdict | None) -> str:
    made = [stop for route in plan.routes for stop in stops(problem, plan, route)]
    hours = sum(stop.drive.total_seconds() for stop in made) / 3600
    tiles = [
        _tile(f"{len(plan.by_activity)} / {len(problem.activities)}", "activities scheduled"),
        _tile(str(len(plan.unscheduled)), "unscheduled", bad=bool(plan.unscheduled)),
        _tile(str(len(plan.routes)), "day routes"),
        _tile(f"{hours:.1f} h", "of driving"),
        _tile(f"{sum(stop.km for stop in made):,.0f} km", "driven"),
        _tile(str(len(problem.active_locks)), "locks"),
    ]
    if verdict is not None:
        tiles.append(_tile(str(len(verdict.breaches)), "breaches", bad=not verdict.ok))
    return f'<div class="tiles">{"".join(tiles)}</div>'


def _tile(value: str, label: str, *, bad: bool = False) -> str:
    return f'<div class="tile{" bad" if bad else ""}"><b>{e(value)}</b><span>{e(label)}</span></div>'


def _days(problem: Problem, plan: Plan, every: tuple[Day, ...]) -> str:
    if not every:
        return '<section><p class="soft">Nothing is scheduled.</p></section>'
    radios = "".join(
        f'<input class="pick" type="radio" name="day" id="day{n}"{" checked" if n == 0 else ""}>'
        for n in range(len(every))
    )
    labels = "".join(f'<label for="day{n}">{day.date:%a %d %b}</label>' for n, day in enumerate(every))
    shown = "".join(_day(problem, plan, n, day) for n, day in enumerate(every))
    return f'<div>{radios}<nav aria-label="Days">{labels}</nav>{shown}</div>'


def _day(problem: Problem, plan: Plan, n: int, day: Day) -> str:
    name, colours = f"{day.date:%A %d %B}", kinds(problem)
    marks = "".join(f'<li><i style="background:{colour}"></i>{e(kind)}</li>' for kind, colour in colours.items())
    marks += (
        '<li><i style="background:var(--drive)"></i>drive</li><li><i style="background:var(--break)"></i>break</li>'
    )
    marks += '<li><i style="border:2.5px solid var(--ink)"></i>locked</li>'
    marks += '<li><i style="background:var(--off)"></i>not available</li>'
    chart = f'{gantt(day, colours)}<ul class="legend">{marks}</ul>'
    drawn = route_map(lines(problem, plan, day.date), f"Map of the day routes of {name}")
    return (
        f'<div class="day d{n}"><section><h2>{e(name)}</h2>{chart}</section>'
        f"<section><h2>Day routes, {e(name)}</h2>{drawn}</section></div>"
    )
