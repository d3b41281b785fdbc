"""Feeds of a technician, a room or a team, at addresses that nobody can guess."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduler.domain.plan import BookingKey
from scheduler.domain.problem import Problem
from scheduler.sync.backends.ics import Entry, Feed, team
from scheduler.sync.content.compose import Composer
from scheduler.sync.content.people import Person, Style
from scheduler.sync.event import EventKey
from service.calendars.inforce import InForce
from service.calendars.office import secret
from service.tables import BookingRow, FeedRow

STYLES = {"feed": Style(reminder=None)}


def issue(row: FeedRow) -> str:
    """A new token for the feed, which nobody can read again; one that was given before opens nothing any more."""
    token = secrets.token_urlsafe(32)
    row.digest = _digest(token)
    return token


def look(session: Session, token: str) -> FeedRow | None:
    """The feed that the token opens, whosever it is."""
    asked = select(FeedRow).where(FeedRow.digest == _digest(token), FeedRow.revoked_at.is_(None))
    return session.scalars(asked).one_or_none()


def _digest(token: str) -> str:
    """A plain hash is enough: the token has 256 random bits, so there is nothing to guess."""
    return hashlib.sha256(token.encode()).hexdigest()


def feed(session: Session, row: FeedRow, standing: InForce) -> Feed:
    """What is in force for its resources; of several each event says whose it is."""
    key, names = secret(session, row.tenant), _names(standing.problem, row.resources)
    versions = _versions(session, row)
    entries = {name: _entries(standing, id, key, versions) for id, name in names.items()}
    if len(entries) == 1:
        return Feed(row.name, tuple(*entries.values()))
    return Feed(row.name, team(entries))


def _names(problem: Problem, resources: Iterable[str]) -> dict[str, str]:
    known = {id: problem.resource[id] for id in resources if id in problem.resource}
    return {id: resource.name or id for id, resource in known.items()}


def _entries(
    standing: InForce, resource: str, key: bytes, versions: dict[BookingKey, tuple[int, datetime]]
) -> tuple[Entry, ...]:
    """SEQUENCE is the publication that brought the booking to where it is."""
    me = Person(resource, "feed", resource)
    found = []
    for intent in Composer(standing.problem, standing.plan, key).wanted([me], STYLES):
        if intent.event is not None:
            sequence, changed = versions.get(_key(intent.key), (0, standing.at))
            event = intent.event.model_copy(update={"sequence": sequence})
            found.append(Entry(event=event, changed=changed))
    return tuple(found)


def _versions(session: Session, row: FeedRow) -> dict[BookingKey, tuple[int, datetime]]:
    booking = BookingRow
    asked = select(
        booking.activity, booking.requirement, booking.ordinal, booking.publication, booking.changed_at
    ).where(booking.tenant == row.tenant, booking.resource.in_(row.resources))
    return {BookingKey(a, r, n): (publication, changed) for a, r, n, publication, changed in session.execute(asked)}


def _key(key: EventKey) -> BookingKey:
    return BookingKey(key.activity, key.requirement, key.ordinal)
