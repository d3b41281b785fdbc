"""The state of each mailbox."""

from collections import Counter
from datetime import datetime

from pydantic import BaseModel
from sqlalchemy import select

from scheduler.sync.link import Box, Cursor, LinkState
from service.calendars.store import Writing
from service.calendars.store.reading import Reading
from service.documents.kinds.calendar import TOPIC
from service.tables import BoxRow
from service.work import Work


class MailboxState(BaseModel):
    """How a calendar stands.

    Attributes
    ----------
    events
        Ours that stand there.
    to_do
        Changes that are still to be carried out.
    refused
        What the calendar would not take, and why.
    read_at, due_at
        When it was read last, and when it will be visited next.
    trouble, rests_until
        What went wrong last, and until when nothing is sent.
    """

    connection: str
    mailbox: str
    events: int
    to_do: int
    refused: list[str]
    read_at: datetime | None
    due_at: datetime
    trouble: str
    rests_until: datetime | None


def state_of(work: Work, row: BoxRow) -> MailboxState:
    rows, box, cursor = Reading(work.session, work.tenant), Box(row.connection, row.mailbox), _cursor(row)
    states = Counter(link.state for link in rows.links(box).values())
    intents = rows.intents(box).values()
    rests = cursor.waits(work.now)
    return MailboxState(
        connection=row.connection,
        mailbox=row.mailbox,
        events=states[LinkState.LIVE],
        to_do=sum(not intent.refused for intent in intents),
        refused=[f"{intent.key.activity}: {intent.refused}" for intent in intents if intent.refused],
        read_at=row.read_at,
        due_at=row.due_at,
        trouble=cursor.trouble,
        rests_until=cursor.wait_until if rests else None,
    )


def _cursor(row: BoxRow) -> Cursor:
    return Cursor.model_validate_json(row.cursor)


def wake(work: Work, connection: str | None, mailbox: str | None) -> int:
    """Let mailboxes be visited, and what is in force be looked at. Returns how many mailboxes."""
    asked = select(BoxRow.connection, BoxRow.mailbox).where(BoxRow.tenant == work.tenant)
    asked = asked if connection is None else asked.where(BoxRow.connection == connection)
    asked = asked if mailbox is None else asked.where(BoxRow.mailbox == mailbox)
    boxes = [Box(*row) for row in work.session.execute(asked)]
    Writing(work.session, work.tenant).wake(boxes, work.now)
    work.announce(TOPIC, {"asked by": work.caller.user})
    return len(boxes)
