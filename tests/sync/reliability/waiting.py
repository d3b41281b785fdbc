"""Whoever is told to wait waits, and nobody else does."""

import random
import threading
from datetime import datetime

from tests.sync.faults.port import WAIT, Fault
from tests.sync.office import DAY, NOW
from tests.sync.reliability.rigs import Rig
from tests.sync.reliability.trial import Row, trial


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
            if not world.unsettled():
                break
        missing = sum(len(world.there(*one)) != 1 for one in world.planned)
    figure = f"{early} requests before their time after {refused} refusals; {missing} events missing"
    return Row("throttled", figure, early == 0 and refused > 0 and missing == 0)


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
