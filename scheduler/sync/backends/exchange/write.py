"""The three requests that write, each sent once."""

from typing import Any

from exchangelib import CalendarItem
from exchangelib.items import (
    ALL_OCCURRENCES,
    MOVE_TO_DELETED_ITEMS,
    NEVER_OVERWRITE,
    SAVE_ONLY,
    SEND_TO_ALL_AND_SAVE_COPY,
    SEND_TO_NONE,
)
from exchangelib.properties import ItemId
from exchangelib.services import CreateItem, DeleteItem, UpdateItem

from scheduler.sync.backends.exchange.errors import writing
from scheduler.sync.errors import Refused


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
