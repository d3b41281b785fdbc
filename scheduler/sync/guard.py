"""Stop and ask before many events go; say in words what a run would do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from scheduler.domain.base import Value
from scheduler.sync.content.words import when
from scheduler.sync.event import Event, EventKey
from scheduler.sync.link import Box, Intent, Link, LinkState
from scheduler.sync.reconcile import Act, next_change

FEW = 5
"""Fewer deletions than this never ask by their share alone."""


class Limits(Value):
    """How many events may go at once, and which part of all that are there, without anybody being asked."""

    events: int = 20
    share: float = 0.1

    def exceeded(self, going: int, there: int) -> bool:
        return going > self.events or (going >= FEW and going > self.share * there)


@dataclass(frozen=True)
class Blast:
    """Too many events would go."""

    going: int
    there: int

    def __str__(self) -> str:
        return f"{self.going} of {self.there} events to come would be deleted or cancelled"


def blast(
    outbox: Iterable[Mapping[EventKey, Intent]],
    known: Iterable[Mapping[EventKey, Link]],
    limits: Limits,
    now: datetime,
    allowed: int = 0,
) -> Blast | None:
    """What the whole run would take away, if that is more than the limits and than what was `allowed`.

    An event that leaves one mailbox and comes to another one counts too: for one person it is gone.
    """
    going = there = 0
    for intents, links in zip(outbox, known, strict=True):
        there += sum(link.state is LinkState.LIVE and not link.over(now) for link in links.values())
        for key, intent in intents.items():
            change = next_change(links.get(key), intent, now)
            going += change is not None and change.act is Act.DELETE
    return Blast(going, there) if going > allowed and limits.exceeded(going, there) else None


def emptied(going: int, there: int, limits: Limits) -> bool:
    """Whether so many events are missing from a mailbox that its person can hardly have meant it."""
    return (going >= FEW and going == there) or limits.exceeded(going, there)


def words(act: Act, box: Box, before: Event | None, after: Event | None, zone: str) -> str:
    """One change, for people."""
    if act is Act.UPDATE and before is not None and after is not None:
        change = f"{_said(before, zone)} -> {_difference(before, after, zone) or 'details'}"
    else:
        change = _said(after or before, zone)
    return f"{act.value:7} {box}: {change}"


def expected(intent: Intent, link: Link | None, zone: str, now: datetime) -> str | None:
    """What is to be done about an intent as far as we know, for people; None where nothing is."""
    change = next_change(link, intent, now)
    if change is None:
        return None
    before = link.event if link else None
    return words(change.act, intent.box, before, change.event or (link.sent if link else None), zone)


def _said(event: Event | None, zone: str) -> str:
    return "an event" if event is None else f"{event.summary}, {when(event, zone)}"


def _difference(before: Event, after: Event, zone: str) -> str:
    told = [when(after, zone)] if (before.start, before.end) != (after.start, after.end) else []
    for name in ("summary", "location", "status"):
        was, becomes = getattr(before, name), getattr(after, name)
        if was != becomes:
            told.append(f"{name} {str(becomes) or 'none'}")
    return ", ".join(told)
