"""The requests that read, in exchangelib's items."""

from collections.abc import Iterable, Sequence
from typing import Any

import exchangelib.errors as ews
from exchangelib import CalendarItem
from exchangelib.fields import TimeZoneField
from exchangelib.folders import Calendar, Root
from exchangelib.items import ID_ONLY, SHALLOW
from exchangelib.properties import CalendarView, DistinguishedFolderId, ItemId, Mailbox, RecurringMasterItemId
from exchangelib.services import FindItem, GetFolder, GetItem, SyncFolderItems
from exchangelib.services.common import EWSService

from scheduler.sync.backends.exchange.errors import reading
from scheduler.sync.backends.exchange.item import CONTENT, TIMES
from scheduler.sync.errors import NotFound

SYNC_PAGE = 512
"""Changes in one answer: the most that Exchange gives."""


def calendar_of(account: Any) -> Any:
    """The calendar folder, asked for by itself: a delegate need not see the mailbox's root."""
    mailbox = Mailbox(email_address=account.primary_smtp_address)
    name = DistinguishedFolderId(id=Calendar.DISTINGUISHED_FOLDER_ID, mailbox=mailbox)
    folder = Calendar(root=Root(account=account), _distinguished_id=name)
    with reading():
        return GetFolder(account=account).get(folders=[folder], additional_fields=None, shape=ID_ONLY)


def read(calendar: Any, ids: Sequence[str]) -> list[Any]:
    """The items with their content where they are ours, their times alone where not; those that are gone left out."""
    items = [item for item in _fetch(calendar, [ItemId(id=i) for i in ids], TIMES) if _stands(calendar, item)]
    ours = read_ours(calendar, [item.id for item in items if item.fieldplan_uid is not None])
    return [item for item in items if item.fieldplan_uid is None] + ours


def read_ours(calendar: Any, ids: Iterable[str]) -> list[Any]:
    """Items that are known to be ours, with their content; those that are gone left out."""
    found = _fetch(calendar, [ItemId(id=i) for i in ids], CONTENT)
    return [item for item in found if _stands(calendar, item) and item.fieldplan_uid is not None]


def _stands(calendar: Any, item: Any) -> bool:
    """Whether it is a calendar item of this folder; what lies in the bin has another parent."""
    return isinstance(item, CalendarItem) and item.parent_folder_id.id == calendar.id


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
        ids = [_whole(item).id for item in calendar.filter(fieldplan_uid=uid).only("id")]
    return sorted(read_ours(calendar, ids), key=lambda item: (item.uid != uid, item.datetime_created, item.id))


def sync(calendar: Any, state: str | None) -> tuple[list[tuple[str, Any]], str]:
    """What happened since the state, or all there is; kind of change with the item, or an id where it was deleted."""
    service = _Sync(account=calendar.account)
    found: list[tuple[str, Any]] = []
    with reading():
        while True:
            page = service.call(
                folder=calendar,
                shape=ID_ONLY,
                additional_fields=_paths(calendar, TIMES),
                sync_state=state,
                ignore=None,
                max_changes_returned=SYNC_PAGE,
                sync_scope=None,
            )
            found += [_whole(change) for change in page]
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
    """exchangelib returns some errors in place of what was asked."""
    if isinstance(item, Exception):
        raise item
    return item
