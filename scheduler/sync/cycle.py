"""Go over many mailboxes at once: read each, then carry its outbox out. What must wait holds nobody else up."""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from scheduler.domain.interval import Interval, subtract
from scheduler.domain.plan import Plan
from scheduler.sync import pull
from scheduler.sync.apply import Stop, rest
from scheduler.sync.content.people import Person
from scheduler.sync.errors import SyncError
from scheduler.sync.event import Event
from scheduler.sync.guard import Blast, Limits, blast
from scheduler.sync.inbound.deciding import Desk
from scheduler.sync.inbound.facts import TAKES_TIME, taken_times
from scheduler.sync.inbound.judging import Judge, Policy
from scheduler.sync.link import Box, LinkState
from scheduler.sync.port import Answer, Backend, Busy, Capability
from scheduler.sync.push import deliver
from scheduler.sync.reconcile import still_wanted
from scheduler.sync.store.port import Held, LeaseLost, Store
from scheduler.sync.strays import clear

log = logging.getLogger(__name__)

WORKERS = 32
"""Mailboxes that are worked on at once. One that hangs takes one of them."""
BEHIND = timedelta(days=1)


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Connection:
    """A backend and how it is used."""

    backend: Backend
    policy: Policy = field(default_factory=Policy)
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class Office:
    """All that a run needs: connections by name, the store, the plan in force and the rules, a clock."""

    connections: Mapping[str, Connection]
    store: Store
    plan: Plan
    judge: Judge
    until: datetime
    """How far calendars are read, at least."""
    now: Callable[[], datetime] = utc_now
    sleep: Callable[[float], None] = time.sleep


@dataclass
class Report:
    """What a run did. `waiting` says why and until when mailboxes were left."""

    counts: Counter[str] = field(default_factory=Counter)
    waiting: dict[Box, str] = field(default_factory=dict)
    blast: Blast | None = None

    @property
    def writes(self) -> int:
        return sum(self.counts[name] for name in ("created", "updated", "deleted", "cleared"))


def run(
    office: Office,
    boxes: Iterable[Box] | None = None,
    *,
    write: bool = True,
    allowed: int = 0,
    counted: Iterable[Box] | None = None,
    patience: timedelta = timedelta(0),
    workers: int = WORKERS,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Report:
    """One cycle over the mailboxes.

    Parameters
    ----------
    boxes
        All that are known when not given.
    write
        Whether the outbox is carried out, or calendars are only read.
    allowed
        So many deletions were agreed to by a person; see `Limits` for how many need nobody.
    counted
        Mailboxes whose deletions count together, where others are to be visited in their turn.
    patience
        How long to come back to mailboxes that must rest.
    on_progress
        Called with the number of mailboxes done, and of all.
    """
    every = list(office.store.boxes() if boxes is None else boxes)
    together = every if counted is None else list(counted)
    report = Report(blast=too_many(office, together, allowed) if write else None)
    lock = threading.Lock()

    def visit(box: Box) -> None:
        counts: Counter[str] = Counter()
        why = _visit(office, box, write and report.blast is None, allowed, counts)
        with lock:
            report.counts += counts
            report.waiting.pop(box, None)
            if why:
                report.waiting[box] = why

    _in_turn(office, every, visit, office.now() + patience, workers, on_progress)
    return report


def _in_turn(
    office: Office,
    boxes: list[Box],
    visit: Callable[[Box], None],
    end: datetime,
    workers: int,
    on_progress: Callable[[int, int], None],
) -> None:
    """Visit every mailbox, and those that rest again when they may be asked, until `end`."""
    waiting: dict[Box, datetime] = {}
    with ThreadPoolExecutor(workers) as pool:
        running: dict[Future[None], Box] = {pool.submit(visit, box): box for box in boxes}
        while running or waiting:
            done, _ = wait(running, timeout=_until_next(office, waiting), return_when=FIRST_COMPLETED)
            for future in done:
                box = running.pop(future)
                future.result()
                until = office.store.cursor(box).wait_until
                if until is not None and until < end:
                    waiting[box] = until
            on_progress(len(boxes) - len(running) - len(waiting), len(boxes))
            if not running and waiting:
                office.sleep(_until_next(office, waiting) or 0.0)
            for box in [box for box, until in waiting.items() if until <= office.now()]:
                del waiting[box]
                running[pool.submit(visit, box)] = box


def _until_next(office: Office, waiting: Mapping[Box, datetime]) -> float | None:
    return max(0.0, (min(waiting.values()) - office.now()).total_seconds()) if waiting else None


def _visit(office: Office, box: Box, write: bool, allowed: int, counts: Counter[str]) -> str:
    """One mailbox; returns why something was left undone."""
    connection = office.connections.get(box.connection)
    if connection is None:
        return f"there is no connection {box.connection!r}"
    with office.store.hold(box, office.now()) as held:
        if held is None:
            return "another worker is at it"
        try:
            _exchange(office, connection, held, write, allowed, counts)
        except (Stop, LeaseLost) as why:
            return str(why)
        except Exception as error:
            # Whatever it is, the other mailboxes must not suffer from it.
            log.exception("%s: a fault of ours or of its calendar", box)
            counts["failed"] += 1
            return str(rest(held, error, office.now()))
    return ""


def _exchange(
    office: Office, connection: Connection, held: Held, write: bool, allowed: int, counts: Counter[str]
) -> None:
    """Read, write; and once more where somebody changed an event in between. Raises Stop when the mailbox must rest."""
    if held.cursor().waits(office.now()):
        raise Stop("the mailbox rests")
    if write:
        clear(held, connection.backend, connection.limits, allowed, office.now, counts)
    for _ in range(2):
        now = office.now()
        window = Interval(start=now - BEHIND, end=max(office.until, now + BEHIND))
        reader = pull.Reader(office.plan, office.judge, connection.policy, connection.limits, window, now)
        pull.pull(held, connection.backend, reader)
        if not write:
            return
        deliver(held, connection.backend, office.now, counts)
        if not any(link.stale and link.state is LinkState.LIVE for link in held.links().values()):
            return


def too_many(office: Office, boxes: Iterable[Box], allowed: int = 0) -> Blast | None:
    """What the run would take away on some connection beyond its limits."""
    now = office.now()
    for name, connection in office.connections.items():
        mine = [box for box in boxes if box.connection == name]
        outbox = [office.store.intents(box) for box in mine]
        if all(still_wanted(intent, now) for intents in outbox for intent in intents.values()):
            continue
        found = blast(outbox, map(office.store.links, mine), connection.limits, now, allowed)
        if found is not None:
            return found
    return None


def hear(office: Office, connection: str, answers: Sequence[Answer]) -> int:
    """Answers to invitations of a connection that came in another way. Returns of how many events they changed one.

    Raises LeaseLost where another worker has a mailbox: hand them in again, what was heard is known.
    """
    policy, heard = office.connections[connection].policy, 0
    for box in (box for box in office.store.boxes() if box.connection == connection):
        with office.store.hold(box, office.now()) as held:
            if held is None:
                raise LeaseLost(f"another worker is at {box}")
            desk = Desk(office.plan, office.judge, policy, office.now(), held.proposals())
            heard += pull.hear(held, desk, answers)
    return heard


def busy_of(office: Office, people: Iterable[Person]) -> dict[str, tuple[Interval, ...]]:
    """When each person whose calendar was read is taken by what is not ours, as far as it is known.

    In mailboxes that we write to it is computed from their events. Where people are only invited, it is what is left
    of their busy time without our own events.
    """
    found: dict[str, tuple[Interval, ...]] = {}
    invited: dict[str, list[Person]] = {}
    for person in people:
        if office.store.cursor(person.box).window is not None:
            found[person.resource] = taken_times(office.store.foreign(person.box))
        elif Capability.BUSY in office.connections[person.connection].backend.capabilities:
            invited.setdefault(person.connection, []).append(person)
    for connection, ones in invited.items():
        ours = [link.event for b in office.store.boxes() for link in office.store.links(b).values() if link.event]
        busy = _asked_busy(office, connection, [person.address for person in ones])
        for person in ones:
            if person.address in busy:
                taken = (b.interval for b in busy[person.address] if b.availability in TAKES_TIME)
                found[person.resource] = subtract(taken, _invited_to(person.address, ours))
    return found


def _asked_busy(office: Office, connection: str, addresses: list[str]) -> Mapping[str, tuple[Busy, ...]]:
    """What the calendar says of their time; nothing while it must rest, or where it says nothing."""
    boxes = [box for box in office.store.boxes() if box.connection == connection]
    if any(office.store.cursor(box).waits(office.now()) for box in boxes):
        return {}
    window = Interval(start=office.now() - BEHIND, end=max(office.until, office.now() + BEHIND))
    try:
        return office.connections[connection].backend.busy(addresses, window)
    except SyncError as error:
        log.warning("%s: busy times can't be read: %s", connection, error)
        if error.retry_after is not None:
            _rest(office, boxes, error)
        return {}


def _rest(office: Office, boxes: Iterable[Box], error: SyncError) -> None:
    for box in boxes:
        with office.store.hold(box, office.now()) as held:
            if held is not None:
                rest(held, error, office.now())


def _invited_to(address: str, events: Iterable[Event]) -> list[Interval]:
    mine = (e for e in events if address.lower() in {a.lower() for a in (*e.attendees, *e.rooms)})
    return [Interval(start=event.start, end=event.end) for event in mine if event.start < event.end]
