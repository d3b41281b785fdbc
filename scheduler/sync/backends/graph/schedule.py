"""When people are not free, by getSchedule: times and kinds, no subjects."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from scheduler.domain.interval import Interval
from scheduler.sync.backends.graph.client import Client, Json, rows, user
from scheduler.sync.backends.graph.remote import AVAILABILITY
from scheduler.sync.backends.graph.zones import moment, said
from scheduler.sync.errors import Denied, NotFound
from scheduler.sync.port import Availability, Busy

AT_ONCE = 20
"""Mailboxes in one request: the most that Graph takes."""

LONGEST = timedelta(days=31)
"""Of one request; Graph refuses more than 62 days."""


def busy(client: Client, mailboxes: Sequence[str], window: Interval) -> dict[str, tuple[Busy, ...]]:
    """A mailbox that can't be read in the whole window is left out."""
    found: dict[str, set[Busy]] = {mailbox: set() for mailbox in mailboxes}
    for n in range(0, len(mailboxes), AT_ONCE):
        some = list(mailboxes[n : n + AT_ONCE])
        for piece in _pieces(window):
            answers = {one["scheduleId"].lower(): one for one in _asked(client, some, piece)}
            for mailbox in some:
                one = answers.get(mailbox.lower())
                if one is None or one.get("error"):
                    found.pop(mailbox, None)
                elif mailbox in found:
                    found[mailbox].update(_busy(one))
    return {mailbox: tuple(sorted(times, key=lambda b: b.interval.start)) for mailbox, times in found.items()}


def _asked(client: Client, mailboxes: Sequence[str], window: Interval) -> list[Json]:
    """Asked in the name of the first mailbox that lets us."""
    wanted = {"StartTime": said(window.start), "EndTime": said(window.end), "AvailabilityViewInterval": 1440}
    for n, asker in enumerate(mailboxes):
        body = {"Schedules": list(mailboxes[n:]), **wanted}
        try:
            return rows(client.read(asker, f"{user(asker)}/calendar/getSchedule", body=body))
        except (Denied, NotFound):
            continue
    return []


def _pieces(window: Interval) -> Iterator[Interval]:
    start = window.start
    while start < window.end:
        end = min(start + LONGEST, window.end)
        yield Interval(start=start, end=end)
        start = end


def _busy(one: Json) -> Iterator[Busy]:
    for item in one.get("scheduleItems") or ():
        kind = AVAILABILITY.get(item.get("status") or "", Availability.BUSY)
        start, end = moment(item["start"]), moment(item["end"])
        if kind is not Availability.FREE and start < end:
            yield Busy(interval=Interval(start=start, end=end), availability=kind)
