"""Plans, pushes, what people do, crashes, lost tokens, throttling, late requests, time: in any order, all is well."""

import itertools
import sys
import tempfile
import unittest
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from scheduler.sync.event import Event, uid_of
from scheduler.sync.inbound.judging import Policy
from scheduler.sync.link import Box, Link, LinkState
from scheduler.sync.port import RemoteEvent
from scheduler.sync.proposal import Decision, Matter
from scheduler.sync.rehearsal import rehearse
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


class Calendars(RuleBasedStateMachine):
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
        """Every example ends well."""
        if hasattr(self, "world"):
            if sys.exc_info()[0] is None:
                self._settle()
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
        self.late |= fault is Fault.LATE
        return fault

    def _cycle(self) -> Any:
        return self.world.cycle(allowed=ALLOWED)

    def _go(self) -> None:
        self.world.publish()
        self._cycle()

    def _link(self, activity: str) -> Link | None:
        return self.world.store.links(Box(NAME, self.mailbox)).get(key(activity))

    # What the planner does

    def _want(self, activity: str, start: datetime | None, **more: object) -> None:
        self.world.want(self.mailbox, activity, start, **more)

    def _planned(self, activity: str) -> Event | None:
        return self.world.planned.get((self.mailbox, activity))

    def _replan(self, changes: dict[str, Wish]) -> None:
        for activity, (slot, word) in changes.items():
            self._want(activity, slot, summary=word)

    @rule(changes=plans)
    def plan(self, changes: dict[str, Wish]) -> None:
        self._replan(changes)

    @rule(changes=plans)
    def publish(self, changes: dict[str, Wish]) -> None:
        self._replan(changes)
        self.world.publish()

    @rule()
    def cycle(self) -> None:
        self._cycle()

    @rule(changes=plans)
    def go(self, changes: dict[str, Wish]) -> None:
        self._replan(changes)
        self._go()

    @rule(changes=plans)
    def rehearse(self, changes: dict[str, Wish]) -> None:
        """A dry run says what the real one then does."""
        self._replan(changes)
        self.faults = {True: [], False: []}
        before, done = self.faulty.writes, Counter[tuple[str, datetime]]()
        found = rehearse(self.world.office(), self.world.wishes())
        assert self.faulty.writes == before
        self.faulty.after = lambda name, *given: done.update([(name, given[-1].start)])
        self.world.publish()
        self._cycle()
        self.faulty.after = lambda name, *given: None
        said = Counter((w.act.value, event.start) for w in found.writes if (event := w.after or w.before))
        assert said == done, f"{said} was said, {done} was done"

    @rule(decision=st.sampled_from([Decision.ACCEPTED, Decision.REFUSED]))
    def decide(self, decision: Decision) -> None:
        self._listen()
        for proposal in self.world.store.proposals():
            if proposal.decision is Decision.OPEN:
                self.world.store.decide(proposal.id, decision, "said so")

    @rule()
    def take(self) -> None:
        """Whoever plans takes up what was decided."""
        self._listen()
        for proposal in self.world.store.proposals():
            if proposal.decision is Decision.ACCEPTED and proposal.key is not None:
                planned = self._planned(proposal.key.activity)
                if planned is not None and proposal.matter is Matter.MOVED and proposal.wish is not None:
                    self._want(proposal.key.activity, proposal.wish.start)
                elif planned is not None and proposal.matter is not Matter.MOVED:
                    self._want(proposal.key.activity, None)
                self.world.store.take([proposal.id])
        self.world.publish()

    def _listen(self) -> None:
        """Before questions are decided or taken."""

    # What people do

    def _ours(self, activity: str) -> list[RemoteEvent]:
        """The events of an activity that are no person's copies, asked past the faults."""
        look = self.rig.seen or self.faulty.inner.find
        return [e for e in look(self.mailbox, uid_of(key(activity), SECRET)) if e.remote_id not in self.copies]

    def _editable(self) -> bool:
        return self.rig.hand is not None

    @precondition(_editable)
    @rule(activity=activities, slot=slots)
    def move(self, activity: str, slot: datetime) -> None:
        for event in self._ours(activity):
            self.hand.move(self.mailbox, event.remote_id, slot, slot + HOUR)
            self.touched.add(event.remote_id)

    @precondition(_editable)
    @rule(activity=activities)
    def remove(self, activity: str) -> None:
        for event in self._ours(activity):
            self.hand.remove(self.mailbox, event.remote_id)
            self.dropped.add(activity)

    @precondition(_editable)
    @rule(activity=activities)
    def copy(self, activity: str) -> None:
        for event in self._ours(activity):
            self.copies.add(self.hand.copy(self.mailbox, event.remote_id))

    @precondition(_editable)
    @rule(activity=activities)
    def copy_to_the_same_time(self, activity: str) -> None:
        """So that the copy says just what the event says."""
        for event in self._ours(activity):
            copy = self.hand.copy(self.mailbox, event.remote_id)
            self.hand.move(self.mailbox, copy, event.start, event.end)
            self.copies.add(copy)

    @precondition(_editable)
    @rule(activity=activities, word=st.sampled_from(["key", "dog", "gate"]))
    def note(self, activity: str, word: str) -> None:
        for event in self._ours(activity):
            self.hand.note(self.mailbox, event.remote_id, word)
            self.notes.setdefault(event.remote_id, []).append(word)
            self.touched.add(event.remote_id)

    # What goes wrong

    @rule(changes=plans, writes=st.lists(st.sampled_from([None, *Fault]), min_size=1, max_size=4))
    def fail(self, changes: dict[str, Wish], writes: list[Fault | None]) -> None:
        """Requests get lost, or come late, or their answers do, right when there is something to do."""
        self._replan(changes)
        self.faults[True] = writes
        self._go()

    @rule(changes=plans, reads=st.lists(some, min_size=1, max_size=3))
    def fail_to_read(self, changes: dict[str, Wish], reads: list[Fault | None]) -> None:
        self._replan(changes)
        self.faults[False] = reads
        self._go()

    @rule()
    def arrive(self) -> None:
        self.faulty.arrive()

    @rule(changes=plans, step=st.integers(1, 8), after=st.booleans())
    def crash(self, changes: dict[str, Wish], step: int, after: bool) -> None:
        """The process dies at some request, before or after it was carried out; another one goes on."""
        self._replan(changes)
        self.crash_at, self.faulty.crash_after = (0, True) if after else (step, False)
        with suppress(Crash):
            self._go()
        self.crash_at, self.faulty.crash_after = 0, False
        self.world.store.close()
        self.world.store = SqliteStore(self.path)
        self.world.time += timedelta(minutes=3)

    @precondition(lambda self: self.rig.forgets)
    @rule()
    def lose_tokens(self) -> None:
        self.hand.lose_tokens(self.mailbox)

    @rule(minutes=st.integers(1, 60))
    def wait(self, minutes: int) -> None:
        self.world.time += timedelta(minutes=minutes)

    # What must hold

    @invariant()
    def no_duplicates(self) -> None:
        """While nothing came late, nothing ever stands there twice."""
        if hasattr(self, "world") and not self.late:
            for activity in ACTIVITIES:
                assert len(self._ours(activity)) <= 1, f"{activity} stands there twice"

    @invariant()
    def copies_stay(self) -> None:
        for id in getattr(self, "copies", ()):
            self.faulty.inner.get(self.mailbox, id)

    @rule()
    def settle(self) -> None:
        self._settle()

    def _settle(self) -> None:
        """Without faults two cycles are enough, then nothing is written any more, and all stands as it should."""
        self.faults = {True: [], False: []}
        self.faulty.arrive()
        self.world.time += HOUR
        self.world.publish()
        for _ in range(2):
            report = self._cycle()
            assert not report.waiting
        before = self.faulty.writes
        assert self._cycle().writes == 0 and self.faulty.writes == before
        self._listen()
        for activity in ACTIVITIES:
            self._left_to_people(activity)
            self._settled(activity)
        self.late = False

    def _left_to_people(self, activity: str) -> None:
        """A second event that somebody touched before we saw it is theirs, as a copy is."""
        link = self._link(activity)
        for event in self._ours(activity) if self.late else ():
            if link is None or event.remote_id != link.remote_id:
                assert event.remote_id in self.touched, f"{activity} stands there twice"
                self.copies.add(event.remote_id)

    def _settled(self, activity: str) -> None:
        planned, there, link = self._planned(activity), self._ours(activity), self._link(activity)
        assert len(there) <= 1
        if any(event.end <= self.world.time for event in (planned, *there, link and link.event) if event):
            return  # nothing is sent for the past
        wishes = [p for p in self.world.store.proposals() if p.key == key(activity) and p.holds]
        if wishes and there:
            assert [e.start for e in there] == [p.wish.start for p in wishes if p.wish]
        elif planned is None:
            assert there == []
        elif not there:
            assert link is not None and link.state is LinkState.DETACHED and activity in self.dropped
        else:
            assert [e.start for e in there] == [planned.start]
            assert there[0].event is not None and there[0].event.summary == planned.summary
        for event in there:
            words = self.notes.get(event.remote_id, ())
            assert event.event is not None and all(word in event.event.notes for word in words), "a note is lost"


def machine(
    open_rig: Callable[[], AbstractContextManager[Rig]], kind: type[Calendars] = Calendars, examples: int | None = None
) -> type[unittest.TestCase]:
    """The test of a rig, opened once; slow servers are tried a few times only."""
    steps: Any = type(kind.__name__, (kind,), {"mailboxes": itertools.count()})

    class Case(steps.TestCase):  # type: ignore[misc]
        @classmethod
        def setUpClass(cls) -> None:
            steps.rig = cls.enterClassContext(open_rig())

    most = {} if examples is None else {"max_examples": examples}
    Case.settings = settings(stateful_step_count=30, deadline=None, **most)
    return Case
