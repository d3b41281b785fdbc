"""Faults in front of any backend: what was sent gets lost before it arrives, comes late, or its answer gets lost."""

import random
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from enum import Enum, auto
from typing import Any

from scheduler.domain.interval import Interval
from scheduler.sync.errors import SyncError, Throttled, Unclear, Unreachable
from scheduler.sync.event import Event
from scheduler.sync.port import Backend, Busy, Capability, Delta, RemoteEvent, RemoteRoom

WAIT = timedelta(seconds=30)
"""What a throttled request is told to wait."""


class Fault(Enum):
    LOST = auto()
    """The request surely did not arrive."""
    UNCLEAR_BEFORE = auto()
    """The connection broke, and nothing was done."""
    UNCLEAR_AFTER = auto()
    """All was done, and the answer got lost."""
    UNCLEAR_AND_BUSY = auto()
    """All was done, and the answer is to come back later."""
    LATE = auto()
    """The connection broke, and it is done when `arrive` is called."""
    THROTTLED = auto()


class Crash(BaseException):
    """The process dies here."""


class Faulty:
    """A backend that fails as `choose` says, given the name of what is asked, and the mailbox. It counts what arrived.

    `choose` gives a fault, None, or raises Crash; it is asked before each request.
    """

    def __init__(self, backend: Backend, choose: Callable[[str, str], Fault | None]) -> None:
        self.inner, self.choose = backend, choose
        self.writes = self.requests = 0
        self.crash_after = False
        self.before: Callable[..., None] = lambda name, *given: None
        """What happens on the server right before a write arrives."""
        self.after: Callable[..., None] = lambda name, *given: None
        """Hears of each write that was carried out."""
        self.late: list[Callable[[], object]] = []

    @property
    def capabilities(self) -> frozenset[Capability]:
        return self.inner.capabilities

    def _write(self, name: str, *given: Any) -> Any:
        fault = self.choose(name, str(given[0]) if given else "")
        self.requests += 1
        if fault is Fault.LOST:
            raise Unreachable("dropped on the way")
        if fault is Fault.THROTTLED:
            raise Throttled("slow down", WAIT)
        if fault is Fault.LATE:
            self.late.append(lambda: (getattr(self.inner, name)(*given), self.after(name, *given)))
        if fault in (Fault.UNCLEAR_BEFORE, Fault.LATE):
            raise Unclear("the connection broke")
        self.before(name, *given)
        result = getattr(self.inner, name)(*given)
        self.writes += 1
        self.after(name, *given)
        if self.crash_after:
            self.crash_after = False
            raise Crash
        if fault is Fault.UNCLEAR_AFTER:
            raise Unclear("the answer got lost")
        if fault is Fault.UNCLEAR_AND_BUSY:
            raise Unclear("come back later", WAIT)
        return result

    def arrive(self) -> None:
        """What was sent long ago is carried out now, as far as it still can be."""
        while self.late:
            with suppress(SyncError):
                self.late.pop(0)()

    def _read(self, name: str, *given: Any) -> Any:
        fault = self.choose(name, str(given[0]) if given else "")
        self.requests += 1
        if fault is Fault.THROTTLED:
            raise Throttled("slow down", WAIT)
        if fault is not None:
            raise Unreachable("dropped on the way")
        return getattr(self.inner, name)(*given)

    def create(self, mailbox: str, event: Event) -> RemoteEvent:
        return self._write("create", mailbox, event)

    def update(self, mailbox: str, remote_id: str, version: str, event: Event) -> RemoteEvent:
        return self._write("update", mailbox, remote_id, version, event)

    def delete(self, mailbox: str, remote_id: str, version: str, event: Event) -> None:
        self._write("delete", mailbox, remote_id, version, event)

    def get(self, mailbox: str, remote_id: str) -> RemoteEvent:
        return self._read("get", mailbox, remote_id)

    def find(self, mailbox: str, uid: str) -> tuple[RemoteEvent, ...]:
        return self._read("find", mailbox, uid)

    def changes(self, mailbox: str, token: str | None, window: Interval) -> Delta:
        return self._read("changes", mailbox, token, window)

    def busy(self, mailboxes: Sequence[str], window: Interval) -> Mapping[str, tuple[Busy, ...]]:
        return self._read("busy", mailboxes, window)

    def rooms(self) -> tuple[RemoteRoom, ...]:
        return self._read("rooms")

    def close(self) -> None:
        self.inner.close()


def at_random(share: float, seed: int) -> Callable[[str, str], Fault | None]:
    """So many of the requests fail, half of them after they were carried out."""
    chance = random.Random(seed)

    def choose(name: str, mailbox: str) -> Fault | None:
        if chance.random() >= share:
            return None
        if chance.random() < 0.5:
            return Fault.UNCLEAR_AFTER
        return chance.choice((Fault.LOST, Fault.UNCLEAR_BEFORE, Fault.THROTTLED))

    return choose


def none(name: str, mailbox: str) -> Fault | None:
    return None
