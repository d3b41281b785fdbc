"""Requests to one server as one user, and what its answers mean in the port's errors."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal
from urllib.parse import quote, unquote, urljoin, urlsplit

from caldav.davclient import DAVClient
from caldav.lib.error import DAVError, RateLimitError, parse_preconditions
from niquests.exceptions import ConnectTimeout, RequestException
from pydantic import SecretStr

from scheduler.sync.errors import (
    Conflict,
    Denied,
    Exists,
    NotFound,
    Refused,
    SyncError,
    Throttled,
    Unclear,
    Unreachable,
)
from scheduler.sync.waiting import retry_after

TIMEOUT_SECONDS = 30
WITHOUT_ADVICE = timedelta(seconds=30)
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class Login:
    """Who asks. For `bearer`, the password is the token."""

    username: str
    password: SecretStr
    method: Literal["basic", "digest", "bearer"] = "basic"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def preconditions(self) -> tuple[str, ...]:
        """What the server named as broken, without namespaces."""
        return tuple(name.rpartition("}")[2] for name in parse_preconditions(self.body))


def check_url(url: str) -> None:
    """Raises ValueError for an address to which no password may be sent."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise ValueError(f"{url} is not https; passwords are sent over TLS only")


def path_of(href: str) -> str:
    """The path of an address, spelt in one way however the server spells it."""
    return quote(unquote(urlsplit(href).path), safe="/@")


class Session:
    """Used by one thread at a time. `authority` is a file of certificates to trust instead of the system's."""

    def __init__(self, url: str, login: Login, authority: str | None = None) -> None:
        check_url(url)
        self.url = url
        self._client: Any = DAVClient(
            url,
            username=login.username,
            password=login.password.get_secret_value(),
            auth_type=login.method,
            timeout=TIMEOUT_SECONDS,
            ssl_verify_cert=authority or True,
            enable_rfc6764=False,
            rate_limit_handle=False,
        )

    def read(self, method: str, path: str, body: str = "", *, depth: int | None = None) -> Answer:
        """Raises what a read may raise; an answer below 300 comes back."""
        try:
            answer = self._ask(method, path, body, {} if depth is None else {"Depth": str(depth)})
        except (RequestException, OSError) as error:
            raise Unreachable(_words(error)) from error
        if answer.status >= 300:
            raise _read_error(answer)
        return answer

    def write(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """Send once. What is not certainly undone is Unclear."""
        try:
            answer = self._ask(method, path, body, headers)
        except (RequestException, OSError) as error:
            raise _lost(error) from error
        if answer.status >= 300:
            raise _write_error(answer)
        return answer

    def _ask(self, method: str, path: str, body: str | bytes, headers: Mapping[str, str]) -> Answer:
        address = urljoin(self.url, path)
        try:
            got = self._client.request(address, method, body, headers)
        except RateLimitError as error:
            return Answer(error.status or 429, {"Retry-After": error.retry_after or ""}, b"")
        except DAVError as error:
            said = error.body or b""
            return Answer(error.status or 403, {}, said.encode() if isinstance(said, str) else said)
        return Answer(got.status, got.headers, _body(got))

    def close(self) -> None:
        self._client.close()


def _body(got: Any) -> bytes:
    raw = got.raw
    return raw.encode() if isinstance(raw, str) else raw or b""


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _lost(error: Exception) -> SyncError:
    return Unreachable(_words(error)) if _never_sent(error) else Unclear(_words(error))


def _never_sent(error: Exception) -> bool:
    """Whether no connection was made, or none that is trusted."""
    said = str(error)
    return isinstance(error, ConnectTimeout) or "CERTIFICATE_VERIFY_FAILED" in said or "NewConnectionError" in said


def _read_error(answer: Answer) -> SyncError:
    said = f"HTTP {answer.status} {' '.join(answer.preconditions)}".strip()
    if answer.status in (404, 410):
        return NotFound(said)
    if answer.status in (401, 403):
        return Denied(said)
    wait = retry_after(answer.headers)
    if answer.status == 429 or wait is not None:
        return Throttled(said, wait or WITHOUT_ADVICE)
    return Unreachable(said)


def _write_error(answer: Answer) -> SyncError:
    said = f"HTTP {answer.status} {' '.join(answer.preconditions)}".strip()
    if answer.status in (404, 410):
        return NotFound(said)
    if answer.status == 412:
        return Conflict(said)
    if "no-uid-conflict" in answer.preconditions:
        return Exists(said)
    if answer.status == 401 or (answer.status == 403 and not set(answer.preconditions) - {"need-privileges"}):
        return Denied(said)
    if answer.status == 429:
        return Throttled(said, retry_after(answer.headers) or WITHOUT_ADVICE)
    if answer.status < 500 or answer.status == 507:
        return Refused(said)
    return Unclear(said, retry_after(answer.headers))
