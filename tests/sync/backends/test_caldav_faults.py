"""CalDAV over a bad line: outcomes are told truly."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from pydantic import SecretStr

from scheduler.sync.backends.caldav import CalDav, Login
from scheduler.sync.backends.caldav.session import Session
from scheduler.sync.errors import Denied, Exists, NotFound, Refused, SyncError, Throttled, Unclear, Unreachable
from tests.sync.backends.contract import an_event
from tests.sync.backends.dav import servers
from tests.sync.backends.dav.servers import Server
from tests.sync.faults.proxy import Fault, FaultProxy

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
