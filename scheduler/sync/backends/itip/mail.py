"""An invitation or a cancellation as a mail to one attendee. The same one again has the same Message-ID."""

import hashlib
import json
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any
from zoneinfo import ZoneInfo

import icalendar

from scheduler.sync import ical
from scheduler.sync.event import Event, EventStatus


def mail_to(attendee: str, event: Event, now: datetime, zone: str) -> EmailMessage:
    """A REQUEST, or for a cancelled event a CANCEL. `event.organizer` sends it.

    Plain text, HTML and calendar are alternatives of one message: programs that know invitations show buttons, others
    show the text. The calendar goes as bytes, so that its CRLF line ends survive.
    """
    assert event.organizer is not None
    cancelled = event.status is EventStatus.CANCELLED
    method = "CANCEL" if cancelled else "REQUEST"
    subject = " ".join(event.summary.split())
    made = EmailMessage()
    made["From"], made["To"] = _address(event.organizer), _address(attendee)
    made["Subject"] = f"Cancelled: {subject}" if cancelled else subject
    made["Date"] = format_datetime(now)
    made["Message-ID"] = message_id(attendee, event)
    made.set_content(_text(event, zone))
    if event.html:
        made.add_alternative(event.html, subtype="html")
    params = {"method": method, "charset": "utf-8"}
    made.add_alternative(calendar(event, method, now), maintype="text", subtype="calendar", params=params)
    return made


def message_id(attendee: str, event: Event) -> str:
    cancelled = event.status is EventStatus.CANCELLED
    identity = json.dumps([event.uid, event.sequence, attendee.lower(), cancelled])
    domain = str(event.organizer).rpartition("@")[2] or "fieldplan"
    return f"<{hashlib.sha256(identity.encode()).hexdigest()[:40]}@{domain}>"


def calendar(event: Event, method: str, now: datetime) -> bytes:
    made = icalendar.Calendar()
    made.add("prodid", ical.PRODUCT)
    made.add("version", "2.0")
    made.add("method", method)
    component = ical.to_vevent(event, now)
    found: Any = component.get("ATTENDEE", [])
    for one in found if isinstance(found, list) else [found]:
        one.params.update({"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE"})
    made.add_component(component)
    return bytes(made.to_ical())


def _address(given: str) -> Address:
    return Address(addr_spec=given)


def _text(event: Event, zone: str) -> str:
    start, end = (moment.astimezone(ZoneInfo(zone)) for moment in (event.start, event.end))
    last = f"{end:%H:%M}" if start.date() == end.date() else f"{end:%Y-%m-%d %H:%M}"
    lines = [event.summary, f"{start:%Y-%m-%d %H:%M} - {last} ({zone})", event.location, "", event.description]
    return "\n".join(line for line in lines if line or line == "").strip() + "\n"
