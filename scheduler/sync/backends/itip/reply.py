"""What a mail answers to an invitation, if it does, and if our mail server vouches for its sender."""

import hashlib
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

import icalendar

from scheduler.domain.interval import Interval
from scheduler.sync import ical
from scheduler.sync.backends.itip.authentic import vouched_for
from scheduler.sync.port import Answer, Response

RESPONSES = {
    "ACCEPTED": Response.ACCEPTED,
    "DECLINED": Response.DECLINED,
    "TENTATIVE": Response.TENTATIVE,
}


def read_answer(raw: bytes, trusted: str) -> Answer | None:
    """The REPLY or COUNTER that the mail carries.

    None for all else: another method, a sender for whom the `trusted` host does not vouch, an attendee who is not the
    sender, a mail that can't be read. Whether the event, the attendee and the SEQUENCE are known is for the caller.
    """
    try:
        mail = message_from_bytes(raw, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        sender = _sender(mail)
        if sender is None or not vouched_for(mail, sender, trusted):
            return None
        return _answer(mail, sender, raw)
    except (ValueError, KeyError, LookupError, TypeError, AttributeError, IndexError):
        return None


def _sender(mail: EmailMessage) -> str | None:
    """The one address in the one From."""
    headers = mail.get_all("From", [])
    if len(headers) != 1 or len(headers[0].addresses) != 1:
        return None
    return str(headers[0].addresses[0].addr_spec).lower()


def _answer(mail: EmailMessage, sender: str, raw: bytes) -> Answer | None:
    part = next((p for p in mail.walk() if p.get_content_type() == "text/calendar"), None)
    if part is None:
        return None
    calendar: Any = icalendar.Calendar.from_ical(part.get_content())
    method = str(calendar.get("METHOD", "")).upper()
    events = calendar.walk("VEVENT")
    if method not in ("REPLY", "COUNTER") or len(events) != 1:
        return None
    attendee = _attendee(events[0], sender)
    if attendee is None:
        return None
    response = RESPONSES.get(str(attendee.params.get("PARTSTAT", "")).upper(), Response.NONE)
    asks = method == "COUNTER"
    return Answer(
        id=f"{_message_id(mail, raw)} {sender}",
        uid=str(events[0]["UID"]),
        attendee=sender,
        response=Response.TENTATIVE if asks and response is Response.NONE else response,
        sequence=max(0, int(events[0].get("SEQUENCE", 0))),
        at=_at(events[0]),
        proposed=_proposed(events[0]) if asks else None,
    )


def _attendee(event: Any, sender: str) -> Any:
    found = event.get("ATTENDEE", [])
    people = found if isinstance(found, list) else [found]
    named = [one for one in people if str(one).lower().removeprefix("mailto:") == sender]
    return named[0] if len(named) == 1 else None


def _message_id(mail: EmailMessage, raw: bytes) -> str:
    return str(mail.get("Message-ID", "")).strip() or hashlib.sha256(raw).hexdigest()


def _at(event: Any) -> datetime | None:
    moment = getattr(event.get("DTSTAMP"), "dt", None)
    return moment.astimezone(UTC) if isinstance(moment, datetime) and moment.tzinfo else None


def _proposed(event: Any) -> Interval:
    start, end = ical.span(event, ZoneInfo("UTC"))
    return Interval(start=start, end=end)
