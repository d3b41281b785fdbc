"""Event <-> VEVENT. Single events only, written in UTC; a series is expanded by whoever reads it."""

import unicodedata
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar

from scheduler.sync.event import Event, EventStatus

PRODUCT = "-//fieldplan//fieldplan//EN"
UID_LIMIT = 200


def to_vevent(event: Event, stamp: datetime) -> icalendar.Event:
    """The event as a VEVENT that says it was written at `stamp`."""
    component = icalendar.Event()
    component.add("uid", _one_line(event.uid))
    component.add("dtstamp", stamp.astimezone(UTC))
    component.add("dtstart", event.start)
    component.add("dtend", event.end)
    component.add("summary", _text(event.summary))
    component.add("status", event.status.value.upper())
    component.add("sequence", event.sequence)
    component.add("transp", "TRANSPARENT" if event.status is EventStatus.CANCELLED else "OPAQUE")
    _add_given(component, event)
    if event.reminder is not None:
        component.add_component(_alarm(event.summary, event.reminder))
    return component


def _add_given(component: icalendar.Event, event: Event) -> None:
    for name in ("location", "description"):
        if value := getattr(event, name):
            component.add(name, _text(value))
    if event.url:
        component.add("url", _one_line(event.url))
    if event.geo is not None:
        component.add("geo", event.geo)
    if event.categories:
        component.add("categories", [_text(category) for category in event.categories])
    if event.organizer:
        component.add("organizer", f"mailto:{_one_line(event.organizer)}")
    for attendee in event.attendees:
        component.add("attendee", f"mailto:{_one_line(attendee)}")
    for room in event.rooms:
        component.add("attendee", f"mailto:{_one_line(room)}", parameters={"CUTYPE": "ROOM"})


def _text(given: str) -> str:
    """The text with plain line ends, and without the control characters that iCalendar forbids."""
    lines = given.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in lines if c in "\n\t" or unicodedata.category(c) != "Cc")


def _one_line(given: str) -> str:
    """What is written without quoting must not begin a line of its own."""
    return "".join(c for c in given if unicodedata.category(c) not in ("Cc", "Zl", "Zp"))


def _alarm(text: str, before: timedelta) -> icalendar.Alarm:
    alarm = icalendar.Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", _text(text) or "Reminder")
    alarm.add("trigger", -before)
    return alarm


def write(events: Iterable[Event], *, name: str = "", stamp: datetime | None = None) -> bytes:
    """A whole calendar file. `stamp` is when it was written, now when not given."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    if name:
        calendar.add("name", _one_line(name))
        calendar.add("x-wr-calname", _one_line(name))
    for event in events:
        calendar.add_component(to_vevent(event, stamp or datetime.now(UTC)))
    return bytes(calendar.to_ical())


def read(given: bytes | str, *, zone: str = "UTC") -> tuple[Event, ...]:
    """Every single event of a calendar file. Raises ValueError for text that is no calendar."""
    calendar = icalendar.Calendar.from_ical(given)
    return tuple(from_vevent(component, zone=zone) for component in calendar.walk("VEVENT"))


def from_vevent(component: Any, *, zone: str = "UTC") -> Event:
    """The fields that we own of a VEVENT, whoever wrote it.

    A missing SEQUENCE counts as 0, a missing DTEND is made from DURATION or the day. Times without a zone and whole
    days are read in `zone`. Raises ValueError for an event without UID or start, and for a series.
    """
    if "RRULE" in component or "RDATE" in component:
        raise ValueError("the event is a series; expand it first")
    if "UID" not in component or "DTSTART" not in component:
        raise ValueError("the event has no UID or no DTSTART")
    start, end = span(component, ZoneInfo(zone))
    return Event(
        uid=str(component["UID"])[:UID_LIMIT],
        start=start,
        end=end,
        geo=_geo(component),
        categories=_categories(component),
        status=_status(component),
        sequence=max(0, int(component.get("SEQUENCE", 0))),
        reminder=_reminder(component),
        organizer=_address(component["ORGANIZER"]) if "ORGANIZER" in component else None,
        attendees=tuple(_address(a) for a in _several(component, "ATTENDEE") if not _is_room(a)),
        rooms=tuple(_address(a) for a in _several(component, "ATTENDEE") if _is_room(a)),
        **{name: str(component.get(name.upper(), "")) for name in ("summary", "location", "description", "url")},
    )


def span(component: Any, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Start and end in UTC; times without a zone and whole days are read in `zone`."""
    first = component["DTSTART"].dt
    if "DTEND" in component:
        last = component["DTEND"].dt
    elif "DURATION" in component:
        # Added in UTC: Python adds to a local time by the clock on the wall.
        return _moment(first, zone), _moment(first, zone) + component["DURATION"].dt
    else:
        last = first if isinstance(first, datetime) else first + timedelta(days=1)
    return _moment(first, zone), _moment(last, zone)


def _moment(given: date, zone: ZoneInfo) -> datetime:
    moment = given if isinstance(given, datetime) else datetime.combine(given, time())
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _geo(component: Any) -> tuple[float, float] | None:
    return (float(component["GEO"].latitude), float(component["GEO"].longitude)) if "GEO" in component else None


def _categories(component: Any) -> tuple[str, ...]:
    return tuple(str(name) for line in _several(component, "CATEGORIES") for name in line.cats)


def _status(component: Any) -> EventStatus:
    try:
        return EventStatus(str(component.get("STATUS", "CONFIRMED")).lower())
    except ValueError:
        return EventStatus.CONFIRMED


def _reminder(component: Any) -> timedelta | None:
    triggers = (alarm["TRIGGER"].dt for alarm in component.walk("VALARM") if "TRIGGER" in alarm)
    return next((-t for t in triggers if isinstance(t, timedelta) and t <= timedelta(0)), None)


def _several(component: Any, name: str) -> list[Any]:
    found = component.get(name, [])
    return found if isinstance(found, list) else [found]


def _address(given: Any) -> str:
    text = str(given)
    return text[len("mailto:") :] if text.lower().startswith("mailto:") else text


def _is_room(attendee: Any) -> bool:
    return str(attendee.params.get("CUTYPE", "")).upper() in ("ROOM", "RESOURCE")
