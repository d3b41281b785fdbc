"""Calendars that survive the death of whoever writes to them: memory's rules, each request one SQLite transaction."""

import pickle
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from scheduler.domain.interval import Interval
from scheduler.sync.backends.memory import EVERYTHING, Memory
from scheduler.sync.event import Event
from scheduler.sync.port import Busy, Capability, Delta, RemoteEvent, RemoteRoom


class Durable:
    """A server in a file. As Exchange, it lets a second create in."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._capabilities = EVERYTHING - {Capability.CREATE_ONCE}

    @contextmanager
    def memory(self, mailbox: str) -> Iterator[Memory]:
        """The mailbox, written back when the block ends."""
        with closing(sqlite3.connect(self._path, isolation_level=None, timeout=30)) as file:
            file.execute("create table if not exists server (mailbox text primary key, calendar blob)")
            file.execute("begin immediate")
            rows = file.execute("select calendar from server where mailbox = ?", (mailbox,)).fetchall()
            memory = pickle.loads(rows[0][0]) if rows else Memory(self._capabilities)
            yield memory
            file.execute("insert or replace into server values (?, ?)", (mailbox, pickle.dumps(memory)))
            file.execute("commit")

    @property
    def capabilities(self) -> frozenset[Capability]:
        return self._capabilities

    def create(self, mailbox: str, event: Event) -> RemoteEvent:
        with self.memory(mailbox) as memory:
            return memory.create(mailbox, event)

    def update(self, mailbox: str, remote_id: str, version: str, event: Event) -> RemoteEvent:
        with self.memory(mailbox) as memory:
            return memory.update(mailbox, remote_id, version, event)

    def delete(self, mailbox: str, remote_id: str, version: str, event: Event) -> None:
        with self.memory(mailbox) as memory:
            memory.delete(mailbox, remote_id, version, event)

    def get(self, mailbox: str, remote_id: str) -> RemoteEvent:
        with self.memory(mailbox) as memory:
            return memory.get(mailbox, remote_id)

    def find(self, mailbox: str, uid: str) -> tuple[RemoteEvent, ...]:
        with self.memory(mailbox) as memory:
            return memory.find(mailbox, uid)

    def changes(self, mailbox: str, token: str | None, window: Interval) -> Delta:
        with self.memory(mailbox) as memory:
            return memory.changes(mailbox, token, window)

    def busy(self, mailboxes: Sequence[str], window: Interval) -> Mapping[str, tuple[Busy, ...]]:
        found: dict[str, tuple[Busy, ...]] = {}
        for mailbox in mailboxes:
            with self.memory(mailbox) as memory:
                found.update(memory.busy([mailbox], window))
        return found

    def rooms(self) -> tuple[RemoteRoom, ...]:
        return ()

    def close(self) -> None:
        pass
