"""Event -> Exchange's calendar item, and what is asked of one."""

from datetime import UTC, datetime, timedelta
from typing import Any

import exchangelib
from exchangelib import CalendarItem, ExtendedProperty
from exchangelib.properties import Attendee, Mailbox

from scheduler.sync import body
from scheduler.sync.event import LONGEST, Event, EventStatus

OUR_PROPERTIES = "8a2f2f1c-6a0e-4b8c-9d37-5f1d60a9e7b4"
"""The property set that is ours; whoever writes our properties by other means needs it."""


class Uid(ExtendedProperty):  # type: ignore[misc]
    property_set_id = OUR_PROPERTIES
    property_name = "uid"
    property_type = "String"


class Stamp(ExtendedProperty):  # type: ignore[misc]
    property_set_id = OUR_PROPERTIES
    property_name = "stamp"
    property_type = "String"


class WholeDay(ExtendedProperty):  # type: ignore[misc]
    """PidLidAppointmentSubType. Where IsAllDayEvent is asked for, exchangelib replaces the times by dates, a day short
    when the clocks change."""

    distinguished_property_set_id = "Appointment"
    property_id = 0x8215
    property_type = "Boolean"


CalendarItem.register("fieldplan_uid", Uid)
CalendarItem.register("fieldplan_stamp", Stamp)
CalendarItem.register("whole_day", WholeDay)

TIMES = (
    "parent_folder_id",
    "uid",
    "type",
    "start",
    "end",
    "legacy_free_busy_status",
    "datetime_created",
    "fieldplan_uid",
    "fieldplan_stamp",
    "whole_day",
)
"""All that is asked of events that may be foreign."""

CONTENT = (
    *TIMES,
    "subject",
    "text_body",
    "location",
    "categories",
    "is_cancelled",
    "reminder_is_set",
    "reminder_minutes_before_start",
    "organizer",
    "required_attendees",
    "resources",
)
"""What is asked of our own events."""

_SHOWN = {
    EventStatus.CONFIRMED: "Busy",
    EventStatus.TENTATIVE: "Tentative",
    EventStatus.CANCELLED: "Free",
}


def invites(event: Event) -> bool:
    """Whether people get mail about it; with an organiser also when the last of them was taken off."""
    return bool(event.organizer or event.attendees or event.rooms)


def fields_of(event: Event, zone: Any) -> dict[str, Any]:
    """What we own of an item, by exchangelib's names. None takes a field away."""
    said = body.marked(event)
    fields = {
        "subject": event.summary[:LONGEST] or None,
        "body": exchangelib.HTMLBody(said.html) if said.html else exchangelib.Body(said.description),
        "start": _moment(event.start),
        "end": _moment(event.end),
        "_start_timezone": zone,
        "_end_timezone": zone,
        "location": event.location[:LONGEST] or None,
        "categories": [category[:LONGEST] for category in event.categories] or None,
        "legacy_free_busy_status": _SHOWN[event.status],
        "reminder_is_set": event.reminder is not None,
        "reminder_minutes_before_start": _minutes(event.reminder),
        "fieldplan_uid": event.uid,
        "fieldplan_stamp": event.stamp,
    }
    if invites(event):
        fields["required_attendees"] = _invited(event.attendees)
        fields["resources"] = _invited(event.rooms)
    return fields


def _moment(given: datetime) -> Any:
    return exchangelib.EWSDateTime.from_datetime(given.astimezone(UTC))


def _minutes(reminder: timedelta | None) -> int:
    return int((reminder or timedelta()).total_seconds() // 60)


def _invited(addresses: tuple[str, ...]) -> list[Any] | None:
    return [Attendee(mailbox=Mailbox(email_address=address), response_type="Unknown") for address in addresses] or None
