"""A Microsoft 365 with two people and a room, and our backend on it; a test class inherits what it needs."""

from collections.abc import Iterator

import pytest

from scheduler.sync.backends.graph import Graph
from tests.sync.backends.graph_double.graph import Double
from tests.sync.backends.graph_double.hand import GraphHand
from tests.sync.backends.graph_double.server import GraphServer
from tests.sync.backends.people import HALL, OLENA, TARAS, WithPeople


class Signed:
    """A sign-in that has a token already."""

    def __init__(self, token: str = "token-of-the-tests") -> None:
        self.given, self.forgotten = token, 0

    def token(self) -> str:
        return self.given

    def forget(self) -> None:
        self.forgotten += 1


class WithGraph(WithPeople):
    @pytest.fixture
    def double(self) -> Double:
        double = Double()
        for address in (OLENA, TARAS):
            double.add_mailbox(address)
        double.add_mailbox(HALL, room=True)
        return double

    @pytest.fixture
    def server(self, double: Double) -> Iterator[GraphServer]:
        server = GraphServer(double)
        yield server
        server.close()
        assert server.complaints == []

    @pytest.fixture
    def backend(self, server: GraphServer) -> Iterator[Graph]:
        backend = Graph(Signed(), url=server.url)
        yield backend
        backend.close()

    @pytest.fixture
    def hand(self, double: Double) -> GraphHand:
        return GraphHand(double)
