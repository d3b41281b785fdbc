"""Busy time. Asked and answered in UTC by zone rules of our own: no server's list of zones is needed."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

import exchangelib
from exchangelib.errors import ResponseMessageError
from exchangelib.properties import (
    DaylightTime,
    FreeBusyViewOptions,
    MailboxData,
    StandardTime,
    TimeWindow,
    TimeZone,
)
from exchangelib.services import GetUserAvailability

from scheduler.domain.interval import Interval
from scheduler.sync.backends.exchange.errors import reading
from scheduler.sync.backends.exchange.remote import AVAILABILITY
from scheduler.sync.port import Availability, Busy

LONGEST = timedelta(days=60)
"""Exchange answers for 62 days at most."""

_TURNS = {"bias": 0, "time": time(2), "occurrence": 1, "weekday": "Sunday"}
ZONE = TimeZone(
    bias=0, standard_time=StandardTime(iso_month=10, **_TURNS), daylight_time=DaylightTime(iso_month=3, **_TURNS)
)
"""A zone that changes its clocks by nothing; both changes must be named."""


class _Availability(GetUserAvailability):  # type: ignore[misc]
    """A mailbox that can't be read is no reason to say nothing of the others."""

    ERRORS_TO_CATCH_IN_RESPONSE = (ResponseMessageError,)


def busy(connection: Any, mailboxes: Sequence[str], window: Interval) -> Mapping[str, tuple[Busy, ...]]:
    found: dict[str, set[Busy]] = {mailbox: set() for mailbox in mailboxes}
    for start, end in _pieces(window):
        for mailbox, view in zip(mailboxes, _ask(connection, mailboxes, start, end), strict=True):
            if isinstance(view, Exception) or view.view_type in (None, "None"):
                found.pop(mailbox, None)
            elif mailbox in found:
                found[mailbox].update(_stretches(view, window))
    return {mailbox: tuple(sorted(said, key=lambda b: b.interval.start)) for mailbox, said in found.items()}


def _pieces(window: Interval) -> Iterable[tuple[datetime, datetime]]:
    start = window.start
    while start < window.end:
        end = min(start + LONGEST, window.end)
        yield start, end
        start = end


def _ask(connection: Any, mailboxes: Sequence[str], start: datetime, end: datetime) -> list[Any]:
    span = (exchangelib.EWSDateTime.from_datetime(moment.astimezone(UTC)) for moment in (start, end))
    options = FreeBusyViewOptions(
        time_window=TimeWindow(**dict(zip(("start", "end"), span, strict=True))),
        merged_free_busy_interval=30,
        requested_view="FreeBusy",
    )
    asked = [MailboxData(email=mailbox, attendee_type="Required") for mailbox in mailboxes]
    with reading():
        return list(
            _Availability(connection).call(
                tzinfo=exchangelib.UTC, mailbox_data=asked, timezone=ZONE, free_busy_view_options=options
            )
        )


def _stretches(view: Any, window: Interval) -> Iterable[Busy]:
    for one in view.calendar_events or ():
        start, end = (datetime.fromtimestamp(moment.timestamp(), UTC) for moment in (one.start, one.end))
        availability = AVAILABILITY.get(one.busy_type, Availability.BUSY)
        if start < end and window.overlaps(start, end) and availability is not Availability.FREE:
            yield Busy(interval=Interval(start=start, end=end), availability=availability)
