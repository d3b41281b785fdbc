"""Servers to try reliability on. Whoever writes a backend adds a line to RIGS."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scheduler.sync.backends.memory import EVERYTHING, Memory
from scheduler.sync.port import Backend, Capability
from tests.sync.backends.hand import Hand
from tests.sync.backends.test_memory import MemoryHand
from tests.sync.reliability.durable import Durable


@dataclass(frozen=True)
class Rig:
    """An empty server.

    Attributes
    ----------
    open
        A fresh connection, also from another process.
    mailbox
        The address of the n-th mailbox, which is made when it is not there yet.
    """

    name: str
    open: Callable[[], Backend]
    hand: Hand
    mailbox: Callable[[int], str]


def address(n: int) -> str:
    return f"person{n}@example.com"


@contextmanager
def memory() -> Iterator[Rig]:
    """One that lets a second create in, so that only we stand between a lost answer and a second event."""
    server = Memory(EVERYTHING - {Capability.CREATE_ONCE})
    yield Rig("memory", lambda: server, MemoryHand(server), address)


@contextmanager
def durable() -> Iterator[Rig]:
    with tempfile.TemporaryDirectory() as folder:
        server = Durable(Path(folder) / "server.db")
        yield Rig("memory, kept in a file", lambda: server, DurableHand(server), address)


class DurableHand:
    """Memory's hand, each time on what the file holds."""

    def __init__(self, server: Durable) -> None:
        self._server = server

    def __getattr__(self, name: str) -> Any:
        def act(*given: Any, **named: Any) -> Any:
            with self._server.memory() as memory:
                return getattr(MemoryHand(memory), name)(*given, **named)

        return act


@contextmanager
def exchange() -> Iterator[Rig]:
    from scheduler.sync.backends.exchange import Exchange
    from tests.sync.backends.ews.exchange import Exchange as Double
    from tests.sync.backends.ews.exchange import User
    from tests.sync.backends.ews.fixtures import basic
    from tests.sync.backends.ews.hand import EwsHand
    from tests.sync.backends.ews.server import EwsServer

    double = Double()
    double.add_user(User("robot", "secret", impersonates=True))
    there: set[str] = set()

    def mailbox(n: int) -> str:
        if address(n) not in there:
            there.add(address(n))
            double.add_mailbox(address(n))
        return address(n)

    server = EwsServer(double)
    try:
        yield Rig("exchange", lambda: Exchange(server.url, basic()), EwsHand(double), mailbox)
    finally:
        server.close()


@contextmanager
def graph() -> Iterator[Rig]:
    from scheduler.sync.backends.graph import Graph
    from tests.sync.backends.graph_double.fixtures import Signed
    from tests.sync.backends.graph_double.graph import Double
    from tests.sync.backends.graph_double.hand import GraphHand
    from tests.sync.backends.graph_double.server import GraphServer

    double = Double()

    def mailbox(n: int) -> str:
        if address(n) not in double.mailboxes:
            double.add_mailbox(address(n))
        return address(n)

    server = GraphServer(double)
    try:
        yield Rig("graph", lambda: Graph(Signed(), url=server.url), GraphHand(double), mailbox)
    finally:
        server.close()


@contextmanager
def caldav() -> Iterator[Rig]:
    """Radicale, in a process of its own."""
    from tests.sync.backends.dav import servers
    from tests.sync.backends.dav.hand import DavHand

    with tempfile.TemporaryDirectory() as folder, servers.radicale(Path(folder)) as server:
        yield Rig("caldav", server.backend, DavHand(server), lambda n: servers.add_mailbox(server, address(n)))


RIGS: dict[str, Callable[[], AbstractContextManager[Rig]]] = {
    "memory": memory,
    "exchange": exchange,
    "graph": graph,
    "caldav": caldav,
}
OUTLIVE: dict[str, Callable[[], AbstractContextManager[Rig]]] = {**RIGS, "memory": durable}
"""The same, of servers that outlive whoever writes to them."""
