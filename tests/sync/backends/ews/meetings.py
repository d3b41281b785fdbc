"""Meetings: requests into inboxes and calendars, answers back to the organiser, rooms that decide for themselves."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from exchangelib.winzone import MS_TIMEZONE_TO_IANA_MAP

from tests.sync.backends.ews.store import INBOX, SENT, Invited, Item, Mailbox

if TYPE_CHECKING:
    from tests.sync.backends.ews.exchange import Exchange

SHOWN = {"Accept": "Accepted", "Tentative": "Tentative", "Decline": "Declined"}


def when(item: Item) -> str:
    """The line that Exchange puts into meeting requests, in the zone that the organiser wrote in."""
    zone = ZoneInfo(MS_TIMEZONE_TO_IANA_MAP[item.zone])
    start, end = item.start.astimezone(zone), item.end.astimezone(zone)
    return f"When: {start:%A, %d %B %Y %H:%M}-{end:%H:%M}. {item.zone}"


def send(exchange: "Exchange", organizer: Mailbox, item: Item, to: Iterable[Invited]) -> None:
    """Mail the meeting, and let the invited's own servers put it into their calendars."""
    item.sent = True
    for one in to:
        _post(exchange, organizer, item, one.address, "MeetingRequest", "")
        theirs = exchange.mailboxes.get(one.address)
        if theirs is not None:
            copy = _copy_in(theirs, item)
            shown = replace(
                item,
                id=copy.id if copy else theirs.new_id(),
                status="Tentative",
                extended=dict(item.extended),
                invited=[replace(i) for i in item.invited],
                organizer=organizer.address,
            )
            theirs.put(shown)
            if theirs.room:
                exchange.undelivered.append((organizer, item.id, one.address))


def cancel(exchange: "Exchange", organizer: Mailbox, item: Item, to: Iterable[Invited]) -> None:
    for one in to:
        _post(exchange, organizer, item, one.address, "MeetingCancellation", "Canceled: ")
        theirs = exchange.mailboxes.get(one.address)
        copy = _copy_in(theirs, item) if theirs else None
        if theirs is not None and copy is not None:
            copy.cancelled, copy.status, copy.subject = True, "Free", f"Canceled: {item.subject}"
            theirs.put(copy)


def answer(
    exchange: "Exchange",
    organizer: Mailbox,
    item: Item,
    address: str,
    response: str,
    proposed: tuple[datetime, datetime] | None = None,
) -> None:
    """A MeetingResponse comes back, and the organiser's server keeps the score."""
    theirs = exchange.mailboxes.get(address)
    copy = _copy_in(theirs, item) if theirs else None
    if theirs is not None and copy is not None:
        if response == "Decline":
            theirs.move(copy, "deleteditems")
        else:
            copy.status, copy.response = ("Busy" if response == "Accept" else "Tentative"), response
            theirs.put(copy)
    mail = replace(item, id=organizer.new_id(), folder=INBOX, kind="MeetingResponse", response=response)
    mail.subject = f"{SHOWN[response]}: {item.subject}"
    organizer.put(mail)
    for one in item.invited:
        if one.address == address:
            one.response, one.at, one.proposed = response, _later(exchange, item.uid, address), proposed
    organizer.put(item)


def _later(exchange: "Exchange", uid: str, address: str) -> datetime:
    """Now, in whole seconds. Nobody answers the same invitation twice in one, though tests go faster than people."""
    now, last = datetime.now(UTC).replace(microsecond=0), exchange.answered.get((uid, address))
    exchange.answered[uid, address] = at = now if last is None else max(now, last + timedelta(seconds=1))
    return at


def decide(exchange: "Exchange") -> None:
    """Rooms answer what came in: free rooms accept, taken ones decline."""
    while exchange.undelivered:
        organizer, id, address = exchange.undelivered.pop(0)
        item = organizer.items.get(id)
        if item is None:
            continue
        room = exchange.mailboxes[address]
        taken = any(
            other.uid != item.uid
            and other.status in ("Busy", "OOF")
            and other.start < item.end
            and item.start < other.end
            for other in room.in_folder("calendar")
        )
        answer(exchange, organizer, item, address, "Decline" if taken else "Accept")


def _copy_in(mailbox: Mailbox, item: Item) -> Item | None:
    return next((one for one in mailbox.in_folder("calendar") if one.uid == item.uid and one is not item), None)


def _post(exchange: "Exchange", organizer: Mailbox, item: Item, address: str, kind: str, prefix: str) -> None:
    text = f"{when(item)}\nWhere: {item.location}\n\n*~*~*~*~*~*~*~*~*~*\n\n{item.body}"
    mail = replace(item, folder=INBOX, kind=kind, subject=prefix + item.subject, invited=list(item.invited))
    mail.body = text if not item.html else f"<p>{when(item)}</p><p>Where: {item.location}</p>{item.body}"
    exchange.mails.append((address, mail))
    organizer.put(replace(mail, id=organizer.new_id(), folder=SENT))
    if address in exchange.mailboxes:
        theirs = exchange.mailboxes[address]
        theirs.put(replace(mail, id=theirs.new_id()))
