"""Plan, push, people's moves, deletions and copies, crashes, lost tokens, throttling, time: in any order, all is well.

Whoever writes a backend plugs it in by its rig, as at the end of the file.
"""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from scheduler.sync.backends.memory import EVERYTHING, Memory
from scheduler.sync.event import uid_of
from scheduler.sync.inbound.judging import Policy
from scheduler.sync.link import Box, LinkState
from scheduler.sync.port import Capability, RemoteEvent
from scheduler.sync.proposal import Decision, Matter
from scheduler.sync.store.sqlite import SqliteStore
from tests.sync.backends.test_memory import MemoryHand
from tests.sync.faults.port import Crash, Fault, Faulty
from tests.sync.office import HOUR, NAME, SECRET, World, key
from tests.sync.reliability.rigs import Rig, address, exchange, graph, memory

ACTIVITIES = ("a", "b", "c")
SLOTS = [datetime(2027, 3, 27, 22, tzinfo=UTC) + n * HOUR for n in range(8)]
"""Over the change of clocks in Europe."""
OpenRig = Callable[[], AbstractContextManager[Rig]]
FORBIDDEN = SLOTS[-2:]
activities = st.sampled_from(ACTIVITIES)
slots = st.sampled_from(SLOTS)
some = st.sampled_from([None, Fault.LOST, Fault.THROTTLED])


class Calendars(RuleBasedStateMachine):
    """Events of a few activities in one mailbox."""

    rig: ClassVar[OpenRig]

    @initialize(policy=st.sampled_from([Policy(), Policy(moved="ask"), Policy(declined="apply")]))
    def begin(self, policy: Policy) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "sync.db"
        self.server = ExitStack()
        rig = self.server.enter_context(type(self).rig())
        self.hand, self.mailbox = rig.hand, rig.mailbox(0)
        self.faults: dict[bool, list[Fault | None]] = {True: [], False: []}  # of writes, of reads
        self.crash_at = 0
        self.faulty = Faulty(rig.open(), self._choose)
        self.world = World(self.faulty, SqliteStore(self.path), policy=policy, forbidden=FORBIDDEN)
        self.copies: set[str] = set()
        self.notes: dict[str, list[str]] = {}
        self.dropped: dict[str, object] = {}

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.store.close()
            self.faulty.close()
            self.server.close()
            self.folder.cleanup()

    def _choose(self, name: str, mailbox: str) -> Fault | None:
        if self.crash_at > 0:
            self.crash_at -= 1
            if self.crash_at == 0:
                raise Crash
        faults = self.faults[name in ("create", "update", "delete")]
        return faults.pop(0) if faults else None

    # What the planner does

    @rule(activity=activities, slot=slots)
    def plan(self, activity: str, slot: object) -> None:
        self.world.want(self.mailbox, activity, slot)  # type: ignore[arg-type]

    @rule(activity=activities, word=st.sampled_from(["Lift", "Crane"]))
    def reword(self, activity: str, word: str) -> None:
        planned = self.world.planned.get((self.mailbox, activity))
        if planned is not None:
            self.world.want(self.mailbox, activity, planned.start, summary=word)

    @rule(activity=activities)
    def unplan(self, activity: str) -> None:
        self.world.want(self.mailbox, activity, None)

    @rule()
    def publish(self) -> None:
        self.world.publish()

    @rule()
    def cycle(self) -> None:
        self.world.cycle(allowed=99)

    @rule(decision=st.sampled_from([Decision.ACCEPTED, Decision.REFUSED]))
    def decide(self, decision: Decision) -> None:
        for proposal in self.world.store.proposals():
            if proposal.decision is Decision.OPEN:
                self.world.store.decide(proposal.id, decision, "said so")

    @rule()
    def take(self) -> None:
        """Whoever plans takes up what was decided."""
        for proposal in self.world.store.proposals():
            if proposal.decision is Decision.ACCEPTED and proposal.key is not None:
                planned = self.world.planned.get((self.mailbox, proposal.key.activity))
                if planned is not None and proposal.matter is Matter.MOVED and proposal.wish is not None:
                    self.world.want(self.mailbox, proposal.key.activity, proposal.wish.start)
                elif planned is not None and proposal.matter is Matter.DELETED:
                    self.world.want(self.mailbox, proposal.key.activity, None)
                self.world.store.take([proposal.id])
        self.world.publish()

    # What people do

    def _ours(self, activity: str) -> list[RemoteEvent]:
        """The events of an activity that are no person's copies, asked past the faults."""
        found = self.faulty.inner.find(self.mailbox, uid_of(key(activity), SECRET))
        return [e for e in found if e.remote_id not in self.copies]

    @rule(activity=activities, slot=slots)
    def move(self, activity: str, slot: object) -> None:
        for event in self._ours(activity):
            self.hand.move(self.mailbox, event.remote_id, slot, slot + HOUR)  # type: ignore[arg-type, operator]

    @rule(activity=activities)
    def remove(self, activity: str) -> None:
        for event in self._ours(activity):
            self.hand.remove(self.mailbox, event.remote_id)
            self.dropped[activity] = True
            self.notes.pop(activity, None)

    @rule(activity=activities)
    def copy(self, activity: str) -> None:
        for event in self._ours(activity):
            self.copies.add(self.hand.copy(self.mailbox, event.remote_id))

    @rule(activity=activities, word=st.sampled_from(["key", "dog", "gate"]))
    def note(self, activity: str, word: str) -> None:
        for event in self._ours(activity):
            self.hand.note(self.mailbox, event.remote_id, word)
            self.notes.setdefault(activity, []).append(word)

    # What goes wrong

    @rule(writes=st.lists(st.sampled_from([None, *Fault]), min_size=1, max_size=4), reads=st.lists(some, max_size=2))
    def fail(self, writes: list[Fault | None], reads: list[Fault | None]) -> None:
        """Requests get lost, or their answers do, right when there is something to do."""
        self.faults = {True: writes, False: reads}
        self.world.publish()
        self.world.cycle(allowed=99)

    @rule(step=st.integers(1, 8), after=st.booleans())
    def crash(self, step: int, after: bool) -> None:
        """The process dies at some request, before or after it was carried out; another one goes on."""
        self.crash_at, self.faulty.crash_after = (0, True) if after else (step, False)
        self.world.publish()
        with suppress(Crash):
            self.world.cycle(allowed=99)
        self.crash_at, self.faulty.crash_after = 0, False
        self.world.store.close()
        self.world.store = SqliteStore(self.path)
        self.world.time += timedelta(minutes=3)

    @precondition(lambda self: Capability.INCREMENTAL in self.faulty.capabilities)
    @rule()
    def lose_tokens(self) -> None:
        self.hand.lose_tokens(self.mailbox)

    @rule(minutes=st.integers(1, 60))
    def wait(self, minutes: int) -> None:
        self.world.time += timedelta(minutes=minutes)

    # What must hold

    @invariant()
    def no_duplicates(self) -> None:
        if hasattr(self, "world"):
            for activity in ACTIVITIES:
                assert len(self._ours(activity)) <= 1, f"{activity} stands there twice"

    @invariant()
    def copies_stay(self) -> None:
        for id in getattr(self, "copies", ()):
            self.faulty.inner.get(self.mailbox, id)

    @rule()
    def settle(self) -> None:
        """Without faults two cycles are enough, then nothing is written any more, and all stands as it should."""
        self.faults = {True: [], False: []}
        self.world.time += timedelta(hours=1)
        self.world.publish()
        for _ in range(2):
            report = self.world.cycle(allowed=99)
            assert not report.waiting
        before = self.faulty.writes
        assert self.world.cycle(allowed=99).writes == 0 and self.faulty.writes == before
        for activity in ACTIVITIES:
            self._settled(activity)

    def _settled(self, activity: str) -> None:
        planned = self.world.planned.get((self.mailbox, activity))
        there = self._ours(activity)
        link = self.world.store.links(Box(NAME, self.mailbox)).get(key(activity))
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
        self._noted(activity, there)

    def _noted(self, activity: str, there: list[RemoteEvent]) -> None:
        if not there:
            self.notes.pop(activity, None)
        for word in self.notes.get(activity, ()):
            assert there[0].event is not None and word in there[0].event.notes, f"a note of {activity} is lost"


@contextmanager
def simple() -> Iterator[Rig]:
    """A server that keeps a second create out and lists all each time."""
    server = Memory(EVERYTHING - {Capability.INCREMENTAL})
    yield Rig("simple", lambda: server, MemoryHand(server), address)


def machine(rig: OpenRig, examples: int | None = None) -> type[Any]:
    """The test of a rig; slow servers are tried a few times only."""
    found: type[Any] = type("Calendars", (Calendars,), {"rig": staticmethod(rig)}).TestCase
    most = {} if examples is None else {"max_examples": examples}
    found.settings = settings(stateful_step_count=30, deadline=None, **most)
    return found


TestMemory = machine(memory)
TestSimple = machine(simple)
TestExchange = machine(exchange, examples=5)
TestGraph = machine(graph, examples=5)
