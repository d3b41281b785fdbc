"""The whole of sync over a bad line, to every server that is reached by HTTP: each booking stands there once."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from scheduler.sync.backends.exchange import Exchange
from scheduler.sync.backends.graph import Graph
from scheduler.sync.port import Backend
from scheduler.sync.store.sqlite import SqliteStore
from tests.sync.backends.dav import servers
from tests.sync.backends.dav.servers import Server
from tests.sync.backends.ews.exchange import Exchange as EwsDouble
from tests.sync.backends.ews.exchange import User
from tests.sync.backends.ews.fixtures import basic
from tests.sync.backends.ews.server import EwsServer
from tests.sync.backends.graph_double.fixtures import Signed
from tests.sync.backends.graph_double.graph import Double as GraphDouble
from tests.sync.backends.graph_double.server import GraphServer
from tests.sync.faults.bad_line import BadLine, IsWrite, everything_stands_once, person
from tests.sync.faults.proxy import FaultProxy
from tests.sync.office import World

PEOPLE, BOOKINGS = (20, 100) if os.environ.get("HYPOTHESIS_PROFILE") == "full" else (8, 15)
EWS_WRITES = (b"<m:CreateItem", b"<m:UpdateItem", b"<m:DeleteItem")


@dataclass(frozen=True)
class Wire:
    """A server with mailboxes: where it listens, how it is reached through a port, and which requests write."""

    port: int
    through: Callable[[int], Backend]
    is_write: IsWrite


@contextmanager
def exchange() -> Iterator[Wire]:
    double = EwsDouble()
    double.add_user(User("robot", "secret", impersonates=True))
    for n in range(PEOPLE):
        double.add_mailbox(person(n))
    server = EwsServer(double)

    def through(port: int) -> Backend:
        return Exchange(f"http://localhost:{port}/EWS/Exchange.asmx", basic())

    yield Wire(server.port, through, lambda method, path, body: any(write in body for write in EWS_WRITES))
    server.close()
    assert server.complaints == []


@contextmanager
def graph() -> Iterator[Wire]:
    double = GraphDouble()
    for n in range(PEOPLE):
        double.add_mailbox(person(n))
    server = GraphServer(double)

    def is_write(method: str, path: str, body: bytes) -> bool:
        return method in ("PATCH", "DELETE") or (method == "POST" and path.endswith("/calendar/events"))

    yield Wire(server.port, lambda port: Graph(Signed(), url=f"http://localhost:{port}/v1.0"), is_write)
    server.close()
    assert server.complaints == []


def dav(server: Server) -> Wire:
    for n in range(PEOPLE):
        servers.add_mailbox(server, person(n))
    return Wire(server.port, server.backend, lambda method, path, body: method in ("PUT", "DELETE"))


def holds(wire: Wire, folder: Path) -> None:
    with ExitStack() as stack:
        line = BadLine(wire.is_write, lambda: world.time)
        proxy = FaultProxy(wire.port, line, delay=0.01)
        stack.callback(proxy.close)
        direct, backend = wire.through(wire.port), wire.through(proxy.port)
        stack.callback(direct.close)
        stack.callback(backend.close)
        world = World(backend, SqliteStore(folder / "sync.db"), workers=4)
        stack.callback(world.store.close)
        everything_stands_once(world, proxy, line, direct, map(person, range(PEOPLE)), BOOKINGS)


@pytest.mark.slow
@pytest.mark.parametrize("open_wire", [exchange, graph])
def test_doubles(open_wire: Callable[[], AbstractContextManager[Wire]], tmp_path: Path) -> None:
    with open_wire() as wire:
        holds(wire, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["radicale", "xandikos", "cyrus"])
def test_real_servers(name: str, tmp_path: Path) -> None:
    if name == "cyrus":
        servers.skip_without_cyrus()
    with servers.cyrus() if name == "cyrus" else getattr(servers, name)(tmp_path) as server:
        holds(dav(server), tmp_path)
