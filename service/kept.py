"""Values made from rows, kept for those who need them next. Whoever asks says which version of which row it means."""

import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

MOST_VALUES = 200_000
"""Some kilobytes each; a large company's week has 15,000."""
MOST_PLANS = 16
"""Some megabytes each, much of which they share."""


class Kept:
    """What was used last. Safe to share between threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._values: OrderedDict[Hashable, Any] = OrderedDict()

    def one(self, name: Hashable) -> Any:
        """None where it is not there."""
        return self.find((name,)).get(name)

    def find(self, names: Iterable[Hashable]) -> dict[Hashable, Any]:
        """Those that are there, by name."""
        with self._lock:
            found = {name: self._values[name] for name in names if name in self._values}
            for name in found:
                self._values.move_to_end(name)
            return found

    def keep(self, values: Mapping[Hashable, Any]) -> None:
        with self._lock:
            for name, value in values.items():
                self._values[name] = value
                self._values.move_to_end(name)
            while len(self._values) > self._most:
                self._values.popitem(last=False)


@dataclass(frozen=True)
class Memory:
    """What a process remembers of one database: `session.info["memory"]`.

    A row's etag is drawn anew with each change, so what is kept under one is never out of date, and what a transaction
    kept that was then undone is never asked for.

    Attributes
    ----------
    values
        What a row holds, by table, key and etag.
    plans
        Plans as they were judged, by tenant and id, with the etag; and by tenant and horizon the problem and the plan
        that were looked at last. Under another etag, and by horizon, they are only compared with.
    """

    values: Kept = field(default_factory=lambda: Kept(MOST_VALUES))
    plans: Kept = field(default_factory=lambda: Kept(MOST_PLANS))
