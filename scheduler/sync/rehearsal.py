"""A dry run: everything a run does, on a copy of what we know, with calendars that are read but never written."""

import itertools
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from scheduler.domain.interval import Interval
from scheduler.sync.cycle import Office, Report, run, too_many
from scheduler.sync.errors import Exists, NotFound
from scheduler.sync.event import Event
from scheduler.sync.guard import Blast
from scheduler.sync.link import Box, Intent
from scheduler.sync.port import Backend, Busy, Capability, Delta, RemoteEvent, RemoteRoom
from scheduler.sync.proposal import Decision, Proposal
from scheduler.sync.reconcile import Act
from scheduler.sync.store.port import Batch, Store


@dataclass(frozen=True)
class Write:
    """What would be sent. `before` is what stands there now, where that is known."""

    box: Box
    act: Act
    before: Event | None
    after: Event | None


@dataclass(frozen=True)
class Rehearsed:
    """What a run would do.

    Attributes
    ----------
    blast
        Why it would stop before all that.
    left
        What is wanted of mailboxes that could not be read, by what was known of them.
    asked
        Questions that would come up.
    """

    writes: tuple[Write, ...]
    blast: Blast | None
    report: Report
    left: tuple[Intent, ...]
    asked: tuple[Proposal, ...]


def rehearse(office: Office, intents: Sequence[Intent], patience: timedelta = timedelta(0)) -> Rehearsed:
    """What publishing the intents and one run would do. Nothing is sent, and nothing is kept but how long to wait."""
    known, store = {p.id for p in office.store.proposals()}, office.store.copy()
    if intents:
        store.publish(intents)
    stages = {name: Stage(name, connection.backend) for name, connection in office.connections.items()}
    connections = {name: replace(one, backend=stages[name]) for name, one in office.connections.items()}
    there = replace(office, store=store, connections=connections)
    blast = too_many(there, there.store.boxes())
    report = run(there, allowed=EVERYTHING, patience=patience)
    _keep_waits(office, store, report.waiting)
    return Rehearsed(
        writes=tuple(sorted((w for stage in stages.values() for w in stage.writes), key=lambda w: w.box)),
        blast=blast,
        report=report,
        left=tuple(i for box in report.waiting for i in store.intents(box).values() if not i.refused),
        asked=tuple(p for p in store.proposals() if p.decision is Decision.OPEN and p.id not in known),
    )


EVERYTHING = 10**9


def _keep_waits(office: Office, rehearsed: Store, waiting: Iterable[Box]) -> None:
    """A calendar that wants to be left alone means the real run too."""
    for box in waiting:
        cursor = rehearsed.cursor(box)
        with office.store.hold(box, office.now()) as held:
            if held is not None and cursor.wait_until is not None:
                held.keep(Batch(cursor=held.cursor().later(cursor.wait_until, cursor.trouble)), office.now())


class Stage:
    """A backend whose writes are noted down, and seem to have happened to whoever reads what was written."""

    def __init__(self, connection: str, inner: Backend) -> None:
        self._connection, self._inner = connection, inner
        self._numbers, self._lock = itertools.count(1), threading.Lock()
        self._written: dict[tuple[str, str], RemoteEvent | None] = {}
        self.writes: list[Write] = []

    @property
    def capabilities(self) -> frozenset[Capability]:
        return self._inner.capabilities

    def create(self, mailbox: str, event: Event) -> RemoteEvent:
        once = Capability.CREATE_ONCE in self.capabilities
        if once and any(there.original for there in self.find(mailbox, event.uid)):
            raise Exists(f"{mailbox} holds an event {event.uid} already")
        return self._put(mailbox, f"rehearsed {next(self._numbers)}", Act.CREATE, None, event)

    def update(self, mailbox: str, remote_id: str, version: str, event: Event) -> RemoteEvent:
        there = self.get(mailbox, remote_id).event if Capability.READ in self.capabilities else None
        return self._put(mailbox, remote_id, Act.UPDATE, there, event)

    def delete(self, mailbox: str, remote_id: str, version: str, event: Event) -> None:
        self._note(mailbox, remote_id, Write(Box(self._connection, mailbox), Act.DELETE, event, None), None)

    def _put(self, mailbox: str, remote_id: str, act: Act, before: Event | None, event: Event) -> RemoteEvent:
        made = RemoteEvent(
            remote_id=remote_id,
            version=f"rehearsed {next(self._numbers)}",
            start=event.start,
            end=event.end,
            uid=event.uid,
            stamp=event.stamp,
            original=True,
            event=event,
        )
        self._note(mailbox, remote_id, Write(Box(self._connection, mailbox), act, before, event), made)
        return made

    def _note(self, mailbox: str, remote_id: str, write: Write, made: RemoteEvent | None) -> None:
        with self._lock:
            self.writes.append(write)
            self._written[mailbox, remote_id] = made

    def get(self, mailbox: str, remote_id: str) -> RemoteEvent:
        if (mailbox, remote_id) not in self._written:
            return self._inner.get(mailbox, remote_id)
        made = self._written[mailbox, remote_id]
        if made is None:
            raise NotFound(f"{remote_id} would be deleted")
        return made

    def find(self, mailbox: str, uid: str) -> tuple[RemoteEvent, ...]:
        return self._standing(mailbox, self._inner.find(mailbox, uid))

    def changes(self, mailbox: str, token: str | None, window: Interval) -> Delta:
        found = self._inner.changes(mailbox, token, window)
        return found.model_copy(update={"events": self._standing(mailbox, found.events)})

    def _standing(self, mailbox: str, events: Iterable[RemoteEvent]) -> tuple[RemoteEvent, ...]:
        """The events as they would be by now."""
        would = (self._written.get((mailbox, event.remote_id), event) for event in events)
        return tuple(event for event in would if event is not None)

    def busy(self, mailboxes: Sequence[str], window: Interval) -> Mapping[str, tuple[Busy, ...]]:
        return self._inner.busy(mailboxes, window)

    def rooms(self) -> tuple[RemoteRoom, ...]:
        return self._inner.rooms()

    def close(self) -> None:
        """The connection is somebody else's."""
