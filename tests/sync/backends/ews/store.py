"""Mailboxes in memory: items with ids and change keys, folders, and a log that synchronisation reads."""

import base64
import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.sync.backends.ews.soap import EwsError

CALENDAR, BIN, INBOX, SENT = "calendar", "deleteditems", "inbox", "sentitems"


@dataclass
class Invited:
    """An attendee, or a resource; `role` is the element's name in the item."""

    address: str
    role: str = "RequiredAttendees"
    response: str = "Unknown"
    at: datetime | None = None
    proposed: tuple[datetime, datetime] | None = None


@dataclass
class Item:
    id: str
    folder: str = CALENDAR
    kind: str = "CalendarItem"
    change: int = 0
    uid: str = ""
    subject: str = ""
    body: str = ""
    html: bool = False
    start: datetime = datetime(2000, 1, 1, tzinfo=UTC)
    end: datetime = datetime(2000, 1, 1, tzinfo=UTC)
    zone: str = "UTC"
    all_day: bool = False
    location: str = ""
    categories: list[str] = field(default_factory=list)
    status: str = "Busy"
    sensitivity: str = "Normal"
    reminder: bool = True
    reminder_minutes: int = 15
    extended: dict[str, str] = field(default_factory=dict)
    invited: list[Invited] = field(default_factory=list)
    organizer: str = ""
    cancelled: bool = False
    sent: bool = False
    sequence: int = 0
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    days: int = 0
    """How many daily occurrences; a series when above 0."""
    deleted_days: set[int] = field(default_factory=set)
    moved_days: dict[int, tuple[datetime, datetime]] = field(default_factory=dict)
    response: str = ""
    """What a meeting response says."""

    @property
    def change_key(self) -> str:
        return base64.b64encode(f"EwAA{self.change:08d}".encode()).decode()

    def occurrences(self) -> Iterator[tuple[int, datetime, datetime]]:
        for n in range(1, self.days + 1):
            if n not in self.deleted_days:
                shift = timedelta(days=n - 1)
                start, end = self.moved_days.get(n, (self.start + shift, self.end + shift))
                yield n, start, end


class Mailbox:
    """One person's or room's."""

    def __init__(self, address: str, *, room: bool = False) -> None:
        self.address, self.room = address, room
        self.items: dict[str, Item] = {}
        self.generation = 0
        self.log: list[tuple[str, str]] = []
        """Folder and id of whatever happened, in order."""
        self._numbers = itertools.count(1)
        self._changes = itertools.count(1)

    def folder_id(self, folder: str) -> str:
        return base64.b64encode(f"{self.address}/{folder}".encode()).decode()

    def new_id(self) -> str:
        return base64.b64encode(f"{self.address}/#{next(self._numbers)}".encode()).decode()

    def in_folder(self, folder: str) -> list[Item]:
        return [item for item in self.items.values() if item.folder == folder]

    def put(self, item: Item) -> Item:
        """Keep the item under a new change key."""
        item.change = next(self._changes)
        self.items[item.id] = item
        self.log.append((item.folder, item.id))
        return item

    def take(self, id: str) -> Item:
        if id not in self.items:
            raise EwsError("ErrorItemNotFound", "The specified object was not found in the store.")
        return self.items[id]

    def remove(self, item: Item) -> None:
        del self.items[item.id]
        self.log.append((item.folder, item.id))

    def move(self, item: Item, folder: str) -> Item:
        """Exchange gives an item another id in another folder."""
        self.remove(item)
        item.id, item.folder = self.new_id(), folder
        return self.put(item)

    def state(self, position: int) -> str:
        return base64.b64encode(json.dumps([self.address, self.generation, position]).encode()).decode()

    def position(self, state: str | None) -> int:
        if not state:
            return 0
        try:
            address, generation, position = json.loads(base64.b64decode(state, validate=True))
        except ValueError:
            raise EwsError("ErrorInvalidSyncStateData") from None
        if (address, generation) != (self.address, self.generation):
            raise EwsError("ErrorInvalidSyncStateData", "Sync state data is invalid or missing.")
        return int(position)

    def since(self, folder: str, position: int, most: int) -> tuple[list[tuple[str, Any]], int, bool]:
        """Changes after the position, the position reached, and whether that is all."""
        known = {id for where, id in self.log[:position] if where == folder}
        last = {id: n for n, (where, id) in enumerate(self.log, 1) if where == folder and n > position}
        found: list[tuple[str, Any]] = []
        for id, n in sorted(last.items(), key=lambda pair: pair[1]):
            if len(found) == most:
                return found, position, False
            position = n
            item = self.items.get(id)
            if item is not None and item.folder == folder:
                found.append(("Update" if id in known else "Create", item))
            elif id in known:
                found.append(("Delete", id))
        return found, max(position, len(self.log)), True


def owner_of(id: str) -> tuple[str, str, int]:
    """Address, id of the item or the series, and which occurrence (0 for none) an id names."""
    try:
        address, _, rest = base64.b64decode(id, validate=True).decode().partition("/")
    except ValueError:
        raise EwsError("ErrorInvalidIdMalformed", "Id is malformed.") from None
    number, _, nth = rest.partition("@")
    return address, base64.b64encode(f"{address}/{number}".encode()).decode(), int(nth or 0)


def occurrence_id(master: str, nth: int) -> str:
    return base64.b64encode(f"{base64.b64decode(master).decode()}@{nth}".encode()).decode()
