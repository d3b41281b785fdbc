"""What a calendar can be asked, in one shape for all of them.

A backend speaks for one connection and may be called from several threads, never twice at once for one mailbox. It
does what it is asked once: it repeats no write, waits for nobody, and remembers nothing that a restart would lose.
Times are UTC. What it can't do, it doesn't declare; what it declares, `tests/sync/backends/contract.py` holds it to.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Protocol, Self

from pydantic import Field, model_validator

from scheduler.domain.base import Id, Instant, Value
from scheduler.domain.interval import Interval
from scheduler.sync.event import Event


class Capability(StrEnum):
    """What a backend can do.

    CONDITIONAL
        `update` and `delete` raise Conflict when the version is not the current one.
    CREATE_ONCE
        A second `create` of one uid in one mailbox raises Exists, however unclear the first one's outcome was.
    REPEATABLE
        There is nothing to look up, but the same write sent again has no second effect (mail with the same Message-ID).
    READ
        `get` and `find` work.
    LISTING
        `changes` without a token lists all events in the window.
    INCREMENTAL
        `changes` with a token says what happened since.
    ANSWERS
        Attendees are invited, and their answers come back.
    ROOMS
        `rooms` lists the rooms that can be invited.
    BUSY
        `busy` works, for any mailbox that the connection may see.
    EDITABLE
        People can change, delete and copy our events there.
    """

    CONDITIONAL = "conditional"
    CREATE_ONCE = "create-once"
    REPEATABLE = "repeatable"
    READ = "read"
    LISTING = "listing"
    INCREMENTAL = "incremental"
    ANSWERS = "answers"
    ROOMS = "rooms"
    BUSY = "busy"
    EDITABLE = "editable"


class Availability(StrEnum):
    FREE = "free"
    TENTATIVE = "tentative"
    BUSY = "busy"
    OUT_OF_OFFICE = "out-of-office"
    ELSEWHERE = "elsewhere"


class Response(StrEnum):
    NONE = "none"
    ACCEPTED = "accepted"
    TENTATIVE = "tentative"
    DECLINED = "declined"


class Answer(Value):
    """What an invited person or room said.

    Attributes
    ----------
    id
        The same when the same answer to the same event is read again (a Message-ID, or attendee, time and words).
    uid
        Our uid of the event that it is about.
    attendee
        Mail address, in lower case.
    sequence
        Which version of the invitation was answered; None where the calendar itself sees to that.
    proposed
        Another time that the attendee asks for.
    """

    id: str
    uid: Id
    attendee: str
    response: Response
    sequence: int | None = None
    at: Instant | None = None
    proposed: Interval | None = None

    @property
    def mark(self) -> str:
        """What tells it from every other answer: two invitations may be answered alike in the same second."""
        return f"{self.uid} {self.id}"


class RemoteEvent(Value):
    """An event as it stands in a calendar.

    Attributes
    ----------
    remote_id
        The calendar's own id. It stays when the event is changed; an occurrence of a series has one of its own.
    version
        Changes with every change (ETag, ChangeKey); only equality means something.
    uid, stamp
        What we wrote as `Event.uid` and `Event.stamp` beside the content, None in foreign events. A person's copy of
        our event carries both too.
    original
        It came from a create of ours and is no person's copy. False where that can't be told.
    ical_uid
        The UID of the iCalendar object, where the calendar gives its own.
    series
        The series that this is an occurrence of, as it would stand in `Delta.gone`.
    event
        What we own of it, with people's notes apart. None in foreign events: of them no subject and no text is read.
    answers
        All answers that the calendar knows of, the latest of each attendee.
    """

    remote_id: Id
    version: str
    start: Instant
    end: Instant
    uid: str | None = None
    stamp: str | None = None
    original: bool = False
    ical_uid: str = ""
    series: str | None = None
    all_day: bool = False
    availability: Availability = Availability.BUSY
    event: Event | None = None
    answers: tuple[Answer, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.uid is None) != (self.event is None):
            raise ValueError("event and uid go together: give both of our own events and neither of foreign ones")
        if self.event is not None and (self.event.start, self.event.end) != (self.start, self.end):
            raise ValueError("event has other times than the remote event; give it the times that stand there")
        return self


class Delta(Value):
    """What `changes` found. `gone` comes first: an id may be gone and be listed again.

    Attributes
    ----------
    gone
        Ids that are no longer reported, of single events or of whole series. Not proof of a deletion: an event that
        left the window looks the same, so ask `get`.
    answers
        Answers that came by themselves (by mail), not with an event.
    complete
        Every event that overlaps the window is listed. Otherwise only what changed since the token.
    token
        For the next call; None where the next call must list all again.
    """

    events: tuple[RemoteEvent, ...] = ()
    gone: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()
    token: str | None = None
    complete: bool = False


class Busy(Value):
    """A stretch of time that somebody is not free."""

    interval: Interval
    availability: Availability = Availability.BUSY


class RemoteRoom(Value):
    address: Id
    name: str = ""
    seats: int = Field(default=0, ge=0)


class Backend(Protocol):
    """One connection to a kind of calendar. Every operation may raise the errors below; each says what it means.

    Raises
    ------
    NotFound, Conflict, Exists, Refused, Denied, Throttled, Unreachable
        The calendar is as it was before the call.
    Unclear
        A write was sent and its outcome is not known. A read never raises this, it raises Unreachable.
    """

    @property
    def capabilities(self) -> frozenset[Capability]: ...

    def create(self, mailbox: str, event: Event) -> RemoteEvent:
        """Write a new event with its uid and stamp. With attendees or rooms it is an invitation from `mailbox`.

        Returns what `get` would, or, where that would cost another request, the event as given with the version that
        `get` would say. A create that is tried again after an unclear one has the same uid and sequence.
        """

    def update(self, mailbox: str, remote_id: str, version: str, event: Event) -> RemoteEvent:
        """Replace what we own of the event, if it still has that version. Fields that we don't own stay."""

    def delete(self, mailbox: str, remote_id: str, version: str, event: Event) -> None:
        """Delete the event, or cancel it where people were invited, if it still has that version.

        `event` is what was last written, cancelled and with the next SEQUENCE, for calendars that must say it by mail.
        """

    def get(self, mailbox: str, remote_id: str) -> RemoteEvent:
        """The event as it stands. Raises NotFound when it is deleted, in the bin, or no longer in this calendar."""

    def find(self, mailbox: str, uid: str) -> tuple[RemoteEvent, ...]:
        """All events that carry our uid, originals before copies of them, the oldest first.

        It sees every create that was answered before the call.
        """

    def changes(self, mailbox: str, token: str | None, window: Interval) -> Delta:
        """What happened since the token, or without one all events that overlap the window.

        Series are expanded inside the window; when one changed, its id is in `gone` and its occurrences are listed
        anew. Our own writes may be reported, with the version that the write returned. Raises TokenLost when the token
        is not known any more or was given for a window that lies more than a day off.
        """

    def busy(self, mailboxes: Sequence[str], window: Interval) -> Mapping[str, tuple[Busy, ...]]:
        """When each mailbox is not free, our own events included. A mailbox that can't be read is left out."""

    def rooms(self) -> tuple[RemoteRoom, ...]:
        """The rooms that can be invited."""

    def close(self) -> None:
        """Give connections back. The backend is not used afterwards."""
