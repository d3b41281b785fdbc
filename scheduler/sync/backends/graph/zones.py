"""Graph's dateTimeTimeZone <-> moments, whatever zone is named and in whose words."""

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

DIGITS = 6
"""Of a second that Python knows; Graph writes seven."""


def said(moment: datetime) -> dict[str, str]:
    """The moment as Graph reads it."""
    return {"dateTime": moment.astimezone(UTC).replace(tzinfo=None).isoformat(), "timeZone": "UTC"}


def moment(given: dict[str, Any]) -> datetime:
    """The moment that Graph means."""
    text, zone = str(given["dateTime"]), zone_of(given.get("timeZone"))
    whole, _, fraction = text.removesuffix("Z").partition(".")
    local = datetime.fromisoformat(whole) + timedelta(microseconds=int(fraction[:DIGITS].ljust(DIGITS, "0")))
    return local.replace(tzinfo=zone).astimezone(UTC)


def day(given: dict[str, Any], zone: str | None) -> datetime:
    """When a day begins for whoever wrote an all-day event.

    Graph gives its midnight without moving it into the zone that was asked for. Where it did move it, the moment
    stands.
    """
    there = moment(given)
    if (there.hour, there.minute) != (0, 0):
        return there
    return there.replace(tzinfo=zone_of(zone)).astimezone(UTC)


def zone_of(name: str | None) -> tzinfo:
    """The zone of an IANA or a Windows name; UTC for none and for `tzone://Microsoft/Custom`."""
    known = WINDOWS_TO_OLSON.get(name or "", name or "UTC")
    try:
        return ZoneInfo(known)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
