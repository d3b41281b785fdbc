"""The double over HTTP: checks every request and every answer, and complains of what Graph would not forgive."""

import json
import re
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.sync.backends.graph_double.answer import Answer, Problem
from tests.sync.backends.graph_double.contract import OPERATIONS, Breach, check_error, check_request, check_response
from tests.sync.backends.graph_double.graph import Double

ROUTES = (
    ("events", r"/users/([^/]+)/calendar/events"),
    ("event", r"/users/([^/]+)/events/([^/]+)"),
    ("instances", r"/users/([^/]+)/events/([^/]+)/instances"),
    ("delta", r"/users/([^/]+)/calendarView/delta"),
    ("getSchedule", r"/users/([^/]+)/calendar/getSchedule"),
    ("rooms", r"/places/microsoft\.graph\.room"),
    ("subscriptions", r"/subscriptions"),
    ("subscription", r"/subscriptions/([^/]+)"),
)
BEYOND_THE_CUT = {
    "event": {"$expand"},
    "events": {"$expand"},
    "instances": {"$expand", "startDateTime", "endDateTime"},
    "delta": {"startDateTime", "endDateTime", "$deltatoken", "$skiptoken"},
}
"""Query options that Graph documents and its description lacks."""

NOT_IN_A_DELTA = {"$select", "$filter", "$top", "$orderby", "$search", "$count", "$skip"}
"""What its description has and Graph does not take for a calendar view."""

PREFERRED = ('IdType="ImmutableId"', 'outlook.timezone="UTC"')
AT_ONCE = 4


class GraphServer:
    """`fail` may answer a request itself; `log` holds method, path, headers and body of what came."""

    def __init__(self, double: Double, token: str = "token-of-the-tests") -> None:
        self.double, self.token = double, token
        self.complaints: list[str] = []
        self.log: list[tuple[str, str, dict[str, str], Any]] = []
        self.fail: Callable[[str, str], Answer | None] = lambda method, path: None
        self.busy: Counter[str] = Counter()
        self.most = 0
        self.lock = Lock()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True
        self.port = self._http.server_port
        self.url = f"http://localhost:{self.port}/v1.0"
        Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()

    def writes(self) -> list[str]:
        return [method for method, path, _, _ in self.log if method in ("PATCH", "DELETE") or path.endswith("/events")]

    def answer(self, method: str, target: str, headers: dict[str, str], body: Any) -> Answer:
        """The whole of one request, by itself or out of a batch."""
        path = urlsplit(target).path.removeprefix("/v1.0")
        with self.lock:
            self.log.append((method, path, headers, body))
        failed = self.fail(method, path)
        if failed is not None:
            return failed
        try:
            if path == "/$batch":
                return self._batch(headers, body)
            return self._operation(method, path, target, headers, body)
        except Problem as problem:
            check_error(problem.answer.body)
            return problem.answer

    def _batch(self, headers: dict[str, str], body: Any) -> Answer:
        requests = body["requests"]
        if not 0 < len(requests) <= 20 or set(body) != {"requests"}:
            raise Problem(400, "BadRequest", "1 to 20 requests")
        responses = []
        for one in requests:
            if set(one) != {"id", "method", "url", "headers"} or re.search(r"[\s{}]", one["url"]):
                raise self._complaint(Problem(400, "BadRequest", f"badly formed: {one}"))
            answer = self.answer(one["method"], one["url"], {**headers, **one["headers"]}, None)
            responses.append({"id": one["id"], "status": answer.status, "headers": answer.headers, "body": answer.body})
        return Answer(200, {"responses": list(reversed(responses))})

    def _operation(self, method: str, path: str, target: str, headers: dict[str, str], body: Any) -> Answer:
        name, given = self._route(path)
        operation = f"{method.lower()} {name}"
        if operation not in OPERATIONS:
            raise self._complaint(Problem(405, "MethodNotAllowed", operation))
        query = self._query(name, operation, target)
        self._check_headers(method, name, headers)
        try:
            check_request(operation, body)
        except Breach as breach:
            raise self._complaint(Problem(400, "RequestBodyRead", str(breach))) from None
        answer = self._carried_out(name, method, given, {**query, "path": path}, headers, body)
        check_response(operation, answer.body)
        return answer

    def _route(self, path: str) -> tuple[str, list[str]]:
        for name, pattern in ROUTES:
            if match := re.fullmatch(pattern, path):
                return name, [unquote(part) for part in match.groups()]
        raise self._complaint(Problem(400, "ResourceNotFound", f"Resource not found for the segment: {path}"))

    def _query(self, name: str, operation: str, target: str) -> dict[str, str]:
        query = dict(parse_qsl(urlsplit(target).query, keep_blank_values=True))
        known = set(OPERATIONS[operation]["query"]) | BEYOND_THE_CUT.get(name, set())
        unknown = set(query) - (known - NOT_IN_A_DELTA if name == "delta" else known)
        if unknown:
            raise self._complaint(Problem(400, "RequestBroker--ParseUri", f"{operation}: {unknown}"))
        return query

    def _check_headers(self, method: str, name: str, headers: dict[str, str]) -> None:
        given = {key.lower(): value for key, value in headers.items()}
        if given.get("authorization") != f"Bearer {self.token}":
            raise Problem(401, "InvalidAuthenticationToken", "Access token validation failure.")
        missing = [part for part in PREFERRED if part not in given.get("prefer", "")]
        if missing:
            self.complaints.append(f"{method} {name} without Prefer: {missing}")
        if name == "event" and method in ("PATCH", "DELETE") and "if-match" not in given:
            self.complaints.append(f"{method} {name} without If-Match")

    def _carried_out(
        self, name: str, method: str, given: list[str], query: dict[str, str], headers: dict[str, str], body: Any
    ) -> Answer:
        double = self.double
        version = {key.lower(): value for key, value in headers.items()}.get("if-match")
        with double.lock:
            double.url = f"http://{headers.get('Host') or headers['host']}/v1.0"
            if name == "getSchedule":
                double.mailbox(given[0])
                return double.get_schedule_post(body)
            if name in ("rooms", "subscriptions", "subscription"):
                arguments: list[Any] = [*given, *([body] if body is not None else [])]
                return self._act(name, method, arguments)
            arguments = [double.mailbox(given[0]), *given[1:]]
            if method == "GET":
                arguments.append(query)
            if body is not None:
                arguments.append(body)
            if method in ("PATCH", "DELETE"):
                arguments.append(version)
            return self._act(name, method, arguments)

    def _act(self, name: str, method: str, arguments: list[Any]) -> Answer:
        answer: Answer = getattr(self.double, f"{name}_{method.lower()}")(*arguments)
        return answer

    def _complaint(self, problem: Problem) -> Problem:
        self.complaints.append(str(problem))
        return problem


def _handler(server: GraphServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def serve(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = json.loads(self.rfile.read(length)) if length else None
            mailbox = urlsplit(self.path).path.split("/events")[0]
            with server.lock:
                server.busy[mailbox] += 1
                server.most = max(server.most, server.busy[mailbox])
                if server.busy[mailbox] > AT_ONCE and "/users/" in mailbox:
                    server.complaints.append(f"{server.busy[mailbox]} requests at once for {mailbox}")
            try:
                answer = server.answer(self.command, self.path, dict(self.headers.items()), body)
            except Exception as error:  # the double's own mistake must not pass for Graph's
                server.complaints.append(repr(error))
                raise
            finally:
                with server.lock:
                    server.busy[mailbox] -= 1
            self._say(answer)

        def _say(self, answer: Answer) -> None:
            body = b"" if answer.body is None else json.dumps(answer.body).encode()
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    for method in ("GET", "POST", "PATCH", "DELETE"):
        setattr(Handler, f"do_{method}", Handler.serve)
    return Handler
