"""What a person must decide: what people did in calendars, and whether many events may go."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel

from scheduler.domain.interval import Interval
from scheduler.sync.proposal import Decision, Proposal
from service.calendars import answering, blasts
from service.calendars.store import Writing
from service.calendars.store.reading import Reading
from service.http.etag import etag_of, require
from service.http.problems import Missing
from service.tables import BlastRow, PublicationRow
from service.work import Work

DELETIONS = "deletions:"


class Question(BaseModel):
    """One thing to decide.

    Attributes
    ----------
    text
        The question in words.
    matter
        `moved`, `declined`, `deleted`, `room-lost`, `emptied`, or `deletions`: too many events would go at once.
    who
        Who did it: the mailbox, or who was invited.
    slot, wish
        When the event was to be, and when it is to be instead.
    """

    id: str
    etag: str
    text: str
    matter: str
    connection: str
    mailbox: str | None = None
    who: str | None = None
    activity: str | None = None
    slot: Interval | None = None
    wish: Interval | None = None
    at: datetime


def open_questions(rows: Reading) -> list[Question]:
    """Those that nobody answered, the oldest first."""
    proposals = [_of(p) for p in rows.proposals() if p.decision is Decision.OPEN]
    deletions = [_going(row) for row in blasts.open_ones(rows) if row.allowed is None]
    return sorted([*proposals, *deletions], key=lambda question: (question.at, question.id))


def find(rows: Reading, id: str) -> Question:
    """The open question of that id."""
    known = next((question for question in open_questions(rows) if question.id == id), None)
    if known is None:
        raise Missing(f"there is no open question {id!r}; it may have been answered, or taken back in the calendar")
    return known


def answer(
    work: Work, id: str, if_match: str | None, verb: Literal["accept", "refuse"], reason: str, despite: Sequence[str]
) -> PublicationRow | None:
    """Carry the answer out. Returns what was published for it, if anything."""
    rows = Writing(work.session, work.tenant)
    known = find(rows, id)
    require(if_match, known.etag, known)
    if id.startswith(DELETIONS):
        _allow(work, rows, id.removeprefix(DELETIONS), verb == "accept", reason)
        return None
    proposal = rows.proposal(id)
    assert proposal is not None
    if verb == "accept":
        return answering.accept(work, proposal, reason, despite)
    answering.refuse(work, proposal, reason)
    return None


def _allow(work: Work, rows: Writing, connection: str, yes: bool, reason: str) -> None:
    row = next((row for row in blasts.open_ones(rows) if row.connection == connection), None)
    if row is None:
        raise Missing(f"nobody is asked about deletions of {connection!r}")
    blasts.answer(work, row, yes, reason)
    rows.wake([box for box in rows.boxes() if box.connection == connection], work.now)


def asked(proposal: Proposal) -> str:
    """The question in words."""
    who = proposal.who or proposal.mailbox
    if proposal.key is None:
        return f"{proposal.mailbox}: {proposal.reason}"
    when = f" of {proposal.slot.start:%Y-%m-%d %H:%M %Z}" if proposal.slot else ""
    to = f" to {proposal.wish.start:%Y-%m-%d %H:%M %Z}" if proposal.wish else ""
    return f"{who} {proposal.matter.value} {proposal.key.activity}{when}{to}"


def _of(proposal: Proposal) -> Question:
    return _question(
        id=proposal.id,
        text=asked(proposal),
        matter=proposal.matter.value,
        connection=proposal.connection,
        mailbox=proposal.mailbox,
        who=proposal.who or proposal.mailbox,
        activity=proposal.key.activity if proposal.key else None,
        slot=proposal.slot,
        wish=proposal.wish,
        at=proposal.at,
    )


def _going(row: BlastRow) -> Question:
    said = f"{row.going} of {row.there} events to come would be deleted or cancelled; may they?"
    return _question(
        id=f"{DELETIONS}{row.connection}",
        text=f"{row.connection}: {said}",
        matter="deletions",
        connection=row.connection,
        at=row.at,
    )


def _question(**said: Any) -> Question:
    return Question(**said, etag=etag_of(said))
