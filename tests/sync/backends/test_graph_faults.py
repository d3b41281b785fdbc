"""What one spoilt request to Graph means, and who waits when it asks for that."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.sync.backends.graph import Graph
from scheduler.sync.errors import Exists, Unclear, Unreachable
from scheduler.sync.store.sqlite import SqliteStore
from tests.sync.backends.contract import an_event
from tests.sync.backends.graph_double.answer import Answer
from tests.sync.backends.graph_double.fixtures import Signed, WithGraph
from tests.sync.backends.graph_double.graph import Double
from tests.sync.backends.graph_double.server import GraphServer
from tests.sync.backends.people import OLENA
from tests.sync.faults.proxy import AFTER, Fault, FaultProxy
from tests.sync.office import HOUR, NOW, World

NEIGHBOUR = "p0@example.com"


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
        double.add_mailbox(NEIGHBOUR)
        world = World(backend, SqliteStore(tmp_path / "sync.db"))
        world.want(OLENA, "a", NOW + HOUR)
        world.want(NEIGHBOUR, "b", NOW + HOUR)
        world.publish()
        busy = Answer(429, {"error": {"code": "ApplicationThrottled", "message": "-"}}, {"Retry-After": "600"})
        server.fail = lambda method, path: busy if OLENA in path else None
        world.cycle()
        assert len(double.mailboxes[NEIGHBOUR].items) == 1
        del server.log[:]
        world.time += timedelta(seconds=599)
        world.cycle()
        assert not [path for _, path, _, _ in server.log if OLENA in path]
        server.fail = lambda method, path: None
        world.time += timedelta(seconds=2)
        world.cycle()
        assert len(double.mailboxes[OLENA].items) == 1
