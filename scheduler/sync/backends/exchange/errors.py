"""What Exchange says, in the port's errors: what was done, what was not, and what nobody knows."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import exchangelib.errors as ews
from exchangelib.errors import EWSError
from requests.exceptions import ConnectTimeout, RequestException, SSLError
from urllib3.exceptions import MaxRetryError, NewConnectionError

from scheduler.sync.backends.exchange.connection import WITHOUT_ADVICE, HttpError
from scheduler.sync.errors import (
    Conflict,
    Denied,
    NotFound,
    Refused,
    SyncError,
    Throttled,
    TokenLost,
    Unclear,
    Unreachable,
)

GONE = (
    ews.ErrorItemNotFound,
    ews.ErrorInvalidId,
    ews.ErrorInvalidIdEmpty,
    ews.ErrorInvalidIdMalformed,
    ews.ErrorInvalidIdStoreObjectIdTooLong,
    ews.ErrorCalendarOccurrenceIsDeletedFromRecurrence,
    ews.ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange,
)
CHANGED = (ews.ErrorIrresolvableConflict, ews.ErrorStaleObject, ews.ErrorInvalidChangeKey)
DENIED = (
    ews.UnauthorizedError,
    ews.ErrorAccessDenied,
    ews.ErrorCreateItemAccessDenied,
    ews.ErrorAccountDisabled,
    ews.ErrorFolderNotFound,
    ews.ErrorImpersonateUserDenied,
    ews.ErrorImpersonationDenied,
    ews.ErrorImpersonationFailed,
    ews.ErrorInvalidExchangeImpersonationHeaderData,
    ews.ErrorMailboxConfiguration,
    ews.ErrorNonExistentMailbox,
    ews.ErrorNonPrimarySmtpAddress,
    ews.ErrorSyncFolderNotFound,
)
BUSY = (ews.ErrorServerBusy, ews.ErrorExceededConnectionCount, ews.ErrorTooManyObjectsOpened)
NOBODY_KNOWS = (
    ews.ErrorBatchProcessingStopped,
    ews.ErrorInternalServerError,
    ews.ErrorInternalServerTransientError,
    ews.ErrorMailboxFailover,
    ews.ErrorMailboxMoveInProgress,
    ews.ErrorMailboxStoreUnavailable,
    ews.ErrorTimeoutExpired,
)


@contextmanager
def reading() -> Iterator[None]:
    """Around requests that change nothing."""
    try:
        yield
    except SyncError:
        raise
    except HttpError as error:
        if error.retry_after is not None:
            raise Throttled(_words(error), error.retry_after) from error
        raise Unreachable(_words(error)) from error
    except (EWSError, RequestException) as error:
        raise _said(_cause(error)) or Unreachable(_words(error)) from error


@contextmanager
def writing() -> Iterator[None]:
    """Around the one request that writes: whatever is not certainly undone is Unclear."""
    try:
        yield
    except SyncError:
        raise
    except Exception as error:
        cause = _cause(error)
        if said := _said(cause):
            raise said from error
        if _never_sent(cause):
            raise Unreachable(_words(cause)) from error
        if isinstance(cause, ews.ResponseMessageError) and not isinstance(cause, NOBODY_KNOWS):
            raise Refused(_words(cause)) from error
        raise Unclear(_words(cause), cause.retry_after if isinstance(cause, HttpError) else None) from error


def _cause(error: Exception) -> Exception:
    """With several connections open, exchangelib calls a broken one a busy server; what broke it is the context."""
    context = error.__context__
    renamed = isinstance(error, ews.ErrorServerBusy) and isinstance(context, (*NOBODY_KNOWS, *BUSY))
    return context if renamed and isinstance(context, Exception) else error


def _said(error: Exception) -> SyncError | None:
    """What the error means for reads and writes alike, None where that differs."""
    meanings: list[tuple[Any, type[SyncError]]] = [
        (GONE, NotFound),
        (CHANGED, Conflict),
        (DENIED, Denied),
        (ews.ErrorInvalidSyncStateData, TokenLost),
    ]
    if isinstance(error, BUSY):
        return Throttled(_words(error), WITHOUT_ADVICE)
    return next((meaning(_words(error)) for kinds, meaning in meanings if isinstance(error, kinds)), None)


def _never_sent(error: Exception) -> bool:
    """Whether no connection was made. A connection that broke later may have carried the request."""
    below = error.__context__
    reason = below.args[0] if below is not None and below.args else None
    if isinstance(reason, MaxRetryError):
        reason = reason.reason
    mistrusted = isinstance(below, SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(below)
    return isinstance(below, ConnectTimeout) or isinstance(reason, NewConnectionError) or mistrusted


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
