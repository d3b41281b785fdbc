"""The operations on items, each with its strictness."""

from dataclasses import replace
from datetime import datetime, timedelta

from tests.sync.backends.ews import fields, meetings, shape
from tests.sync.backends.ews.exchange import Caller, Exchange, folder_of
from tests.sync.backends.ews.soap import (
    Element,
    EwsError,
    Fault,
    boolean,
    child,
    failure,
    local,
    m,
    response,
    success,
    t,
)
from tests.sync.backends.ews.store import BIN, CALENDAR, Item, Mailbox

MOST_IN_VIEW = 1000
LONGEST_VIEW = timedelta(days=2 * 365 + 1)
SENDING = ("SendToAllAndSaveCopy", "SendOnlyToAll", "SendToChangedAndSaveCopy", "SendOnlyToChanged")
ANSWERS = {"AcceptItem": "Accept", "TentativelyAcceptItem": "Tentative", "DeclineItem": "Decline"}


def each(operation: str, elements: list[Element], do: object) -> Element:
    """One response message for each element; one that is refused does not stop the others."""
    messages = []
    for element in elements:
        try:
            messages.append(do(element))  # type: ignore[operator]
        except Fault:
            raise
        except EwsError as error:
            messages.append(failure(operation, error))
    return response(operation, *messages)


def get_folder(exchange: Exchange, caller: Caller, request: Element) -> Element:
    def one(folder: Element) -> Element:
        mailbox, name = _folder(exchange, caller, folder)
        found = t.CalendarFolder(t.FolderId(Id=mailbox.folder_id(name), ChangeKey="AQAAAA=="))
        return success("GetFolder", m.Folders(found))

    return each("GetFolder", list(child(request, "m:FolderIds")), one)


def create_item(exchange: Exchange, caller: Caller, request: Element) -> Element:
    def one(element: Element) -> Element:
        if local(element) in ANSWERS:
            return _answer(exchange, caller, element)
        if local(element) != "CalendarItem":
            raise EwsError("ErrorInvalidOperation", "Only calendar items are kept here.")
        saved = child(request, "m:SavedItemFolderId")
        where = saved[0] if saved is not None else t.DistinguishedFolderId(Id=CALENDAR)
        mailbox, name = _folder(exchange, caller, where)
        sending = request.get("SendMeetingInvitations")
        if sending is None:
            raise EwsError("ErrorSendMeetingInvitationsRequired")
        item = Item(id=mailbox.new_id(), folder=name, organizer=mailbox.address)
        item.uid = child(element, "t:UID").text if child(element, "t:UID") is not None else f"040000008200E0{item.id}"
        for part in element:
            if local(part) not in ("UID", "IsResponseRequested"):
                fields.put(item, part, caller.zone)
        fields.checked(item)
        mailbox.put(item)
        if sending in SENDING:
            meetings.send(exchange, mailbox, item, item.invited)
        return success("CreateItem", m.Items(t.CalendarItem(_id(item))))

    return each("CreateItem", list(child(request, "m:Items")), one)


def _answer(exchange: Exchange, caller: Caller, element: Element) -> Element:
    mailbox, item, _ = exchange.item(caller, child(element, "t:ReferenceItemId").get("Id"))
    organizer = exchange.mailboxes[item.organizer]
    theirs = next(one for one in organizer.in_folder(CALENDAR) if one.uid == item.uid)
    meetings.answer(exchange, organizer, theirs, mailbox.address, ANSWERS[local(element)])
    return success("CreateItem", m.Items())


def get_item(exchange: Exchange, caller: Caller, request: Element) -> Element:
    wanted = shape.asked(child(request, "m:ItemShape"), in_list=False)

    def one(id: Element) -> Element:
        if local(id) == "RecurringMasterItemId":
            mailbox, item, _ = exchange.item(caller, id.get("OccurrenceId"))
            return success("GetItem", m.Items(shape.write(mailbox, item, wanted)))
        mailbox, item, nth = exchange.item(caller, id.get("Id"))
        return success("GetItem", m.Items(shape.write(mailbox, item, wanted, nth)))

    return each("GetItem", list(child(request, "m:ItemIds")), one)


def update_item(exchange: Exchange, caller: Caller, request: Element) -> Element:
    sending = request.get("SendMeetingInvitationsOrCancellations")

    def one(change: Element) -> Element:
        id = child(change, "t:ItemId")
        mailbox, item, nth = exchange.item(caller, id.get("Id"))
        if sending is None:
            raise EwsError("ErrorSendMeetingInvitationsOrCancellationsRequired")
        if nth:
            raise EwsError("ErrorInvalidOperation", "Occurrences are not changed here.")
        _unchanged(item, id.get("ChangeKey"), request.get("ConflictResolution"))
        draft = exchange.draft(item)
        for update in child(change, "t:Updates"):
            _update(draft, update, caller.zone)
        fields.checked(draft)
        _reschedule(exchange, mailbox, item, mailbox.put(draft), mail=sending in SENDING)
        counts = m.ConflictResults(t.Count("0"))
        return success("UpdateItem", m.Items(t.CalendarItem(_id(draft))), counts)

    return each("UpdateItem", list(child(request, "m:ItemChanges")), one)


def _unchanged(item: Item, change_key: str | None, resolution: str) -> None:
    if resolution == "AlwaysOverwrite":
        return
    if change_key is None:
        raise EwsError("ErrorChangeKeyRequiredForWriteOperations")
    if change_key != item.change_key and resolution == "NeverOverwrite":
        raise EwsError(
            "ErrorIrresolvableConflict",
            "The send or update operation could not be performed because the change key passed in the request "
            "does not match the current change key for the item.",
        )


def _update(item: Item, update: Element, zone: str) -> None:
    path = update[0]
    if local(update) == "DeleteItemField":
        if path.get("FieldURI") not in fields.EMPTY:
            raise EwsError("ErrorInvalidPropertyDelete", f"{path.get('FieldURI')} can't be taken away")
        fields.EMPTY[path.get("FieldURI")](item)
        return
    (part,) = update[1]
    named = path.get("FieldURI", "item:ExtendedProperty").split(":")[1]
    if local(part) != named:
        raise EwsError("ErrorUpdatePropertyMismatch", f"{named} is named, {local(part)} is given")
    fields.put(item, part, zone)


def _reschedule(exchange: Exchange, mailbox: Mailbox, before: Item, after: Item, *, mail: bool) -> None:
    """Another time voids the answers; whoever was taken off is told."""
    if (before.start, before.end) != (after.start, after.end):
        for one in after.invited:
            one.response, one.at, one.proposed = "Unknown", None, None
    if mail and (after.invited or before.invited):
        after.sequence += 1
        there = {one.address for one in after.invited}
        meetings.cancel(exchange, mailbox, after, [one for one in before.invited if one.address not in there])
        meetings.send(exchange, mailbox, after, after.invited)


def delete_item(exchange: Exchange, caller: Caller, request: Element) -> Element:
    """The change key is not looked at: so it is in Exchange, against its documentation."""
    sending = request.get("SendMeetingCancellations")

    def one(id: Element) -> Element:
        mailbox, item, nth = exchange.item(caller, id.get("Id"))
        if sending is None:
            raise EwsError("ErrorSendMeetingCancellationsRequired")
        if nth:
            item.deleted_days.add(nth)
            mailbox.put(item)
            return success("DeleteItem")
        if sending in SENDING and item.invited and item.organizer == mailbox.address:
            item.cancelled = True
            item.sequence += 1
            meetings.cancel(exchange, mailbox, item, item.invited)
        if request.get("DeleteType") == "MoveToDeletedItems":
            mailbox.move(item, BIN)
        else:
            mailbox.remove(item)
        return success("DeleteItem")

    return each("DeleteItem", list(child(request, "m:ItemIds")), one)


def find_item(exchange: Exchange, caller: Caller, request: Element) -> Element:
    wanted = shape.asked(child(request, "m:ItemShape"), in_list=True)

    def one(folder: Element) -> Element:
        mailbox, name = _folder(exchange, caller, folder)
        calendar_view = child(request, "m:CalendarView")
        if calendar_view is not None:
            return _view(mailbox, name, calendar_view, child(request, "m:Restriction"), wanted, caller.zone)
        found = [item for item in mailbox.in_folder(name) if _matches(item, child(request, "m:Restriction"))]
        page = child(request, "m:IndexedPageItemView")
        first = int(page.get("Offset")) if page is not None else 0
        most = int(page.get("MaxEntriesReturned") or MOST_IN_VIEW) if page is not None else MOST_IN_VIEW
        shown = found[first : first + most]
        root = m.RootFolder(
            t.Items(*[shape.write(mailbox, item, wanted) for item in shown]),
            IndexedPagingOffset=str(first + len(shown)),
            TotalItemsInView=str(len(found)),
            IncludesLastItemInRange=boolean(first + most >= len(found)),
        )
        return success("FindItem", root)

    return each("FindItem", list(child(request, "m:ParentFolderIds")), one)


def _view(
    mailbox: Mailbox, name: str, view: Element, restriction: Element, wanted: tuple[set[str], list[Element]], zone: str
) -> Element:
    if restriction is not None:
        raise EwsError("ErrorInvalidRestriction", "A calendar view takes no restriction.")
    start, end = (fields.moment(view.get(name), zone) for name in ("StartDate", "EndDate"))
    if end - start > LONGEST_VIEW:
        raise EwsError("ErrorCalendarViewRangeTooBig")
    found = [(item, nth) for item in mailbox.in_folder(name) for nth in _within(item, start, end)]
    if len(found) > MOST_IN_VIEW:
        raise EwsError("ErrorExceededFindCountLimit", "You have exceeded the maximum number of objects.")
    items = t.Items(*[shape.write(mailbox, item, wanted, nth) for item, nth in found])
    root = m.RootFolder(items, TotalItemsInView=str(len(found)), IncludesLastItemInRange="true")
    return success("FindItem", root)


def _within(item: Item, start: datetime, end: datetime) -> list[int]:
    """Occurrences in a view, 0 for a single item. One that ends as the view starts is shown too."""
    if not item.days:
        return [0] if item.start < end and start <= item.end else []
    return [nth for nth, first, last in item.occurrences() if first < end and start <= last]


def _matches(item: Item, restriction: Element | None) -> bool:
    if restriction is None:
        return True
    test = restriction[0]
    if local(test) != "IsEqualTo" or local(test[0]) != "ExtendedFieldURI":
        raise EwsError("ErrorUnsupportedPathForQuery", "Only equality of an extended property is known here.")
    return item.extended.get(shape.property_key(test[0])) == child(test, "t:FieldURIOrConstant/t:Constant").get("Value")


def sync_folder_items(exchange: Exchange, caller: Caller, request: Element) -> Element:
    wanted = shape.asked(child(request, "m:ItemShape"), in_list=True)
    mailbox, name = _folder(exchange, caller, child(request, "m:SyncFolderId")[0])
    state = child(request, "m:SyncState")
    most = int(child(request, "m:MaxChangesReturned").text)
    try:
        position = mailbox.position(state.text if state is not None else None)
    except EwsError as error:
        return response("SyncFolderItems", failure("SyncFolderItems", error))
    found, reached, last = mailbox.since(name, position, most)
    changes = [
        t.Delete(t.ItemId(Id=item)) if kind == "Delete" else t(kind, shape.write(mailbox, item, wanted))
        for kind, item in found
    ]
    parts = (
        m.SyncState(mailbox.state(reached)),
        m.IncludesLastItemInRange(boolean(last)),
        m.Changes(*changes),
    )
    return response("SyncFolderItems", success("SyncFolderItems", *parts))


def copy_item(exchange: Exchange, caller: Caller, request: Element) -> Element:
    def one(id: Element) -> Element:
        mailbox, item, _ = exchange.item(caller, id.get("Id"))
        _, name = _folder(exchange, caller, child(request, "m:ToFolderId")[0])
        new = replace(exchange.draft(item), id=mailbox.new_id(), folder=name)
        new.uid = f"040000008200E0{new.id}"
        return success("CopyItem", m.Items(t.CalendarItem(_id(mailbox.put(new)))))

    return each("CopyItem", list(child(request, "m:ItemIds")), one)


def _folder(exchange: Exchange, caller: Caller, element: Element) -> tuple[Mailbox, str]:
    if local(element) == "DistinguishedFolderId":
        address = child(element, "t:Mailbox/t:EmailAddress")
        mailbox = exchange.calendar(caller, address.text if address is not None else None)
        return mailbox, folder_of(element.get("Id"))
    for address, mailbox in exchange.mailboxes.items():
        if mailbox.folder_id(CALENDAR) == element.get("Id"):
            return exchange.calendar(caller, address), CALENDAR
    raise EwsError("ErrorFolderNotFound", "The specified folder could not be found in the store.")


def _id(item: Item) -> Element:
    return t.ItemId(Id=item.id, ChangeKey=item.change_key)
