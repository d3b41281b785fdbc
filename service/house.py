"""What lives as long as the service does."""

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from service.database import Database
from service.settings import Settings

if TYPE_CHECKING:
    from service.access.provider import Provider

DOOR_RATE = "10/minute"
CALLBACK = "/api/v1/oidc/callback"


class Limiter:
    """So many requests of one caller in a period, counted in this process."""

    def __init__(self, rate: str) -> None:
        self._rate = parse(rate)
        self._strategy = SlidingWindowCounterRateLimiter(MemoryStorage())

    def wait(self, who: str) -> int:
        """Count one request. Seconds to wait before the next may be sent, 0 when this one is admitted."""
        if self._strategy.hit(self._rate, who):
            return 0
        return max(1, round(self._strategy.get_window_stats(self._rate, who).reset_time - time.time()))


@dataclass(frozen=True)
class House:
    """What lives as long as the service: `request.app.state.house`.

    Attributes
    ----------
    door
        Counts attempts to sign in.
    provider
        Without, there are passwords alone.
    closing
        Ends answers that would never end.
    """

    settings: Settings
    database: Database
    limiter: Limiter
    door: Limiter
    provider: "Provider | None"
    closing: threading.Event = field(default_factory=threading.Event)

    @classmethod
    def built(cls, settings: Settings) -> "House":
        limiter, door = Limiter(settings.rate_limit), Limiter(DOOR_RATE)
        return cls(settings, Database(settings.database_url), limiter, door, _provider(settings))


def _provider(settings: Settings) -> "Provider | None":
    if not settings.oidc_issuer:
        return None
    from service.access.provider import Provider  # what it needs is loaded where there is one

    secret = settings.oidc_client_secret.get_secret_value()
    return Provider(settings.oidc_issuer, settings.oidc_client_id, secret, settings.public_url + CALLBACK)
