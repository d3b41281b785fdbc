"""Event -> Graph's event, and what is asked of one."""

from collections.abc import Iterator
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from scheduler.sync import body
from scheduler.sync.backends.graph.zones import said
from scheduler.sync.event import LONGEST, Event, EventStatus
from scheduler.sync.port import RemoteEvent

OUR_PROPERTIES = "8a2f2f1c-6a0e-4b8c-9d37-5f1d60a9e7b4"
"""The property set that is ours; the Exchange backend writes the same, so that a mailbox can move to the cloud."""

UID = f"String {{{OUR_PROPERTIES}}} Name uid"
STAMP = f"String {{{OUR_PROPERTIES}}} Name stamp"

_TIMES = (
    "id,createdDateTime,iCalUId,type,seriesMasterId,start,end,isAllDay,originalStartTimeZone,originalEndTimeZone,showAs"
)
_CONTENT = (
    f"{_TIMES},transactionId,subject,body,location,categories,isCancelled,isReminderOn,reminderMinutesBeforeStart,"
    "organizer,attendees"
)
_OURS = f"singleValueExtendedProperties($filter=id eq '{UID}' or id eq '{STAMP}')"

TIMES = {"$select": _TIMES, "$expand": _OURS}
"""All that is asked of events that may be foreign."""

CONTENT = {"$select": _CONTENT, "$expand": _OURS}
"""What is asked of our own events."""

_SHOWN = {EventStatus.CONFIRMED: "busy", EventStatus.TENTATIVE: "tentative", EventStatus.CANCELLED: "free"}


def with_uid(uid: str) -> dict[str, str]:
    """The query for our events of one uid."""
    value = uid.replace("'", "''")
    return {**CONTENT, "$filter": f"singleValueExtendedProperties/any(p: p/id eq '{UID}' and p/value eq '{value}')"}


def transactions(mailbox: str, event: Event) -> Iterator[str]:
    """The ids of a create, to be tried in this order: the same for each attempt, so that Graph refuses a second one."""
    for n in ("", *range(1, 5)):
        yield str(uuid5(NAMESPACE_URL, f"{mailbox.lower()} {event.uid} {event.sequence} {n}".strip()))


def fields_of(event: Event) -> dict[str, Any]:
    """What we own of an event, without who is invited."""
    marked = body.marked(event)
    kind, text = ("html", marked.html) if marked.html else ("text", marked.description)
    return {
        "subject": _short(event.summary),
        "body": {"contentType": kind, "content": text},
        "start": said(event.start),
        "end": said(event.end),
        "location": _location(event),
        "categories": [_short(category) for category in event.categories],
        "showAs": _SHOWN[event.status],
        "isReminderOn": event.reminder is not None,
        "reminderMinutesBeforeStart": int(event.reminder.total_seconds() // 60) if event.reminder else 0,
        "singleValueExtendedProperties": [{"id": UID, "value": event.uid}, {"id": STAMP, "value": event.stamp}],
    }


def created(event: Event) -> dict[str, Any]:
    return {**fields_of(event), **({"attendees": _attendees(event)} if event.attendees or event.rooms else {})}


def changed(event: Event, there: RemoteEvent) -> dict[str, Any]:
    """What to write over what stands there; nothing when it says the same, for each change of a meeting is mailed.

    Those who are invited already are not written: whoever is written anew has not answered.
    """
    known = there.event
    if known is not None and there.stamp == event.stamp and _seen(event) == _seen(known):
        return {}
    fields = fields_of(event)
    if _invited(event) != (_invited(known) if known else (frozenset(), frozenset())):
        fields["attendees"] = _attendees(event)
    return fields


def _seen(event: Event) -> tuple[object, ...]:
    """What people can change in a calendar, as far as we read it back."""
    told = (_short(event.summary), _short(event.location), event.description, event.notes)
    shown = (event.start, event.end, _SHOWN[event.status], event.reminder, _invited(event))
    return *shown, *(" ".join(part.split()) for part in told)


def _invited(event: Event) -> tuple[frozenset[str], frozenset[str]]:
    return frozenset(map(str.lower, event.attendees)), frozenset(map(str.lower, event.rooms))


def _attendees(event: Event) -> list[dict[str, Any]]:
    """A room is invited as a resource: only so does it look whether it is free, and decide."""
    given = [(address, "required") for address in event.attendees] + [(room, "resource") for room in event.rooms]
    return [{"type": kind, "emailAddress": {"address": address}} for address, kind in given]


def _location(event: Event) -> dict[str, Any]:
    where: dict[str, Any] = {"displayName": _short(event.location)}
    if event.geo is not None:
        where["coordinates"] = {"latitude": event.geo[0], "longitude": event.geo[1]}
    return where


def _short(text: str) -> str:
    return text[:LONGEST]
