"""What can go wrong with a calendar: whether it was done, whether it helps to try again, and when."""

from datetime import timedelta

from scheduler.domain.errors import FieldplanError


class SyncError(FieldplanError):
    """Base of what a calendar answers instead of doing what it was asked.

    Attributes
    ----------
    retry_after
        How long the calendar wants to be left alone; None where it said nothing of it.
    """

    retry_after: timedelta | None = None


class NotFound(SyncError):
    """There is no such event."""


class Conflict(SyncError):
    """The event has another version than the one we know: somebody changed it."""


class Exists(SyncError):
    """An event with this uid is already there."""


class Refused(SyncError):
    """The calendar will not take this event as it is; sending it again won't help."""


class Denied(SyncError):
    """The credentials or permissions are not enough for this mailbox."""


class Throttled(SyncError):
    """Too many requests. Nothing may be sent for this mailbox before `retry_after` has passed."""

    def __init__(self, message: str, retry_after: timedelta) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unreachable(SyncError):
    """The request did not reach the calendar, or was a read; it can be sent again later."""


class Unclear(SyncError):
    """A write may or may not have happened. Look it up before anything else is written, after `retry_after`."""

    def __init__(self, message: str, retry_after: timedelta | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class TokenLost(SyncError):
    """The token means nothing any more: list all again."""


class Unsupported(SyncError):
    """The backend doesn't declare the capability for this."""
