"""What we know of one event in one mailbox, and what is still to be done there."""

import hashlib
import json
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, Self

from pydantic import Field

from scheduler.domain.base import FrozenDict, Id, Instant, Mapped, Value
from scheduler.domain.interval import Interval
from scheduler.sync.event import Event, EventKey, EventStatus
from scheduler.sync.port import Availability, RemoteEvent, Response


class Box(NamedTuple):
    """One mailbox, reached by one connection."""

    connection: str
    mailbox: str

    def __str__(self) -> str:
        return f"{self.mailbox} ({self.connection})"


class LinkState(StrEnum):
    """Where an event stands.

    PENDING
        Wanted, and surely not there yet.
    UNKNOWN
        A write was sent, or was about to be: look it up before anything else is written.
    LIVE
        There.
    DELETED
        Taken out by us, or no longer wanted.
    DETACHED
        Taken out or declined by a person. It is not written again until it is for another time.
    """

    PENDING = "pending"
    UNKNOWN = "unknown"
    LIVE = "live"
    DELETED = "deleted"
    DETACHED = "detached"


class Link(Value):
    """One event of ours in one mailbox.

    Attributes
    ----------
    event
        What stands there as far as we know, or stood there last.
    sent
        While UNKNOWN, what was sent; cancelled, it was a deletion.
    written
        The stamp of what we last wrote; empty when what stands there is not what we want.
    seen
        A hash of what was last read there, as its calendar tells it.
    worded
        Our description in the calendar's own words, read back before anybody changed it: HTML becomes text there.
    notes
        What people wrote into the event. Written back with each update.
    stale
        Somebody changed the event since `version`: it must be read before it is written again.
    answers
        What invited people said to the present version, by address.
    why
        The reason of the last change that we wrote.
    wished
        Where a person had moved the event when we last put it back.
    creates
        What our latest creates said (see `mark`): one whose answer was lost may be carried out much later.
    strays
        Ids of events that such creates made beside this one.
    recalled
        When a deletion was sent of which nothing came so far, though we want the event now.
    """

    connection: Id
    mailbox: Id
    key: EventKey
    uid: Id
    state: LinkState = LinkState.PENDING
    remote_id: str = ""
    ical_uid: str = ""
    version: str = ""
    event: Event | None = None
    sent: Event | None = None
    written: str = ""
    seen: str = ""
    worded: str = ""
    notes: str = ""
    sequence: int = Field(default=0, ge=0)
    stale: bool = False
    answers: Mapped[str, Response] = FrozenDict()
    why: str = ""
    wished: Interval | None = None
    creates: tuple[str, ...] = ()
    strays: tuple[str, ...] = ()
    recalled: Instant | None = None

    @property
    def box(self) -> Box:
        return Box(self.connection, self.mailbox)

    def but(self, **changes: object) -> Self:
        return self.model_copy(update=changes)

    def sending(self, event: Event, intent: "Intent | None" = None) -> Self:
        """As it is kept before `event` is sent: whatever happens then, the outcome is looked up."""
        why, back = (intent.why, not intent.revision) if intent is not None else ("", False)
        creates = self.creates if self.remote_id else tuple(dict.fromkeys((*self.creates, mark(event))))[-CREATES:]
        return self.but(
            state=LinkState.UNKNOWN, sent=event, why=why, wished=self.wished if back else None, creates=creates
        )

    def arrived(self, remote: RemoteEvent) -> Self:
        """What was sent stands there as `remote`."""
        assert self.sent is not None
        return self.but(
            state=LinkState.LIVE,
            remote_id=remote.remote_id,
            ical_uid=remote.ical_uid or self.ical_uid,
            version=remote.version,
            event=self.sent,
            sent=None,
            sequence=self.sent.sequence,
            written=self.sent.stamp,
            seen="",
            worded="",
            stale=False,
            answers=FrozenDict(),
        )

    def gone(self, state: LinkState = LinkState.DELETED) -> Self:
        """The event is there no more; what it was and its SEQUENCE are remembered."""
        nothing = {"remote_id": "", "version": "", "written": "", "seen": "", "worded": "", "notes": "", "stale": False}
        nothing["recalled"] = None
        sequence = max(self.sequence, self.sent.sequence if self.sent else 0)
        return self.but(state=state, sent=None, sequence=sequence, **nothing)

    def stands_as(self, remote: RemoteEvent) -> Self:
        """This link, of an event that it did not know of until now. The next intent writes it anew."""
        there = remote.event
        assert there is not None
        known = self.event if self.event is not None and span(self.event) == span(remote) else there
        return self.gone().but(
            state=LinkState.LIVE,
            remote_id=remote.remote_id,
            ical_uid=remote.ical_uid,
            version=remote.version,
            event=known,
            notes=there.notes,
            sequence=max(self.sequence, there.sequence),
        )

    def wanting(self, event: Event | None, why: str = "") -> "Intent":
        """The intent, of our own making, to have this event there, or none."""
        return Intent(
            connection=self.connection, mailbox=self.mailbox, key=self.key, uid=self.uid, event=event, why=why
        )

    def over(self, now: datetime) -> bool:
        """Whether the event lies in the past."""
        return self.event is not None and self.event.end <= now


class Intent(Value):
    """What is to be done in a calendar: have this event there, or (without one) have it no more.

    Attributes
    ----------
    revision
        Grows with every publish. Of two intents for one key only the newer counts. 0: nobody published it, what
        stood there is put back.
    why
        For the people concerned.
    refused
        What the calendar said when it would not take the event; then it waits for a newer one.
    """

    connection: Id
    mailbox: Id
    key: EventKey
    uid: Id
    event: Event | None
    revision: int = 0
    why: str = ""
    refused: str = ""

    @property
    def box(self) -> Box:
        return Box(self.connection, self.mailbox)

    def link(self) -> Link:
        """Where nothing is known of the event yet."""
        return Link(connection=self.connection, mailbox=self.mailbox, key=self.key, uid=self.uid)


class Foreign(Value):
    """An event that is not ours: when, and whether it takes the time."""

    remote_id: Id
    series: str | None = None
    start: Instant
    end: Instant
    availability: Availability = Availability.BUSY


class Cursor(Value):
    """How far a mailbox was read, and when it may be asked again.

    Attributes
    ----------
    window
        What `token` was given for.
    wait_until
        Nothing is sent before.
    failures
        In a row.
    """

    token: str | None = None
    window: Interval | None = None
    wait_until: Instant | None = None
    failures: int = Field(default=0, ge=0)
    trouble: str = ""

    def waits(self, now: datetime) -> bool:
        return self.wait_until is not None and now < self.wait_until

    def later(self, until: datetime, trouble: str) -> Self:
        return self.model_copy(update={"wait_until": until, "failures": self.failures + 1, "trouble": trouble})

    def well(self) -> Self:
        return self.model_copy(update={"wait_until": None, "failures": 0, "trouble": ""})


def span(one: Event | RemoteEvent) -> tuple[datetime, datetime]:
    return one.start, one.end


def mark(one: Event | RemoteEvent) -> str:
    """A hash of when and where an event is and what it is called: the same for what was sent and how it stands there,
    as long as nobody touched it. Descriptions are not told apart: some calendars word them anew."""
    said = one.event if isinstance(one, RemoteEvent) else one
    text = [] if said is None else [squeezed(said.summary), squeezed(said.location), squeezed(said.notes)]
    return hashlib.sha256(json.dumps([*map(datetime.isoformat, span(one)), *text]).encode()).hexdigest()[:16]


def content_hash(remote: RemoteEvent) -> str:
    """A hash of what people can see and change in an event of ours."""
    said = remote.event
    text = [] if said is None else [said.summary, said.location, said.description, said.notes]
    told = [remote.start.isoformat(), remote.end.isoformat(), *(squeezed(part) for part in text)]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]


def squeezed(text: str) -> str:
    """The text as calendars keep it alike: they change white space."""
    return " ".join(text.split())


def cancelled(event: Event, sequence: int) -> Event:
    return event.model_copy(update={"status": EventStatus.CANCELLED, "sequence": sequence})


CREATES = 8
"""How many creates a link remembers."""

BACKOFF = (timedelta(seconds=5), timedelta(minutes=30))
"""First and longest wait after a failure."""


def backoff(failures: int) -> timedelta:
    first, longest = BACKOFF
    return min(longest, first * (1 << min(failures, 12)))
