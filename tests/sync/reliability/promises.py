"""Each promise of docs/reliability.md as an experiment on a rig: it returns the figure, and whether it holds."""

import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from scheduler.domain.interval import Interval
from scheduler.sync.event import uid_of
from scheduler.sync.guard import Limits
from scheduler.sync.link import LinkState
from scheduler.sync.port import Backend, Capability, Delta, RemoteEvent
from scheduler.sync.store.sqlite import SqliteStore
from tests.sync.faults.port import WAIT, Fault, Faulty, at_random, none
from tests.sync.office import DAY, HOUR, NOW, SECRET, World, key
from tests.sync.reliability.rigs import Rig

A_BOX = 100
"""Events in a mailbox."""


@dataclass(frozen=True)
class Row:
    promise: str
    figure: str
    holds: bool


class Trial(World):
    """A world on a rig, behind faults that are off at first."""

    def __init__(self, rig: Rig, folder: Path, workers: int = 1) -> None:
        self.rig = rig
        self.faulty = Faulty(rig.open(), none)
        super().__init__(self.faulty, SqliteStore(folder / "sync.db"), workers=workers)

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
        return self.faulty.inner.find(mailbox, uid_of(key(activity), SECRET))


@contextmanager
def trial(rig: Rig, workers: int = 1) -> Iterator[Trial]:
    with tempfile.TemporaryDirectory() as folder:
        world = Trial(rig, Path(folder), workers)
        try:
            yield world
        finally:
            world.store.close()


def no_duplicates(rig: Rig, creates: int = 10_000) -> Row:
    """Creates with 20 % faults, half of them after the commit."""
    with trial(rig) as world:
        made = world.fill(creates)
        world.faulty.choose = at_random(0.2, seed=1)
        world.publish()
        world.converge()
        counts = Counter(len(world.there(*one)) for one in made)
    second = sum(count - 1 for count in counts.elements() if count > 1)
    figure = f"{second} second and {counts[0]} missing events in {creates:,} creates"
    return Row("no duplicates", figure, second == 0 and counts[0] == 0)


def no_lost_updates(rig: Rig, edits: int = 1000) -> Row:
    """A person edits each event right before our update of it arrives."""
    with trial(rig) as world:
        made = world.fill(edits)
        world.publish()
        world.converge()
        world.limits = Limits(events=edits, share=1.0)
        done: dict[str, tuple[str, str]] = {}

        def edit(name: str, *given: object) -> None:
            if name == "update" and str(given[1]) not in done:
                mailbox, id, n = str(given[0]), str(given[1]), len(done)
                kind = ("move", "note", "retitle", "remove")[n % 4]
                done[id] = (kind, f"word{n}")
                if kind == "move":
                    rig.hand.move(mailbox, id, NOW + 20 * DAY + n * HOUR, NOW + 20 * DAY + (n + 1) * HOUR)
                elif kind == "remove":
                    rig.hand.remove(mailbox, id)
                else:
                    getattr(rig.hand, kind)(mailbox, id, f"word{n}")

        world.faulty.before = edit
        ids = {one: world.link(*one).remote_id for one in made}
        for mailbox, activity in made:
            world.want(mailbox, activity, world.planned[mailbox, activity].start + HOUR / 2)
        world.publish()
        world.converge()
        silent = sum(not _heard(world, *one, *done[ids[one]]) for one in made)
        clashes = len(world.store.clashes())
    figure = f"{silent} silent overwrites in {len(done):,} concurrent edits; {clashes:,} conflicts in the log"
    return Row("no lost updates", figure, silent == 0 and len(done) == edits)


def _heard(world: Trial, mailbox: str, activity: str, kind: str, word: str) -> bool:
    """Whether the edit is still there, was proposed, or is in the log with both versions."""
    logged = [c for c in world.store.clashes() if c.key == key(activity)]
    if kind == "remove":
        return any(c.theirs is None for c in logged)
    if kind == "move":
        at = NOW + 20 * DAY + int(word[4:]) * HOUR
        return any(c.theirs is not None and c.theirs.start == at and c.ours is not None for c in logged)
    (there,) = world.there(mailbox, activity)
    return there.event is not None and word in there.event.notes


class Blinkered:
    """A server whose listing shows nothing, or half, of what is there, and says that it is complete."""

    def __init__(self, inner: Backend) -> None:
        self._inner, self.shown = inner, 1.0

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)

    def changes(self, mailbox: str, token: str | None, window: Interval) -> Delta:
        if self.shown == 1.0:
            return self._inner.changes(mailbox, token, window)
        found = self._inner.changes(mailbox, None, window)
        return found.model_copy(update={"events": found.events[: int(len(found.events) * self.shown)]})


def no_wrong_deletes(rig: Rig, events: int = 200) -> Row:
    """Filtered and empty listings, lost tokens, windows that move on, events that leave them."""
    with trial(rig) as world:
        made = world.fill(events)
        world.publish()
        world.converge()
        eyes = Blinkered(world.faulty.inner)
        world.faulty.inner = eyes  # type: ignore[assignment]
        for shown in (0.5, 0.0, 1.0):
            eyes.shown = shown
            world.cycle()
        for n in range(0, events, 10):
            far = NOW + 200 * DAY
            rig.hand.move(made[n][0], world.link(*made[n]).remote_id, far, far + HOUR)
        for mailbox in dict.fromkeys(mailbox for mailbox, _ in made):
            if Capability.INCREMENTAL in world.faulty.capabilities:
                rig.hand.lose_tokens(mailbox)
        world.cycle()
        world.time += 12 * DAY
        for _ in range(3):
            world.cycle()
        wrong = sum(len(world.there(*one)) != 1 or world.link(*one).state is not LinkState.LIVE for one in made)
        asked = [p.matter.value for p in world.store.proposals() if p.matter.value in ("deleted", "emptied")]
    figure = f"{wrong} of {events} events lost, {len(asked)} taken for deleted"
    return Row("no wrong deletes", figure, not wrong and not asked)


def no_loops(rig: Rig, events: int = 200, cycles: int = 10) -> Row:
    """Cycles after convergence, with people's notes, moves and copies there."""
    with trial(rig) as world:
        made = world.fill(events)
        world.publish()
        world.converge()
        for n, (mailbox, activity) in enumerate(made):
            id = world.link(mailbox, activity).remote_id
            if n % 5 == 0:
                rig.hand.note(mailbox, id, "key")
            elif n % 5 == 1:
                rig.hand.copy(mailbox, id)
            elif n % 5 == 2:
                rig.hand.move(mailbox, id, NOW + 15 * DAY, NOW + 15 * DAY + HOUR)
        world.converge()
        before = world.faulty.writes
        for _ in range(cycles):
            world.publish()
            world.cycle()
            world.time += HOUR
        writes = world.faulty.writes - before
    return Row("no loops", f"{writes} writes in {cycles} idle cycles over {events} events", writes == 0)


def throttled(rig: Rig, events: int = 500) -> Row:
    """Every tenth request is refused, with half a minute to wait; the clock is simulated."""
    chance, until, early, refused = random.Random(2), dict[str, datetime](), 0, 0
    with trial(rig) as world:
        world.fill(events)

        def choose(name: str, mailbox: str) -> Fault | None:
            nonlocal early, refused
            early += world.time < until.get(mailbox, NOW)
            if chance.random() >= 0.1:
                return None
            refused += 1
            until[mailbox] = world.time + WAIT
            return Fault.THROTTLED

        world.faulty.choose = choose
        world.publish()
        for _ in range(1000):
            world.cycle()
            world.time += WAIT / 4
            if not any(world.store.intents(box) for box in world.store.boxes()):
                break
        missing = sum(len(world.there(*one)) != 1 for one in world.planned)
    figure = f"{early} requests before their time after {refused} refusals; {missing} events missing"
    return Row("throttled", figure, early == 0 and refused > 0 and missing == 0)


def offline(rig: Rig, events: int = 50, hours: int = 24) -> Row:
    """The server can't be reached for a day while the plan changes every hour."""
    with trial(rig) as world:
        made = world.fill(events)
        world.publish()
        world.converge()
        world.faulty.choose = lambda name, mailbox: Fault.LOST
        for _ in range(hours):
            for mailbox, activity in made:
                world.want(mailbox, activity, world.planned[mailbox, activity].start + HOUR / 4)
            world.publish()
            world.cycle()
            world.time += HOUR
        world.faulty.choose, before = none, world.faulty.writes
        cycles = world.converge()
        sent = world.faulty.writes - before
        due = sum(world.planned[one].end > world.time for one in made)
        wrong = sum(
            [e.start for e in world.there(*one)] != [world.planned[one].start]
            for one in made
            if world.planned[one].end > world.time
        )
    figure = f"{hours} revisions of {due} bookings: {sent} writes in {cycles} cycle(s), {wrong} wrong"
    return Row("offline 24 h", figure, sent == due and wrong == 0)


def invitations(rig: Rig, revisions: int = 20) -> Row:
    """A meeting that changes again and again, with 20 % faults: what arrives for each version, and its SEQUENCE."""
    arrived: list[int] = []
    with trial(rig) as world:
        mailbox, guest = rig.mailbox(0), rig.mailbox(1)
        world.faulty.choose = at_random(0.2, seed=3)
        world.faulty.before = lambda name, *given: arrived.append(given[-1].sequence)
        for n in range(revisions):
            meeting = {"organizer": mailbox, "attendees": (guest,)}
            world.want(mailbox, "a", NOW + 2 * DAY + n * HOUR, **meeting)
            world.publish()
            world.converge()
        count = len(world.there(mailbox, "a"))
    falls = sum(later <= earlier for earlier, later in pairwise(arrived))
    figure = f"{len(arrived)} mails' worth of writes for {revisions} revisions; SEQUENCE repeated or fell {falls} times"
    return Row("invitations", figure, len(arrived) == revisions and falls == 0 and count == 1)


def crowd(rig: Rig, mailboxes: int = 200, changes: int = 100, workers: int = 32) -> Row:
    """Changes a second over many mailboxes, beside the bare backend's own speed, in CPU seconds of both sides."""
    with trial(rig, workers) as world:
        for n in range(mailboxes * changes):
            world.want(rig.mailbox(n % mailboxes), f"a{n}", NOW + DAY + (n // mailboxes) * 2 * HOUR)
        begin = time.process_time()
        for (_, activity), event in world.planned.items():
            world.faulty.inner.create(rig.mailbox(mailboxes), event.model_copy(update={"uid": f"bare-{activity}"}))
        bare = time.process_time() - begin
        begin = time.process_time()
        world.publish()
        world.converge()
        ours = time.process_time() - begin
        done = sum(link.state is LinkState.LIVE for b in world.store.boxes() for link in world.store.links(b).values())
    total = mailboxes * changes
    figure = f"{total / ours:,.0f} changes per CPU second, {bare / ours:.0%} of the bare backend's {total / bare:,.0f}"
    return Row("throughput", figure, done == total)


class Simulated:
    """A clock that moves on when everybody who works is waiting: what takes how long does not depend on the machine."""

    def __init__(self, workers: int, mailboxes: int) -> None:
        self.time = 0.0
        self._workers, self._unfinished = workers, mailboxes
        self._until: list[float] = []
        self._changed = threading.Condition()

    def sleep(self, seconds: float) -> None:
        with self._changed:
            wake = self.time + seconds
            self._until.append(wake)
            self._move_on()
            self._changed.wait_for(lambda: self.time >= wake)

    def finished(self, done: int, total: int) -> None:
        with self._changed:
            self._unfinished = total - done
            self._move_on()

    def _move_on(self) -> None:
        if self._until and len(self._until) == min(self._workers, self._unfinished):
            self.time = min(self._until)
            self._until = [wake for wake in self._until if wake > self.time]
            self._changed.notify_all()


def not_held_up(rig: Rig, mailboxes: int = 200, workers: int = 32) -> Row:
    """Each request of one mailbox takes a hundred times as long: how much later the others are done, simulated."""
    without, with_it = (_served(rig, mailboxes, workers, slow) for slow in (1, 100))
    delay = with_it / without - 1
    figure = f"one slow mailbox of {mailboxes} delays the others by {delay:.1%}"
    return Row("throttled: others", figure, delay < 0.05)


def _served(rig: Rig, mailboxes: int, workers: int, slow: float) -> float:
    """Simulated seconds until all mailboxes but the slow one are done."""
    with trial(rig, workers) as world:
        for n in range(mailboxes):
            world.want(rig.mailbox(n), f"served{slow}-{n}", NOW + DAY)
        world.publish()
        clock, last = Simulated(workers, mailboxes), 0.0

        def choose(name: str, mailbox: str) -> Fault | None:
            nonlocal last
            clock.sleep(
                random.Random(f"{name} {mailbox}").uniform(0.5, 1.5) * (slow if mailbox == rig.mailbox(0) else 1)
            )
            if mailbox != rig.mailbox(0):
                last = max(last, clock.time)
            return None

        world.faulty.choose = choose
        world.cycle(on_progress=clock.finished)
        return last
