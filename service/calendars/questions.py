"""What a person must decide: what people did in calendars, and whether many events may go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from scheduler.domain.interval import Interval
from scheduler.sync.proposal import Decision, Proposal
from service.calendars import answering, blasts
from service.calendars.store import Writing
from service.calendars.store.reading import Reading
from service.http.problems import Missing
from service.tables import BlastRow, PublicationRow
from service.work import Work

DELETIONS = "deletions:"


@dataclass(frozen=True)
class Question:
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
    text: str
    matter: str
    connection: str
    mailbox: str | None
    who: str | None
    activity: str | None
    slot: Interval | None
    wish: Interval | None
    at: datetime


def open_questions(rows: Reading) -> list[Question]:
    """Those that nobody answered, the oldest first."""
    proposals = [_of(p) for p in rows.proposals() if p.decision is Decision.OPEN]
    deletions = [_going(row) for row in blasts.open_ones(rows) if row.allowed is None]
    return sorted([*proposals, *deletions], key=lambda question: (question.at, question.id))


def answer(
    work: Work, id: str, verb: Literal["accept", "refuse"], reason: str, despite: Sequence[str]
) -> PublicationRow | None:
    """Carry the answer out. Returns what was published for it, if anything."""
    rows = Writing(work.session, work.tenant)
    if id.startswith(DELETIONS):
        _allow(work, rows, id.removeprefix(DELETIONS), verb == "accept", reason)
        return None
    proposal = rows.proposal(id)
    if proposal is None or proposal.taken or proposal.decision is not Decision.OPEN:
        raise Missing(f"there is no open question {id!r}; it may have been answered, or taken back in the calendar")
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
    return Question(
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
    return Question(
        id=f"{DELETIONS}{row.connection}",
        text=f"{row.connection}: {said}",
        matter="deletions",
        connection=row.connection,
        mailbox=None,
        who=None,
        activity=None,
        slot=None,
        wish=None,
        at=row.at,
    )
