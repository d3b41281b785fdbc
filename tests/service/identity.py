"""An identity provider over HTTP, strict: it takes nothing that OpenID Connect does not ask for."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_urlsafe
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT, SECRET = "fieldplan-client", "very secret"
REDIRECT = "http://test/api/v1/oidc/callback"
ASKED = {
    "response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "code_challenge", "code_challenge_method",
}  # fmt: skip


@dataclass
class Directory:
    """What the provider knows; tests change it to make it lie.

    Attributes
    ----------
    person
        Who is at the browser.
    claims
        What takes the place of claims; None leaves one out.
    """

    url: str = ""
    person: dict[str, Any] = field(default_factory=lambda: {"sub": "s-1", "name": "Ada", "email": "ada@example.com"})
    claims: dict[str, Any] = field(default_factory=dict)
    keys: list[RSAKey] = field(default_factory=lambda: [new_rsa("1")])
    signed_by: RSAKey | None = None
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def described(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    def authorized(self, query: dict[str, str]) -> str:
        """Where the browser goes back to: the person agrees at once."""
        assert query.keys() == ASKED, query.keys() ^ ASKED
        assert (query["client_id"], query["redirect_uri"], query["response_type"]) == (CLIENT, REDIRECT, "code")
        assert "openid" in query["scope"].split() and query["code_challenge_method"] == "S256"
        assert min(len(query[name]) for name in ("state", "nonce", "code_challenge")) >= 43
        code = token_urlsafe(16)
        self.codes[code] = query
        return f"{REDIRECT}?{urlencode({'code': code, 'state': query['state'], 'session_state': 'theirs'})}"

    def token(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """Tokens for a code, once; None when anything does not fit."""
        asked = self.codes.pop(form.get("code", ""), None)
        given = base64.b64encode(f"{CLIENT}:{SECRET.replace(' ', '+')}".encode()).decode()
        plain = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if (
            asked is None
            or authorization not in (f"Basic {given}", f"Basic {plain}")
            or form.get("redirect_uri") != asked["redirect_uri"]
            or challenge.decode().rstrip("=") != asked["code_challenge"]
        ):
            return None
        return {"access_token": "opaque", "token_type": "Bearer", "id_token": self._id_token(asked["nonce"])}

    def _id_token(self, nonce: str) -> str:
        now = int(time.time())
        usual = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": nonce, **self.person}
        claims = {name: value for name, value in {**usual, **self.claims}.items() if value is not None}
        key = self.signed_by or self.keys[-1]
        return jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key)


def new_rsa(kid: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig", "alg": "RS256"})


@contextmanager
def provider() -> Iterator[Directory]:
    directory = Directory()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path == "/authorize":
                query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                self.send_response(302)
                self.send_header("Location", directory.authorized(query))
                self.end_headers()
                return
            answers = {
                "/.well-known/openid-configuration": directory.described,
                "/keys": lambda: KeySet(list(directory.keys)).as_dict(private=False),
            }
            self._say(200, answers[parts.path]())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            answer = directory.token(form, self.headers.get("Authorization", ""))
            self._say(200 if answer else 400, answer or {"error": "invalid_grant"})

        def _say(self, status: int, value: Any) -> None:
            body = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        directory.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield directory
        server.shutdown()
