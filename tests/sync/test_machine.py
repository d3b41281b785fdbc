"""State machines on each kind of calendar. Whoever writes a backend plugs it in by its rig."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest

from scheduler.sync.backends.memory import EVERYTHING, Memory
from scheduler.sync.port import Capability
from tests.sync.backends.test_memory import MemoryHand
from tests.sync.machines.calendars import machine
from tests.sync.machines.meetings import Meetings, WithoutCounters
from tests.sync.reliability.rigs import Rig, address, dav, exchange, graph, ics, itip, memory, missing

pytestmark = pytest.mark.slow


@contextmanager
def simple() -> Iterator[Rig]:
    """A server that keeps a second create out and lists all each time."""
    server = Memory(EVERYTHING - {Capability.INCREMENTAL})
    yield Rig("simple", lambda: server, MemoryHand(server), address)


TestMemory = machine(memory)
TestSimple = machine(simple)
TestExchange = machine(exchange, one_in=10)
TestGraph = machine(graph, one_in=10)
TestRadicale = machine(partial(dav, "radicale"), one_in=15)
TestXandikos = machine(partial(dav, "xandikos"), one_in=50)
TestMail = machine(itip, one_in=10)
TestFeeds = machine(ics, one_in=2)

TestMemoryMeetings = machine(memory, Meetings)
TestExchangeMeetings = machine(exchange, Meetings, one_in=10)
TestGraphMeetings = machine(graph, Meetings, one_in=10)


@pytest.mark.skipif(bool(missing("cyrus")), reason=missing("cyrus"))
class TestCyrusMeetings(machine(partial(dav, "cyrus"), WithoutCounters, one_in=25)):  # type: ignore[misc]
    """The one server that schedules by itself."""
