"""What a mailbox holds: items with a log of what changed, and the bin."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any


@dataclass
class Item:
    """An event. `fields` are Graph's own, apart from times; `days` makes it a daily series."""

    id: str
    start: datetime
    end: datetime
    fields: dict[str, Any]
    properties: dict[str, str] = field(default_factory=dict)
    days: int = 0
    change: int = 0
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    series: str | None = None
    ical_uid: str = ""
    transaction: str | None = None
    zone: str = "UTC"

    @property
    def etag(self) -> str:
        return f'W/"{self.series or self.id}.{self.change}"'

    def occurrences(self) -> Iterator["Item"]:
        if not self.days:
            yield self
        for day in range(self.days):
            later = timedelta(days=day)
            yield replace(
                self, id=f"{self.id}-{day}", days=0, series=self.id, start=self.start + later, end=self.end + later
            )

    def overlaps(self, start: datetime, end: datetime) -> bool:
        return any(one.start < end and start < one.end for one in self.occurrences())


class Mailbox:
    def __init__(self, address: str, *, room: bool = False) -> None:
        self.address, self.room = address, room
        self.items: dict[str, Item] = {}
        self.bin: dict[str, Item] = {}
        self.log: list[str] = []
        self.transactions: set[str] = set()
        self.tokens: dict[str, Any] = {}
        self.created = 0
        """Events that were made by request."""
        self._given = 0

    def new_id(self) -> str:
        self._given += 1
        return f"AAkALg={re.sub('[^a-z]', '', self.address)}/{self._given}"

    def put(self, item: Item) -> Item:
        self.log.append(item.id)
        self.items[item.id] = replace(item, change=len(self.log))
        return self.items[item.id]

    def discard(self, id: str) -> None:
        """Into the bin; an id that stays leads there."""
        self.log.append(id)
        self.bin[id] = replace(self.items.pop(id), change=len(self.log))

    def by_id(self, id: str) -> Item | None:
        """Wherever it lies, occurrences too."""
        if id in self.items or id in self.bin:
            return self.items.get(id) or self.bin.get(id)
        master = self.items.get(id.rpartition("-")[0])
        return next((one for one in master.occurrences() if one.id == id), None) if master else None

    def free(self, start: datetime, end: datetime, but: str = "") -> bool:
        return not any(i.overlaps(start, end) for i in self.items.values() if i.ical_uid != but)
