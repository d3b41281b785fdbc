"""Events of ours that no link knows by their id: a create was carried out long after its answer had been given up, or
somebody took an event back out of the bin. A copy that a person made is none of them.

Where the event is missing, the stray takes its place. Where it stands, the stray is a second one and is taken out, as
long as it stands there as we sent it; what a person has touched is left alone.
"""

import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from scheduler.sync.apply import Stop, rest
from scheduler.sync.errors import Conflict, NotFound, Refused, SyncError
from scheduler.sync.event import Event, EventKey
from scheduler.sync.guard import Limits
from scheduler.sync.link import Intent, Link, LinkState, cancelled, mark
from scheduler.sync.port import Backend, RemoteEvent
from scheduler.sync.store.port import Batch, Held

log = logging.getLogger(__name__)


def claimed(
    events: Iterable[RemoteEvent],
    links: Mapping[EventKey, Link],
    intents: Mapping[EventKey, Intent],
    gone: Iterable[EventKey],
) -> Batch:
    """What the events that were read change about links; `gone` are those whose own event is surely not there."""
    known = {link.uid: link for link in links.values()}
    wanted = {intent.uid: intent for intent in intents.values()}
    ids = {link.remote_id for link in links.values()}
    found: defaultdict[str, list[RemoteEvent]] = defaultdict(list)
    for event in events:
        if event.original and event.uid is not None and event.remote_id not in ids:
            found[event.uid].append(event)
    batch = Batch()
    for uid, strays in found.items():
        link, intent = known.get(uid), wanted.get(uid)
        if link is None and intent is not None:
            link = intent.link()
        if link is not None:
            batch += _claimed(link, strays, intent, missing=link.key in set(gone))
    return batch


def _claimed(link: Link, strays: list[RemoteEvent], intent: Intent | None, *, missing: bool) -> Batch:
    if link.remote_id and not missing:
        return Batch(links=[_beside(link, strays)])
    if link.state is LinkState.UNKNOWN:
        return Batch()
    unwanted = link.state is LinkState.DELETED and (intent is None or intent.event is None)
    if unwanted and mark(strays[0]) not in link.creates:
        return Batch()
    taken = _beside(link.stands_as(strays[0]), strays[1:])
    if unwanted:
        return Batch(links=[taken], wanted=[link.wanting(None)])
    return Batch(
        links=[taken], wanted=[link.wanting(link.event)] if intent is None and _outdated(link, strays[0]) else []
    )


def _outdated(link: Link, stray: RemoteEvent) -> bool:
    """Whether a create of ours came after what we wrote since: nobody asked for what it says."""
    return link.event is not None and mark(stray) in link.creates and mark(stray) != mark(link.event)


def _beside(link: Link, strays: Iterable[RemoteEvent]) -> Link:
    return link.but(strays=tuple(dict.fromkeys((*link.strays, *(s.remote_id for s in strays)))))


def clear(
    held: Held, backend: Backend, limits: Limits, allowed: int, now: Callable[[], datetime], counts: Counter[str]
) -> None:
    """Take out the second events that earlier readings found. Raises Stop where they are too many, or must wait."""
    links = held.links().values()
    going = sum(len(link.strays) for link in links)
    there = sum(link.state is LinkState.LIVE for link in links)
    if going > allowed and limits.exceeded(going, there):
        raise Stop(f"{going} events stand there twice; a person must allow that the second ones are taken out")
    for link in links:
        for id in link.strays:
            try:
                counts["cleared"] += _taken_out(held, backend, link, id)
            except SyncError as error:
                raise rest(held, error, now()) from error
            link = link.but(strays=tuple(other for other in link.strays if other != id))
            held.keep(Batch(links=[link]), now())


def _taken_out(held: Held, backend: Backend, link: Link, id: str) -> bool:
    mailbox = held.box.mailbox
    try:
        stray = backend.get(mailbox, id)
        if id == link.remote_id or stray.uid != link.uid or not stray.original or mark(stray) not in link.creates:
            log.warning("%s: %s stands there twice; somebody touched the second one", held.box, link.key)
            return False
        assert stray.event is not None
        backend.delete(mailbox, id, stray.version, _silent(stray.event, link.sequence))
    except NotFound:
        return False
    except (Conflict, Refused) as error:
        log.warning("%s: the second event of %s stays: %s", held.box, link.key, error)
        return False
    return True


def _silent(event: Event, sequence: int) -> Event:
    """The deletion of which nobody is told: the event itself still stands."""
    return cancelled(event, sequence).model_copy(update={"organizer": None, "attendees": (), "rooms": ()})
