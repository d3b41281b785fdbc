"""exchangelib's connection, made to send each request once, to share nothing, and to verify TLS always."""

import logging
from collections import deque
from datetime import timedelta
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import urlsplit

import exchangelib
from exchangelib.errors import SessionPoolMinSizeReached
from exchangelib.protocol import CachingProtocol, FailFast, Protocol
from exchangelib.util import TNS
from exchangelib.version import EXCHANGE_2016, Version
from lxml import etree
from oauthlib.oauth2 import MissingTokenError, OAuth2Error
from requests.adapters import HTTPAdapter
from requests.exceptions import RequestException

from scheduler.sync.backends.exchange.signin import SignIn
from scheduler.sync.errors import Denied, Throttled, Unreachable
from scheduler.sync.waiting import retry_after

AT_MOST = 8
"""Connections at a time; Exchange allows an account 27 unless its administrator says otherwise."""

WITHOUT_ADVICE = timedelta(seconds=30)
"""How long to wait when the server is busy and doesn't say for how long."""

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class HttpError(exchangelib.errors.EWSError):  # type: ignore[misc]
    """An answer that is no SOAP, so that nothing is known of the request. It may ask to wait."""

    def __init__(self, status: int, retry_after: timedelta | None) -> None:
        super().__init__(f"Exchange answers {status} without SOAP")
        self.retry_after = retry_after


class Once(FailFast):  # type: ignore[misc]
    """Sends nothing twice, and reads what the server says of waiting.

    exchangelib's own policies lose BackOffMilliseconds outside of SOAP faults and Retry-After always, and take every
    closed connection for a busy server.
    """

    def raise_response_errors(self, response: Any) -> None:
        is_soap = response.status_code in (200, 500) and b"Envelope" in response.content
        wait = retry_after(response.headers)
        if response.status_code == 429:
            raise Throttled("Exchange answers 429", wait or WITHOUT_ADVICE)
        if is_soap and b"BackOffMilliseconds" in response.content:
            _raise_back_off(response.content)
        if response.status_code in (401, 403):
            raise Denied(f"Exchange refuses the credentials ({response.status_code})")
        if not is_soap:
            raise HttpError(response.status_code, wait)


def _raise_back_off(content: bytes) -> None:
    try:
        values = etree.fromstring(content).iter(f"{{{TNS}}}Value")
    except etree.XMLSyntaxError:
        return
    for value in values:
        if value.get("Name") == "BackOffMilliseconds":
            raise Throttled("Exchange is busy", timedelta(milliseconds=int(value.text or 0)))


class _Apart(CachingProtocol):  # type: ignore[misc]
    """exchangelib shares one connection, with the policy of whoever came first, among all who use one account."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return type.__call__(self, *args, **kwargs)


class Connection(Protocol, metaclass=_Apart):  # type: ignore[misc]
    """One server and one service account, with a pool of sessions that is our own.

    exchangelib's pool hangs for ever when connections break in several threads (`decrease_poolsize` takes one lock
    twice), calls a broken connection a busy server once it has two sessions, and, after a write whose answer was lost,
    fetches the next token before it says so, so that a token server that is down would hide what happened.
    """

    HTTP_ADAPTER_CLS = HTTPAdapter  # whatever the rest of the program told exchangelib to use
    USERAGENT = "fieldplan"
    TIMEOUT = 60
    session_pool_size = 1

    def __init__(self, config: Any) -> None:
        super().__init__(config=config)
        self._idle: deque[Any] = deque()
        self._free = BoundedSemaphore(AT_MOST)

    def get_session(self) -> Any:
        """A session that is signed in. Nothing was sent to the calendar when this fails."""
        self._free.acquire()
        try:
            return self._idle.pop() if self._idle else self._signed_in()
        except BaseException:
            self._free.release()
            raise

    def release_session(self, session: Any) -> None:
        self._idle.append(session)
        self._free.release()

    def retire_session(self, session: Any) -> None:
        self.close_session(session)
        self._free.release()

    def renew_session(self, session: Any) -> Any:
        self.retire_session(session)
        return self.get_session()

    def decrease_poolsize(self) -> None:
        raise SessionPoolMinSizeReached("the pool keeps its size")

    def close(self) -> None:
        while self._idle:
            self.close_session(self._idle.pop())

    def _signed_in(self) -> Any:
        try:
            return self.create_session()
        except MissingTokenError as error:
            raise Unreachable(f"no token was given: {error}") from error
        except OAuth2Error as error:
            raise Denied(f"no token was given: {error}") from error
        except RequestException as error:
            raise Unreachable(f"no token was given: {type(error).__name__}") from error


def connect(url: str, sign_in: SignIn) -> Connection:
    """Opens nothing yet. Raises ValueError for an address that would send credentials in the clear."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise ValueError(f"url {url!r}: Exchange is reached by https alone")
    config = exchangelib.Configuration(
        credentials=sign_in.credentials(),
        service_endpoint=url,
        auth_type=sign_in.auth_type,
        version=Version(build=EXCHANGE_2016),
        retry_policy=Once(),
    )
    return Connection(config=config)


class Account(exchangelib.Account):  # type: ignore[misc]
    """One mailbox, by impersonation or as a delegate. Times are UTC whatever zone this machine lives in."""

    def __init__(self, mailbox: str, connection: Connection, access: str) -> None:
        super().__init__(
            mailbox, access_type=access, config=connection.config, default_timezone=exchangelib.UTC, locale="en_US"
        )
        self.protocol = connection


class _Secretive(logging.Filter):
    """Keeps authorisation headers and tokens out of what the libraries log while debugging."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, dict) and "request_headers" in record.args:
            record.args = {**record.args, "request_headers": "[left out]"}
        return not record.name.startswith(("requests_oauthlib", "oauthlib")) or record.levelno > logging.DEBUG


for _name in ("exchangelib.util", "requests_oauthlib.oauth2_session", "oauthlib.oauth2.rfc6749.clients.base"):
    logging.getLogger(_name).addFilter(_Secretive())
