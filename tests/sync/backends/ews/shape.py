"""How an item is written in an answer: what was asked, in the order of Microsoft's schema."""

import html
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.sync.backends.ews.soap import Element, EwsError, boolean, child, instant, local, t
from tests.sync.backends.ews.store import Invited, Item, Mailbox, occurrence_id

ITEM_CLASS = {
    "CalendarItem": "IPM.Appointment",
    "MeetingRequest": "IPM.Schedule.Meeting.Request",
    "MeetingResponse": "IPM.Schedule.Meeting.Resp.Pos",
    "MeetingCancellation": "IPM.Schedule.Meeting.Canceled",
}

NOT_IN_LISTS = frozenset(
    {
        "item:Body",
        "item:TextBody",
        "calendar:RequiredAttendees",
        "calendar:OptionalAttendees",
        "calendar:Resources",
        "calendar:Recurrence",
    }
)
"""What FindItem and SyncFolderItems refuse to give."""

WHOLE_DAY = "Appointment/33301/Boolean"


def plain(item: Item) -> str:
    """The body as TextBody says it."""
    if not item.html:
        return item.body.replace("\r\n", "\n").replace("\n", "\r\n")
    lines = re.sub(r"(?i)</p>|<br\s*/?>|</div>", "\r\n", item.body)
    return html.unescape(re.sub(r"<[^>]*>", "", lines))


def _attendees(role: str) -> Callable[[Item], Element | None]:
    def write(item: Item) -> Element | None:
        there = [_attendee(one) for one in item.invited if one.role == role]
        return t(role, *there) if there else None

    return write


def _attendee(one: Invited) -> Element:
    parts = [t.Mailbox(t.Name(one.address), t.EmailAddress(one.address), t.RoutingType("SMTP"))]
    parts.append(t.ResponseType(one.response))
    if one.at:
        parts.append(t.LastResponseTime(instant(one.at)))
    if one.proposed:
        parts += [t.ProposedStart(instant(one.proposed[0])), t.ProposedEnd(instant(one.proposed[1]))]
    return t.Attendee(*parts)


def item_type(item: Item, nth: int) -> str:
    if nth:
        return "Exception" if nth in item.moved_days else "Occurrence"
    return "RecurringMaster" if item.days else "Single"


Writer = Callable[[Item], Element | None]
BEFORE: dict[str, Writer] = {
    "item:ItemClass": lambda i: t.ItemClass(ITEM_CLASS[i.kind]),
    "item:Subject": lambda i: t.Subject(i.subject) if i.subject else None,
    "item:Sensitivity": lambda i: t.Sensitivity(i.sensitivity),
    "item:Body": lambda i: t.Body(i.body, BodyType="HTML" if i.html else "Text"),
    "item:Categories": lambda i: t.Categories(*map(t.String, i.categories)) if i.categories else None,
    "item:DateTimeCreated": lambda i: t.DateTimeCreated(instant(i.created)),
    "item:ReminderIsSet": lambda i: t.ReminderIsSet(boolean(i.reminder)),
    "item:ReminderMinutesBeforeStart": lambda i: t.ReminderMinutesBeforeStart(str(i.reminder_minutes)),
}
AFTER: dict[str, Writer] = {
    "item:TextBody": lambda i: t.TextBody(plain(i), BodyType="Text"),
    "calendar:UID": lambda i: t.UID(i.uid),
    "calendar:Start": lambda i: t.Start(instant(i.start)),
    "calendar:End": lambda i: t.End(instant(i.end)),
    "calendar:IsAllDayEvent": lambda i: t.IsAllDayEvent(boolean(i.all_day)),
    "calendar:LegacyFreeBusyStatus": lambda i: t.LegacyFreeBusyStatus(i.status),
    "calendar:Location": lambda i: t.Location(i.location) if i.location else None,
    "calendar:IsMeeting": lambda i: t.IsMeeting(boolean(bool(i.invited))),
    "calendar:IsCancelled": lambda i: t.IsCancelled(boolean(i.cancelled)),
    "calendar:IsRecurring": lambda i: t.IsRecurring(boolean(bool(i.days))),
    "calendar:MeetingRequestWasSent": lambda i: t.MeetingRequestWasSent(boolean(i.sent)),
    "calendar:CalendarItemType": lambda i: t.CalendarItemType(item_type(i, 0)),
    "calendar:MyResponseType": lambda i: t.MyResponseType(i.response or "Unknown"),
    "calendar:Organizer": lambda i: t.Organizer(t.Mailbox(t.Name(i.organizer), t.EmailAddress(i.organizer))),
    "calendar:RequiredAttendees": _attendees("RequiredAttendees"),
    "calendar:OptionalAttendees": _attendees("OptionalAttendees"),
    "calendar:Resources": _attendees("Resources"),
    "calendar:AppointmentSequenceNumber": lambda i: t.AppointmentSequenceNumber(str(i.sequence)),
    "calendar:StartTimeZone": lambda i: t.StartTimeZone(Id=i.zone),
}
MESSAGES: dict[str, Writer] = {"meeting:ResponseType": lambda i: t.ResponseType(i.response or "Unknown")}


def property_key(path: Element) -> str:
    """One key for an extended property, however it is named."""
    named = path.get("PropertySetId") or path.get("DistinguishedPropertySetId") or path.get("PropertyTag")
    which = path.get("PropertyName") or path.get("PropertyId") or ""
    return f"{(named or '').lower() if path.get('PropertySetId') else named}/{which}/{path.get('PropertyType')}"


def extended(item: Item, path: Element) -> Element | None:
    key = property_key(path)
    value = boolean(item.all_day) if key == WHOLE_DAY else item.extended.get(key)
    return None if value is None else t.ExtendedProperty(t.ExtendedFieldURI(**path.attrib), t.Value(value))


def asked(shape: Element, *, in_list: bool) -> tuple[set[str], list[Element]]:
    """The properties and extended properties that a shape names."""
    base = child(shape, "t:BaseShape").text
    names = {"item:Subject"} if base == "Default" else set(BEFORE) | set(AFTER) if base == "AllProperties" else set()
    names -= NOT_IN_LISTS if in_list else set()
    paths = []
    more = child(shape, "t:AdditionalProperties")
    for path in more if more is not None else ():
        if local(path) == "ExtendedFieldURI":
            paths.append(path)
        elif in_list and path.get("FieldURI") in NOT_IN_LISTS:
            raise EwsError("ErrorInvalidPropertyRequest", f"{path.get('FieldURI')} is not for lists")
        else:
            names.add(path.get("FieldURI"))
    return names, paths


def write(mailbox: Mailbox, item: Item, wanted: tuple[set[str], list[Element]], nth: int = 0) -> Element:
    """The item, or one occurrence of it."""
    names, paths = wanted
    shown = _occurrence(item, nth) if nth else item
    parts: list[Any] = [t.ItemId(Id=occurrence_id(item.id, nth) if nth else item.id, ChangeKey=item.change_key)]
    if "item:ParentFolderId" in names:
        parts.append(t.ParentFolderId(Id=mailbox.folder_id(item.folder), ChangeKey="AQAAAA=="))
    parts += [writer(shown) for name, writer in BEFORE.items() if name in names]
    parts += [extended(item, path) for path in paths]
    after = AFTER if item.kind == "CalendarItem" else {"item:TextBody": AFTER["item:TextBody"], **MESSAGES}
    parts += [
        t.CalendarItemType(item_type(item, nth)) if name == "calendar:CalendarItemType" else writer(shown)
        for name, writer in after.items()
        if name in names
    ]
    return t(item.kind, *[part for part in parts if part is not None])


def _occurrence(item: Item, nth: int) -> Item:
    start, end = next((start, end) for n, start, end in item.occurrences() if n == nth)
    return replace(item, start=start, end=end)
