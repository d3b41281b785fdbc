"""The day routes of one day as a map without tiles, in SVG."""

from collections.abc import Sequence

from scheduler.io.html.text import e
from scheduler.io.look import Projection, ink, projection
from scheduler.io.routes import Line, shown

WIDTH, TALLEST, MARGIN, RADIUS = 1360, 640, 30, 10


def route_map(routes: Sequence[Line], title: str) -> str:
    places = shown(routes)
    if not places:
        return '<p class="soft">Nothing to draw: no place of this day has coordinates.</p>'
    at = projection(places, WIDTH, MARGIN, TALLEST)
    drawn = "".join(_road(line, at) for line in routes) + "".join(_visits(line, at) for line in routes)
    return (
        f'<svg class="wide" viewBox="0 0 {WIDTH} {at.height:.0f}" role="img" aria-label="{e(title)}">'
        f'<rect class="ground" width="{WIDTH}" height="{at.height:.0f}" rx="8"/>{drawn}</svg>{_legend(routes)}'
    )


def _road(line: Line, at: Projection) -> str:
    points = " ".join("{:.1f},{:.1f}".format(*at(place)) for place in line.points)
    dash = f' stroke-dasharray="{line.dash}"' if line.dash else ""
    homes = "".join(_home(line, *at(place)) for place in (line.points[0], line.points[-1]))
    road = f'<polyline points="{points}" fill="none" stroke="{line.colour}" stroke-width="2.5"{dash}/>'
    return f"<g>{road}{homes}<title>{e(line.name)}</title></g>"


def _home(line: Line, x: float, y: float) -> str:
    return f'<rect x="{x - 5:.1f}" y="{y - 5:.1f}" width="10" height="10" fill="{line.colour}" stroke="#fff"/>'


def _visits(line: Line, at: Projection) -> str:
    return "".join(_visit(line, n, name, *at(place)) for n, name, place in line.visits)


def _visit(line: Line, n: int, name: str, x: float, y: float) -> str:
    about = f"<title>{e(line.name)}, stop {n}: {e(name)}</title>"
    return (
        f'<g><circle cx="{x:.1f}" cy="{y:.1f}" r="{RADIUS}" fill="{line.colour}" stroke="#fff" stroke-width="1.5"/>'
        f'<text x="{x:.1f}" y="{y + 4:.1f}" text-anchor="middle" style="fill:{ink(line.colour)}">{n}</text>'
        f"{about}</g>"
    )


def _legend(routes: Sequence[Line]) -> str:
    marks = "".join(
        f'<li><svg viewBox="0 0 26 10" aria-hidden="true"><line x1="0" x2="26" y1="5" y2="5" stroke="{line.colour}" '
        f'stroke-width="4" stroke-dasharray="{line.dash}"/></svg>{e(line.name)}</li>'
        for line in routes
    )
    return f'<ul class="legend">{marks}<li>squares: start and end of a day; numbers: order of the stops</li></ul>'
