"""What people do in Outlook, done in the double's own memory."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from scheduler.domain.interval import Interval
from scheduler.sync.port import Availability, Response
from tests.sync.backends.graph_double.graph import Double
from tests.sync.backends.graph_double.shape import stamp, zoned
from tests.sync.backends.graph_double.store import Item, Mailbox

SHOWN = {
    Availability.FREE: "free",
    Availability.TENTATIVE: "tentative",
    Availability.BUSY: "busy",
    Availability.OUT_OF_OFFICE: "oof",
    Availability.ELSEWHERE: "workingElsewhere",
}
SAID = {Response.ACCEPTED: "accepted", Response.TENTATIVE: "tentativelyAccepted", Response.DECLINED: "declined"}


class GraphHand:
    def __init__(self, double: Double) -> None:
        self.double = double

    def _open(self, mailbox: str, remote_id: str) -> tuple[Mailbox, Item]:
        there = self.double.mailboxes[mailbox]
        return there, there.items[remote_id]

    def _change(self, mailbox: str, remote_id: str, **fields: Any) -> None:
        there, item = self._open(mailbox, remote_id)
        new = replace(item)
        new.fields = {**item.fields, **fields}
        there.put(new)

    def move(self, mailbox: str, remote_id: str, start: datetime, end: datetime) -> None:
        there, item = self._open(mailbox, remote_id)
        there.put(replace(item, start=start.astimezone(UTC), end=end.astimezone(UTC)))

    def note(self, mailbox: str, remote_id: str, text: str) -> None:
        _, item = self._open(mailbox, remote_id)
        body = item.fields["body"]
        more = f"<p>{text}</p>" if body["contentType"] == "html" else f"\n{text}"
        self._change(mailbox, remote_id, body={**body, "content": body["content"] + more})

    def retitle(self, mailbox: str, remote_id: str, subject: str) -> None:
        self._change(mailbox, remote_id, subject=subject)

    def remove(self, mailbox: str, remote_id: str) -> None:
        self.double.mailboxes[mailbox].discard(remote_id)

    def copy(self, mailbox: str, remote_id: str) -> str:
        there, item = self._open(mailbox, remote_id)
        later = timedelta(hours=1)
        new = replace(item, id=there.new_id(), start=item.start + later, end=item.end + later)
        new.created, new.transaction = datetime.now(UTC), None
        new.ical_uid = f"040000008200E0{new.id}"
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
        zone: str = "UTC",
        days: int = 0,
    ) -> str:
        there = self.double.mailboxes[mailbox]
        fields = {"subject": subject, "showAs": SHOWN[availability], "isAllDay": all_day}
        fields["sensitivity"] = "private" if private else "normal"
        id = there.new_id()
        new = Item(id=id, start=start.astimezone(UTC), end=end.astimezone(UTC), fields=fields, days=days, zone=zone)
        new.ical_uid = f"040000008200E0{id}"
        return there.put(new).id

    def add_series(self, mailbox: str, start: datetime, end: datetime, *, days: int) -> str:
        return self.add(mailbox, start, end, subject="Standup", days=days)

    def answer(
        self, mailbox: str, remote_id: str, attendee: str, response: Response, proposed: Interval | None = None
    ) -> None:
        _, item = self._open(mailbox, remote_id)
        status = {"response": SAID[response], "time": stamp(datetime.now(UTC))}
        asks = {"proposedNewTime": {"start": zoned(proposed.start), "end": zoned(proposed.end)}} if proposed else {}
        invited = [
            {**one, "status": status, **asks} if one["emailAddress"]["address"] == attendee else one
            for one in item.fields["attendees"]
        ]
        self._change(mailbox, remote_id, attendees=invited)

    def lose_tokens(self, mailbox: str) -> None:
        self.double.mailboxes[mailbox].tokens.clear()
