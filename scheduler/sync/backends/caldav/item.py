"""Event <-> what stands in a calendar: the VEVENT with our marks, and nothing of others but times."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events

from scheduler.domain.interval import Interval
from scheduler.sync import body, ical
from scheduler.sync.event import Event
from scheduler.sync.port import Answer, Availability, RemoteEvent, Response

UID, STAMP, ALARM = "X-FIELDPLAN-UID", "X-FIELDPLAN-STAMP", "X-FIELDPLAN-ALARM"
OURS = (
    *("DTSTART", "DTEND", "DURATION", "SUMMARY", "STATUS", "SEQUENCE", "TRANSP", "DTSTAMP", "LOCATION", "DESCRIPTION"),
    *("URL", "GEO", "CATEGORIES", "ORGANIZER", "ATTENDEE", "X-ALT-DESC", UID, STAMP),
)
RESPONSES = {
    "ACCEPTED": Response.ACCEPTED,
    "DECLINED": Response.DECLINED,
    "TENTATIVE": Response.TENTATIVE,
}
AVAILABILITY = {
    "OOF": Availability.OUT_OF_OFFICE,
    "WORKINGELSEWHERE": Availability.ELSEWHERE,
    "TENTATIVE": Availability.TENTATIVE,
    "FREE": Availability.FREE,
}


@dataclass(frozen=True)
class Resource:
    """A file of a calendar."""

    path: str
    etag: str
    data: bytes

    @property
    def version(self) -> str:
        """The ETag, and of a meeting a hash of what stands there, answers apart.

        Schedule-Tag was made for that (RFC 6638), but Cyrus 3.6 leaves it as it is when a meeting is moved.
        """
        said = _said(self.data) if b"ATTENDEE" in self.data and not is_series(self) else ""
        return f"{self.etag} {said}".strip()


def _said(data: bytes) -> str:
    try:
        calendar: Any = icalendar.Calendar.from_ical(data)
        said = ical.from_vevent(calendar.walk("VEVENT")[0]).model_dump_json()
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        return ""
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def same_but_answers(one: str, other: str) -> bool:
    """Whether nothing but answers of attendees lies between two versions."""
    said = one.partition(" ")[2]
    return bool(said) and said == other.partition(" ")[2]


def written(event: Event, now: datetime, before: bytes = b"") -> bytes:
    """The file as it is sent. Of what stood there, all that we don't own stays."""
    calendar: Any = icalendar.Calendar.from_ical(before) if before else _empty()
    ours = ical.to_vevent(body.marked(event), now)
    ours.add(UID, event.uid)
    ours.add(STAMP, event.stamp)
    for alarm in ours.walk("VALARM"):
        alarm.add(ALARM, "1")
    _invite(ours, event)
    old = next(iter(calendar.walk("VEVENT")), None)
    if old is None:
        calendar.add_component(ours)
    else:
        _replace(old, ours)
    return bytes(calendar.to_ical())


def _empty() -> icalendar.Calendar:
    calendar = icalendar.Calendar()
    calendar.add("prodid", ical.PRODUCT)
    calendar.add("version", "2.0")
    return calendar


def _invite(component: icalendar.Event, event: Event) -> None:
    for attendee in _attendees(component):
        attendee.params.update({"PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE", "ROLE": "REQ-PARTICIPANT"})


def _replace(old: Any, ours: Any) -> None:
    """Write ours over the old component. Answers stay unless the times change."""
    moved = any(ours[name].dt != getattr(old.get(name), "dt", None) for name in ("DTSTART", "DTEND"))
    said = {_address(a): a.params.get("PARTSTAT") for a in _attendees(old)}
    for attendee in () if moved else _attendees(ours):
        attendee.params["PARTSTAT"] = said.get(_address(attendee)) or "NEEDS-ACTION"
    for name in OURS:
        old.pop(name, None)
        if name in ours:
            old[name] = ours[name]
    others = [part for part in old.subcomponents if ALARM not in part]
    old.subcomponents[:] = [*others, *ours.subcomponents]


def read(resource: Resource, window: Interval | None, zone: str) -> tuple[RemoteEvent, ...]:
    """What the file says: one event, or the occurrences of a series inside the window.

    Without a window a series is its first occurrence. What can't be read (no VEVENT, no start) is no event.
    """
    try:
        calendar: Any = icalendar.Calendar.from_ical(resource.data)
        return tuple(_read(calendar, resource, window, ZoneInfo(zone)))
    except (ValueError, KeyError, TypeError, AttributeError):
        return ()


def _read(calendar: Any, resource: Resource, window: Interval | None, zone: ZoneInfo) -> Iterator[RemoteEvent]:
    components = calendar.walk("VEVENT")
    if not is_series(resource):
        yield from (_remote(one, resource, resource.path, None, zone) for one in components[:1])
    elif window is None:
        master = next(one for one in components if "RECURRENCE-ID" not in one)
        yield _remote(master, resource, resource.path, resource.path, zone)
    else:
        for one in recurring_ical_events.of(calendar).between(window.start, window.end):
            mark = one["RECURRENCE-ID"].dt if "RECURRENCE-ID" in one else one["DTSTART"].dt
            moment = mark.astimezone(UTC) if isinstance(mark, datetime) and mark.tzinfo else mark
            yield _remote(one, resource, f"{resource.path}#{moment.isoformat()}", resource.path, zone)


def is_series(resource: Resource) -> bool:
    return bool(re.search(rb"^(RRULE|RDATE|RECURRENCE-ID)[;:]", resource.data, re.MULTILINE | re.IGNORECASE))


def _remote(component: Any, resource: Resource, id: str, series: str | None, zone: ZoneInfo) -> RemoteEvent:
    start, end = ical.span(component, zone)
    given: dict[str, Any] = {
        "remote_id": id,
        "version": resource.version,
        "start": start,
        "end": max(start, end),
        "ical_uid": str(component.get("UID", "")),
        "series": series,
        "all_day": not isinstance(component["DTSTART"].dt, datetime),
        "availability": _availability(component),
    }
    if UID not in component or series is not None:
        return RemoteEvent(**given)
    uid = str(component[UID])
    event = body.unmarked(ical.from_vevent(component, zone=zone.key)).model_copy(update={"uid": uid})
    return RemoteEvent(
        **given,
        uid=uid,
        stamp=str(component.get(STAMP, "")),
        original=given["ical_uid"] == uid,
        event=event,
        answers=tuple(_answers(component, uid)),
    )


def _availability(component: Any) -> Availability:
    status = str(component.get("STATUS", "")).upper()
    if str(component.get("TRANSP", "")).upper() == "TRANSPARENT" or status == "CANCELLED":
        return Availability.FREE
    said = str(component.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper()
    return AVAILABILITY.get(said, Availability.TENTATIVE if status == "TENTATIVE" else Availability.BUSY)


def _answers(component: Any, uid: str) -> Iterator[Answer]:
    for attendee in _attendees(component):
        response = RESPONSES.get(str(attendee.params.get("PARTSTAT", "")).upper(), Response.NONE)
        address, sequence = _address(attendee), int(component.get("SEQUENCE", 0))
        if address:
            yield Answer(id=f"{address} {sequence} {response}", uid=uid, attendee=address, response=response)


def _attendees(component: Any) -> list[Any]:
    found = component.get("ATTENDEE", [])
    return found if isinstance(found, list) else [found]


def _address(attendee: Any) -> str:
    return str(attendee).lower().removeprefix("mailto:")
