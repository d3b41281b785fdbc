"""An HTTP proxy that spoils requests on purpose, between a backend and any server that speaks HTTP/1.1."""

import http.client
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any

HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "host"})
METHODS = "GET POST PUT PATCH DELETE PROPFIND PROPPATCH REPORT MKCOL MKCALENDAR MOVE COPY OPTIONS HEAD"


class Fault(StrEnum):
    """What is done to one request.

    DROP_BEFORE
        The connection breaks; the server never hears of it.
    DROP_AFTER
        The server does it; the connection breaks before a word of the answer.
    ERROR_AFTER
        The server does it; the answer is 503 from somebody in between.
    CUT
        The server does it; its answer breaks off in the body.
    DELAY
        The request waits before it reaches the server.
    DUPLICATE
        The server gets it twice; the second answer comes back.
    LATE
        The connection breaks; the server gets it when `arrive` is called.
    BUSY_AFTER, BUSY_BEFORE
        The server does it, or does not; the answer is 503 with Retry-After.
    """

    DROP_BEFORE = "drop-before"
    DROP_AFTER = "drop-after"
    ERROR_AFTER = "error-after"
    CUT = "cut"
    DELAY = "delay"
    DUPLICATE = "duplicate"
    LATE = "late"
    BUSY_AFTER = "busy-after"
    BUSY_BEFORE = "busy-before"


RETRY_AFTER = 30
BUSY = [("Retry-After", str(RETRY_AFTER))]
AFTER = (Fault.DROP_AFTER, Fault.ERROR_AFTER, Fault.CUT)

Choose = Callable[[str, str, bytes], Fault | None]
"""Method, path and body of a request -> what happens to it."""


class FaultProxy:
    """Listens on a port of its own, for a server on this machine, until it is closed."""

    def __init__(self, port: int, choose: Choose, *, delay: float = 0.05) -> None:
        self.target, self.choose, self.delay = port, choose, delay
        self.counts: Counter[Fault | None] = Counter()
        self.lock = Lock()
        self.late: list[Callable[[], object]] = []
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True
        self.port = self._http.server_port
        Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def arrive(self) -> None:
        """What was held back reaches the server now."""
        while self.late:
            self.late.pop(0)()

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


def _handler(proxy: FaultProxy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        server_side: http.client.HTTPConnection | None = None

        def serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            with proxy.lock:
                fault = proxy.choose(self.command, self.path, body)
                proxy.counts[fault] += 1
            if fault is Fault.LATE:
                proxy.late.append(lambda: self._send(http.client.HTTPConnection("127.0.0.1", proxy.target), body))
            if fault in (Fault.DROP_BEFORE, Fault.LATE):
                return self._drop()
            if fault is Fault.BUSY_BEFORE:
                return self._say(503, BUSY, b"try later")
            if fault is Fault.DELAY:
                time.sleep(proxy.delay)
            if fault is Fault.DUPLICATE:
                self._forward(body)
            status, headers, answer = self._forward(body)
            if fault is Fault.DROP_AFTER:
                return self._drop()
            if fault is Fault.ERROR_AFTER:
                return self._say(503, [("Connection", "close")], b"try later")
            if fault is Fault.BUSY_AFTER:
                return self._say(503, BUSY, b"try later")
            self._say(status, headers, answer, cut=fault is Fault.CUT)

        def _forward(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
            """One connection to the server for each to us, as NTLM needs it."""
            if self.server_side is None:
                self.server_side = http.client.HTTPConnection("127.0.0.1", proxy.target)
            return self._send(self.server_side, body)

        def _send(self, to: http.client.HTTPConnection, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
            passed = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
            to.request(self.command, self.path, body, {**passed, "Host": f"localhost:{proxy.port}"})
            answer = to.getresponse()
            return answer.status, answer.getheaders(), answer.read()

        def _say(self, status: int, headers: list[tuple[str, str]], body: bytes, *, cut: bool = False) -> None:
            self.send_response(status)
            for name, value in headers:
                if name.lower() not in HOP_BY_HOP:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body[: len(body) // 2] if cut else body)
            if cut:
                self._drop()

        def _drop(self) -> None:
            self.close_connection = True
            self.connection.close()

        def finish(self) -> None:
            if self.server_side is not None:
                self.server_side.close()
            with suppress(OSError, ValueError):
                super().finish()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    for method in METHODS.split():
        setattr(Handler, f"do_{method}", Handler.serve)
    return Handler
