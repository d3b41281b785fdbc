"""Plans as files for people: Excel, CSV, calendars, picture, page, VROOM."""

import re
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

from scheduler.domain.plan import Plan
from scheduler.domain.problem import Problem
from scheduler.domain.verdict import Verdict


def xlsx(problem: Problem, plan: Plan, verdict: Verdict, path: Path) -> list[Path]:
    from scheduler.io.xlsx import write_xlsx

    write_xlsx(problem, plan, path, verdict)
    return [path]


def csv(problem: Problem, plan: Plan, verdict: Verdict, folder: Path) -> list[Path]:
    from scheduler.io.csv import write_csv

    return list(write_csv(problem, plan, folder, verdict))


def png(problem: Problem, plan: Plan, _: Verdict, path: Path) -> list[Path]:
    from scheduler.io.png import write_png

    write_png(problem, plan, path)
    return [path]


def html(problem: Problem, plan: Plan, verdict: Verdict, path: Path) -> list[Path]:
    from scheduler.io.html.page import write_html

    write_html(problem, plan, path, verdict)
    return [path]


def vroom(problem: Problem, plan: Plan, _: Verdict, path: Path) -> list[Path]:
    from scheduler.io.vroom.write import write_vroom

    write_vroom(problem, plan, path)
    return [path]


def ics(problem: Problem, plan: Plan, _: Verdict, folder: Path, reminder: timedelta | None = None) -> list[Path]:
    """One calendar for each resource, with an empty one where nothing is booked: an old file would lie."""
    from scheduler.sync import ical
    from scheduler.sync.event import event_of

    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for resource, path in _calendar_files(problem, folder):
        bookings = plan.by_resource.get(resource, ())
        events = [event_of(problem, plan, booking, reminder=reminder) for booking in bookings]
        path.write_bytes(ical.write(events, name=problem.resource[resource].name or resource))
        written.append(path)
    return written


def _calendar_files(problem: Problem, folder: Path) -> Iterator[tuple[str, Path]]:
    """A file name for each resource: its id where that is a plain name, made harmless and unmistakable otherwise."""
    taken: set[str] = set()
    for resource in problem.resource:
        name = re.sub(r"[^A-Za-z0-9_-]+", "_", resource)[:60]
        if name != resource or name.lower() in taken:
            name = f"{name}-{sha256(resource.encode()).hexdigest()[:8]}"
        taken.add(name.lower())
        yield resource, folder / f"{name}.ics"
