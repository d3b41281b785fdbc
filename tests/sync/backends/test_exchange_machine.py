"""The machine of plans, people and faults on Exchange."""

import pytest
from hypothesis import settings

from scheduler.sync.backends.exchange import Exchange
from scheduler.sync.port import Backend
from tests.sync.backends.ews.exchange import Exchange as Double
from tests.sync.backends.ews.exchange import User
from tests.sync.backends.ews.fixtures import OLENA, basic
from tests.sync.backends.ews.hand import EwsHand
from tests.sync.backends.ews.server import EwsServer
from tests.sync.backends.hand import Hand
from tests.sync.test_machine import Calendars


class ExchangeCalendars(Calendars):
    mailbox = OLENA

    def open_rig(self) -> tuple[Backend, Hand]:
        double = Double()
        double.add_mailbox(OLENA)
        double.add_user(User("robot", "secret", impersonates=True))
        self.server = EwsServer(double)
        self.backend = Exchange(self.server.url, basic())
        return self.backend, EwsHand(double)

    def close_rig(self) -> None:
        self.backend.close()
        self.server.close()
        assert self.server.complaints == []


TestMachine = pytest.mark.slow(ExchangeCalendars.TestCase)
TestMachine.settings = settings(stateful_step_count=30, deadline=None, max_examples=settings().max_examples // 3)
