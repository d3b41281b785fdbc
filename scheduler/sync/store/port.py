"""What sync keeps, in one shape for every database. `tests/sync/store/contract.py` holds a store to it."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Protocol

from scheduler.domain.errors import FieldplanError
from scheduler.sync.event import Event, EventKey
from scheduler.sync.link import Box, Cursor, Foreign, Intent, Link
from scheduler.sync.proposal import Clash, Decision, Proposal


class LeaseLost(FieldplanError):
    """Another worker has taken the mailbox over: nothing was written."""


@dataclass(frozen=True)
class Batch:
    """What is kept together or not at all.

    Attributes
    ----------
    done
        Intents that are carried out: each is dropped unless a newer one took its place.
    refused
        Intents that the calendar won't take, with `refused` set; ignored where a newer one took their place.
    wanted
        Intents of our own making, such as putting back what was moved. They keep their revision, and a pending
        intent of that or a newer revision stays instead.
    foreign, gone
        Foreign events that are there, and ids (of events or whole series) that are not.
    fresh
        `foreign` is all there is.
    answers
        Marks of answers that were dealt with.
    """

    links: Sequence[Link] = ()
    done: Sequence[Intent] = ()
    refused: Sequence[Intent] = ()
    wanted: Sequence[Intent] = ()
    proposals: Sequence[Proposal] = ()
    clashes: Sequence[Clash] = ()
    foreign: Sequence[Foreign] = ()
    gone: Sequence[str] = ()
    fresh: bool = False
    answers: Sequence[str] = ()
    cursor: Cursor | None = None

    def __add__(self, later: "Batch") -> "Batch":
        """Both together; of what they say about one thing the later counts."""
        lists = {name: (*getattr(self, name), *getattr(later, name)) for name in LISTS}
        return Batch(**lists, fresh=self.fresh or later.fresh, cursor=later.cursor or self.cursor)


LISTS = frozenset(f.name for f in fields(Batch)) - {"fresh", "cursor"}


class Held(Protocol):
    """A mailbox that is ours alone until the lease ends. Every `keep` makes it last longer."""

    @property
    def box(self) -> Box: ...

    def links(self) -> Mapping[EventKey, Link]: ...

    def intents(self) -> Mapping[EventKey, Intent]: ...

    def proposals(self) -> Mapping[str, Proposal]: ...

    def cursor(self) -> Cursor: ...

    def answered(self, ids: Sequence[str]) -> frozenset[str]:
        """Those of the answers that were dealt with before."""

    def keep(self, batch: Batch, now: datetime) -> None:
        """Keep all of it at once. Raises LeaseLost when somebody else holds the mailbox by now."""


@dataclass(frozen=True)
class Told:
    """What a person was last told of their events: by key (as text), the event."""

    events: Mapping[str, Event] = field(default_factory=dict)


class Store(Protocol):
    """All mailboxes. Safe to call from several threads and processes."""

    def publish(self, intents: Sequence[Intent]) -> int:
        """Put all intents into the outbox under one new revision, in place of older ones for the same keys."""

    def revision(self) -> int:
        """The newest revision; 0 before the first publish."""

    def boxes(self) -> tuple[Box, ...]:
        """Every mailbox that something is known of."""

    def hold(self, box: Box, now: datetime) -> AbstractContextManager[Held | None]:
        """Lease a mailbox for as long as the block runs; None when another worker has it."""

    def links(self, box: Box) -> Mapping[EventKey, Link]: ...

    def intents(self, box: Box) -> Mapping[EventKey, Intent]: ...

    def cursor(self, box: Box) -> Cursor: ...

    def foreign(self, box: Box) -> tuple[Foreign, ...]:
        """The events of others, in order of their start."""

    def proposals(self) -> tuple[Proposal, ...]:
        """All that were not taken, the oldest first; those that are refused are no longer among them once taken."""

    def decide(self, id: str, decision: Decision, reason: str) -> Proposal:
        """A person decides an open proposal. Raises KeyError when there is no such open proposal."""

    def take(self, ids: Sequence[str]) -> None:
        """Whoever makes plans has these decided proposals.

        What was pending for an event that they hold is dropped: it was planned without knowing of them.
        """

    def clashes(self) -> tuple[Clash, ...]:
        """The log of conflicts, oldest first."""

    def told(self, person: str) -> Told: ...

    def tell(self, person: str, told: Told) -> None:
        """Remember what the person knows by now."""

    def copy(self) -> "Store":
        """All of it once more, with no mailbox leased, for this process alone. What is done with it changes nothing."""

    def close(self) -> None: ...
