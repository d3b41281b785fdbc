"""What people do in Outlook, done in the double's own memory."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from scheduler.domain.interval import Interval
from scheduler.sync.port import Availability, Response
from tests.sync.backends.ews import meetings
from tests.sync.backends.ews.exchange import Exchange
from tests.sync.backends.ews.store import Item, Mailbox, owner_of

STATUS = {
    Availability.FREE: "Free",
    Availability.TENTATIVE: "Tentative",
    Availability.BUSY: "Busy",
    Availability.OUT_OF_OFFICE: "OOF",
    Availability.ELSEWHERE: "WorkingElsewhere",
}
SAID = {Response.ACCEPTED: "Accept", Response.TENTATIVE: "Tentative", Response.DECLINED: "Decline"}


class EwsHand:
    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange

    def _open(self, mailbox: str, remote_id: str) -> tuple[Mailbox, Item]:
        there = self.exchange.mailboxes[mailbox]
        return there, there.take(owner_of(remote_id)[1])

    def move(self, mailbox: str, remote_id: str, start: datetime, end: datetime) -> None:
        there, item = self._open(mailbox, remote_id)
        there.put(replace(item, start=start.astimezone(UTC), end=end.astimezone(UTC)))

    def note(self, mailbox: str, remote_id: str, text: str) -> None:
        there, item = self._open(mailbox, remote_id)
        body = f"{item.body}<p>{text}</p>" if item.html else f"{item.body}\r\n{text}"
        there.put(replace(item, body=body))

    def retitle(self, mailbox: str, remote_id: str, subject: str) -> None:
        there, item = self._open(mailbox, remote_id)
        there.put(replace(item, subject=subject))

    def remove(self, mailbox: str, remote_id: str) -> None:
        there, item = self._open(mailbox, remote_id)
        there.move(item, "deleteditems")

    def copy(self, mailbox: str, remote_id: str) -> str:
        there, item = self._open(mailbox, remote_id)
        later = timedelta(hours=1)
        new = replace(item, id=there.new_id(), start=item.start + later, end=item.end + later)
        new.uid, new.created = f"040000008200E0{new.id}", datetime.now(UTC)
        return there.put(new).id

    def add(
        self,
        mailbox: str,
        start: datetime,
        end: datetime,
        *,
        subject: str,
        availability: Availability = Availability.BUSY,
        private: bool = False,
        all_day: bool = False,
        days: int = 0,
    ) -> str:
        there = self.exchange.mailboxes[mailbox]
        new = Item(id=there.new_id(), subject=subject, start=start.astimezone(UTC), end=end.astimezone(UTC), days=days)
        new.uid, new.status, new.all_day = f"040000008200E0{new.id}", STATUS[availability], all_day
        new.sensitivity = "Private" if private else "Normal"
        return there.put(new).id

    def add_series(self, mailbox: str, start: datetime, end: datetime, *, days: int) -> str:
        return self.add(mailbox, start, end, subject="Standup", days=days)

    def answer(
        self, mailbox: str, remote_id: str, attendee: str, response: Response, proposed: Interval | None = None
    ) -> None:
        there, item = self._open(mailbox, remote_id)
        other = (proposed.start, proposed.end) if proposed else None
        meetings.answer(self.exchange, there, item, attendee, SAID[response], other)

    def lose_tokens(self, mailbox: str) -> None:
        self.exchange.mailboxes[mailbox].generation += 1
