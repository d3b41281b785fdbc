"""A tenant's store once more, in memory: what a rehearsal works with."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from scheduler.sync.link import Intent
from scheduler.sync.store.port import Store
from scheduler.sync.store.rows import put, put_intent, text
from scheduler.sync.store.sqlite import SqliteStore
from service.calendars.store.reading import Reading
from service.tables import BoxRow, ClashRow, ForeignRow, IntentRow, LinkRow, ProposalRow, SeenAnswerRow, ToldRow


def copied(rows: Reading) -> Store:
    """All that is kept, with no mailbox leased."""

    def all_of(row: type[Any], *names: str) -> Iterable[Any]:
        return rows.session.execute(select(*(getattr(row, name) for name in names)).where(row.tenant == rows.tenant))

    made, box = SqliteStore(":memory:"), ("connection", "mailbox")
    with made.writing() as file:
        file.execute("update counter set revision = ?", (rows.revision(),))
        for found in all_of(BoxRow, *box, "cursor"):
            put(file, "box", (*found, None, None))
        for found in all_of(LinkRow, *box, "key", "value"):
            put(file, "link", tuple(found))
        for (value,) in all_of(IntentRow, "value"):
            put_intent(file, Intent.model_validate_json(value))
        for connection, mailbox, id, series, start, value in all_of(
            ForeignRow, *box, "id", "series", "starts_at", "value"
        ):
            put(file, "foreign_event", (connection, mailbox, id, series, text(start), value))
        for found in all_of(SeenAnswerRow, *box, "id"):
            put(file, "answer", tuple(found))
        for id, connection, mailbox, at, taken, value in all_of(ProposalRow, "id", *box, "at", "taken", "value"):
            put(file, "proposal", (id, connection, mailbox, text(at), taken, value))
        for n, (value,) in enumerate(all_of(ClashRow, "value")):
            put(file, "clash", (n, value))
        for found in all_of(ToldRow, "person", "events"):
            put(file, "told", tuple(found))
    return made
