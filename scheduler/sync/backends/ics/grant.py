"""Secret addresses of feeds: whoever knows the token may read, until it is revoked."""

import hashlib
import hmac
import secrets
from datetime import datetime

from scheduler.domain.base import Id, Instant, Value


class Grant(Value):
    """The right to read a feed. The token itself is kept nowhere, only its hash."""

    feed: Id
    digest: str
    issued: Instant
    revoked: Instant | None = None

    def opens(self, token: str) -> bool:
        """Whether the token is this one and still counts. Takes as long for a wrong one as for the right one."""
        same = hmac.compare_digest(self.digest, _digest(token))
        return same and self.revoked is None

    def revoke(self, now: datetime) -> "Grant":
        return self.model_copy(update={"revoked": self.revoked or now})


def issue(feed: str, now: datetime) -> tuple[str, Grant]:
    """A new token, of 256 random bits, and what is kept of it."""
    token = secrets.token_urlsafe(32)
    return token, Grant(feed=feed, digest=_digest(token), issued=now)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
