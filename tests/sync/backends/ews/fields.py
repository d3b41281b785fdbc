"""How a request sets the fields of an item, and what Exchange refuses of it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from exchangelib.winzone import MS_TIMEZONE_TO_IANA_MAP

from tests.sync.backends.ews.shape import property_key
from tests.sync.backends.ews.soap import Element, EwsError, child, local
from tests.sync.backends.ews.store import Invited, Item

LONGEST = 255
Setter = Callable[[Item, Element], None]


def zone(id: str) -> ZoneInfo:
    if id not in MS_TIMEZONE_TO_IANA_MAP:
        raise EwsError("ErrorTimeZone", f"{id} is no time zone")
    return ZoneInfo(MS_TIMEZONE_TO_IANA_MAP[id])


def moment(text: str, context: str) -> datetime:
    """A time as written; one without an offset is meant in the zone of the request's context."""
    given = datetime.fromisoformat(text)
    return (given if given.tzinfo else given.replace(tzinfo=zone(context))).astimezone(UTC)


def _text(name: str) -> Setter:
    def put(item: Item, element: Element) -> None:
        text = element.text or ""
        if name == "subject" and len(text) > LONGEST:
            raise EwsError("ErrorInvalidPropertySet", "The subject is too long.")
        setattr(item, name, text)

    return put


def _body(item: Item, element: Element) -> None:
    item.body, item.html = element.text or "", element.get("BodyType") == "HTML"


def _zone(item: Item, element: Element) -> None:
    zone(element.get("Id"))
    item.zone = element.get("Id")


def _categories(item: Item, element: Element) -> None:
    item.categories = [one.text for one in element]


def _invited(role: str) -> Setter:
    """A list is written as a whole, and nobody in it has answered yet."""

    def put(item: Item, element: Element) -> None:
        addresses = [child(one, "t:Mailbox/t:EmailAddress").text.lower() for one in element]
        others = [one for one in item.invited if one.role != role]
        item.invited = others + [Invited(address, role) for address in addresses]

    return put


def _number(item: Item, element: Element) -> None:
    item.reminder_minutes = int(element.text)


def _flag(name: str) -> Setter:
    def put(item: Item, element: Element) -> None:
        setattr(item, name, element.text in ("true", "1"))

    return put


SETTERS: dict[str, Setter] = {
    "item:Subject": _text("subject"),
    "item:Body": _body,
    "item:Sensitivity": _text("sensitivity"),
    "item:Categories": _categories,
    "item:Importance": lambda item, element: None,
    "item:ReminderIsSet": _flag("reminder"),
    "item:ReminderMinutesBeforeStart": _number,
    "calendar:IsAllDayEvent": _flag("all_day"),
    "calendar:IsResponseRequested": lambda item, element: None,
    "calendar:LegacyFreeBusyStatus": _text("status"),
    "calendar:Location": _text("location"),
    "calendar:RequiredAttendees": _invited("RequiredAttendees"),
    "calendar:OptionalAttendees": _invited("OptionalAttendees"),
    "calendar:Resources": _invited("Resources"),
    "calendar:StartTimeZone": _zone,
    "calendar:EndTimeZone": lambda item, element: None,
}
BY_ELEMENT = {name.split(":")[1]: setter for name, setter in SETTERS.items()}
EMPTY: dict[str, Callable[[Item], None]] = {
    "item:Subject": lambda i: setattr(i, "subject", ""),
    "item:Categories": lambda i: setattr(i, "categories", []),
    "calendar:Location": lambda i: setattr(i, "location", ""),
    "calendar:RequiredAttendees": lambda i: _take_off(i, "RequiredAttendees"),
    "calendar:OptionalAttendees": lambda i: _take_off(i, "OptionalAttendees"),
    "calendar:Resources": lambda i: _take_off(i, "Resources"),
}


def _take_off(item: Item, role: str) -> None:
    item.invited = [one for one in item.invited if one.role != role]


def put(item: Item, element: Element, context: str) -> None:
    """Set one field by its element."""
    name = local(element)
    if name == "ExtendedProperty":
        item.extended[property_key(element[0])] = child(element, "t:Value").text or ""
    elif name in ("Start", "End"):
        setattr(item, name.lower(), moment(element.text, context))
    elif name in BY_ELEMENT:
        BY_ELEMENT[name](item, element)
    else:
        raise EwsError("ErrorInvalidPropertySet", f"{name} can't be set")


def checked(item: Item) -> None:
    """Refuse what Exchange refuses, and stretch whole days to midnights of their zone, as it does."""
    if item.end < item.start:
        raise EwsError("ErrorCalendarEndDateIsEarlierThanStartDate", "EndDate is earlier than StartDate")
    if item.end - item.start > timedelta(days=5 * 365):
        raise EwsError("ErrorCalendarDurationIsTooLong")
    if item.all_day:
        local_start, local_end = (value.astimezone(zone(item.zone)) for value in (item.start, item.end))
        item.start = _midnight(local_start).astimezone(UTC)
        item.end = _next_midnight(local_end).astimezone(UTC)


def _midnight(given: datetime) -> datetime:
    return given.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)


def _next_midnight(given: datetime) -> datetime:
    return given if given == _midnight(given) else _midnight(given) + timedelta(days=1)
