"""What lives as long as the service does."""

import threading
import time
from dataclasses import dataclass, field

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from service.database import Database
from service.settings import Settings


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
    """Settings, database and limiter: `request.app.state.house`. `closing` ends answers that would never end."""

    settings: Settings
    database: Database
    limiter: Limiter
    closing: threading.Event = field(default_factory=threading.Event)

    @classmethod
    def built(cls, settings: Settings) -> "House":
        return cls(settings, Database(settings.database_url), Limiter(settings.rate_limit))
