"""The contract on Exchange, by impersonation and as a delegate, against our strict double of its web services."""

from collections.abc import Iterator

import pytest

from scheduler.sync.backends.exchange import Access, Basic, Exchange
from tests.sync.backends.contract import BackendContract
from tests.sync.backends.ews.exchange import Exchange as Double
from tests.sync.backends.ews.exchange import User
from tests.sync.backends.ews.hand import EwsHand
from tests.sync.backends.ews.server import EwsServer

OLENA, TARAS, HALL = "olena@example.com", "taras@example.com", "hall@example.com"


class ExchangeContract(BackendContract):
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
        sign_in = Basic.model_validate({"username": name, "password": "secret"})
        backend = Exchange(server.url, sign_in, access=self.access, zone=self.zone)
        yield backend
        backend.close()

    @pytest.fixture
    def hand(self, double: Double) -> EwsHand:
        return EwsHand(double)

    @pytest.fixture
    def mailbox(self) -> str:
        return OLENA

    @pytest.fixture
    def attendee(self) -> str:
        return TARAS


class TestImpersonation(ExchangeContract):
    pass


class TestDelegate(ExchangeContract):
    access = Access.DELEGATE


class TestMeetingZone(ExchangeContract):
    zone = "Europe/Berlin"
