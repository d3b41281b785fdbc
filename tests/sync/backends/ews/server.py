"""The wire: HTTP or HTTPS, Basic, NTLM or a bearer token, SOAP in and out. Every request and answer is kept."""

import base64
import json
import ssl
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qs

from lxml import etree

from tests.sync.backends.ews import directory, operations, schema
from tests.sync.backends.ews.exchange import Caller, Exchange, User
from tests.sync.backends.ews.soap import Element, EwsError, Fault, child, envelope, failure, local, response

VERSIONS = ("Exchange2010_SP2", "Exchange2013", "Exchange2013_SP1", "Exchange2016")
OPERATIONS: dict[str, Callable[[Exchange, Caller, Element], Element]] = {
    "GetFolder": operations.get_folder,
    "CreateItem": operations.create_item,
    "GetItem": operations.get_item,
    "UpdateItem": operations.update_item,
    "DeleteItem": operations.delete_item,
    "CopyItem": operations.copy_item,
    "FindItem": operations.find_item,
    "SyncFolderItems": operations.sync_folder_items,
    "GetUserAvailabilityRequest": directory.get_user_availability,
    "GetRoomLists": directory.get_room_lists,
    "GetRooms": directory.get_rooms,
}


@dataclass
class Exchanged:
    """One request with its answer."""

    operation: str
    request: bytes
    answer: bytes
    user: str
    acting: str | None
    agent: str


class EwsServer:
    """Serves an Exchange on a port of its own until it is closed."""

    def __init__(self, exchange: Exchange, *, certificate: tuple[str, str] | None = None, ntlm: bool = False) -> None:
        self.exchange, self.ntlm = exchange, ntlm
        self.log: list[Exchanged] = []
        self.complaints: list[str] = []
        """What Microsoft's schemas say against requests or answers, and where the double broke. Must stay empty."""
        self.applications: dict[str, tuple[str, User]] = {}
        """Client ids of OAuth applications with their secret and account."""
        self.tokens: dict[str, User] = {}
        self.close_after = ""
        """An operation that is done and never answered: the connection breaks."""
        self.bare: deque[tuple[int, str]] = deque()
        """Statuses, with what Retry-After says, that the next requests get without being looked at."""
        self.lock = Lock()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self._http.socket = context.wrap_socket(self._http.socket, server_side=True)
        self.base = f"{'https' if certificate else 'http'}://localhost:{self._http.server_port}"
        self.port = self._http.server_port
        Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"{self.base}/EWS/Exchange.asmx"

    def operations(self) -> list[str]:
        return [one.operation for one in self.log]

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()

    def handle(self, user: User, data: bytes, agent: str) -> tuple[int, bytes]:
        """The status and the envelope of the answer; one request after the other."""
        with self.lock:
            request = etree.fromstring(data)
            message = child(request, "s:Body")[0]
            impersonated = child(request, "s:Header/t:ExchangeImpersonation/t:ConnectingSID")
            acting = impersonated[0].text.lower() if impersonated is not None else None
            try:
                status, said = 200, self._perform(user, acting, request, message)
            except Fault as fault:
                status, said = 500, fault.element()
            except Exception as error:
                self.complaints.append(f"{local(message)} broke the double: {error!r}")
                status, said = 500, Fault("ErrorInternalServerError", repr(error)).element()
            if status == 200 and (against := schema.complaint(said)):
                self.complaints.append(f"answer to {local(message)}: {against}")
            answer = envelope(said)
            self.log.append(Exchanged(local(message), data, answer, user.name, acting, agent))
            return status, answer

    def _perform(self, user: User, acting: str | None, request: Element, message: Element) -> Element:
        version = child(request, "s:Header/t:RequestServerVersion")
        if version is None or version.get("Version") not in VERSIONS:
            raise Fault("ErrorInvalidServerVersion", "The specified server version is invalid.")
        if against := schema.complaint(message):
            self.complaints.append(f"request {local(message)}: {against}")
            raise Fault("ErrorSchemaValidation", f"The request failed schema validation: {against}")
        zone = child(request, "s:Header/t:TimeZoneContext/t:TimeZoneDefinition")
        caller = self.exchange.caller(user, acting, zone.get("Id") if zone is not None else "UTC")
        name = local(message)
        if self.exchange.refusals:
            refusal = self.exchange.refusals.popleft()
            if isinstance(refusal, Fault):
                raise refusal
            return response(name, failure(name, refusal))
        if name not in OPERATIONS:
            raise Fault("ErrorInvalidRequest", f"{name} is not served here.")
        try:
            return OPERATIONS[name](self.exchange, caller, message)
        except Fault:
            raise
        except EwsError as error:
            return response(name, failure(name, error))

    def token(self, form: dict[str, list[str]]) -> dict[str, Any] | None:
        """An OAuth token for an application that proves itself."""
        client, secret = form.get("client_id", [""])[0], form.get("client_secret", [""])[0]
        known = self.applications.get(client)
        if known is None or known[0] != secret:
            return None
        token = f"token-{len(self.tokens)}-of-{client}"
        self.tokens[token] = known[1]
        return {"access_token": token, "token_type": "Bearer", "expires_in": 3600}


def _handler(server: EwsServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        ntlm: Any = None

        def do_POST(self) -> None:
            data = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path == "/token":
                given = server.token(parse_qs(data.decode()))
                self._say(*((200, given) if given else (401, {"error": "invalid_client"})))
            elif server.bare:
                status, retry_after = server.bare.popleft()
                self._answer(status, b"", *([("Retry-After", retry_after)] if retry_after else []))
            elif self.path != "/EWS/Exchange.asmx":
                self._answer(404, b"")
            elif user := self._signed_in():
                status, answer = server.handle(user, data, self.headers.get("User-Agent", ""))
                if server.log[-1].operation == server.close_after:
                    self.close_connection = True
                else:
                    self._answer(status, answer)

        def _signed_in(self) -> User | None:
            scheme, _, given = self.headers.get("Authorization", "").partition(" ")
            if server.ntlm:
                return self._ntlm(given)
            user = None
            if scheme == "Basic":
                name, _, password = base64.b64decode(given).decode().partition(":")
                known = server.exchange.users.get(name)
                user = known if known and known.password == password else None
            elif scheme == "Bearer":
                user = server.tokens.get(given)
            if user is None:
                self._answer(401, b"", ("WWW-Authenticate", 'Basic realm="ews"'))
            return user

        def _ntlm(self, given: str) -> User | None:
            """Three steps on one connection; pyspnego is the acceptor, its users are in NTLM_USER_FILE."""
            import spnego

            if self.ntlm is not None and self.ntlm.complete and not given:
                return server.exchange.users[self.ntlm.client_principal.split("\\")[-1]]
            if not given:
                self._answer(401, b"", ("WWW-Authenticate", "NTLM"))
                return None
            if self.ntlm is None or self.ntlm.complete:
                self.ntlm = spnego.server(protocol="ntlm")
            try:
                token = self.ntlm.step(base64.b64decode(given))
            except spnego.exceptions.SpnegoError:
                self.ntlm = None
                self._answer(401, b"", ("WWW-Authenticate", "NTLM"))
                return None
            if self.ntlm.complete:
                return server.exchange.users[self.ntlm.client_principal.split("\\")[-1]]
            self._answer(401, b"", ("WWW-Authenticate", f"NTLM {base64.b64encode(token).decode()}"))
            return None

        def _say(self, status: int, said: dict[str, Any]) -> None:
            self._answer(status, json.dumps(said).encode(), kind="application/json")

        def _answer(self, status: int, body: bytes, *headers: tuple[str, str], kind: str = "text/xml") -> None:
            self.send_response(status)
            for name, value in (("Content-Type", f"{kind}; charset=utf-8"), *headers):
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler
