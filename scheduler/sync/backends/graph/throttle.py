"""What Graph asks of those who ask much of it."""

from collections import defaultdict
from datetime import timedelta
from threading import BoundedSemaphore, Lock

AT_ONCE = 4
"""Requests in flight for one mailbox: the most that Outlook's part of Graph admits from one application."""

WITHOUT_ADVICE = timedelta(seconds=30)
"""How long to wait when Graph is busy and doesn't say for how long."""


class Gates:
    """One gate for each mailbox, with as many places as Graph admits."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._gates: defaultdict[str, BoundedSemaphore] = defaultdict(lambda: BoundedSemaphore(AT_ONCE))

    def of(self, mailbox: str) -> BoundedSemaphore:
        with self._lock:
            return self._gates[mailbox.lower()]
