"""A feed as a calendar file, and its answer over HTTP. The same entries make the same bytes."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from functools import cached_property

import icalendar

from scheduler.domain.base import Instant, Value
from scheduler.sync import ical
from scheduler.sync.event import Event

KEPT = timedelta(days=30)
"""How long a cancelled event stays in its feed, so that programs which look rarely learn of it."""
REFRESH = timedelta(hours=1)
"""How often programs are asked to look; many look less often."""


class Entry(Value):
    """An event in a feed, and when it was changed last."""

    event: Event
    changed: Instant


@dataclass(frozen=True)
class Feed:
    """What one technician, room or team subscribes to."""

    name: str
    entries: tuple[Entry, ...]

    @cached_property
    def data(self) -> bytes:
        """The calendar file. Without METHOD, for it is no message, and without attendees, so that nobody answers it."""
        calendar = icalendar.Calendar()
        for name, value in {
            "prodid": ical.PRODUCT,
            "version": "2.0",
            "calscale": "GREGORIAN",
            "name": self._title,
            "x-wr-calname": self._title,
            "x-published-ttl": icalendar.vDuration(REFRESH),
        }.items():
            calendar.add(name, value)
        calendar.add("refresh-interval", icalendar.vDuration(REFRESH), parameters={"VALUE": "DURATION"})
        for entry in sorted(self.entries, key=lambda entry: (entry.event.start, entry.event.uid)):
            alone = entry.event.model_copy(update={"organizer": None, "attendees": (), "rooms": ()})
            component = ical.to_vevent(alone, entry.changed)
            component.add("last-modified", entry.changed)
            calendar.add_component(component)
        return bytes(calendar.to_ical())

    @property
    def _title(self) -> str:
        return " ".join(self.name.split())

    @cached_property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.data).hexdigest()[:32]}"'

    @property
    def changed(self) -> datetime | None:
        return max((entry.changed for entry in self.entries), default=None)


def team(people: Mapping[str, Iterable[Entry]]) -> tuple[Entry, ...]:
    """The entries of several people in one feed, each with the name of whom it is for."""
    return tuple(
        entry.model_copy(update={"event": entry.event.model_copy(update={"summary": f"{name}: {entry.event.summary}"})})
        for name, entries in people.items()
        for entry in entries
    )


def recent(entries: Iterable[Entry], now: datetime) -> tuple[Entry, ...]:
    """Without what was cancelled too long ago."""
    return tuple(e for e in entries if e.event.status.value != "cancelled" or now - e.changed < KEPT)


@dataclass(frozen=True)
class Served:
    status: int
    headers: dict[str, str]
    body: bytes


def serve(feed: Feed, *, if_none_match: str | None = None, if_modified_since: str | None = None) -> Served:
    """The answer to a GET with those headers: the feed, or 304 when the asker has it already (RFC 9110)."""
    headers = {
        "ETag": feed.etag,
        "Cache-Control": f"private, max-age={int(REFRESH.total_seconds()) // 4}",
    }
    if feed.changed is not None:
        headers["Last-Modified"] = format_datetime(feed.changed.astimezone(UTC), usegmt=True)
    if _same(feed, if_none_match, if_modified_since):
        return Served(304, headers, b"")
    file = re.sub(r"[^A-Za-z0-9-]+", "-", feed.name).strip("-") or "calendar"
    headers |= {
        "Content-Type": "text/calendar; charset=utf-8",
        "Content-Disposition": f'inline; filename="{file}.ics"',
        "Content-Length": str(len(feed.data)),
    }
    return Served(200, headers, feed.data)


def _same(feed: Feed, tags: str | None, since: str | None) -> bool:
    """A tag that is asked for decides alone: an event may leave the feed without a later change."""
    if tags is not None:
        given = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
        return feed.etag in given or "*" in given
    if since is None or feed.changed is None:
        return False
    try:
        return feed.changed.replace(microsecond=0) <= parsedate_to_datetime(since).astimezone(UTC)
    except (ValueError, TypeError):
        return False
