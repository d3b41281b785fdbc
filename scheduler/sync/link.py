"""What we know of one event in one mailbox, and what is still to be told or asked about it."""

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
    notes: str = ""
    sequence: int = Field(default=0, ge=0)
    stale: bool = False
    answers: Mapped[str, Response] = FrozenDict()
    why: str = ""
    wished: Interval | None = None

    @property
    def box(self) -> Box:
        return Box(self.connection, self.mailbox)

    def but(self, **changes: object) -> Self:
        return self.model_copy(update=changes)

    def sending(self, event: Event, intent: "Intent | None" = None) -> Self:
        """As it is kept before `event` is sent: whatever happens then, the outcome is looked up."""
        why, back = (intent.why, not intent.revision) if intent is not None else ("", False)
        return self.but(state=LinkState.UNKNOWN, sent=event, why=why, wished=self.wished if back else None)

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
            stale=False,
            answers=FrozenDict(),
        )

    def gone(self, state: LinkState = LinkState.DELETED) -> Self:
        """The event is there no more; what it was and its SEQUENCE are remembered."""
        nothing = {"remote_id": "", "version": "", "written": "", "seen": "", "notes": "", "stale": False}
        sequence = max(self.sequence, self.sent.sequence if self.sent else 0)
        return self.but(state=state, sent=None, sequence=sequence, **nothing)

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


class Matter(StrEnum):
    """What people did in a calendar that a plan must answer."""

    MOVED = "moved"
    DECLINED = "declined"
    DELETED = "deleted"
    ROOM_LOST = "room-lost"
    EMPTIED = "emptied"
    """Suspiciously many events are gone at once."""


class Decision(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class Proposal(Value):
    """What a calendar asks of the plan: open until the rules, or a person, have decided.

    Attributes
    ----------
    key
        None where it is about the whole mailbox.
    who
        The attendee who answered; empty where it is the mailbox's own person.
    slot
        When the event was to be.
    wish
        When it is to be instead.
    taken
        Whoever makes plans has it. Until then an accepted one keeps its event from being written over.
    """

    connection: Id
    mailbox: Id
    key: EventKey | None
    matter: Matter
    who: str = ""
    slot: Interval | None = None
    wish: Interval | None = None
    decision: Decision = Decision.OPEN
    reason: str = ""
    at: Instant
    taken: bool = False

    @property
    def id(self) -> str:
        """The same for the same subject: of what one person asks about one event, the last wish counts."""
        about = json.dumps([self.connection, self.mailbox, self.key, self.who])
        return hashlib.sha256(about.encode()).hexdigest()[:16]

    @property
    def box(self) -> Box:
        return Box(self.connection, self.mailbox)

    @property
    def holds(self) -> bool:
        """Whether its event is to be left as the person put it."""
        undone = self.decision is Decision.OPEN or (self.decision is Decision.ACCEPTED and not self.taken)
        return undone and self.matter is Matter.MOVED and not self.who

    def decided(self, decision: Decision, reason: str) -> Self:
        return self.model_copy(update={"decision": decision, "reason": reason})


class Clash(Value):
    """A calendar and a plan changed one event at once: both versions, and what was made of it."""

    connection: Id
    mailbox: Id
    key: EventKey
    ours: Event | None
    theirs: Event | None
    at: Instant
    outcome: str


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


BACKOFF = (timedelta(seconds=5), timedelta(minutes=30))
"""First and longest wait after a failure."""


def backoff(failures: int) -> timedelta:
    first, longest = BACKOFF
    return min(longest, first * (1 << min(failures, 12)))
