"""The machine of plans, people and faults on Microsoft Graph."""

import pytest
from hypothesis import settings

from scheduler.sync.backends.graph import Graph
from scheduler.sync.port import Backend
from tests.sync.backends.graph_double.fixtures import OLENA, Signed
from tests.sync.backends.graph_double.graph import Double
from tests.sync.backends.graph_double.hand import GraphHand
from tests.sync.backends.graph_double.server import GraphServer
from tests.sync.backends.hand import Hand
from tests.sync.test_machine import Calendars


class GraphCalendars(Calendars):
    mailbox = OLENA

    def open_rig(self) -> tuple[Backend, Hand]:
        double = Double()
        double.add_mailbox(OLENA)
        self.server = GraphServer(double)
        self.backend = Graph(Signed(), url=self.server.url)
        return self.backend, GraphHand(double)

    def close_rig(self) -> None:
        self.backend.close()
        self.server.close()
        assert self.server.complaints == []


TestMachine = pytest.mark.slow(GraphCalendars.TestCase)
TestMachine.settings = settings(stateful_step_count=30, deadline=None, max_examples=settings().max_examples // 3)
