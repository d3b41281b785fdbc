"""CalDAV over a bad line: outcomes are told truly, and every booking stands there once."""

import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from scheduler.sync.backends.caldav import CalDav, Login
from scheduler.sync.backends.caldav.session import Session
from scheduler.sync.event import uid_of
from scheduler.sync.port import (
    Capability,
    Denied,
    Exists,
    NotFound,
    Refused,
    SyncError,
    Throttled,
    Unclear,
    Unreachable,
)
from scheduler.sync.store.sqlite import SqliteStore
from tests.sync.backends.contract import an_event
from tests.sync.backends.dav import servers
from tests.sync.backends.dav.servers import Server
from tests.sync.faults.proxy import AFTER, Fault, FaultProxy
from tests.sync.office import HOUR, NOW, SECRET, World, key

PEOPLE = 10
BOOKINGS = 200 if os.environ.get("HYPOTHESIS_PROFILE") == "full" else 20
"""Of each of them."""
SHARE = 0.2
BOX = "line@example.com"


def first(fault: Fault, method: str) -> Callable[[str, str, bytes], Fault | None]:
    """Spoils the first request of that method."""
    left = [fault]
    return lambda seen, path, body: left.pop() if left and seen == method else None


@pytest.mark.parametrize(
    ("fault", "error", "there"),
    [
        (Fault.DROP_BEFORE, Unclear, False),
        (Fault.DROP_AFTER, Unclear, True),
        (Fault.ERROR_AFTER, Unclear, True),
        (Fault.DUPLICATE, Exists, True),
        (Fault.DELAY, None, True),
    ],
)
def test_the_outcome_of_a_create_is_told_truly(
    radicale: Server, fault: Fault, error: type[SyncError] | None, there: bool
) -> None:
    box = servers.add_mailbox(radicale, f"{fault.value}@example.com")
    proxy = FaultProxy(radicale.port, first(fault, "PUT"))
    backend = radicale.backend(proxy.port)
    try:
        if error is None:
            backend.create(box, an_event())
        else:
            with pytest.raises(error):
                backend.create(box, an_event())
        assert proxy.counts[fault] == 1
        assert len(backend.find(box, an_event().uid)) == there
    finally:
        backend.close()
        proxy.close()


@pytest.mark.parametrize("fault", [Fault.DROP_BEFORE, Fault.DROP_AFTER, Fault.ERROR_AFTER, Fault.CUT])
@pytest.mark.parametrize("method", ["GET", "REPORT"])
def test_a_spoilt_read_is_unreachable(radicale: Server, fault: Fault, method: str) -> None:
    box = servers.add_mailbox(radicale, BOX)
    direct = radicale.backend()
    made = direct.find(box, an_event().uid) or (direct.create(box, an_event()),)
    proxy = FaultProxy(radicale.port, first(fault, method))
    backend = radicale.backend(proxy.port)
    try:
        with pytest.raises(Unreachable):
            backend.get(box, made[0].remote_id) if method == "GET" else backend.find(box, an_event().uid)
        assert backend.get(box, made[0].remote_id).uid == an_event().uid
    finally:
        backend.close()
        direct.close()
        proxy.close()


def test_a_server_that_is_down_is_unreachable(radicale: Server) -> None:
    servers.add_mailbox(radicale, BOX)
    backend = radicale.backend(servers.free_port())
    with pytest.raises(Unreachable):
        backend.create(BOX, an_event())


def test_a_place_without_a_calendar_is_denied(radicale: Server) -> None:
    with pytest.raises((Denied, NotFound)):
        radicale.backend().create("nobody@example.com", an_event())


class Says:
    """A server that gives one answer to each write, and is a calendar to all else."""

    def __init__(self, port: int, status: int, **headers: str) -> None:
        self.proxy = FaultProxy(port, lambda *given: None)
        inner = self.proxy._http.RequestHandlerClass

        class Handler(inner):  # type: ignore[misc,valid-type]
            def do_PUT(self) -> None:  # noqa: N802
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.send_response(status)
                for name, value in {**headers, "Content-Length": "0"}.items():
                    self.send_header(name.replace("_", "-"), value)
                self.end_headers()

        self.proxy._http.RequestHandlerClass = Handler


@pytest.mark.parametrize(
    ("status", "headers", "error"),
    [
        (400, {}, Refused),
        (401, {}, Denied),
        (403, {}, Denied),
        (404, {}, NotFound),
        (412, {}, Exists),
        (413, {}, Refused),
        (429, {"Retry_After": "7"}, Throttled),
        (429, {}, Throttled),
        (500, {}, Unclear),
        (503, {"Retry_After": "7"}, Unclear),
        (507, {}, Refused),
    ],
)
def test_what_a_status_means(radicale: Server, status: int, headers: dict[str, str], error: type[SyncError]) -> None:
    box = servers.add_mailbox(radicale, BOX)
    says = Says(radicale.port, status, **headers)
    backend = radicale.backend(says.proxy.port)
    try:
        with pytest.raises(error) as told:
            backend.create(box, an_event("status@fieldplan"))
        wait = {Throttled: 30, Unclear: None}.get(error)
        assert told.value.retry_after == (timedelta(seconds=7) if headers else wait and timedelta(seconds=wait))
    finally:
        backend.close()
        says.proxy.close()


def test_a_write_that_never_left_is_no_unclear_one() -> None:
    session = Session(f"http://localhost:{servers.free_port()}/", Login("olena", SecretStr("p")))
    with pytest.raises(Unreachable):
        session.write("PUT", "/x.ics", {}, b"")


def test_passwords_go_over_tls_only() -> None:
    with pytest.raises(ValueError, match="TLS"):
        CalDav("http://dav.example.com/{user}/", Login("olena", SecretStr("p")))


def test_what_cannot_be_read_is_not_taken_for_deleted(radicale: Server) -> None:
    box = servers.add_mailbox(radicale, "broken@example.com")
    backend = radicale.backend()
    made = backend.create(box, an_event("broken@fieldplan"))
    task = "BEGIN:VTODO\r\nUID:broken@fieldplan\r\nDTSTAMP:20270101T000000Z\r\nEND:VTODO"
    with radicale.client(box) as client:
        text = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{task}\r\nEND:VCALENDAR\r\n"
        client.put(made.remote_id, content=text, headers={"Content-Type": "text/calendar"}).raise_for_status()
    with pytest.raises(Unreachable):
        backend.get(box, made.remote_id)


def bad_line(seed: int) -> Callable[[str, str, bytes], Fault | None]:
    """A fifth of the writes goes wrong, half of those after the server did them, and some reads too."""
    chance = random.Random(seed)

    def choose(method: str, path: str, body: bytes) -> Fault | None:
        if chance.random() > (SHARE if method in ("PUT", "DELETE") else SHARE / 10):
            return None
        return chance.choice(AFTER) if chance.random() < 0.5 else Fault.DROP_BEFORE

    return choose


class BadLine:
    """The whole of sync, as on Exchange."""

    @pytest.fixture
    def proxy(self, server: Server) -> Iterator[FaultProxy]:
        for n in range(PEOPLE):
            servers.add_mailbox(server, person(n))
        proxy = FaultProxy(server.port, bad_line(seed=1))
        yield proxy
        proxy.close()

    @pytest.mark.slow
    def test_nothing_is_there_twice(self, server: Server, proxy: FaultProxy, tmp_path: Path) -> None:
        direct, backend = server.backend(), server.backend(proxy.port)
        assert Capability.CREATE_ONCE in backend.capabilities
        world = World(backend, SqliteStore(tmp_path / "sync.db"), workers=4)
        for begin, every in ((NOW + timedelta(days=1), 1), (NOW + timedelta(days=1, minutes=30), 3)):
            for n in range(PEOPLE):
                for k in range(0, BOOKINGS, every):
                    world.want(person(n), f"{n}-{k}", begin + k * 2 * HOUR)
            world.publish()
            settle(world)
            found = Counter(
                (mailbox, activity, event.start)
                for mailbox, activity in world.planned
                for event in direct.find(mailbox, uid_of(key(activity), SECRET))
            )
            assert found == Counter((*one, event.start) for one, event in world.planned.items())
        spoilt = sum(n for fault, n in proxy.counts.items() if fault)
        after = sum(proxy.counts[fault] for fault in AFTER)
        assert spoilt > PEOPLE * BOOKINGS * SHARE and 0.3 < after / spoilt < 0.7


class TestRadicale(BadLine):
    @pytest.fixture
    def server(self, radicale: Server) -> Server:
        return radicale


class TestCyrus(BadLine):
    @pytest.fixture
    def server(self, cyrus: Server) -> Server:
        return cyrus


def person(n: int) -> str:
    return f"p{n}@example.com"


def settle(world: World) -> None:
    """Cycles until nothing is left to do; mailboxes that rest are waited for."""
    for _ in range(500):
        report = world.cycle()
        left = sum(len(world.store.intents(box)) for box in world.store.boxes())
        if not left and not report.waiting:
            return
        world.time += timedelta(minutes=20)
    raise AssertionError(f"{left} intents are left, {report.waiting}")
