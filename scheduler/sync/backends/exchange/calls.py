"""The requests we make: each is one of exchangelib's services, sent once, with its errors in the port's words."""

from collections.abc import Iterable, Sequence
from typing import Any

import exchangelib.errors as ews
from exchangelib import CalendarItem
from exchangelib.fields import TimeZoneField
from exchangelib.folders import Calendar, Root
from exchangelib.items import (
    ALL_OCCURRENCES,
    ID_ONLY,
    MOVE_TO_DELETED_ITEMS,
    NEVER_OVERWRITE,
    SAVE_ONLY,
    SEND_TO_ALL_AND_SAVE_COPY,
    SEND_TO_NONE,
    SHALLOW,
)
from exchangelib.properties import CalendarView, DistinguishedFolderId, ItemId, Mailbox, RecurringMasterItemId
from exchangelib.services import CreateItem, DeleteItem, FindItem, GetFolder, GetItem, SyncFolderItems, UpdateItem
from exchangelib.services.common import EWSService

from scheduler.sync.backends.exchange.errors import reading, writing
from scheduler.sync.backends.exchange.item import CONTENT, TIMES
from scheduler.sync.port import NotFound, Refused

SYNC_PAGE = 512
"""Changes in one answer: the most that Exchange gives."""


def calendar_of(account: Any) -> Any:
    """The calendar folder, asked for by itself: a delegate need not see the mailbox's root."""
    mailbox = Mailbox(email_address=account.primary_smtp_address)
    name = DistinguishedFolderId(id=Calendar.DISTINGUISHED_FOLDER_ID, mailbox=mailbox)
    folder = Calendar(root=Root(account=account), _distinguished_id=name)
    with reading():
        return GetFolder(account=account).get(folders=[folder], additional_fields=None, shape=ID_ONLY)


def create(calendar: Any, fields: dict[str, Any], *, mail: bool) -> tuple[str, str]:
    """Write a new item; its id and ChangeKey."""
    item = _checked(calendar, fields)
    with writing():
        made = CreateItem(account=calendar.account).get(
            items=[item],
            folder=calendar,
            message_disposition=SAVE_ONLY,
            send_meeting_invitations=SEND_TO_ALL_AND_SAVE_COPY if mail else SEND_TO_NONE,
        )
        return made.id, made.changekey


def update(calendar: Any, id: str, version: str, fields: dict[str, Any], *, mail: bool) -> str:
    """Write the fields if the item still has that ChangeKey; the new one."""
    item = _checked(calendar, {**fields, "id": id, "changekey": version})
    with writing():
        _, changekey = UpdateItem(account=calendar.account).get(
            items=[(item, list(fields))],
            conflict_resolution=NEVER_OVERWRITE,
            message_disposition=SAVE_ONLY,
            send_meeting_invitations_or_cancellations=SEND_TO_ALL_AND_SAVE_COPY if mail else SEND_TO_NONE,
            suppress_read_receipts=True,
        )
        return str(changekey)


def delete(calendar: Any, id: str, version: str, *, mail: bool) -> None:
    """Move the item to the bin. Exchange does not look at the ChangeKey here, whatever its documentation says."""
    with writing():
        DeleteItem(account=calendar.account).get(
            items=[ItemId(id=id, changekey=version)],
            delete_type=MOVE_TO_DELETED_ITEMS,
            send_meeting_cancellations=SEND_TO_ALL_AND_SAVE_COPY if mail else SEND_TO_NONE,
            affected_task_occurrences=ALL_OCCURRENCES,
            suppress_read_receipts=True,
        )


def _checked(calendar: Any, fields: dict[str, Any]) -> Any:
    """The item, refused here where exchangelib would refuse it while sending."""
    try:
        item = CalendarItem(account=calendar.account, folder=calendar, **fields)
        item.clean(version=calendar.account.version)
    except (ValueError, TypeError) as error:
        raise Refused(f"exchangelib takes no such item: {error}") from error
    return item


def read(calendar: Any, ids: Sequence[str]) -> list[Any]:
    """The items with their content where they are ours, their times alone where not; those that are gone left out."""
    items = [item for item in _fetch(calendar, [ItemId(id=i) for i in ids], TIMES) if _stands(calendar, item)]
    contents = _fetch(calendar, [ItemId(id=i.id) for i in items if i.fieldplan_uid], CONTENT)
    ours = {item.id: item for item in contents if _stands(calendar, item)}
    return [item if item.fieldplan_uid is None else ours[item.id] for item in items if _readable(item, ours)]


def _stands(calendar: Any, item: Any) -> bool:
    """Whether it is a calendar item of this folder; what lies in the bin has another parent."""
    return isinstance(item, CalendarItem) and item.parent_folder_id.id == calendar.id


def _readable(item: Any, ours: dict[str, Any]) -> bool:
    return item.fieldplan_uid is None or item.id in ours


def read_one(calendar: Any, id: str) -> Any:
    """Raises NotFound."""
    found = read(calendar, [id])
    if not found:
        raise NotFound(f"{calendar.account.primary_smtp_address} holds no such event")
    return found[0]


def series_of(calendar: Any, item: Any) -> str | None:
    """The id of the series that an occurrence belongs to."""
    if item.type not in ("Occurrence", "Exception"):
        return None
    (master,) = _fetch(calendar, [RecurringMasterItemId(id=item.id)], ("type",)) or [None]
    return master.id if master else None


def _fetch(calendar: Any, ids: Iterable[Any], fields: Sequence[str]) -> list[Any]:
    given = list(ids)
    if not given:
        return []
    with reading():
        found = GetItem(account=calendar.account).call(
            items=given, additional_fields=_paths(calendar, fields), shape=ID_ONLY
        )
        return [item for item in found if not _is_gone(item)]


def _is_gone(item: Any) -> bool:
    if isinstance(item, Exception) and not isinstance(item, (ews.ErrorItemNotFound, ews.ErrorInvalidIdMalformed)):
        raise item
    return isinstance(item, Exception)


def _paths(calendar: Any, fields: Sequence[str]) -> set[Any]:
    """Without the zones that exchangelib adds to times: some have no name, and moments need none."""
    paths = calendar.normalize_fields(fields=fields)
    return {path for path in paths if not path.field.is_attribute and not isinstance(path.field, TimeZoneField)}


def find(calendar: Any, uid: str) -> list[Any]:
    """Every item in the folder that carries our uid, the oldest first."""
    with reading():
        ids = [item.id for item in calendar.filter(fieldplan_uid=uid).only("id")]
    return sorted(read(calendar, ids), key=lambda item: (item.uid != uid, item.datetime_created, item.id))


def sync(calendar: Any, state: str | None) -> tuple[list[tuple[str, Any]], str]:
    """What happened since the state, or all there is; kind of change with the item, or an id where it was deleted."""
    service = _Sync(account=calendar.account)
    found: list[tuple[str, Any]] = []
    with reading():
        while True:
            found += service.call(
                folder=calendar,
                shape=ID_ONLY,
                additional_fields=_paths(calendar, TIMES),
                sync_state=state,
                ignore=None,
                max_changes_returned=SYNC_PAGE,
                sync_scope=None,
            )
            if service.includes_last_item_in_range or service.sync_state == state:
                return found, str(service.sync_state)
            state = service.sync_state


class _Sync(SyncFolderItems):  # type: ignore[misc]
    """exchangelib stumbles over an error that comes without a sync state."""

    def _get_element_container(self, message: Any, name: str | None = None) -> Any:
        if message.get("ResponseClass") == "Error":
            return EWSService._get_element_container(self, message, name=name)
        return super()._get_element_container(message, name=name)


def view(calendar: Any, start: Any, end: Any) -> list[Any]:
    """Everything between the two, series expanded. A view of over 1,000 items or two years is refused: it is halved."""
    try:
        return _view(calendar, start, end)
    except (ews.ErrorExceededFindCountLimit, ews.ErrorCalendarViewRangeTooBig):
        middle = start + (end - start) / 2
        return view(calendar, start, middle) + view(calendar, middle, end)


def _view(calendar: Any, start: Any, end: Any) -> list[Any]:
    found = FindItem(account=calendar.account).call(
        folders=[calendar],
        additional_fields=_paths(calendar, TIMES),
        restriction=None,
        order_fields=None,
        query_string=None,
        shape=ID_ONLY,
        depth=SHALLOW,
        calendar_view=CalendarView(start=start, end=end),
        max_items=None,
        offset=0,
    )
    return [_whole(item) for item in found]


def _whole(item: Any) -> Any:
    if isinstance(item, Exception):
        raise item
    return item
