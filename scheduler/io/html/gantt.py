"""One day as a Gantt chart, in SVG."""

from collections.abc import Mapping

from scheduler.io.days import Bar, Day, Lane
from scheduler.io.html.text import e
from scheduler.io.look import ink

WIDTH, NAMES, TOP, ROW = 1360, 190, 26, 32
LETTER, PADLOCK = 6.6, 14
HEIGHT_OF = {"drive": 8, "break": 16, "restock": 16, "activity": 24}


def gantt(day: Day, colours: Mapping[str, str]) -> str:
    height = TOP + ROW * len(day.lanes) + 4
    scale = (WIDTH - NAMES) / (day.last - day.first)
    under = "".join(_ground(day, lane, n, scale) for n, lane in enumerate(day.lanes))
    over = "".join(_work(day, lane, n, scale, colours) for n, lane in enumerate(day.lanes))
    title = f"Gantt chart of {day.date:%A %d %B %Y}"
    return (
        f'<svg class="wide" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{e(title)}">'
        f"{under}{_hours(day, scale, height)}{over}</svg>"
    )


def _hours(day: Day, scale: float, height: int) -> str:
    parts = []
    for hour in range(int(day.first), int(day.last) + 1):
        x = NAMES + (hour - day.first) * scale
        anchor = "end" if hour == int(day.last) else "middle"
        parts.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 6}" y2="{height}" stroke-opacity=".7"/>')
        parts.append(f'<text class="hour" x="{x:.1f}" y="13" text-anchor="{anchor}">{hour % 24:02}:00</text>')
    return f'<g pointer-events="none">{"".join(parts)}</g>'


def _ground(day: Day, lane: Lane, n: int, scale: float) -> str:
    """The name, and when the resource can be booked."""
    top = TOP + ROW * n
    name = lane.name if len(lane.name) <= 26 else lane.name[:25] + "…"
    head = f'<text x="0" y="{top + 20}">{e(name)}<title>{e(lane.name)} ({e(lane.resource)})</title></text>'
    off = f'<rect class="off" x="{NAMES}" y="{top}" width="{WIDTH - NAMES}" height="{ROW - 2}"/>'
    return head + off + "".join(_span("free", a, b, day, top, ROW - 2, scale) for a, b in lane.free)


def _work(day: Day, lane: Lane, n: int, scale: float, colours: Mapping[str, str]) -> str:
    return "".join(_bar(bar, day, TOP + ROW * n, scale, colours) for bar in lane.bars)


def _span(name: str, start: float, end: float, day: Day, top: float, height: int, scale: float) -> str:
    left, right = max(start, day.first), min(end, day.last)
    if right <= left:
        return ""
    x, width = NAMES + (left - day.first) * scale, (right - left) * scale
    return f'<rect class="{name}" x="{x:.1f}" y="{top}" width="{width:.1f}" height="{height}"/>'


def _bar(bar: Bar, day: Day, top: int, scale: float, colours: Mapping[str, str]) -> str:
    x, width = NAMES + (bar.start - day.first) * scale, max(1.5, (bar.end - bar.start) * scale)
    height = HEIGHT_OF[bar.shape]
    y = top + (ROW - 2 - height) / 2
    box = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height}" rx="4"'
    about = f"<title>{e(bar.about)}</title>"
    if bar.shape != "activity":
        return f'<rect class="{bar.shape}" {box}>{about}</rect>'
    colour = colours[bar.kind]
    text = _label(bar, x, y + 16, width, ink(colour))
    if not bar.locked:
        return f'<g><rect {box} fill="{colour}">{about}</rect>{text}</g>'
    return (
        f'<g><rect class="locked" {box} fill="{colour}">{about}</rect>{_padlock(x + 6, y + 6, ink(colour))}{text}</g>'
    )


def _label(bar: Bar, x: float, y: float, width: float, colour: str) -> str:
    """As much of the label as the bar has room for, to the right of the padlock."""
    left = PADLOCK if bar.locked else 0
    fits = int((width - 10 - left) / LETTER)
    label = bar.label if len(bar.label) <= fits else bar.label[: max(0, fits - 1)] + "…" if fits > 3 else ""
    return f'<text x="{x + 6 + left:.1f}" y="{y:.1f}" style="fill:{colour}" pointer-events="none">{e(label)}</text>'


def _padlock(x: float, y: float, colour: str) -> str:
    return (
        f'<g transform="translate({x:.1f} {y:.1f})" fill="{colour}" pointer-events="none">'
        f'<rect y="5" width="10" height="7" rx="1"/><path d="M2 5V3a3 3 0 0 1 6 0v2" fill="none" stroke="{colour}" '
        f'stroke-width="1.6"/></g>'
    )
