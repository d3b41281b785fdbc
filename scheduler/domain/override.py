"""What people decided over the rules: locks to hold, breaches to accept."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from scheduler.domain.base import Id, Instant, Value


class LockKind(StrEnum):
    TIME = "time"
    RESOURCE = "resource"
    RESOURCE_AND_TIME = "resource-and-time"
    TIME_RANGE = "time-range"


class Lock(Value):
    """Hold a booking: its resource, the start of its service, both, or a range that it must stay in.

    Attributes
    ----------
    activity, requirement, ordinal
        Which booking. Without a requirement, TIME and TIME_RANGE hold every booking of the activity.
    resource
        Held by RESOURCE and RESOURCE_AND_TIME.
    start, end
        TIME holds `start`; TIME_RANGE keeps the service between `start` and `end`.
    by, why, at
        Who locked, for what reason, when.
    until
        The lock no longer counts from this moment of the problem's `now`.
    """

    kind: LockKind
    activity: Id
    requirement: Id | None = None
    ordinal: int = Field(default=0, ge=0)
    resource: Id | None = None
    start: Instant | None = None
    end: Instant | None = None
    by: str = ""
    why: str = ""
    at: Instant | None = None
    until: Instant | None = None

    @property
    def holds_resource(self) -> bool:
        return self.kind in (LockKind.RESOURCE, LockKind.RESOURCE_AND_TIME)

    @property
    def holds_time(self) -> bool:
        return self.kind in (LockKind.TIME, LockKind.RESOURCE_AND_TIME)

    def active(self, now: datetime | None) -> bool:
        """Whether the lock counts at that moment; without a moment every lock does."""
        return self.until is None or now is None or now < self.until


class Waiver(Value):
    """A breach that a dispatcher accepts: of one rule, by one booking, up to an amount in the rule's unit."""

    rule: Id
    activity: Id
    requirement: Id
    ordinal: int = Field(default=0, ge=0)
    largest_amount: float = Field(ge=0, allow_inf_nan=False)
    by: str = ""
    why: str = Field(min_length=1)
