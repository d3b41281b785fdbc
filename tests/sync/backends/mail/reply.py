"""Answers to invitations as a receiving mail server keeps them, true ones and others."""

from datetime import timedelta
from email.message import EmailMessage

import icalendar

from tests.sync.backends.contract import HOUR, START
from tests.sync.office import NOW

TRUSTED = "mx.example.com"
PROVEN = f"{TRUSTED}; dkim=pass header.d=example.com"


def reply(
    *,
    method: str = "REPLY",
    sender: str = "olena@example.com",
    attendee: str = "olena@example.com",
    response: str = "DECLINED",
    sequence: int = 0,
    proof: tuple[str, ...] = (PROVEN,),
    uid: str = "u1@fieldplan",
    id: str = "<1@example.com>",
    shift: timedelta = timedelta(),
) -> bytes:
    """A mail as the receiving server keeps it."""
    calendar, event, mail = icalendar.Calendar(), icalendar.Event(), EmailMessage()
    calendar.add("method", method)
    for name, value in {"uid": uid, "dtstamp": NOW, "dtstart": START + shift, "dtend": START + shift + HOUR}.items():
        event.add(name, value)
    event.add("sequence", sequence)
    event.add("attendee", f"mailto:{attendee}", parameters={"PARTSTAT": response})
    calendar.add_component(event)
    for line in proof:
        mail["Authentication-Results"] = line
    mail["From"], mail["To"], mail["Subject"], mail["Message-ID"] = sender, "boss@example.com", "Declined", id
    mail.set_content("no")
    mail.add_alternative(calendar.to_ical().decode(), subtype="calendar", params={"method": method})
    return mail.as_bytes()
