"""What Graph says, in the port's errors: what was done, what was not, and what nobody knows."""

from collections.abc import Mapping
from typing import Any

import httpx

from scheduler.sync.backends.graph.throttle import WITHOUT_ADVICE
from scheduler.sync.errors import (
    Conflict,
    Denied,
    Exists,
    NotFound,
    Refused,
    SyncError,
    Throttled,
    TokenLost,
    Unclear,
    Unreachable,
)
from scheduler.sync.waiting import retry_after

GONE = frozenset({"ErrorItemNotFound", "ErrorInvalidIdMalformed", "ErrorInvalidMailboxItemId", "ErrorObjectDeleted"})
CHANGED = frozenset({"ErrorIrresolvableConflict", "ErrorStaleObject", "ErrorInvalidChangeKey"})
TWICE = frozenset({"ErrorDuplicateTransactionId"})
LOST = frozenset({"syncStateNotFound", "SyncStateNotFound", "SyncStateInvalid", "resyncRequired"})
DENIED = frozenset(
    {
        "ErrorAccessDenied",
        "ErrorInvalidUser",
        "ErrorNonExistentMailbox",
        "MailboxNotEnabledForRESTAPI",
        "MailboxNotSupportedForRESTAPI",
    }
)
BUSY = frozenset({"ApplicationThrottled", "ErrorServerBusy", "ErrorExceededConnectionCount"})
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


class Senseless(Unreachable):
    """Graph does not understand what it was asked to read."""


def meaning(status: int, headers: Mapping[str, str], body: Any, *, writes: bool) -> SyncError:
    """The error that an answer of 300 or more stands for.

    A 404 that doesn't speak of an item is about the mailbox: nothing in it was deleted.
    """
    code, said = _said(status, headers, body)
    if status == 429 or (code in BUSY and status < 500):
        return Throttled(said, retry_after(headers) or WITHOUT_ADVICE)
    kind = _kind(status, code)
    if kind is not None:
        return kind(said)
    if status >= 500 or status == 408:
        return _broken(said, headers, writes=writes)
    return Refused(said) if writes else Senseless(said)


def _kind(status: int, code: str) -> type[SyncError] | None:
    """What means the same for reads and for writes."""
    by_code = ((GONE, NotFound), (CHANGED, Conflict), (TWICE, Exists), (LOST, TokenLost), (DENIED, Denied))
    by_status = {401: Denied, 403: Denied, 404: Denied, 410: TokenLost, 412: Conflict}
    return next((kind for codes, kind in by_code if code in codes), by_status.get(status))


def _broken(said: str, headers: Mapping[str, str], *, writes: bool) -> SyncError:
    wait = retry_after(headers)
    if writes:
        return Unclear(said, wait)
    return Throttled(said, wait) if wait is not None else Unreachable(said)


def lost(error: httpx.HTTPError, *, writes: bool) -> SyncError:
    """What it means that no whole answer came."""
    said = f"{type(error).__name__}: {error}"
    return Unclear(said) if writes and not isinstance(error, NEVER_SENT) else Unreachable(said)


def _said(status: int, headers: Mapping[str, str], body: Any) -> tuple[str, str]:
    """Graph's code, and its words with the id by which Microsoft finds the request."""
    error = body.get("error") if isinstance(body, dict) else None
    error = error if isinstance(error, dict) else {}
    code = str(error.get("code", ""))
    request = {name.lower(): value for name, value in headers.items()}.get("request-id", "")
    parts = (f"Graph answers {status}", code, str(error.get("message", "")), f"(request {request})" if request else "")
    return code, " ".join(part for part in parts if part)
