"""The whole of sync on Exchange over a bad line: every booking stands there once, and then all is quiet."""

import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.sync.backends.exchange import Exchange
from scheduler.sync.store.sqlite import SqliteStore
from tests.sync.backends.ews.exchange import Exchange as Double
from tests.sync.backends.ews.fixtures import WithExchange
from tests.sync.backends.ews.server import EwsServer
from tests.sync.faults.proxy import AFTER, Fault, FaultProxy
from tests.sync.office import HOUR, NOW, World

PEOPLE = 40 if os.environ.get("HYPOTHESIS_PROFILE") == "full" else 10
BOOKINGS = 50
"""Of each of them."""
SHARE = 0.2
WRITES = (b"<m:CreateItem", b"<m:UpdateItem", b"<m:DeleteItem")


class BadLine:
    """A fifth of the writes goes wrong, half of those after the server did them, and some reads too."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def __call__(self, method: str, path: str, body: bytes) -> Fault | None:
        writes = any(write in body for write in WRITES)
        if self.random.random() > (SHARE if writes else SHARE / 10):
            return None
        return self.random.choice(AFTER) if self.random.random() < 0.5 else Fault.DROP_BEFORE


class TestBadLine(WithExchange):
    @pytest.fixture
    def proxy(self, server: EwsServer) -> Iterator[FaultProxy]:
        proxy = FaultProxy(server.port, BadLine(seed=1))
        yield proxy
        proxy.close()

    @pytest.fixture
    def world(self, proxy: FaultProxy, double: Double, connected: Callable[..., Exchange], tmp_path: Path) -> World:
        for n in range(PEOPLE):
            double.add_mailbox(person(n))
        backend = connected(f"{proxy.url}/EWS/Exchange.asmx")
        return World(backend, SqliteStore(tmp_path / "sync.db"), workers=4)

    @pytest.mark.slow
    def test_nothing_is_there_twice(self, world: World, double: Double, proxy: FaultProxy, server: EwsServer) -> None:
        plan(world, NOW + timedelta(days=1))
        settle(world)
        assert standing(double) == planned(world)
        plan(world, NOW + timedelta(days=1, minutes=30), every=3)
        settle(world)
        assert standing(double) == planned(world)
        creates = server.operations().count("CreateItem")
        assert creates == PEOPLE * BOOKINGS
        spoilt = sum(n for fault, n in proxy.counts.items() if fault)
        after = sum(proxy.counts[fault] for fault in AFTER)
        assert spoilt > PEOPLE * BOOKINGS * SHARE and 0.35 < after / spoilt < 0.65
        del server.log[:]
        for _ in range(10):
            settle(world)
        assert not set(server.operations()) & {"CreateItem", "UpdateItem", "DeleteItem"}


def person(n: int) -> str:
    return f"p{n}@example.com"


def plan(world: World, first: object, every: int = 1) -> None:
    for n in range(PEOPLE):
        for k in range(0, BOOKINGS, every):
            world.want(person(n), f"{n}-{k}", first + k * 2 * HOUR)  # type: ignore[operator]
    world.publish()


def settle(world: World) -> None:
    """Cycles until nothing is left to do; mailboxes that rest are waited for."""
    for _ in range(500):
        report = world.cycle()
        left = sum(len(world.store.intents(box)) for box in world.store.boxes())
        if not left and not report.waiting:
            return
        world.time += timedelta(minutes=20)
    raise AssertionError(f"{left} intents are left, {report.waiting}")


def standing(double: Double) -> Counter[tuple[str, object, str]]:
    return Counter(
        (address, item.start, item.subject)
        for address, mailbox in double.mailboxes.items()
        for item in mailbox.in_folder("calendar")
    )


def planned(world: World) -> Counter[tuple[str, object, str]]:
    return Counter((address, event.start, event.summary) for (address, _), event in world.planned.items())
