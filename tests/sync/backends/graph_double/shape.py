"""Items <-> Graph's JSON, as strict as Graph."""

import html
import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from tests.sync.backends.graph_double.answer import Problem
from tests.sync.backends.graph_double.store import Item

WRITABLE = frozenset(
    {
        "subject",
        "body",
        "start",
        "end",
        "location",
        "categories",
        "showAs",
        "isReminderOn",
        "reminderMinutesBeforeStart",
        "attendees",
        "isAllDay",
        "sensitivity",
        "importance",
        "singleValueExtendedProperties",
        "transactionId",
    }
)
PROPERTY = re.compile(r"String \{[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\} Name \w+$")
LONGEST = 255
YEAR_ONE = "0001-01-01T00:00:00Z"


def stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "0Z"


def zoned(moment: datetime) -> dict[str, str]:
    return {"dateTime": moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "0", "timeZone": "UTC"}


def moment(given: dict[str, Any] | None) -> datetime:
    if not given or not given.get("timeZone"):
        raise Problem(400, "ErrorPropertyValidationFailure", "a time without a zone")
    name = given["timeZone"]
    try:
        zone = ZoneInfo(WINDOWS_TO_OLSON.get(name, name))
        local = datetime.fromisoformat(given["dateTime"])
    except (ValueError, KeyError, OSError):
        raise Problem(400, "TimeZoneNotSupportedException", f"no such zone or time: {name}") from None
    if local.tzinfo is not None:
        raise Problem(400, "ErrorPropertyValidationFailure", "a local time with an offset")
    return local.replace(tzinfo=zone).astimezone(UTC)


def admitted(given: dict[str, Any], *, new: bool) -> tuple[dict[str, Any], dict[str, str]]:
    """The fields and the extended properties of a request, if Graph takes them."""
    refused = [name for name in given if name not in WRITABLE or (name == "transactionId" and not new)]
    if refused:
        raise Problem(400, "ErrorPropertyReadOnly", f"can't be set: {refused}")
    fields = {k: v for k, v in given.items() if k not in ("start", "end", "transactionId")}
    properties = {p["id"]: p["value"] for p in fields.pop("singleValueExtendedProperties", ())}
    if not all(PROPERTY.match(id) for id in properties):
        raise Problem(400, "ErrorInvalidExtendedProperty", "that is no extended property")
    for text in (fields.get("subject") or "", *fields.get("categories", ())):
        if len(text) > LONGEST:
            raise Problem(400, "ErrorPropertyValidationFailure", "longer than 255 characters")
    return fields, properties


def shown(item: Item, select: str | None, properties: list[str], owner: str) -> dict[str, Any]:
    """An event as Graph says it; all of it where nothing is selected."""
    fields = item.fields
    whole = {
        "id": item.id,
        "createdDateTime": stamp(item.created),
        "changeKey": item.etag,
        "iCalUId": item.ical_uid,
        "type": "seriesMaster" if item.days else "occurrence" if item.series else "singleInstance",
        "seriesMasterId": item.series,
        "start": zoned(item.start),
        "end": zoned(item.end),
        "originalStartTimeZone": item.zone,
        "originalEndTimeZone": item.zone,
        "isAllDay": fields.get("isAllDay", False),
        "showAs": fields.get("showAs", "busy"),
        "subject": fields.get("subject") or "",
        "body": {"contentType": "text", "content": plain(fields.get("body"))},
        "location": {"displayName": "", **(fields.get("location") or {})},
        "categories": fields.get("categories", []),
        "sensitivity": fields.get("sensitivity", "normal"),
        "isCancelled": fields.get("isCancelled", False),
        "isReminderOn": fields.get("isReminderOn", True),
        "reminderMinutesBeforeStart": fields.get("reminderMinutesBeforeStart", 15),
        "organizer": {"emailAddress": {"address": fields.get("organizer", owner), "name": owner}},
        "attendees": fields.get("attendees", []),
        "transactionId": item.transaction,
    }
    kept = set(select.split(",")) if select else set(whole)
    if unknown := kept - set(whole):
        raise Problem(400, "RequestBroker--ParseUri", f"no such properties: {unknown}")
    found = {name: value for name, value in whole.items() if name in kept}
    given = [{"id": id, "value": value} for id, value in item.properties.items()]
    expanded = [one for one in given if one["id"] in properties]
    return {"@odata.etag": item.etag, **found, **({"singleValueExtendedProperties": expanded} if expanded else {})}


def plain(body: dict[str, Any] | None) -> str:
    """A body as text, as `outlook.body-content-type="text"` asks for it."""
    if not body:
        return ""
    text = str(body.get("content") or "")
    if str(body.get("contentType")).lower() != "html":
        return text.replace("\n", "\r\n")
    lines = re.sub(r"(?i)<br\s*/?>|</p>|</div>|</li>", "\r\n", text)
    return html.unescape(re.sub(r"<[^>]+>", "", lines))


def attendee(given: dict[str, Any]) -> dict[str, Any]:
    address = given["emailAddress"]["address"]
    return {
        "type": given.get("type", "required"),
        "emailAddress": {"address": address, "name": address},
        "status": given.get("status", {"response": "none", "time": YEAR_ONE}),
    }
