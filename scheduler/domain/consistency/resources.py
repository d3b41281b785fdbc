"""Technicians and rooms: their places, hours and breaks."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import pairwise
from typing import TypeVar

from scheduler.domain.consistency.known import Found, Known, Path
from scheduler.domain.resource import ONE_DAY, LocalSpan, Room, Technician, WorkingHours

A_MONDAY = date(2001, 1, 1)


def technician(known: Known, technician: Technician, path: Path) -> Iterator[Found]:
    for field in ("start_place", "end_place", "depot"):
        yield from known.reference(getattr(technician, field), (*path, field), "place")
    yield from _hours(technician.working_hours, (*path, "working_hours"))
    seen: set[str] = set()
    for n, pause in enumerate(technician.breaks):
        start, end = _on_the_wall(pause.window, A_MONDAY)
        if pause.duration > end - start:
            yield (*path, "breaks", n, "duration"), "is longer than the break's window; widen the window or shorten it"
        if pause.id in seen:
            yield (*path, "breaks", n, "id"), f"{pause.id!r} is used twice; give each break its own id"
        seen.add(pause.id)


def room(known: Known, room: Room, path: Path) -> Iterator[Found]:
    yield from known.reference(room.place, (*path, "place"), "place")
    yield from _hours(room.opening, (*path, "opening"))


def _hours(hours: WorkingHours, path: Path) -> Iterator[Found]:
    for weekday in sorted(hours.weekly):
        if clash := _clash(hours.weekly, weekday, (weekday + 1) % 7, A_MONDAY):
            yield (*path, "weekly", str(weekday)), clash
    for day in sorted(hours.exceptions):
        if clash := _clash(hours.exceptions, day, day + ONE_DAY, day):
            yield (*path, "exceptions", str(day)), clash
    if overlapping((s.start, s.end) for s in hours.shifts):
        yield (*path, "shifts"), "two shifts overlap; join them"


Key = TypeVar("Key", int, date)


def _clash(spans: dict[Key, tuple[LocalSpan, ...]], key: Key, following: Key, day: date) -> str:
    """What is wrong with the spans of a day, seen with those of the day after."""
    today = [_on_the_wall(span, day) for span in spans[key]]
    if overlapping(today):
        return "two spans overlap; join them"
    tomorrow = [_on_the_wall(span, day + ONE_DAY) for span in spans.get(following, ())]
    return (
        "the last span runs into the next day's first; shorten one of the two" if overlapping(today + tomorrow) else ""
    )


def _on_the_wall(span: LocalSpan, day: date) -> tuple[datetime, datetime]:
    """The span as the clock on the wall shows it, without clock changes."""
    start, end = datetime.combine(day, span.start), datetime.combine(day, span.end)
    return start, end if end > start else end + ONE_DAY


def overlapping(spans: Iterable[tuple[datetime, datetime]]) -> bool:
    """Whether two of the spans, each a start and an end, share a moment."""
    ordered = sorted(spans)
    return any(later[0] < earlier[1] for earlier, later in pairwise(ordered))
