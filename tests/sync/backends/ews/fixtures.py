"""An Exchange with two people and a room, and our backend on it; a test class inherits what it needs."""

from collections.abc import Callable, Iterator

import pytest

from scheduler.sync.backends.exchange import Access, Basic, Exchange, SignIn
from tests.sync.backends.ews.exchange import Exchange as Double
from tests.sync.backends.ews.exchange import User
from tests.sync.backends.ews.hand import EwsHand
from tests.sync.backends.ews.server import EwsServer
from tests.sync.backends.people import HALL, OLENA, TARAS, WithPeople


def basic(name: str = "robot", password: str = "secret") -> Basic:
    return Basic.model_validate({"username": name, "password": password})


class WithExchange(WithPeople):
    access = Access.IMPERSONATION
    zone = "UTC"

    @pytest.fixture
    def double(self) -> Double:
        double = Double()
        for address in (OLENA, TARAS):
            double.add_mailbox(address)
        double.add_mailbox(HALL, room=True)
        double.add_user(User("robot", "secret", impersonates=True))
        double.add_user(User("helper", "secret", mailbox="helper@example.com", opens=(OLENA, TARAS)))
        return double

    @pytest.fixture
    def server(self, double: Double) -> Iterator[EwsServer]:
        server = EwsServer(double)
        yield server
        server.close()
        assert server.complaints == []

    @pytest.fixture
    def backend(self, server: EwsServer) -> Iterator[Exchange]:
        name = "robot" if self.access is Access.IMPERSONATION else "helper"
        backend = Exchange(server.url, basic(name), access=self.access, zone=self.zone)
        yield backend
        backend.close()

    @pytest.fixture
    def connected(self) -> Iterator[Callable[..., Exchange]]:
        """Further backends, by address and sign-in, closed in the end."""
        opened: list[Exchange] = []

        def connect(url: str, sign_in: SignIn | None = None, **more: object) -> Exchange:
            opened.append(Exchange(url, sign_in or basic(), **more))  # type: ignore[arg-type]
            return opened[-1]

        yield connect
        for backend in opened:
            backend.close()

    @pytest.fixture
    def hand(self, double: Double) -> EwsHand:
        return EwsHand(double)
