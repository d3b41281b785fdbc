"""What people type into a cell, as values. Everything here raises ValueError with a sentence that names the fix."""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

from scheduler.domain.interval import Interval
from scheduler.domain.resource import LocalSpan, at_local

T = TypeVar("T")

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SPAN = re.compile(r"(\d{1,2}:\d{2})\s*[-–—]\s*(\d{1,2}:\d{2})")  # noqa: RUF001
YES, NO = {"yes", "y", "true", "1", "x"}, {"no", "n", "false", "0"}


def text(given: Any) -> str:
    """As people see it: whole numbers without a point."""
    if isinstance(given, float) and given.is_integer():
        return str(int(given))
    return str(given).strip()


def several(given: Any) -> list[str]:
    """Items between semicolons or on lines of their own."""
    return [item.strip() for item in re.split(r"[;\n]", text(given)) if item.strip()]


def number(given: Any) -> float:
    try:
        if isinstance(given, bool):
            raise ValueError
        return float(given) if isinstance(given, int | float) else float(text(given).replace(",", "."))
    except ValueError:
        raise ValueError(f"{given!r} is not a number") from None


def whole(given: Any) -> int:
    if (found := number(given)) != int(found):
        raise ValueError(f"{given!r} is not a whole number")
    return int(found)


def duration(given: Any) -> timedelta:
    """Minutes, or hours and minutes as 1:30."""
    if isinstance(given, time):
        return timedelta(hours=given.hour, minutes=given.minute, seconds=given.second)
    if isinstance(given, timedelta):
        return given
    if isinstance(given, str) and (match := re.fullmatch(r"\s*(\d+):([0-5]\d)\s*", given)):
        return timedelta(hours=int(match[1]), minutes=int(match[2]))
    try:
        return timedelta(minutes=number(given))
    except (ValueError, OverflowError):
        raise ValueError(f"{given!r} is no duration; give minutes, such as 90, or 1:30") from None


def yes(given: Any) -> bool:
    word = text(given).lower()
    if word not in YES | NO:
        raise ValueError(f"{given!r} is neither yes nor no")
    return word in YES


def counted(given: Any) -> dict[str, int]:
    """`name:count; name` as counts; without a count it is 1. Used for skills with levels and for parts."""
    found = {}
    for item in several(given):
        name, _, count = item.rpartition(":") if ":" in item else (item, "", "1")
        if not name.strip() or not count.strip().isdigit():
            raise ValueError(f"{item!r} is not of the form name:number, such as gas:2")
        found[name.strip()] = int(count)
    return found


def clock(given: str) -> time:
    try:
        hour, minute = map(int, given.strip().split(":"))
        return time(0) if (hour, minute) == (24, 0) else time(hour, minute)
    except ValueError:
        raise ValueError(f"{given!r} is no time of day; write it as 08:30") from None


def local_span(given: str) -> LocalSpan:
    match = SPAN.fullmatch(given.strip())
    if not match:
        raise ValueError(f"{given!r} is no span; write it as 08:00-17:00")
    return LocalSpan(start=clock(match[1]), end=clock(match[2]))


def spans(given: Any) -> tuple[LocalSpan, ...]:
    """Spans of one day: `08:00-12:00; 13:00-17:00`; a dash or `off` for none."""
    if text(given).lower() in {"-", "off", "closed"}:
        return ()
    return tuple(local_span(piece) for item in several(given) for piece in item.split(","))


def weekly(given: Any) -> dict[int, tuple[LocalSpan, ...]]:
    """`Mon-Fri 08:00-17:00; Sat 09:00-13:00` by weekday, 0 is Monday."""
    week: dict[int, tuple[LocalSpan, ...]] = {}
    for item in several(given):
        match = re.match(r"([A-Za-z]+)(?:\s*[-–—]\s*([A-Za-z]+))?\s+(.+)", item)  # noqa: RUF001
        if not match:
            raise ValueError(f"{item!r} is no working time; write it as Mon-Fri 08:00-17:00")
        first, last = weekday(match[1]), weekday(match[2] or match[1])
        for n in range(7):
            if (n - first) % 7 <= (last - first) % 7:
                week[n] = (*week.get(n, ()), *spans(match[3]))
    return week


def weekday(given: str) -> int:
    if given[:3].lower() not in WEEKDAYS:
        raise ValueError(f"{given!r} is no weekday; use Mon, Tue, Wed, Thu, Fri, Sat, Sun")
    return WEEKDAYS.index(given[:3].lower())


def day(given: Any) -> date:
    if isinstance(given, datetime):
        return given.date()
    if isinstance(given, date):
        return given
    try:
        return date.fromisoformat(text(given)[:10])
    except ValueError:
        raise ValueError(f"{given!r} is no date; write it as 2026-03-23") from None


def moment(given: Any, zone: str) -> datetime:
    """A date with a time of day in `zone`: an Excel date, or text such as `2026-03-23 14:00`."""
    if isinstance(given, datetime):
        return at_local(given.date(), given.time().replace(microsecond=0), zone)
    parts = text(given).replace("T", " ").split()
    if len(parts) != 2:
        raise ValueError(f"{given!r} is no date with a time; write it as 2026-03-23 14:00")
    return at_local(day(parts[0]), clock(":".join(parts[1].split(":")[:2])), zone)


def windows(given: Any, zone: str) -> tuple[Interval, ...]:
    """`2026-03-23 08:00-12:00; 2026-03-24` as moments; a date alone is the whole day."""
    return tuple(_window(item, zone) for item in several(given))


def _window(item: str, zone: str) -> Interval:
    match = re.fullmatch(r"(\d{4}-\d{2}-\d{2})(?:[ T]00:00:00|\s+(.+))?", item)
    if not match:
        raise ValueError(f"{item!r} is no window; write it as 2026-03-23 08:00-12:00")
    whole_day = LocalSpan(start=time(0), end=time(0))
    found = (local_span(match[2]) if match[2] else whole_day).on(day(match[1]), zone)
    if found is None:
        raise ValueError(f"{item!r} holds no time, because the clock changes then")
    return found


def each(read: Callable[..., T], *more: Any) -> Callable[[Any], T]:
    """The reader with its further arguments filled in."""
    return lambda given: read(given, *more)
