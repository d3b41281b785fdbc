"""Exchange's calendar item -> RemoteEvent. Times are as Exchange says them, not exchangelib's dates."""

from datetime import UTC, datetime, timedelta
from typing import Any

from scheduler.sync import body
from scheduler.sync.event import Event, EventStatus
from scheduler.sync.port import Answer, Availability, RemoteEvent, Response

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


def times_of(item: Any, series: str | None = None) -> RemoteEvent:
    """An item of which nothing but times was asked; a foreign one."""
    return RemoteEvent(**_times(item, series))


def remote_of(item: Any, series: str | None = None) -> RemoteEvent:
    """An item as it stands, with its content where it is ours."""
    if item.fieldplan_uid is None:
        return times_of(item, series)
    answers = tuple(_answers(item))
    return RemoteEvent(
        **_times(item, series),
        uid=item.fieldplan_uid,
        stamp=item.fieldplan_stamp,
        original=item.uid == item.fieldplan_uid,
        event=_event(item),
        answers=answers,
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
    response = _RESPONSES.get(invited.response_type, Response.NONE)
    asks = invited.proposed_start and invited.proposed_end
    proposed = {"start": _plain(invited.proposed_start), "end": _plain(invited.proposed_end)} if asks else None
    return Answer.model_validate(
        {
            "id": f"{address} {at.isoformat() if at else ''} {response} {asks or ''}",
            "uid": item.fieldplan_uid,
            "attendee": address,
            "response": response,
            "at": _plain(at) if at else None,
            "proposed": proposed,
        }
    )
