"""Feeds that calendar programs subscribe to: what they hold, who may read them, how they are answered over HTTP."""

from scheduler.sync.backends.ics.backend import Feeds
from scheduler.sync.backends.ics.feed import Entry, Feed, Served, serve, team
from scheduler.sync.backends.ics.grant import Grant, issue

__all__ = ["Entry", "Feed", "Feeds", "Grant", "Served", "issue", "serve", "team"]
