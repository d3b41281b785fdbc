"""From a plan's events to the outbox, and from the outbox into one mailbox."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from scheduler.sync.apply import Applier, Stop, rest
from scheduler.sync.errors import Unreachable
from scheduler.sync.event import Event, EventKey
from scheduler.sync.link import Box, Intent, Link, LinkState
from scheduler.sync.port import Backend
from scheduler.sync.proposal import Decision, Matter, Proposal
from scheduler.sync.reconcile import Sight, as_it_would_be, next_change, reconcile
from scheduler.sync.store.port import Batch, Held, Store

ROUNDS = 4
"""A lost answer is looked up, what did not arrive is sent again, and then what is newer."""


def outbox(
    wanted: Iterable[Intent], store: Store, ours: Callable[[Box, EventKey, Event], bool], now: datetime
) -> list[Intent]:
    """What has to be done so that the mailboxes show what is wanted.

    Parameters
    ----------
    wanted
        All events that the plan has in all mailboxes.
    store
        What stands there, and what is still to be done.
    ours
        Whether an event that is wanted no more is this plan's to take away.
    now
        Nothing is done about the past.
    """
    by_box: dict[Box, dict[EventKey, Intent]] = {box: {} for box in store.boxes()}
    for intent in wanted:
        by_box.setdefault(intent.box, {})[intent.key] = intent
    found = []
    for box, there in by_box.items():
        links, pending = store.links(box), store.intents(box)
        known: list[Link | Intent] = [*links.values(), *pending.values()]
        old = {
            one.key: (one if isinstance(one, Link) else one.link()).wanting(None)
            for one in known
            if one.event is not None and ours(box, one.key, one.event)
        }
        every = {**old, **there}
        found += [i for k, i in every.items() if _needed(i, links.get(k), pending.get(k), now)]
    return found


def _needed(intent: Intent, link: Link | None, pending: Intent | None, now: datetime) -> bool:
    if pending is not None:
        return _stamp(pending) != _stamp(intent)
    if link is not None and link.state is LinkState.UNKNOWN:
        return True
    if link is not None and link.state is LinkState.DETACHED and intent.event is None:
        return not link.over(now)
    if as_it_would_be(link, intent) is not None:
        return True
    return next_change(link.but(stale=False) if link else None, intent, now) is not None


def _stamp(intent: Intent) -> str | None:
    return intent.event.stamp if intent.event is not None else None


def deliver(held: Held, backend: Backend, now: Callable[[], datetime], counts: Counter[str]) -> None:
    """Carry the outbox of the mailbox out, as far as it can be, and count what was done.

    Raises Stop when the mailbox must rest. What somebody changed meanwhile waits until it is read.
    """
    proposals = held.proposals()
    if any(p.matter is Matter.EMPTIED and p.decision is Decision.OPEN for p in proposals.values()):
        raise Stop("a person is asked whether the calendar was emptied on purpose")
    applier = Applier(held, backend, now, counts)
    for _ in range(ROUNDS):
        intents = held.intents()
        links = held.links()
        found = reconcile(intents, links, Sight(), now(), moved_by_people(proposals, intents, links))
        if found.done:
            held.keep(Batch(done=found.done, links=found.links), now())
        if not found.changes:
            break
        applier.perform(found.changes)
    _well(held, now())


def moved_by_people(
    proposals: Mapping[str, Proposal], intents: Mapping[EventKey, Intent], links: Mapping[EventKey, Link]
) -> frozenset[EventKey]:
    """Events that are left where people put them until a plan takes that up.

    What we put back ourselves is written, and so is what the plan takes away, and has again later.
    """
    held = {p.key for p in proposals.values() if p.holds and p.key is not None and _stands(links.get(p.key))}
    return frozenset(k for k in held if k in intents and intents[k].revision and intents[k].event is not None)


def _stands(link: Link | None) -> bool:
    return link is not None and bool(link.remote_id)


def _well(held: Held, now: datetime) -> None:
    """The mailbox answers again; unless an outcome is still not known, and then it rests."""
    if any(link.state is LinkState.UNKNOWN for link in held.links().values()):
        raise rest(held, Unreachable("the outcome of a write is not known yet"), now)
    cursor = held.cursor()
    if cursor.failures:
        held.keep(Batch(cursor=cursor.well()), now)
