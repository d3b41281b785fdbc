"""Visit the mailboxes that are due: read what people did, then carry the outbox out, unless too much would go."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from scheduler.sync.cycle import Office, Report, run, too_many
from scheduler.sync.link import Box
from service.calendars import blasts
from service.calendars.backends import Backends
from service.calendars.busy import keep_busy_times
from service.calendars.inforce import Remembered
from service.calendars.office import connections, office
from service.calendars.store import TenantStore, Writing
from service.calendars.telling import tell

log = logging.getLogger(__name__)

EVERY = timedelta(minutes=1)
"""So often each calendar is read."""
SOON = timedelta(seconds=5)
AT_ONCE = 8
"""Mailboxes of a connection that are visited at the same time."""


def visit(store: TenantStore, remembered: Remembered, backends: Backends, now: datetime) -> bool:
    """Whether any mailbox was due."""
    due = _claimed(store, now)
    if not due:
        return False
    with store.database.reading(store.tenant) as session:
        standing, rows = remembered.of(session, store.tenant, now), connections(session, store.tenant)
    found, known = office(store, standing, rows, backends), store.boxes()
    for name in sorted({box.connection for box in due}):
        mine = [box for box in due if box.connection == name]
        _visit(store, found, name, mine, [box for box in known if box.connection == name])
    keep_busy_times(store, standing, frozenset(due))
    tell(store, standing, frozenset(due), backends.vault)
    return True


def _claimed(store: TenantStore, now: datetime) -> tuple[Box, ...]:
    """The mailboxes that are due. They are due again after a while; what is published meanwhile wakes them earlier."""
    with store.reading() as rows:
        due = rows.due(now)
    if due:
        with store.writing() as rows:
            for box in due:
                rows.put_off(box, now + EVERY)
    return due


def _visit(store: TenantStore, found: Office, name: str, due: Sequence[Box], known: Sequence[Box]) -> None:
    with store.reading() as rows:
        allowed = blasts.allowed(rows, name)
    report = run(found, due, allowed=allowed, counted=known, workers=AT_ONCE)
    log.info("%s: %s: %s", store.tenant, name, dict(report.counts))
    blast = report.blast or (too_many(found, known) if allowed else None)
    with store.writing() as rows:
        blasts.ask(rows, name, blast, found.now())
        _note(rows, due, report, found.now())


def _note(rows: Writing, due: Sequence[Box], report: Report, now: datetime) -> None:
    """When each was read, and when it is to be visited again where it rests or work is left."""
    for box in sorted(due):
        if box not in report.waiting:
            rows.was_read(box, now)
        cursor = rows.cursor(box)
        rests = cursor.wait_until is not None and cursor.wait_until > now
        left = report.blast is None and any(not intent.refused for intent in rows.intents(box).values())
        if rests and cursor.wait_until is not None:
            rows.put_off(box, cursor.wait_until)
        elif left:
            rows.put_off(box, now + SOON)
