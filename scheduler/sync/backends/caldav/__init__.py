"""Calendars behind CalDAV: Radicale, xandikos, Cyrus, and whatever else keeps to RFC 4791."""

from scheduler.sync.backends.caldav.backend import CalDav
from scheduler.sync.backends.caldav.session import Login

__all__ = ["CalDav", "Login"]
