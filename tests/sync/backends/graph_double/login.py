"""Where Microsoft gives tokens, over TLS: for a secret, a signed assertion, a device code, a refresh token."""

import json
import ssl
from base64 import urlsafe_b64encode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

import jwt

TENANT, CLIENT = "contoso", "11111111-2222-3333-4444-555555555555"
DELEGATED = "https://graph.microsoft.com/Calendars.ReadWrite.Shared https://graph.microsoft.com/Place.Read.All"
DEFAULT = "https://graph.microsoft.com/.default"


class Login:
    """`given` counts tokens; `signed_in` says whether the person has typed the code; `key` judges assertions.

    Each token is another one, unless `always` is given.
    """

    def __init__(self, files: tuple[str, str], secret: str, always: str = "") -> None:
        self.secret, self.key, self.always = secret, cast(Any, None), always
        self.given, self.signed_in, self.refresh = 0, False, "refresh-token-1"
        self.broken: tuple[int, bytes] | None = None
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*files)
        self._http.socket = context.wrap_socket(self._http.socket, server_side=True)
        self.url = f"https://localhost:{self._http.server_port}"
        Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()

    def configuration(self) -> dict[str, Any]:
        base = f"{self.url}/{TENANT}"
        return {
            "issuer": f"{base}/v2.0",
            "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
            "token_endpoint": f"{base}/oauth2/v2.0/token",
            "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
        }

    def token(self, given: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if given.get("client_id") != CLIENT:
            return _refused("unauthorized_client", 700016)
        match given.get("grant_type"):
            case "client_credentials":
                return self._for_application(given)
            case "urn:ietf:params:oauth:grant-type:device_code":
                return self._for_person() if self.signed_in else _refused("authorization_pending", 70016)
            case "refresh_token" if given.get("refresh_token") == self.refresh:
                return self._for_person()
        return _refused("invalid_grant", 700082)

    def _for_application(self, given: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if given["scope"] != DEFAULT:
            return _refused("invalid_scope", 70011)
        if "client_assertion" in given:
            said = jwt.decode(given["client_assertion"], self.key, ["PS256", "RS256"], audience=self._audience())
            proven = said["iss"] == said["sub"] == CLIENT
        else:
            proven = given.get("client_secret") == self.secret
        return self._issued() if proven else _refused("invalid_client", 7000215)

    def _audience(self) -> str:
        return str(self.configuration()["token_endpoint"])

    def _for_person(self) -> tuple[int, dict[str, Any]]:
        status, answer = self._issued()
        who = {"uid": "u-1", "utid": "t-1"}
        claims = {"aud": CLIENT, "iss": self.url, "sub": "olena", "preferred_username": "olena@example.com"}
        signed = jwt.encode({**claims, "exp": 4102444800, "iat": 1}, "k" * 32, "HS256")
        packed = urlsafe_b64encode(json.dumps(who).encode()).decode().rstrip("=")
        return status, {
            **answer,
            "scope": DELEGATED,
            "refresh_token": self.refresh,
            "id_token": signed,
            "client_info": packed,
        }

    def _issued(self) -> tuple[int, dict[str, Any]]:
        self.given += 1
        return 200, {
            "token_type": "Bearer",
            "expires_in": 3600,
            "access_token": self.always or f"access-token-{self.given}",
        }

    def device_code(self) -> tuple[int, dict[str, Any]]:
        return 200, {
            "user_code": "ABC-DEF",
            "device_code": "device-code-1",
            "verification_uri": f"{self.url}/device",
            "message": "type ABC-DEF",
            "interval": 1,
            "expires_in": 900,
        }


def _refused(error: str, code: int) -> tuple[int, dict[str, Any]]:
    return 400, {"error": error, "error_description": f"AADSTS{code}: refused", "error_codes": [code]}


def _handler(login: Login) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            known = path == f"/{TENANT}/v2.0/.well-known/openid-configuration"
            self._say(*((200, login.configuration()) if known else (400, {"error": "invalid_tenant"})))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if login.broken is not None:
                return self._raw(*login.broken)
            given = dict(parse_qsl(body))
            self._say(*(login.device_code() if self.path.endswith("/devicecode") else login.token(given)))

        def _say(self, status: int, body: dict[str, Any]) -> None:
            self._raw(status, json.dumps(body).encode())

        def _raw(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler
