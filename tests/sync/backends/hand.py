"""What a person does in a calendar, past our backend."""

from datetime import datetime
from typing import Protocol

from scheduler.domain.interval import Interval
from scheduler.sync.port import Availability, Response


class Hand(Protocol):
    """Whoever tests a backend brings the hand that works on the same server by other means.

    A hand that can't do one of these (no such thing in this calendar) calls `pytest.skip` and says why.
    """

    def move(self, mailbox: str, remote_id: str, start: datetime, end: datetime) -> None: ...

    def note(self, mailbox: str, remote_id: str, text: str) -> None:
        """Write `text` below what stands in the body."""

    def retitle(self, mailbox: str, remote_id: str, subject: str) -> None: ...

    def remove(self, mailbox: str, remote_id: str) -> None: ...

    def copy(self, mailbox: str, remote_id: str) -> str:
        """Copy the event an hour later, as the calendar's own program does; return the copy's id."""

    def add(
        self, mailbox: str, start: datetime, end: datetime, *, subject: str, availability: Availability, private: bool
    ) -> str:
        """An event of their own; return its id."""

    def add_series(self, mailbox: str, start: datetime, end: datetime, *, days: int) -> str:
        """A daily series of their own; return its id."""

    def answer(
        self, mailbox: str, remote_id: str, attendee: str, response: Response, proposed: Interval | None = None
    ) -> None:
        """Answer an invitation that stands in the organiser's `mailbox`."""

    def lose_tokens(self, mailbox: str) -> None:
        """Make the server forget every token that it gave."""
