"""What concerns the organisation: busy time and room lists."""

from datetime import UTC, datetime, timedelta

from tests.sync.backends.ews.exchange import Caller, Exchange
from tests.sync.backends.ews.soap import Element, EwsError, Fault, child, m, t
from tests.sync.backends.ews.store import CALENDAR, Mailbox

LONGEST = timedelta(days=62)
MOST = 100


def get_user_availability(exchange: Exchange, caller: Caller, request: Element) -> Element:
    offset = _offset(child(request, "t:TimeZone"))
    options = child(request, "t:FreeBusyViewOptions")
    start, end = (_moment(child(options, f"t:TimeWindow/t:{name}").text, offset) for name in ("StartTime", "EndTime"))
    asked = child(request, "m:MailboxDataArray")
    if len(asked) > MOST:
        raise Fault("ErrorIdentityArrayTooBig", "There are too many target users in the array.")
    if end - start > LONGEST:
        raise Fault("ErrorTimeIntervalTooBig", "The requested time duration is too long. Allowed limit = 62 days.")
    if end <= start:
        raise Fault("ErrorInvalidTimeInterval", "The end is not after the start.")
    addresses = [child(one, "t:Email/t:Address").text.lower() for one in asked]
    answers = [_free_busy(exchange, address, start, end, offset) for address in addresses]
    return m.GetUserAvailabilityResponse(m.FreeBusyResponseArray(*answers))


def _offset(zone: Element | None) -> timedelta:
    """Only zones that never change are known here; a request without a zone is refused as Exchange does."""
    if zone is None:
        raise Fault("ErrorTimeZone", "The time zone is missing.")
    biases = {int(child(zone, f"t:{name}/t:Bias").text) for name in ("StandardTime", "DaylightTime")}
    if len(biases) != 1:
        raise Fault("ErrorTimeZone", "Zones that change their clocks are not known here.")
    return -timedelta(minutes=int(child(zone, "t:Bias").text) + biases.pop())


def _moment(text: str, offset: timedelta) -> datetime:
    given = datetime.fromisoformat(text)
    return given.astimezone(UTC) if given.tzinfo else (given - offset).replace(tzinfo=UTC)


def _free_busy(exchange: Exchange, address: str, start: datetime, end: datetime, offset: timedelta) -> Element:
    mailbox = exchange.mailboxes.get(address)
    if mailbox is None:
        error = EwsError("ErrorMailRecipientNotFound", f"Unable to resolve e-mail address {address}.")
        said = m.ResponseMessage(
            m.MessageText(error.text), m.ResponseCode(error.code), m.DescriptiveLinkKey("0"), ResponseClass="Error"
        )
        return m.FreeBusyResponse(said, m.FreeBusyView(t.FreeBusyViewType("None")))
    events = [
        t.CalendarEvent(t.StartTime(_local(first, offset)), t.EndTime(_local(last, offset)), t.BusyType(status))
        for first, last, status in sorted(_stretches(mailbox))
        if first < end and start < last
    ]
    view = m.FreeBusyView(t.FreeBusyViewType("FreeBusy"), t.CalendarEventArray(*events))
    return m.FreeBusyResponse(m.ResponseMessage(m.ResponseCode("NoError"), ResponseClass="Success"), view)


def _local(moment: datetime, offset: timedelta) -> str:
    return (moment.astimezone(UTC) + offset).strftime("%Y-%m-%dT%H:%M:%S")


def _stretches(mailbox: Mailbox) -> list[tuple[datetime, datetime, str]]:
    found = []
    for item in mailbox.in_folder(CALENDAR):
        spans = [span for _, *span in item.occurrences()] if item.days else [[item.start, item.end]]
        found += [(start, end, item.status) for start, end in spans]
    return found


def get_room_lists(exchange: Exchange, caller: Caller, request: Element) -> Element:
    lists = [_address(t.Address, name) for name in exchange.room_lists]
    return m.GetRoomListsResponse(m.ResponseCode("NoError"), m.RoomLists(*lists), ResponseClass="Success")


def get_rooms(exchange: Exchange, caller: Caller, request: Element) -> Element:
    name = child(request, "m:RoomList/t:EmailAddress").text
    if name not in exchange.room_lists:
        raise Fault("ErrorNameResolutionNoResults", f"There is no room list {name}.")
    rooms = [t.Room(_address(t.Id, room)) for room in exchange.room_lists[name]]
    return m.GetRoomsResponse(m.ResponseCode("NoError"), m.Rooms(*rooms), ResponseClass="Success")


def _address(tag: object, address: str) -> Element:
    name = address.split("@")[0].title()
    return tag(t.Name(name), t.EmailAddress(address), t.RoutingType("SMTP"), t.MailboxType("Mailbox"))  # type: ignore[operator]
