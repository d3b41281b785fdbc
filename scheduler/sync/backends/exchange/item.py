"""Event <-> Exchange's calendar item. Times are read as Exchange says them, not as exchangelib's dates."""

from datetime import UTC, datetime, timedelta
from typing import Any

import exchangelib
from exchangelib import CalendarItem, ExtendedProperty
from exchangelib.properties import Attendee, Mailbox

from scheduler.sync import body
from scheduler.sync.event import Event, EventStatus
from scheduler.sync.port import Answer, Availability, RemoteEvent, Response

SUBJECT_LIMIT = 255
"""Characters; Exchange refuses longer subjects, and categories too."""

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
AVAILABILITY = {
    "Free": Availability.FREE,
    "Tentative": Availability.TENTATIVE,
    "OOF": Availability.OUT_OF_OFFICE,
    "WorkingElsewhere": Availability.ELSEWHERE,
}
_RESPONSES = {
    "Accept": Response.ACCEPTED,
    "Tentative": Response.TENTATIVE,
    "Decline": Response.DECLINED,
}


def invites(event: Event) -> bool:
    """Whether people get mail about it; with an organiser also when the last of them was taken off."""
    return bool(event.organizer or event.attendees or event.rooms)


def fields_of(event: Event, zone: Any) -> dict[str, Any]:
    """What we own of an item, by exchangelib's names. None takes a field away."""
    said = body.marked(event)
    fields = {
        "subject": event.summary[:SUBJECT_LIMIT] or None,
        "body": exchangelib.HTMLBody(said.html) if said.html else exchangelib.Body(said.description),
        "start": _moment(event.start),
        "end": _moment(event.end),
        "_start_timezone": zone,
        "_end_timezone": zone,
        "location": event.location[:SUBJECT_LIMIT] or None,
        "categories": [category[:SUBJECT_LIMIT] for category in event.categories] or None,
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


def times_of(item: Any, series: str | None = None) -> RemoteEvent:
    """An item of which nothing but times was asked; a foreign one."""
    return RemoteEvent(**_times(item, series))


def remote_of(item: Any, series: str | None = None) -> RemoteEvent:
    """An item as it stands, with its content where it is ours."""
    if item.fieldplan_uid is None:
        return times_of(item, series)
    answers = tuple(_answers(item))
    return RemoteEvent(
        **_times(item, series), uid=item.fieldplan_uid, stamp=item.fieldplan_stamp, event=_event(item), answers=answers
    )


def _times(item: Any, series: str | None) -> dict[str, Any]:
    return {
        "remote_id": item.id,
        "version": item.changekey,
        "start": _plain(item.start),
        "end": _plain(item.end),
        "ical_uid": item.uid or "",
        "series": series,
        "all_day": bool(item.whole_day),
        "availability": AVAILABILITY.get(item.legacy_free_busy_status, Availability.BUSY),
    }


def _plain(given: Any) -> datetime:
    return datetime.fromtimestamp(given.timestamp(), UTC)


def _event(item: Any) -> Event:
    tentative = item.legacy_free_busy_status == "Tentative"
    status = EventStatus.TENTATIVE if tentative else EventStatus.CONFIRMED
    rooms, people = (_addresses(invited) for invited in (item.resources, item.required_attendees))
    invited = bool(rooms or people)
    return body.unmarked(
        Event(
            uid=item.fieldplan_uid,
            summary=item.subject or "",
            start=_plain(item.start),
            end=_plain(item.end),
            location=item.location or "",
            description=item.text_body or "",
            categories=tuple(item.categories or ()),
            status=EventStatus.CANCELLED if item.is_cancelled else status,
            reminder=timedelta(minutes=item.reminder_minutes_before_start or 0) if item.reminder_is_set else None,
            organizer=_address(item.organizer) if invited and item.organizer else None,
            attendees=people,
            rooms=rooms,
        )
    )


def _addresses(invited: Any) -> tuple[str, ...]:
    return tuple(_address(one.mailbox) for one in invited or ())


def _address(mailbox: Any) -> str:
    return str(mailbox.email_address or mailbox.name or "").lower()


def _answers(item: Any) -> list[Answer]:
    return [_answer(item, one) for one in [*(item.required_attendees or ()), *(item.resources or ())]]


def _answer(item: Any, invited: Any) -> Answer:
    address = _address(invited.mailbox)
    at = invited.last_response_time
    asks = invited.proposed_start and invited.proposed_end
    proposed = {"start": _plain(invited.proposed_start), "end": _plain(invited.proposed_end)} if asks else None
    return Answer.model_validate(
        {
            "id": f"{address} {at.isoformat() if at else ''}",
            "uid": item.fieldplan_uid,
            "attendee": address,
            "response": _RESPONSES.get(invited.response_type, Response.NONE),
            "at": _plain(at) if at else None,
            "proposed": proposed,
        }
    )
