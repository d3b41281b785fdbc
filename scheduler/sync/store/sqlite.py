"""The store in one SQLite file."""

import json
import secrets
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from scheduler.sync.event import Event, EventKey
from scheduler.sync.link import Box, Cursor, Foreign, Intent, Link
from scheduler.sync.proposal import Clash, Decision, Proposal
from scheduler.sync.store.port import Batch, Held, LeaseLost, Told
from scheduler.sync.store.rows import add_box, keep, put_intent, put_proposal, text

LEASE = timedelta(minutes=2)
BUSY_SECONDS = 30.0
SCHEMA = """
create table if not exists counter (one integer primary key check (one = 1), revision integer not null);
insert or ignore into counter values (1, 0);
create table if not exists box (
    connection text, mailbox text, cursor text not null, owner text, until text,
    primary key (connection, mailbox)) without rowid;
create table if not exists link (
    connection text, mailbox text, key text, value text not null,
    primary key (connection, mailbox, key)) without rowid;
create table if not exists intent (
    connection text, mailbox text, key text, revision integer not null, value text not null,
    primary key (connection, mailbox, key)) without rowid;
create table if not exists foreign_event (
    connection text, mailbox text, id text, series text, start text not null, value text not null,
    primary key (connection, mailbox, id)) without rowid;
create table if not exists answer (connection text, mailbox text, id text, primary key (connection, mailbox, id))
    without rowid;
create table if not exists proposal (
    id text primary key, connection text not null, mailbox text not null, at text not null, taken integer not null,
    value text not null);
create index if not exists proposal_box on proposal (connection, mailbox, taken);
create table if not exists clash (n integer primary key, value text not null);
create table if not exists told (person text primary key, events text not null);
"""


class SqliteStore:
    """Links, outbox and questions in a file (or, named ":memory:", for the life of this object)."""

    def __init__(self, path: Path | str, lease: timedelta = LEASE) -> None:
        self._lock = threading.RLock()
        self._lease = lease
        self._file = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        self._file.execute("pragma journal_mode = wal")
        self._file.execute("pragma synchronous = full")  # a write-ahead note that a power cut undoes is none
        self._file.executescript(SCHEMA)

    def copy(self) -> "SqliteStore":
        made = SqliteStore(":memory:", self._lease)
        with self._lock:
            self._file.backup(made._file)
        with made.writing() as file:
            file.execute("update box set owner = null")
        return made

    def close(self) -> None:
        with self._lock:
            self._file.close()

    # The outbox

    def publish(self, intents: Sequence[Intent]) -> int:
        with self.writing() as file:
            file.execute("update counter set revision = revision + 1")
            revision = self.revision()
            for intent in intents:
                put_intent(file, intent.model_copy(update={"revision": revision}))
            return revision

    def revision(self) -> int:
        return int(self._rows("select revision from counter")[0][0])

    def boxes(self) -> tuple[Box, ...]:
        return tuple(Box(*row) for row in self._rows("select connection, mailbox from box order by 1, 2"))

    # One mailbox

    @contextmanager
    def hold(self, box: Box, now: datetime) -> Iterator[Held | None]:
        owner = secrets.token_hex(8)
        with self.writing() as file:
            add_box(file, box)
            taken = file.execute(
                "update box set owner = ?, until = ?"
                " where connection = ? and mailbox = ? and (owner is null or until <= ?)",
                (owner, text(now + self._lease), *box, text(now)),
            ).rowcount
        if not taken:
            yield None
            return
        try:
            yield Lease(self, box, owner, self._lease)
        finally:
            with self.writing() as file:
                file.execute(
                    "update box set owner = null where connection = ? and mailbox = ? and owner = ?", (*box, owner)
                )

    def links(self, box: Box) -> Mapping[EventKey, Link]:
        rows = self._rows("select value from link where connection = ? and mailbox = ?", box)
        return {link.key: link for link in (Link.model_validate_json(value) for (value,) in rows)}

    def intents(self, box: Box) -> Mapping[EventKey, Intent]:
        rows = self._rows("select value from intent where connection = ? and mailbox = ?", box)
        return {intent.key: intent for intent in (Intent.model_validate_json(value) for (value,) in rows)}

    def cursor(self, box: Box) -> Cursor:
        rows = self._rows("select cursor from box where connection = ? and mailbox = ?", box)
        return Cursor.model_validate_json(rows[0][0]) if rows else Cursor()

    def foreign(self, box: Box) -> tuple[Foreign, ...]:
        asked = "select value from foreign_event where connection = ? and mailbox = ? order by start, id"
        return tuple(Foreign.model_validate_json(value) for (value,) in self._rows(asked, box))

    def answered(self, box: Box, ids: Sequence[str]) -> frozenset[str]:
        asked = "select id from answer where connection = ? and mailbox = ? and id in (select value from json_each(?))"
        return frozenset(id for (id,) in self._rows(asked, (*box, json.dumps(list(ids)))))

    # Questions, conflicts

    def proposals(self) -> tuple[Proposal, ...]:
        rows = self._rows("select value from proposal where not taken order by at, id")
        return tuple(Proposal.model_validate_json(value) for (value,) in rows)

    def proposals_of(self, box: Box) -> Mapping[str, Proposal]:
        rows = self._rows("select value from proposal where connection = ? and mailbox = ? and not taken", box)
        return {p.id: p for p in (Proposal.model_validate_json(value) for (value,) in rows)}

    def decide(self, id: str, decision: Decision, reason: str) -> Proposal:
        with self.writing() as file:
            rows = file.execute("select value from proposal where id = ? and not taken", (id,)).fetchall()
            found = [p for p in (Proposal.model_validate_json(v) for (v,) in rows) if p.decision is Decision.OPEN]
            if not found:
                raise KeyError(id)
            decided = found[0].decided(decision, reason)
            put_proposal(file, decided)
            return decided

    def take(self, ids: Sequence[str]) -> None:
        with self.writing() as file:
            for id in ids:
                for (value,) in file.execute("select value from proposal where id = ?", (id,)).fetchall():
                    proposal = Proposal.model_validate_json(value)
                    if proposal.holds and proposal.decision is not Decision.OPEN:
                        key = (*proposal.box, str(proposal.key))
                        file.execute("delete from intent where connection = ? and mailbox = ? and key = ?", key)
                    if proposal.decision is not Decision.OPEN:
                        put_proposal(file, proposal.model_copy(update={"taken": True}))

    def clashes(self) -> tuple[Clash, ...]:
        return tuple(Clash.model_validate_json(value) for (value,) in self._rows("select value from clash order by n"))

    # What people were told

    def told(self, person: str) -> Told:
        rows = self._rows("select events from told where person = ?", (person,))
        events = json.loads(rows[0][0]) if rows else {}
        return Told({key: Event.model_validate(event) for key, event in events.items()})

    def tell(self, person: str, told: Told) -> None:
        events = {key: event.model_dump(mode="json") for key, event in told.events.items()}
        with self.writing() as file:
            file.execute("insert or replace into told values (?, ?)", (person, json.dumps(events)))

    # The file

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """All statements of the block, or none."""
        with self._lock:
            self._file.execute("begin immediate")
            try:
                yield self._file
            except BaseException:
                self._file.execute("rollback")
                raise
            self._file.execute("commit")

    def _rows(self, asked: str, given: Sequence[Any] = ()) -> list[Any]:
        with self._lock, closing(self._file.execute(asked, given)) as found:
            return found.fetchall()


class Lease:
    """A held mailbox. Whoever's lease was taken over can't write any more."""

    def __init__(self, store: SqliteStore, box: Box, owner: str, length: timedelta) -> None:
        self._store, self._box, self._owner, self._length = store, box, owner, length

    @property
    def box(self) -> Box:
        return self._box

    def links(self) -> Mapping[EventKey, Link]:
        return self._store.links(self._box)

    def intents(self) -> Mapping[EventKey, Intent]:
        return self._store.intents(self._box)

    def proposals(self) -> Mapping[str, Proposal]:
        return self._store.proposals_of(self._box)

    def cursor(self) -> Cursor:
        return self._store.cursor(self._box)

    def answered(self, ids: Sequence[str]) -> frozenset[str]:
        return self._store.answered(self._box, ids)

    def keep(self, batch: Batch, now: datetime) -> None:
        with self._store.writing() as file:
            held = file.execute(
                "update box set until = ? where connection = ? and mailbox = ? and owner = ?",
                (text(now + self._length), *self._box, self._owner),
            ).rowcount
            if not held:
                raise LeaseLost(f"another worker holds {self._box}")
            keep(file, self._box, batch)
