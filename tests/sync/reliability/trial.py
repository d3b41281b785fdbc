"""An experiment on a rig: what is planned there, faults in front of it, a clock that is set by hand."""

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from scheduler.domain.interval import Interval
from scheduler.sync.event import uid_of
from scheduler.sync.link import Box
from scheduler.sync.port import Capability, RemoteEvent
from scheduler.sync.store.sqlite import SqliteStore
from tests.sync import quick
from tests.sync.faults.port import Faulty, none
from tests.sync.office import DAY, HOUR, NOW, SECRET, World, key
from tests.sync.reliability.rigs import Rig

A_BOX = 100
"""Events in a mailbox."""
BOXES = 1000
"""More mailboxes than any experiment needs."""
_experiments = itertools.count()


@dataclass(frozen=True)
class Row:
    """What came of an experiment: the figure, and whether the promise holds."""

    promise: str
    figure: str
    holds: bool


class Trial(World):
    """A world on a rig, behind faults that are off at first."""

    def __init__(self, rig: Rig, folder: Path, workers: int = 1) -> None:
        self.rig = rig
        self.faulty = Faulty(rig.open(), none)
        super().__init__(self.faulty, SqliteStore(folder / "sync.db"), workers=workers)

    def close(self) -> None:
        self.store.close()
        self.faulty.close()

    def fill(self, count: int) -> list[tuple[str, str]]:
        """Plan so many events, a hundred in a mailbox; their mailboxes and activities."""
        made = []
        for n in range(count):
            mailbox, activity = self.rig.mailbox(n // A_BOX), f"a{n}"
            self.want(mailbox, activity, NOW + DAY + (n % A_BOX) * 2 * HOUR)
            made.append((mailbox, activity))
        return made

    def converge(self, most: int = 200) -> int:
        """Cycles until nothing is left to do; resting mailboxes rest as long as they must."""
        boxes = self.store.boxes()
        for n in range(1, most + 1):
            report = self.cycle(boxes=boxes, allowed=10**9)
            boxes = tuple(box for box in boxes if box in report.waiting or self.store.intents(box))
            if not boxes:
                return n
            self.time += HOUR / 6
        return most

    def there(self, mailbox: str, activity: str) -> tuple[RemoteEvent, ...]:
        """What stands there of an activity, asked past the faults; by other means where a calendar can't be read."""
        find = self.rig.seen or self.faulty.inner.find
        return find(mailbox, uid_of(key(activity), SECRET))

    def copies(self, made: Sequence[tuple[str, str]]) -> list[int]:
        """How often each of these stands there; a mailbox that lists its events is asked once for all of them."""
        if Capability.LISTING not in self.faulty.capabilities:
            return [len(self.there(*one)) for one in made]
        window = Interval(start=NOW, end=NOW + 400 * DAY)
        listed = {
            mailbox: Counter(event.uid for event in self.faulty.inner.changes(mailbox, None, window).events)
            for mailbox in dict.fromkeys(mailbox for mailbox, _ in made)
        }
        return [listed[mailbox][uid_of(key(activity), SECRET)] for mailbox, activity in made]

    def unsettled(self) -> tuple[Box, ...]:
        return tuple(box for box in self.store.boxes() if self.store.intents(box))


@contextmanager
def trial(rig: Rig, workers: int = 1) -> Iterator[Trial]:
    with quick.folder() as folder:
        world = Trial(rig, folder, workers)
        try:
            yield world
        finally:
            world.close()


def fresh(rig: Rig) -> Rig:
    """The same server, with mailboxes that nobody used before."""
    first = next(_experiments) * BOXES
    return replace(rig, mailbox=lambda n: rig.mailbox(first + n))
