"""What a sync found, as the events in a window and the ids that may be gone from it."""

from collections.abc import Mapping
from typing import Any

from exchangelib import CalendarItem, EWSDateTime

from scheduler.domain.interval import Interval
from scheduler.sync.backends.exchange import read
from scheduler.sync.backends.exchange.errors import reading
from scheduler.sync.backends.exchange.remote import remote_of
from scheduler.sync.port import RemoteEvent


def inside(
    calendar: Any, found: list[tuple[str, Any]], window: Interval
) -> tuple[tuple[RemoteEvent, ...], tuple[str, ...]]:
    """Of what a sync found, the events in the window, and the ids that may be gone from it."""
    latest = {item.id: (kind, item) for kind, item in found if kind != "read_flag_change"}
    items = {id: item for id, (kind, item) in latest.items() if kind != "delete" and isinstance(item, CalendarItem)}
    masters = {item.uid: id for id, item in items.items() if item.type == "RecurringMaster"}
    single = [item for item in items.values() if item.type == "Single" and _overlaps(window, item)]
    events = [remote_of(item) for item in single if item.fieldplan_uid is None]
    events += [
        remote_of(item) for item in read.read_ours(calendar, [i.id for i in single if i.fieldplan_uid is not None])
    ]
    events += _occurrences(calendar, masters, window) if masters else []
    inside = [event for event in events if window.overlaps(event.start, event.end)]
    still = {event.remote_id for event in inside}
    return tuple(inside), tuple(id for id in latest if id not in still)


def _overlaps(window: Interval, item: Any) -> bool:
    return window.overlaps(item.start, item.end)


def _occurrences(calendar: Any, masters: Mapping[str, str], window: Interval) -> list[RemoteEvent]:
    start, end = (EWSDateTime.from_datetime(moment) for moment in (window.start, window.end))
    with reading():
        seen = {item.id: item for item in read.view(calendar, start, end) if item.uid in masters}
    series = {id: masters[item.uid] for id, item in seen.items() if item.type in ("Occurrence", "Exception")}
    ours = [id for id in series if seen[id].fieldplan_uid is not None]
    foreign = [remote_of(seen[id], series[id]) for id in series if seen[id].fieldplan_uid is None]
    return foreign + [remote_of(item, series[item.id]) for item in read.read_ours(calendar, ours)]
