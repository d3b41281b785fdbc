"""Graph's event -> RemoteEvent."""

from datetime import UTC, datetime, timedelta
from typing import Any

from scheduler.sync import body
from scheduler.sync.backends.graph.item import STAMP, UID
from scheduler.sync.backends.graph.zones import day, moment
from scheduler.sync.event import Event, EventStatus
from scheduler.sync.port import Answer, Availability, RemoteEvent, Response

AVAILABILITY = {
    "free": Availability.FREE,
    "tentative": Availability.TENTATIVE,
    "oof": Availability.OUT_OF_OFFICE,
    "workingElsewhere": Availability.ELSEWHERE,
}
_RESPONSES = {
    "accepted": Response.ACCEPTED,
    "tentativelyAccepted": Response.TENTATIVE,
    "declined": Response.DECLINED,
}


def uid_of(item: dict[str, Any]) -> str | None:
    return _property(item, UID)


def times_of(item: dict[str, Any]) -> RemoteEvent:
    """An event of which nothing but times was asked; a foreign one."""
    return RemoteEvent(**_times(item))


def remote_of(item: dict[str, Any]) -> RemoteEvent:
    """An event as it stands, with its content where it is ours."""
    uid = uid_of(item)
    if uid is None:
        return times_of(item)
    answers = tuple(_answer(uid, one) for one in _invited(item))
    return RemoteEvent(
        **_times(item),
        uid=uid,
        stamp=_property(item, STAMP),
        original=_is_original(uid, item),
        event=_event(uid, item),
        answers=answers,
    )


def _is_original(uid: str, item: dict[str, Any]) -> bool:
    """We create with a transaction id, which nobody's copy has; Exchange, before a mailbox moved, with our own UID."""
    return bool(item.get("transactionId")) or item.get("iCalUId") == uid


def _property(item: dict[str, Any], id: str) -> str | None:
    """Graph writes the name of a property back in its own letters: braces and case of the GUID may differ."""
    for one in item.get("singleValueExtendedProperties") or ():
        if one["id"].lower() == id.lower():
            return str(one["value"])
    return None


def _times(item: dict[str, Any]) -> dict[str, Any]:
    start, end = _span(item)
    return {
        "remote_id": item["id"],
        "version": item["@odata.etag"],
        "start": start,
        "end": end,
        "ical_uid": item.get("iCalUId") or "",
        "series": item.get("seriesMasterId"),
        "all_day": bool(item.get("isAllDay")),
        "availability": AVAILABILITY.get(item.get("showAs") or "", Availability.BUSY),
    }


def _span(item: dict[str, Any]) -> tuple[datetime, datetime]:
    if not item.get("isAllDay"):
        return moment(item["start"]), moment(item["end"])
    return day(item["start"], item.get("originalStartTimeZone")), day(item["end"], item.get("originalEndTimeZone"))


def _event(uid: str, item: dict[str, Any]) -> Event:
    start, end = _span(item)
    where = item.get("location") or {}
    people = [one for one in _invited(item) if one.get("type") != "resource"]
    rooms = [one for one in _invited(item) if one.get("type") == "resource"]
    return body.unmarked(
        Event(
            uid=uid,
            summary=item.get("subject") or "",
            start=start,
            end=end,
            location=where.get("displayName") or "",
            geo=_geo(where.get("coordinates") or {}),
            description=(item.get("body") or {}).get("content") or "",
            categories=tuple(item.get("categories") or ()),
            status=_status(item),
            reminder=_reminder(item),
            organizer=_address(item["organizer"]) if people or rooms else None,
            attendees=tuple(map(_address, people)),
            rooms=tuple(map(_address, rooms)),
        )
    )


def _geo(given: dict[str, Any]) -> tuple[float, float] | None:
    latitude, longitude = given.get("latitude"), given.get("longitude")
    return None if latitude is None or longitude is None else (latitude, longitude)


def _status(item: dict[str, Any]) -> EventStatus:
    if item.get("isCancelled"):
        return EventStatus.CANCELLED
    return EventStatus.TENTATIVE if item.get("showAs") == "tentative" else EventStatus.CONFIRMED


def _reminder(item: dict[str, Any]) -> timedelta | None:
    return timedelta(minutes=item.get("reminderMinutesBeforeStart") or 0) if item.get("isReminderOn") else None


def _invited(item: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in item.get("attendees") or () if one]


def _address(one: dict[str, Any]) -> str:
    mail = one.get("emailAddress") or {}
    return str(mail.get("address") or mail.get("name") or "").lower()


def _answer(uid: str, invited: dict[str, Any]) -> Answer:
    status, proposed = invited.get("status") or {}, invited.get("proposedNewTime")
    response = _RESPONSES.get(status.get("response") or "", Response.NONE)
    at = _answered(status.get("time"))
    wish = {"start": moment(proposed["start"]), "end": moment(proposed["end"])} if proposed else None
    return Answer.model_validate(
        {
            "id": f"{_address(invited)} {at.isoformat() if at else ''} {response} {wish['end'] if wish else ''}",
            "uid": uid,
            "attendee": _address(invited),
            "response": response,
            "at": at,
            "proposed": wish,
        }
    )


def _answered(given: str | None) -> datetime | None:
    """None for the year 1, which is how Graph says that nobody answered."""
    if not given or given.startswith("0001"):
        return None
    return moment({"dateTime": given}).astimezone(UTC)
