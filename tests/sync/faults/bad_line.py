"""A line over which much goes wrong, and what must hold all the same once everything has arrived."""

import random
import re
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from itertools import cycle

from scheduler.domain.interval import Interval
from scheduler.sync.port import Backend
from tests.sync.faults.proxy import AFTER, RETRY_AFTER, Fault, FaultProxy
from tests.sync.office import DAY, HOUR, NOW, World

SHARE = 0.2
"""Of the writes. Half of what goes wrong does so after the server did it."""
BEFORE = (Fault.DROP_BEFORE, Fault.LATE, Fault.BUSY_BEFORE)
DONE = (*AFTER, Fault.BUSY_AFTER)
ODD = (Fault.DELAY, Fault.DUPLICATE)
READS = (Fault.DROP_BEFORE, Fault.ERROR_AFTER, Fault.CUT, Fault.BUSY_BEFORE, Fault.DELAY)

IsWrite = Callable[[str, str, bytes], bool]
MAILBOX = re.compile(rb"p\d+(?=@example\.com|/)")


def person(n: int) -> str:
    return f"p{n}@example.com"


class BadLine:
    """Chooses what happens to a request, and counts what comes for a mailbox that was to be left alone.

    When something goes wrong is chance; what goes wrong then goes round, so that all of it happens on any run.
    """

    def __init__(self, is_write: IsWrite, now: Callable[[], datetime], seed: int = 1) -> None:
        self.is_write, self.now, self.random = is_write, now, random.Random(seed)
        self.writes, self.early = 0, 0
        self.spoilt: Counter[Fault] = Counter()
        self._kinds = {kinds: cycle(kinds) for kinds in (BEFORE, DONE, ODD, READS)}
        self._halves = cycle((DONE, BEFORE))
        self._until: dict[bytes, datetime] = {}
        self.quiet = False

    def __call__(self, method: str, path: str, body: bytes) -> Fault | None:
        mailbox, now = self._whose(path, body), self.now()
        self.early += now < self._until.get(mailbox, now)
        fault = None if self.quiet else self._fault(self.is_write(method, path, body))
        if fault in (Fault.BUSY_AFTER, Fault.BUSY_BEFORE):
            self._until[mailbox] = now + timedelta(seconds=RETRY_AFTER)
        return fault

    def _whose(self, path: str, body: bytes) -> bytes:
        found = MAILBOX.search(path.encode()) or MAILBOX.search(body)
        return found[0] if found else b""

    def _fault(self, writes: bool) -> Fault | None:
        self.writes += writes
        if self.random.random() < SHARE / 4:
            return next(self._kinds[ODD if writes else READS])
        if not writes or self.random.random() >= SHARE:
            return None
        fault = next(self._kinds[next(self._halves)])
        self.spoilt[fault] += 1
        return fault


def everything_stands_once(
    world: World, proxy: FaultProxy, line: BadLine, direct: Backend, people: Iterable[str], bookings: int
) -> None:
    """Plans go out over the bad line, are changed and in part taken back; `direct` looks past it."""
    mailboxes, steps = list(people), ((HOUR * 0, 1), (HOUR / 2, 3), (None, 5))
    for later, every in steps:
        for n, mailbox in enumerate(mailboxes):
            for k in range(0, bookings, every):
                world.want(mailbox, f"{n}-{k}", None if later is None else NOW + DAY + k * 2 * HOUR + later)
        world.publish()
        for _ in range(2):
            settle(world)
            proxy.arrive()
        settle(world)
        settle(world)
        there, wanted = standing(direct, mailboxes), planned(world)
        assert there == wanted, f"too many: {there - wanted}, missing: {wanted - there}"
    assert line.early == 0, f"{line.early} requests came before their time"
    assert line.spoilt.total() > SHARE / 2 * line.writes, f"{line.spoilt} of {line.writes} writes"
    assert abs(sum(fault in DONE for fault in line.spoilt.elements()) * 2 - line.spoilt.total()) <= 1
    assert proxy.counts.keys() >= {*BEFORE, *DONE, *ODD}, f"only {proxy.counts}"
    line.quiet = True
    settle(world)
    before = line.writes, world.store.revision()
    for _ in range(10):
        settle(world)
        line.quiet = True
    assert (line.writes, world.store.revision()) == before and not world.publish()


def settle(world: World) -> None:
    """Cycles until nothing is left to do; mailboxes that rest are waited for."""
    for _ in range(500):
        report = world.cycle(allowed=10**6)
        left = sum(len(world.store.intents(box)) for box in world.store.boxes())
        if not left and not report.waiting:
            return
        world.time += timedelta(seconds=RETRY_AFTER / 2) if report.counts["throttled"] else timedelta(minutes=20)
    raise AssertionError(f"{left} intents are left, {report.waiting}")


def standing(direct: Backend, mailboxes: Iterable[str]) -> Counter[tuple[str, datetime, str]]:
    window = Interval(start=NOW - DAY, end=NOW + 90 * DAY)
    return Counter(
        (mailbox, one.start, one.event.summary)
        for mailbox in mailboxes
        for one in direct.changes(mailbox, None, window).events
        if one.event is not None
    )


def planned(world: World) -> Counter[tuple[str, datetime, str]]:
    return Counter((address, event.start, event.summary) for (address, _), event in world.planned.items())
