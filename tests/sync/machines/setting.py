"""Where the state machines play: a rig, a plan, faults, and what people have done so far."""

import itertools
import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize

from scheduler.sync.event import Event, uid_of
from scheduler.sync.inbound.judging import Policy
from scheduler.sync.link import Box, Link
from scheduler.sync.port import RemoteEvent
from scheduler.sync.store.sqlite import SqliteStore
from tests.sync.backends.hand import Hand
from tests.sync.faults.port import Crash, Fault, Faulty
from tests.sync.office import HOUR, NAME, NOW, SECRET, World, key
from tests.sync.reliability.rigs import Rig

ACTIVITIES = ("a", "b", "c")
SLOTS = [datetime(2027, 3, 27, 22, tzinfo=UTC) + n * HOUR for n in range(8)]
"""Over the change of clocks in Europe."""
BEGINS = [NOW, SLOTS[0] - HOUR]
"""Long before, and so that the hours of an example pass over the change; then some events are over meanwhile."""
FORBIDDEN = SLOTS[-2:]
POLICIES = [Policy(), Policy(moved="ask"), Policy(declined="apply")]
ALLOWED = 99
activities = st.sampled_from(ACTIVITIES)
slots = st.sampled_from(SLOTS)
Wish = tuple[datetime | None, str]
plans: st.SearchStrategy[dict[str, Wish]] = st.dictionaries(
    activities, st.tuples(st.none() | slots, st.sampled_from(["Lift", "Crane"])), min_size=1
)
"""When activities are to be from now on, if at all, and what they are called."""
some = st.sampled_from([None, Fault.LOST, Fault.THROTTLED])


class Setting(RuleBasedStateMachine):
    """Events of a few activities in one mailbox."""

    rig: ClassVar[Rig]
    mailboxes: ClassVar["itertools.count[int]"]

    @initialize(policy=st.sampled_from(POLICIES), begin=st.sampled_from(BEGINS))
    def begin(self, policy: Policy, begin: datetime) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "sync.db"
        self.mailbox, *self.others = (self.rig.mailbox(next(self.mailboxes)) for _ in range(3))
        self.faults: dict[bool, list[Fault | None]] = {True: [], False: []}  # of writes, of reads
        self.crash_at = 0
        self.faulty = Faulty(self.rig.open(), self._choose)
        self.faulty.after = self._carried_out
        self.done: Counter[tuple[str, datetime]] = Counter()
        self.world = World(self.faulty, SqliteStore(self.path), policy=policy, forbidden=FORBIDDEN)
        self.world.time = begin
        self.copies: set[str] = set()
        self.touched: set[str] = set()
        self.notes: dict[str, list[str]] = {}
        self.dropped: set[str] = set()
        self.late = False
        for activity, slot in zip(ACTIVITIES, SLOTS, strict=False):
            self._want(activity, slot)
        self._go()

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.store.close()
            self.faulty.close()
            self.folder.cleanup()

    @property
    def hand(self) -> Hand:
        assert self.rig.hand is not None
        return self.rig.hand

    def _choose(self, name: str, mailbox: str) -> Fault | None:
        if self.crash_at > 0:
            self.crash_at -= 1
            if self.crash_at == 0:
                raise Crash
        faults = self.faults[name in ("create", "update", "delete")]
        fault = faults.pop(0) if faults else None
        if fault is Fault.LATE and not self.rig.distant:
            fault = Fault.UNCLEAR_BEFORE
        self.late |= fault is Fault.LATE
        return fault

    def _carried_out(self, name: str, *given: Any) -> None:
        self.done[name, given[-1].start] += 1
        if name == "delete":
            self._forget(given[1])

    def _forget(self, remote_id: str) -> None:
        """What people did to an event that is gone: some calendars give its id to the next one."""
        self.notes.pop(remote_id, None)

    def _cycle(self) -> Any:
        return self.world.cycle(allowed=ALLOWED)

    def _go(self) -> None:
        self.world.publish()
        self._cycle()

    def _link(self, activity: str) -> Link | None:
        return self.world.store.links(Box(NAME, self.mailbox)).get(key(activity))

    def _want(self, activity: str, start: datetime | None, **more: object) -> None:
        self.world.want(self.mailbox, activity, start, **more)

    def _planned(self, activity: str) -> Event | None:
        return self.world.planned.get((self.mailbox, activity))

    def _listen(self) -> None:
        """Before questions are decided or taken."""

    def _ours(self, activity: str) -> list[RemoteEvent]:
        """The events of an activity that are no person's copies, asked past the faults."""
        look = self.rig.seen or self.faulty.inner.find
        return [e for e in look(self.mailbox, uid_of(key(activity), SECRET)) if e.remote_id not in self.copies]

    def _editable(self) -> bool:
        return self.rig.hand is not None
