"""The whole of sync on Graph over a bad line, and what one spoilt request means."""

import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from scheduler.sync.backends.graph import Graph
from scheduler.sync.port import Exists, Unclear, Unreachable
from scheduler.sync.store.sqlite import SqliteStore
from tests.sync.backends.contract import an_event
from tests.sync.backends.graph_double.answer import Answer
from tests.sync.backends.graph_double.fixtures import OLENA, Signed, WithGraph
from tests.sync.backends.graph_double.graph import Double
from tests.sync.backends.graph_double.server import GraphServer
from tests.sync.faults.proxy import AFTER, Fault, FaultProxy
from tests.sync.office import HOUR, NOW, World

PEOPLE = 10
BOOKINGS = 1000 if os.environ.get("HYPOTHESIS_PROFILE") == "full" else 50
"""Of each of them."""
SHARE = 0.2


def is_write(method: str, path: str) -> bool:
    return method in ("PATCH", "DELETE") or (method == "POST" and path.endswith("/calendar/events"))


class BadLine:
    """A fifth of the writes goes wrong, half of those after the server did them, and some reads too."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.spoilt: Counter[Fault] = Counter()
        self.writes = 0

    def __call__(self, method: str, path: str, body: bytes) -> Fault | None:
        writes = is_write(method, path)
        self.writes += writes
        if self.random.random() > (SHARE if writes else SHARE / 10):
            return None
        fault = self.random.choice(AFTER) if self.random.random() < 0.5 else Fault.DROP_BEFORE
        self.spoilt[fault] += writes
        return fault


class TestBadLine(WithGraph):
    @pytest.fixture
    def line(self) -> BadLine:
        return BadLine(seed=1)

    @pytest.fixture
    def world(self, server: GraphServer, double: Double, line: BadLine, tmp_path: Path) -> Iterator[World]:
        for n in range(PEOPLE):
            double.add_mailbox(person(n))
        proxy = FaultProxy(server.port, line)
        backend = Graph(Signed(), url=f"{proxy.url}/v1.0")
        yield World(backend, SqliteStore(tmp_path / "sync.db"), workers=4)
        backend.close()
        proxy.close()

    @pytest.mark.slow
    def test_nothing_is_there_twice(self, world: World, double: Double, server: GraphServer, line: BadLine) -> None:
        plan(world, NOW + timedelta(days=1))
        settle(world)
        assert standing(double) == planned(world)
        plan(world, NOW + timedelta(days=1, minutes=30), every=3)
        settle(world)
        assert standing(double) == planned(world)
        assert sum(line.spoilt.values()) > 0.17 * line.writes > 0.17 * PEOPLE * BOOKINGS
        assert 0.35 < sum(line.spoilt[fault] for fault in AFTER) / sum(line.spoilt.values()) < 0.65
        assert sum(mailbox.created for mailbox in double.mailboxes.values()) == PEOPLE * BOOKINGS
        del server.log[:]
        for _ in range(10):
            settle(world)
        assert not [path for method, path, _, _ in server.log if is_write(method, path)]


class TestOneFault(WithGraph):
    @pytest.fixture
    def through(self, server: GraphServer) -> Iterator[Callable[[Fault], Graph]]:
        opened: list[tuple[Graph, FaultProxy]] = []

        def connect(fault: Fault) -> Graph:
            proxy = FaultProxy(server.port, lambda method, path, body: fault)
            opened.append((Graph(Signed(), url=f"{proxy.url}/v1.0"), proxy))
            return opened[-1][0]

        yield connect
        for backend, proxy in opened:
            backend.close()
            proxy.close()

    @pytest.mark.parametrize("fault", [*AFTER, Fault.DROP_BEFORE])
    def test_a_write_whose_answer_is_lost_is_unclear(
        self, through: Callable[[Fault], Graph], double: Double, server: GraphServer, fault: Fault
    ) -> None:
        backend = through(fault)
        with pytest.raises(Unclear):
            backend.create(OLENA, an_event())
        assert len(double.mailboxes[OLENA].items) == (fault is not Fault.DROP_BEFORE)
        assert len(server.log) <= 1
        with pytest.raises(Unreachable):
            backend.find(OLENA, an_event().uid)

    def test_a_request_that_arrives_twice_makes_one_event(
        self, through: Callable[[Fault], Graph], double: Double
    ) -> None:
        """The second answer says that it exists: whoever asked looks it up."""

        with pytest.raises(Exists):
            through(Fault.DUPLICATE).create(OLENA, an_event())
        assert len(double.mailboxes[OLENA].items) == 1

    def test_a_slow_line_changes_nothing(self, through: Callable[[Fault], Graph]) -> None:
        backend = through(Fault.DELAY)
        created = backend.create(OLENA, an_event())
        assert backend.get(OLENA, created.remote_id).version == created.version


class TestThrottled(WithGraph):
    def test_no_more_than_four_requests_are_under_way_for_a_mailbox(self, backend: Graph, server: GraphServer) -> None:
        server.fail = lambda method, path: time.sleep(0.05)
        with ThreadPoolExecutor(12) as pool:
            list(pool.map(lambda n: backend.find(OLENA, f"{n}"), range(24)))
        assert server.most == 4

    def test_a_mailbox_that_must_rest_is_left_alone(
        self, backend: Graph, server: GraphServer, double: Double, tmp_path: Path
    ) -> None:
        double.add_mailbox(person(0))
        world = World(backend, SqliteStore(tmp_path / "sync.db"))
        world.want(OLENA, "a", NOW + HOUR)
        world.want(person(0), "b", NOW + HOUR)
        world.publish()
        busy = Answer(429, {"error": {"code": "ApplicationThrottled", "message": "-"}}, {"Retry-After": "600"})
        server.fail = lambda method, path: busy if OLENA in path else None
        world.cycle()
        assert len(double.mailboxes[person(0)].items) == 1
        del server.log[:]
        world.time += timedelta(seconds=599)
        world.cycle()
        assert not [path for _, path, _, _ in server.log if OLENA in path]
        server.fail = lambda method, path: None
        world.time += timedelta(seconds=2)
        world.cycle()
        assert len(double.mailboxes[OLENA].items) == 1


def person(n: int) -> str:
    return f"p{n}@example.com"


def plan(world: World, first: datetime, every: int = 1) -> None:
    for n in range(PEOPLE):
        for k in range(0, BOOKINGS, every):
            world.want(person(n), f"{n}-{k}", first + k * 2 * HOUR)
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


def standing(double: Double) -> Counter[tuple[str, datetime, str]]:
    return Counter(
        (address, item.start, item.fields["subject"])
        for address, mailbox in double.mailboxes.items()
        for item in mailbox.items.values()
    )


def planned(world: World) -> Counter[tuple[str, datetime, str]]:
    return Counter((address, event.start, event.summary) for (address, _), event in world.planned.items())
