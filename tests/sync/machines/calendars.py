"""Plans, pushes, what people do, crashes, lost tokens, throttling, late requests, time: in any order, all is well."""

import itertools
import sys
import unittest
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from datetime import datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from scheduler.sync.link import LinkState
from scheduler.sync.proposal import Decision, Matter
from scheduler.sync.rehearsal import rehearse
from scheduler.sync.store.sqlite import SqliteStore
from tests.sync.faults.port import Crash, Fault
from tests.sync.machines.setting import (
    ACTIVITIES,
    Setting,
    Wish,
    activities,
    plans,
    slots,
    some,
)
from tests.sync.office import HOUR, key
from tests.sync.reliability.rigs import Rig


class Calendars(Setting):
    """Whatever happens to the events, in any order."""

    def teardown(self) -> None:
        """Every example ends well."""
        try:
            if hasattr(self, "world") and sys.exc_info()[0] is None:
                self._settle()
        finally:
            super().teardown()

    # What the planner does

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
        before = self.faulty.writes
        self.done.clear()
        found = rehearse(self.world.office(), self.world.wishes())
        assert self.faulty.writes == before
        self._go()
        said = Counter((w.act.value, event.start) for w in found.writes if (event := w.after or w.before))
        assert said == self.done, f"{said} was said, {self.done} was done"

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

    # What people do

    @precondition(Setting._editable)
    @rule(activity=activities, slot=slots)
    def move(self, activity: str, slot: datetime) -> None:
        for event in self._ours(activity):
            self.hand.move(self.mailbox, event.remote_id, slot, slot + HOUR)
            self.touched.add(event.remote_id)

    @precondition(Setting._editable)
    @rule(activity=activities)
    def remove(self, activity: str) -> None:
        for event in self._ours(activity):
            self.hand.remove(self.mailbox, event.remote_id)
            self._forget(event.remote_id)
            self.dropped.add(activity)

    @precondition(Setting._editable)
    @rule(activity=activities)
    def copy(self, activity: str) -> None:
        for event in self._ours(activity):
            self.copies.add(self.hand.copy(self.mailbox, event.remote_id))

    @precondition(Setting._editable)
    @rule(activity=activities)
    def copy_to_the_same_time(self, activity: str) -> None:
        """So that the copy says just what the event says."""
        for event in self._ours(activity):
            copy = self.hand.copy(self.mailbox, event.remote_id)
            self.hand.move(self.mailbox, copy, event.start, event.end)
            self.copies.add(copy)

    @precondition(Setting._editable)
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
    open_rig: Callable[[], AbstractContextManager[Rig]], kind: type[Calendars] = Calendars, one_in: int = 1
) -> type[unittest.TestCase]:
    """The test of a rig, opened once; a slow server is given one example in so many."""
    steps: Any = type(kind.__name__, (kind,), {"mailboxes": itertools.count()})

    class Case(steps.TestCase):  # type: ignore[misc]
        @classmethod
        def setUpClass(cls) -> None:
            steps.rig = cls.enterClassContext(open_rig())

    most = settings.default.max_examples // one_in  # type: ignore[union-attr]
    Case.settings = settings(stateful_step_count=30, deadline=None, max_examples=most)
    return Case
