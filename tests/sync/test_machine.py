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
TestExchange = machine(exchange, examples=5)
TestGraph = machine(graph, examples=5)
TestRadicale = machine(partial(dav, "radicale"), examples=3)
TestXandikos = machine(partial(dav, "xandikos"), examples=1)
TestMail = machine(itip, examples=5)
TestFeeds = machine(ics, examples=20)

TestMemoryMeetings = machine(memory, Meetings)
TestExchangeMeetings = machine(exchange, Meetings, examples=5)
TestGraphMeetings = machine(graph, Meetings, examples=5)


@pytest.mark.skipif(bool(missing("cyrus")), reason=missing("cyrus"))
class TestCyrusMeetings(machine(partial(dav, "cyrus"), WithoutCounters, examples=2)):  # type: ignore[misc]
    """The one server that schedules by itself."""
