"""Wanted, known, seen: what is to be written, and what people did. Pure; the order of nothing matters here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from scheduler.domain.interval import Interval
from scheduler.sync.event import Event, EventKey, EventStatus
from scheduler.sync.link import Foreign, Intent, Link, LinkState, cancelled, content_hash, span
from scheduler.sync.notes import OWN_TEXT, annotated, kept, rewritten
from scheduler.sync.port import Delta, RemoteEvent
from scheduler.sync.proposal import Matter

LATE = timedelta(days=1)
"""So long after a deletion whose answer was lost, an event that is gone is taken for ours to put back, once."""


class Act(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    LOOK_UP = "look up"


@dataclass(frozen=True)
class Change:
    """One thing to do in a calendar. `event` is what is to be sent; a deletion sends it cancelled."""

    act: Act
    link: Link
    event: Event | None = None
    intent: Intent | None = None


@dataclass(frozen=True)
class Conflict:
    """A person and a plan changed one event at once."""

    link: Link
    ours: Event | None
    theirs: Event | None


@dataclass(frozen=True)
class Happened:
    """A person moved or removed an event that the plan wants; `remote` is how it stands now."""

    matter: Matter
    link: Link
    remote: RemoteEvent | None = None


@dataclass(frozen=True)
class Sight:
    """What was read of our events.

    Attributes
    ----------
    seen
        As they stand.
    missing
        No longer listed, which is no proof of anything: ask for each.
    gone
        Asked for, and surely not there.
    """

    seen: Mapping[EventKey, RemoteEvent] = field(default_factory=dict)
    missing: frozenset[EventKey] = frozenset()
    gone: frozenset[EventKey] = frozenset()


@dataclass(frozen=True)
class Reconciled:
    """What follows: changes to make, intents that are carried out already or come up, links that are better known."""

    changes: tuple[Change, ...] = ()
    done: tuple[Intent, ...] = ()
    wanted: tuple[Intent, ...] = ()
    links: tuple[Link, ...] = ()
    happened: tuple[Happened, ...] = ()
    conflicts: tuple[Conflict, ...] = ()


def sort_out(delta: Delta, links: Mapping[EventKey, Link], window: Interval) -> tuple[Sight, tuple[Foreign, ...]]:
    """Which of the listed events are ours by the id that we recorded, which are foreign; people's copies are neither.

    An invitation that stands in an attendee's calendar is known by the iCalendar UID.
    """
    ours = {link.remote_id: key for key, link in links.items() if link.state is LinkState.LIVE}
    uids = {uid for link in links.values() for uid in (link.uid, link.ical_uid) if uid}
    seen = {ours[e.remote_id]: e for e in delta.events if e.remote_id in ours}
    strange = (e for e in delta.events if e.remote_id not in ours and e.uid is None and e.ical_uid not in uids)
    absent = {ours[id] for id in delta.gone if id in ours}
    if delta.complete:
        absent |= {key for key in ours.values() if _in_window(links[key], window)}
    missing = frozenset(absent - seen.keys())
    return Sight(seen=seen, missing=missing), tuple(_foreign(e) for e in strange)


def _in_window(link: Link, window: Interval) -> bool:
    return link.event is not None and window.overlaps(link.event.start, link.event.end)


def _foreign(event: RemoteEvent) -> Foreign:
    return Foreign(
        remote_id=event.remote_id,
        series=event.series,
        start=event.start,
        end=max(event.start, event.end),
        availability=event.availability,
    )


def reconcile(
    wanted: Mapping[EventKey, Intent],
    known: Mapping[EventKey, Link],
    sight: Sight,
    now: datetime,
    held: frozenset[EventKey] = frozenset(),
) -> Reconciled:
    """Compare what is wanted with what we know and what was seen.

    Parameters
    ----------
    wanted
        What is still to be done; a key that is not in it stays as it is.
    known
        The links of the mailbox.
    sight
        What was read just now; empty where nothing was read.
    held
        Events about which somebody has yet to decide: nothing is written there, what is unknown is looked up.
    """
    news = [_news(link, wanted.get(key), sight, now) for key, link in sorted(known.items())]
    links = {link.key: link for one in news for link in one.links}
    happened = tuple(h for one in news for h in one.happened)
    waiting = held | sight.missing | {h.link.key for h in happened}
    links |= {k: known[k].gone() for k, intent in sorted(wanted.items()) if _given_up(known.get(k), intent)}
    better = {**known, **links}
    changes, done = [], []
    unknown = {key for key, link in better.items() if link.state is LinkState.UNKNOWN}
    for key in sorted(wanted.keys() - waiting | unknown):
        intent = wanted.get(key)
        change = next_change(better.get(key), intent, now)
        if change is not None:
            changes.append(change)
        elif intent is not None and not intent.refused and not (key in better and better[key].stale):
            done.append(intent)
            if (link := as_it_would_be(better.get(key), intent)) is not None:
                links[key] = link
    return Reconciled(
        changes=tuple(changes),
        done=tuple(done),
        wanted=tuple(w for one in news for w in one.wanted),
        links=tuple(links.values()),
        happened=happened,
        conflicts=tuple(c for one in news for c in one.conflicts),
    )


def _given_up(link: Link | None, intent: Intent) -> bool:
    """Whether a person took out what the plan does not want any more either."""
    return link is not None and link.state is LinkState.DETACHED and intent.event is None


def as_it_would_be(link: Link | None, intent: Intent) -> Link | None:
    """The link of an event that a person took out, with what the plan would have there now: so it is put back."""
    if link is None or link.state is not LinkState.DETACHED or intent.event is None or link.event is None:
        return None
    news = _same_time(link.event, intent.event) and link.event.stamp != intent.event.stamp
    return link.but(event=intent.event) if news else None


def next_change(link: Link | None, intent: Intent | None, now: datetime) -> Change | None:
    """What is to be done next so that the event stands as it is wanted. Nothing is sent for the past."""
    if link is not None and link.state is LinkState.UNKNOWN:
        return Change(Act.LOOK_UP, link, None, intent)
    if intent is None or intent.refused or (link is not None and link.stale):
        return None
    event = still_wanted(intent, now)
    if link is not None and link.state is LinkState.LIVE:
        return _change_of_live(link, event, intent, now)
    if event is None or (link is not None and link.state is LinkState.DETACHED and _same_time(link.event, event)):
        return None
    link = link or intent.link()
    sequence = link.sequence if link.event is None else link.sequence + 1
    return Change(Act.CREATE, link, event.model_copy(update={"sequence": sequence, "notes": ""}), intent)


def still_wanted(intent: Intent, now: datetime) -> Event | None:
    """The event that is to be there; None where none is, or its time has passed."""
    event = intent.event
    if event is None or event.end <= now or event.status is EventStatus.CANCELLED:
        return None
    return event


def _change_of_live(link: Link, event: Event | None, intent: Intent, now: datetime) -> Change | None:
    if event is None:
        if link.event is None or link.over(now):
            return None
        return Change(Act.DELETE, link, cancelled(link.event, link.sequence + 1), intent)
    if event.stamp == link.written:
        return None
    update = {"sequence": link.sequence + 1, "notes": link.notes}
    return Change(Act.UPDATE, link, event.model_copy(update=update), intent)


def _same_time(one: Event | None, other: Event) -> bool:
    return one is not None and span(one) == span(other)


# What people did


def _news(link: Link, intent: Intent | None, sight: Sight, now: datetime) -> Reconciled:
    if link.state is not LinkState.LIVE:
        return Reconciled()
    if link.key in sight.gone:
        return _gone(link, intent, now)
    remote = sight.seen.get(link.key)
    if remote is None:
        return Reconciled()
    if remote.version == link.version and not link.stale:
        return Reconciled(links=() if link.seen else (_read_back(link, remote),))
    return _changed(link, intent, remote, now)


def _read_back(link: Link, remote: RemoteEvent) -> Link:
    return link.but(seen=content_hash(remote), worded=remote.event.description if remote.event else "")


def _gone(link: Link, intent: Intent | None, now: datetime) -> Reconciled:
    if link.over(now) or (intent is not None and intent.event is None):
        return Reconciled(links=(link.gone(),))
    if link.recalled is not None and now - link.recalled < LATE:
        return Reconciled(links=(link.gone(),), wanted=(link.wanting(link.event, link.why),))
    if intent is not None and intent.event is not None and not _same_time(link.event, intent.event):
        # What was taken out is the old time; the new one is written.
        left = link.gone(LinkState.DETACHED)
        return Reconciled(links=(left,), conflicts=(Conflict(link, intent.event, None),))
    return Reconciled(happened=(Happened(Matter.DELETED, link),))


def _changed(link: Link, intent: Intent | None, remote: RemoteEvent, now: datetime) -> Reconciled:
    if intent is not None and intent.event is not None and _arrived(intent.event, remote):
        return Reconciled(links=(_arrived_late(link, intent, intent.event, remote),))
    looked = link.but(version=remote.version, seen=content_hash(remote), stale=False, notes=kept(link, remote))
    moved = link.event is not None and span(remote) != span(link.event)
    theirs = _as_seen(looked, remote)
    if moved and not link.over(now):
        if intent is None or (intent.event is not None and span(intent.event) != span(remote)):
            conflicts = (Conflict(link, intent.event, theirs),) if intent else ()
            return Reconciled(happened=(Happened(Matter.MOVED, looked, remote),), conflicts=conflicts)
        # The plan says the same, or takes the event away: write over what stands there.
        conflicts = (Conflict(link, None, theirs),) if intent.event is None else ()
        return Reconciled(links=(looked.but(event=theirs, written=""),), conflicts=conflicts)
    retold = intent is not None and content_hash(remote) != link.seen and rewritten(link, remote)
    return Reconciled(links=(looked,), conflicts=(Conflict(link, intent.event, theirs),) if intent and retold else ())


def _arrived(event: Event, remote: RemoteEvent) -> bool:
    return remote.stamp == event.stamp and span(remote) == span(event)


def _arrived_late(link: Link, intent: Intent, event: Event, remote: RemoteEvent) -> Link:
    """What is wanted stands there already: an update whose answer was lost was carried out after all."""
    sent = link.sending(event.model_copy(update={"sequence": link.sequence + 1}), intent)
    return sent.arrived(remote).but(seen=content_hash(remote), notes=annotated(link, event, remote).notes)


def _as_seen(link: Link, remote: RemoteEvent) -> Event | None:
    """Our event with the times and the words that stand there."""
    if link.event is None:
        return None
    told = {} if remote.event is None else {name: getattr(remote.event, name) for name in OWN_TEXT}
    times = {"start": remote.start, "end": max(remote.start, remote.end)}
    return link.event.model_copy(update={**told, **times, "notes": link.notes})
