"""The port for feeds: each mailbox is a file of entries in a folder. People read feeds and can't change them."""

import hashlib
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from pydantic import TypeAdapter

from scheduler.domain.interval import Interval
from scheduler.sync.backends.ics.feed import Entry, Feed, recent
from scheduler.sync.errors import Conflict, Exists, NotFound, Unsupported
from scheduler.sync.event import Event, EventStatus
from scheduler.sync.port import Availability, Busy, Capability, Delta, RemoteEvent, RemoteRoom

_ENTRIES = TypeAdapter(tuple[Entry, ...])


def _now() -> datetime:
    return datetime.now(UTC)


class Feeds:
    """Feeds in a folder. It must not be served as it is: its file names are no secrets."""

    capabilities = frozenset({Capability.CONDITIONAL, Capability.CREATE_ONCE, Capability.READ})

    def __init__(self, folder: Path, now: Callable[[], datetime] = _now) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._now = folder, now

    def entries(self, mailbox: str) -> tuple[Entry, ...]:
        """What the mailbox's feed holds now, cancelled events of the last 30 days included."""
        try:
            given = self._file(mailbox).read_bytes()
        except FileNotFoundError:
            return ()
        return recent(_ENTRIES.validate_json(given), self._now())

    def feed(self, mailbox: str, name: str) -> Feed:
        return Feed(name, self.entries(mailbox))

    def create(self, mailbox: str, event: Event) -> RemoteEvent:
        there = self._there(mailbox).get(event.uid)
        if there is not None and there.event.status is not EventStatus.CANCELLED:
            raise Exists(f"the feed of {mailbox} holds {event.uid} already")
        return self._put(mailbox, event)

    def update(self, mailbox: str, remote_id: str, version: str, event: Event) -> RemoteEvent:
        self._current(mailbox, remote_id, version)
        return self._put(mailbox, event)

    def delete(self, mailbox: str, remote_id: str, version: str, event: Event) -> None:
        """It stays as a cancelled one for 30 days."""
        self._current(mailbox, remote_id, version)
        self._put(mailbox, event.model_copy(update={"status": EventStatus.CANCELLED}))

    def get(self, mailbox: str, remote_id: str) -> RemoteEvent:
        there = self._there(mailbox).get(remote_id)
        if there is None or there.event.status is EventStatus.CANCELLED:
            raise NotFound(f"the feed of {mailbox} holds no {remote_id}")
        return _remote(there)

    def find(self, mailbox: str, uid: str) -> tuple[RemoteEvent, ...]:
        try:
            return (self.get(mailbox, uid),)
        except NotFound:
            return ()

    def changes(self, mailbox: str, token: str | None, window: Interval) -> Delta:
        raise Unsupported("nothing happens in a feed but what we write")

    def busy(self, mailboxes: Sequence[str], window: Interval) -> Mapping[str, tuple[Busy, ...]]:
        raise Unsupported("a feed knows nothing but our own events")

    def rooms(self) -> tuple[RemoteRoom, ...]:
        raise Unsupported("a feed knows no rooms")

    def close(self) -> None:
        pass

    def _there(self, mailbox: str) -> dict[str, Entry]:
        return {entry.event.uid: entry for entry in self.entries(mailbox)}

    def _current(self, mailbox: str, remote_id: str, version: str) -> None:
        there = self.get(mailbox, remote_id)
        if there.version != version:
            raise Conflict(f"{remote_id} has version {there.version}, not {version}")

    def _put(self, mailbox: str, event: Event) -> RemoteEvent:
        """SEQUENCE never falls, whatever the caller counts."""
        there = self._there(mailbox)
        before = there.get(event.uid)
        if before is not None and before.event.sequence >= event.sequence and before.event.stamp != event.stamp:
            event = event.model_copy(update={"sequence": before.event.sequence + 1})
        there[event.uid] = Entry(event=event, changed=self._now())
        write_whole(self._file(mailbox), _ENTRIES.dump_json(tuple(there.values())))
        return _remote(there[event.uid])

    def _file(self, mailbox: str) -> Path:
        return self._folder / f"{hashlib.sha256(mailbox.encode()).hexdigest()[:40]}.json"


def write_whole(path: Path, data: bytes) -> None:
    """All of it or nothing, also when the process dies: whoever reads sees the old file or the new one."""
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(file.name, path)


def _remote(entry: Entry) -> RemoteEvent:
    event = entry.event
    tentative = event.status is EventStatus.TENTATIVE
    return RemoteEvent(
        remote_id=event.uid,
        version=f"{event.sequence} {entry.changed.isoformat()}",
        start=event.start,
        end=event.end,
        uid=event.uid,
        stamp=event.stamp,
        original=True,
        ical_uid=event.uid,
        availability=Availability.TENTATIVE if tentative else Availability.BUSY,
        event=event,
    )
