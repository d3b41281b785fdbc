"""How long a server asks to be left alone: `Retry-After` (RFC 9110), in seconds or as a date."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """None where nothing is said, or nothing that can be understood."""
    given = next((value for name, value in headers.items() if name.lower() == "retry-after"), "").strip()
    if given.isdecimal():
        return timedelta(seconds=int(given))
    try:
        return max(parsedate_to_datetime(given) - datetime.now(UTC), timedelta(0))
    except (ValueError, TypeError):
        return None
