"""What a person has not been told of yet, and whether it is worth a message now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from scheduler.domain.base import Duration, Value
from scheduler.domain.resource import LocalSpan, TimeZone
from scheduler.sync.event import Event
from scheduler.sync.link import Link, LinkState
from scheduler.sync.store.port import Told


class Patience(Value):
    """What is not told at once.

    Attributes
    ----------
    shift
        Less than this earlier or later is not told by itself; small shifts add up.
    night
        What changes then waits for its end, unless it is about the time before.
    """

    shift: Duration = timedelta(minutes=15)
    night: LocalSpan | None = None


class Quiet(Patience):
    """When people are left in peace. The night is one on the clocks of `time_zone`."""

    time_zone: TimeZone = "UTC"


@dataclass(frozen=True)
class News:
    """One change: the event that was told and the one that stands now; either may be missing."""

    key: str
    before: Event | None
    after: Event | None
    why: str = ""
    put_back: bool = False

    @property
    def kind(self) -> str:
        if self.put_back:
            return "put_back"
        if self.before is None:
            return "new"
        if self.after is None:
            return "dropped"
        times = (self.before.start, self.before.end) != (self.after.start, self.after.end)
        return "moved" if times else "changed"

    @property
    def first(self) -> datetime:
        return min(event.start for event in (self.before, self.after) if event is not None)


def news(told: Told, links: Iterable[Link], quiet: Quiet, now: datetime) -> tuple[News, ...]:
    """What is worth telling, in the order of time; nothing about the past, nothing about drives."""
    current = standing(links := [link for link in links if not link.key.part])
    by_key = {str(link.key): link for link in links}
    found = []
    for key in told.events.keys() | current.keys():
        one = _one(key, told.events.get(key), current.get(key), by_key.get(key))
        ends = max(event.end for event in (one.before, one.after) if event is not None)
        if ends > now and _matters(one, quiet):
            found.append(one)
    return tuple(sorted(found, key=lambda one: (one.first, one.kind)))


def _one(key: str, before: Event | None, after: Event | None, link: Link | None) -> News:
    why, wished = (link.why, link.wished) if link is not None else ("", None)
    if before is None or after is None or wished is None or before.sequence >= after.sequence:
        return News(key, before, after, why)
    believed = before.model_copy(update={"start": wished.start, "end": wished.end})
    return News(key, believed, after, why, put_back=True)


def standing(links: Iterable[Link]) -> dict[str, Event]:
    """The events that stand, by key, as far as they are told about."""
    live = (link for link in links if link.state is LinkState.LIVE and not link.key.part)
    return {str(link.key): link.event for link in live if link.event is not None}


def _matters(one: News, quiet: Quiet) -> bool:
    before, after = one.before, one.after
    if before is None or after is None:
        return True
    shifted = max(abs(after.start - before.start), abs(after.end - before.end))
    return shifted >= max(quiet.shift, timedelta(seconds=1)) or _place(before) != _place(after)


def _place(event: Event) -> tuple[str, str]:
    return event.summary, event.location


def due(found: Iterable[News], quiet: Quiet, now: datetime) -> datetime:
    """When to tell: now, or when the night is over."""
    if quiet.night is None:
        return now
    today = now.astimezone(ZoneInfo(quiet.time_zone)).date()
    for day in (today - timedelta(days=1), today):
        night = quiet.night.on(day, quiet.time_zone)
        if night is not None and night.start <= now < night.end:
            urgent = any(one.first < night.end + timedelta(hours=1) for one in found)
            return now if urgent else night.end
    return now


def knows(told: Told, found: Iterable[News], current: Mapping[str, Event], now: datetime) -> Told:
    """What the person knows once these news are told; of small shifts they still know the old time."""
    fresh = {one.key for one in found}
    known = {
        key: event if key in fresh else told.events.get(key, event) for key, event in current.items() if event.end > now
    }
    return Told(known)
