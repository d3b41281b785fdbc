"""Rows of the SQLite store: values as JSON beside the columns that are asked for."""

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from scheduler.sync.link import Box, Cursor, Intent
from scheduler.sync.proposal import Decision, Proposal
from scheduler.sync.store.port import Batch


def keep(file: sqlite3.Connection, box: Box, batch: Batch) -> None:
    for link in batch.links:
        put(file, "link", (*link.box, str(link.key), link.model_dump_json()))
    for intent in batch.done:
        file.execute(
            "delete from intent where connection = ? and mailbox = ? and key = ? and revision <= ?",
            (*intent.box, str(intent.key), intent.revision),
        )
    for intent in batch.refused:
        file.execute(
            "update intent set value = ? where connection = ? and mailbox = ? and key = ? and revision = ?",
            (intent.model_dump_json(), *intent.box, str(intent.key), intent.revision),
        )
    for intent in batch.wanted:
        put_intent(file, intent)
    for proposal in batch.proposals:
        put_proposal(file, proposal)
    file.executemany("insert into clash (value) values (?)", [(clash.model_dump_json(),) for clash in batch.clashes])
    keep_foreign(file, box, batch)
    for id in batch.answers:
        put(file, "answer", (*box, id))
    if batch.cursor is not None:
        file.execute(
            "update box set cursor = ? where connection = ? and mailbox = ?", (batch.cursor.model_dump_json(), *box)
        )


def keep_foreign(file: sqlite3.Connection, box: Box, batch: Batch) -> None:
    if batch.fresh:
        file.execute("delete from foreign_event where connection = ? and mailbox = ?", box)
    for id in batch.gone:
        file.execute(
            "delete from foreign_event where connection = ? and mailbox = ? and (id = ? or series = ?)", (*box, id, id)
        )
    for event in batch.foreign:
        put(
            file,
            "foreign_event",
            (*box, event.remote_id, event.series, text(event.start), event.model_dump_json()),
        )


def put(file: sqlite3.Connection, table: str, row: Sequence[Any]) -> None:
    file.execute(f"insert or replace into {table} values ({', '.join('?' * len(row))})", row)


def put_intent(file: sqlite3.Connection, intent: Intent) -> None:
    """Unless an intent of that or a newer revision is there."""
    file.execute(
        "insert into intent values (?, ?, ?, ?, ?) on conflict do update"
        " set revision = excluded.revision, value = excluded.value where excluded.revision > intent.revision",
        (*intent.box, str(intent.key), intent.revision, intent.model_dump_json()),
    )
    add_box(file, intent.box)


def put_proposal(file: sqlite3.Connection, proposal: Proposal) -> None:
    """An open question does not replace the answer to the same question: it was read before that was given."""
    if proposal.decision is Decision.OPEN:
        known = file.execute("select value from proposal where id = ?", (proposal.id,)).fetchone()
        if known is not None and proposal.answered_by(Proposal.model_validate_json(known[0])):
            return
    row = (proposal.id, *proposal.box, text(proposal.at), proposal.taken, proposal.model_dump_json())
    put(file, "proposal", row)


def add_box(file: sqlite3.Connection, box: Box) -> None:
    file.execute("insert or ignore into box values (?, ?, ?, null, null)", (*box, Cursor().model_dump_json()))


def text(moment: datetime) -> str:
    """A moment so that text sorts as time does."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
