"""VFREEBUSY -> stretches of time that somebody is not free."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar

from scheduler.domain.interval import Interval
from scheduler.sync.errors import Unreachable
from scheduler.sync.port import Availability, Busy

KINDS = {
    "FREE": Availability.FREE,
    "BUSY-TENTATIVE": Availability.TENTATIVE,
    "BUSY-UNAVAILABLE": Availability.OUT_OF_OFFICE,
}


def busy_of(data: bytes, window: Interval) -> tuple[Busy, ...]:
    """In order of time, cut to the window. Raises Unreachable for what is no free/busy answer."""
    try:
        components = icalendar.Calendar.from_ical(data).walk("VFREEBUSY")
    except ValueError as error:
        raise Unreachable(f"the answer is no free/busy information: {error}") from error
    found = {(start, end, kind) for one in components for start, end, kind in _periods(one)}
    cut = ((max(start, window.start), min(end, window.end), kind) for start, end, kind in sorted(found))
    return tuple(Busy(interval=Interval(start=s, end=e), availability=kind) for s, e, kind in cut if s < e)


def _periods(component: Any) -> Iterator[tuple[datetime, datetime, Availability]]:
    lines = component.get("FREEBUSY", [])
    for line in lines if isinstance(lines, list) else [lines]:
        kind = KINDS.get(str(line.params.get("FBTYPE", "BUSY")).upper(), Availability.BUSY)
        for period in line if isinstance(line, list) else [line]:
            start, end = period.dt if hasattr(period, "dt") else period
            if kind is not Availability.FREE:
                yield start.astimezone(UTC), (start + end if isinstance(end, timedelta) else end).astimezone(UTC), kind
