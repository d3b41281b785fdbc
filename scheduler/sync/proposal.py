"""What people did in a calendar that a plan must answer, and the log of what both changed at once."""

import hashlib
import json
from enum import StrEnum
from typing import Self

from scheduler.domain.base import Id, Instant, Value
from scheduler.domain.interval import Interval
from scheduler.sync.event import Event, EventKey
from scheduler.sync.link import Box


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

    def answered_by(self, known: "Proposal") -> bool:
        """Whether this is the question that `known` has an answer to, which nobody who makes plans has yet."""
        same = (self.id, self.matter, self.slot, self.wish) == (known.id, known.matter, known.slot, known.wish)
        return same and known.decision is not Decision.OPEN and not known.taken

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
