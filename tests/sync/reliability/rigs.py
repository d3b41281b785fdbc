"""Servers to try reliability on. Whoever writes a backend adds a line to RIGS."""

import smtplib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from scheduler.sync.backends.memory import EVERYTHING, Memory
from scheduler.sync.port import Backend, Capability, RemoteEvent
from tests.sync import quick
from tests.sync.backends.hand import Hand
from tests.sync.backends.test_memory import MemoryHand
from tests.sync.reliability.durable import Durable

if TYPE_CHECKING:
    from scheduler.sync.backends.itip import Inbox

ORGANIZER = "plan@example.com"


@dataclass(frozen=True)
class Rig:
    """An empty server.

    Attributes
    ----------
    open
        A fresh connection, also from another process.
    hand
        None where people can't change what stands there.
    mailbox
        The address of the n-th mailbox, which is made when it is not there yet.
    seen
        What stands in a mailbox by uid, where the backend itself can't read it.
    forgets
        Whether the hand can make the server forget its tokens.
    seconds
        CPU time that the server has taken in processes of its own.
    lasting
        The same that outlives whoever writes to it, where this one lives in the process of the tests.
    answering
        The same with a mailbox for answers, where they come by mail.
    wire
        How it is reached by HTTP, for whoever wants to stand in between.
    distant
        Whether a request may still be under way when we have given it up.
    """

    name: str
    open: Callable[[], Backend]
    hand: Hand | None
    mailbox: Callable[[int], str]
    seen: Callable[[str, str], tuple[RemoteEvent, ...]] | None = None
    forgets: bool = False
    seconds: Callable[[], float] = lambda: 0.0
    lasting: "Rig | None" = None
    answering: Callable[[], AbstractContextManager["Answering"]] | None = None
    wire: "Wire | None" = None
    distant: bool = True

    @property
    def capabilities(self) -> frozenset[Capability]:
        backend = self.open()
        try:
            return backend.capabilities
        finally:
            backend.close()


class Wire(NamedTuple):
    """Where the server listens, the backend that goes through another port, and which requests write."""

    port: int
    through: Callable[[int], Backend]
    is_write: Callable[[str, str, bytes], bool]


class Answering(NamedTuple):
    """A rig whose organiser gets answers by mail; `deliver` hands one in, as the mail server of the organiser does."""

    rig: Rig
    organizer: str
    deliver: Callable[[bytes], object]


def address(n: int) -> str:
    return f"person{n}@example.com"


@contextmanager
def memory() -> Iterator[Rig]:
    """One that lets a second create in, so that only we stand between a lost answer and a second event."""
    server = Memory(EVERYTHING - {Capability.CREATE_ONCE})
    with quick.folder() as folder:
        file = Durable(folder / "server.db")
        lasting = Rig("memory, kept in a file", lambda: file, DurableHand(file), address, forgets=True)
        yield Rig("memory", lambda: server, MemoryHand(server), address, forgets=True, lasting=lasting)


class DurableHand:
    """Memory's hand, each time on what the file holds."""

    def __init__(self, server: Durable) -> None:
        self._server = server

    def __getattr__(self, name: str) -> Any:
        def act(mailbox: str, *given: Any, **named: Any) -> Any:
            with self._server.memory(mailbox) as memory:
                return getattr(MemoryHand(memory), name)(mailbox, *given, **named)

        return act


class Newest(list[Any]):
    """A log that keeps the newest entry alone: nobody reads these, and they would fill the memory."""

    def append(self, entry: Any) -> None:
        self[:] = [entry]


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

    def mailbox(n: int) -> str:
        return double.add_mailbox(address(n)).address

    server = EwsServer(double)
    server.log = Newest()

    def through(port: int) -> Exchange:
        return Exchange(f"http://localhost:{port}/EWS/Exchange.asmx", basic())

    def is_write(method: str, path: str, body: bytes) -> bool:
        return any(f"<m:{operation}Item".encode() in body for operation in ("Create", "Update", "Delete"))

    wire = Wire(server.port, through, is_write)
    try:
        yield Rig("exchange", partial(through, server.port), EwsHand(double), mailbox, forgets=True, wire=wire)
        assert server.complaints == []
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
    server.log = Newest()

    def through(port: int) -> Graph:
        return Graph(Signed(), url=f"http://localhost:{port}/v1.0")

    def is_write(method: str, path: str, body: bytes) -> bool:
        return method in ("PATCH", "DELETE") or (method == "POST" and path.endswith("/calendar/events"))

    wire = Wire(server.port, through, is_write)
    try:
        yield Rig("graph", partial(through, server.port), GraphHand(double), mailbox, forgets=True, wire=wire)
        assert server.complaints == []
    finally:
        server.close()


@contextmanager
def dav(name: str) -> Iterator[Rig]:
    """Radicale, xandikos or Cyrus, in processes of their own."""
    from tests.sync.backends.dav import servers
    from tests.sync.backends.dav.hand import DavHand

    with ExitStack() as stack:
        folder = stack.enter_context(quick.folder())
        server = stack.enter_context(servers.cyrus() if name == "cyrus" else getattr(servers, name)(folder))
        yield Rig(
            name,
            server.backend,
            DavHand(server),
            lambda n: servers.add_mailbox(server, address(n)),
            forgets=server.tokens is not None,
            seconds=partial(servers.seconds, server.group),
            wire=Wire(server.port, server.backend, lambda method, path, body: method in ("PUT", "DELETE")),
        )


@contextmanager
def itip(inbox: "Inbox | None" = None) -> Iterator[Rig]:
    """An SMTP server, and programs that know invitations behind it."""
    from scheduler.sync.backends.itip import ITip, Outgoing
    from tests.sync.backends.ews import certificate
    from tests.sync.backends.mail.post import Calendars, Post, listening

    calendars = Calendars()
    with quick.folder() as folder:
        paper = certificate.make(folder)
        with listening(Post(calendars.take), paper) as port:
            outgoing = Outgoing("localhost", port, authority=paper[0])
            yield Rig(
                "itip",
                lambda: ITip(ORGANIZER, outgoing, inbox),
                None,
                address,
                seen=calendars.seen,
                answering=answered,
            )


@contextmanager
def answered() -> Iterator[Answering]:
    """The same, with the organiser's mailbox in Cyrus."""
    from pydantic import SecretStr

    from scheduler.sync.backends.itip import Inbox
    from tests.sync.backends.dav import servers
    from tests.sync.backends.mail.reply import TRUSTED

    with servers.cyrus() as cyrus, smtplib.LMTP(cyrus.lmtp) as inside:
        user = servers.user_of(servers.add_mailbox(cyrus, ORGANIZER))
        password = SecretStr(servers.PASSWORD)
        inbox = Inbox("localhost", user, password, TRUSTED, cyrus.imaps, authority=cyrus.authority)
        with itip(inbox) as rig:
            yield Answering(rig, ORGANIZER, partial(inside.sendmail, "somebody@example.com", [user]))


@contextmanager
def ics() -> Iterator[Rig]:
    from scheduler.sync.backends.ics import Feeds

    with quick.folder() as folder:
        yield Rig("ics", lambda: Feeds(folder), None, address, distant=False)


RIGS: dict[str, Callable[[], AbstractContextManager[Rig]]] = {
    "memory": memory,
    "exchange": exchange,
    "graph": graph,
    "radicale": partial(dav, "radicale"),
    "xandikos": partial(dav, "xandikos"),
    "cyrus": partial(dav, "cyrus"),
    "itip": itip,
    "ics": ics,
}


def missing(name: str) -> str:
    """What this machine lacks for a rig; empty when it is all there."""
    from tests.sync.backends.dav.servers import missing_for_cyrus

    return missing_for_cyrus() if name == "cyrus" else ""
