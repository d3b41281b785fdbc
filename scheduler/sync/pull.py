"""Read one mailbox: what people did there becomes proposals, better links and busy times, all kept at once."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import reduce
from operator import add

from scheduler.domain.interval import Interval
from scheduler.domain.plan import Plan
from scheduler.sync.apply import rest
from scheduler.sync.errors import Denied, NotFound, Throttled, TokenLost, Unreachable
from scheduler.sync.event import EventKey
from scheduler.sync.guard import Limits, emptied
from scheduler.sync.inbound.deciding import Desk, carried_out, withdrawn
from scheduler.sync.inbound.judging import Judge, Policy
from scheduler.sync.link import Cursor, Intent, Link, LinkState
from scheduler.sync.port import Answer, Backend, Capability, Delta
from scheduler.sync.proposal import Clash, Decision, Matter, Proposal
from scheduler.sync.reconcile import Conflict, Happened, Reconciled, Sight, reconcile, sort_out
from scheduler.sync.store.port import Batch, Held
from scheduler.sync.strays import claimed

log = logging.getLogger(__name__)

AHEAD = timedelta(days=7)
"""So much more is read at once, so that a window which moves on needs a new listing once a week only."""
BY_MISTAKE = "it was gone from the calendar by mistake"
LONG_AGO = timedelta(days=60)
READS = {Capability.LISTING, Capability.INCREMENTAL, Capability.ANSWERS}


@dataclass(frozen=True)
class Reader:
    """What reading needs to know besides the mailbox.

    Attributes
    ----------
    window
        What is to be read, at least; a mailbox that was read for a window around it goes on with that.
    """

    plan: Plan
    judge: Judge
    policy: Policy
    limits: Limits
    window: Interval
    now: datetime


def pull(held: Held, backend: Backend, reader: Reader) -> Batch:
    """Read the mailbox since the last time. Returns what was kept. Raises Stop when it must rest."""
    try:
        return _pull(held, backend, reader)
    except (Throttled, Unreachable, Denied) as error:
        raise rest(held, error, reader.now) from error


def _pull(held: Held, backend: Backend, reader: Reader) -> Batch:
    proposals = held.proposals()
    links = dict(held.links())
    decided = _sum(carried_out(p, links.get(p.key) if p.key else None) for p in proposals.values())
    links |= {link.key: link for link in decided.links}
    if not READS & backend.capabilities:
        held.keep(decided, reader.now)
        return decided
    cursor, delta, window = _read(held, backend, reader)
    sight, foreign = sort_out(delta, links, window)
    if Capability.READ in backend.capabilities:
        sight = _asked(sight, links, backend, held.box.mailbox)
    intents = held.intents()
    known = claimed(delta.events, links, intents, sight.gone)
    back = {link.key: link for link in known.links if link.remote_id and link.remote_id != _id(links, link.key)}
    sight, links = replace(sight, gone=sight.gone - back.keys()), {**links, **{x.key: x for x in known.links}}
    going = [key for key in sight.gone if not links[key].over(reader.now)]
    question = _emptied(held, going, links, proposals, reader)
    if question is not None:
        batch = decided + question
    else:
        desk = Desk(reader.plan, reader.judge, reader.policy, reader.now, proposals)
        read = _understood(held, delta, sight, links, intents, desk)
        there = Batch(foreign=foreign, gone=delta.gone, fresh=delta.complete, cursor=cursor)
        batch = decided + known + withdrawn(proposals.values(), sight.seen, back.keys()) + read + there
    held.keep(batch, reader.now)
    return batch


def _read(held: Held, backend: Backend, reader: Reader) -> tuple[Cursor, Delta, Interval]:
    """What changed, by the stored token as long as its window will do and the calendar knows it."""
    cursor, window, mailbox = held.cursor(), reader.window, held.box.mailbox
    last = cursor.window
    goes_on = last is not None and last.start <= reader.now < last.start + LONG_AGO and window.end <= last.end
    if last is not None and goes_on and cursor.token is not None:
        window = last
        try:
            delta = backend.changes(mailbox, cursor.token, window)
        except TokenLost:
            delta = backend.changes(mailbox, None, window)
    else:
        window = Interval(start=window.start, end=window.end + AHEAD)
        delta = backend.changes(mailbox, None, window)
    return cursor.well().model_copy(update={"token": delta.token, "window": window}), delta, window


def _asked(sight: Sight, links: Mapping[EventKey, Link], backend: Backend, mailbox: str) -> Sight:
    """What is not listed any more, or was changed past us, is asked for: only that tells whether it is gone.

    So is what we wrote since the last reading and did not hear of: a calendar says nothing of what came and went.
    """
    live = {key: link for key, link in links.items() if link.state is LinkState.LIVE and key not in sight.seen}
    doubtful = {key for key, link in live.items() if link.stale or not link.seen}
    seen, gone = dict(sight.seen), set()
    for key in sorted(sight.missing | doubtful):
        try:
            seen[key] = backend.get(mailbox, links[key].remote_id)
        except NotFound:
            gone.add(key)
    return Sight(seen=seen, gone=frozenset(gone))


def hear(held: Held, desk: Desk, answers: Iterable[Answer]) -> int:
    """Answers that were handed in, as if they had been read here. Returns how many count."""
    links = held.links()
    uids = {link.uid for link in links.values()}
    mine = [answer for answer in answers if answer.uid in uids]
    batch = desk.answered(links, mine, held.answered([answer.mark for answer in mine]))
    held.keep(batch, desk.now)
    return len(batch.links)


def _id(links: Mapping[EventKey, Link], key: EventKey) -> str:
    return links[key].remote_id if key in links else ""


def _emptied(
    held: Held,
    going: list[EventKey],
    links: Mapping[EventKey, Link],
    proposals: Mapping[str, Proposal],
    reader: Reader,
) -> Batch | None:
    """The question whether all of that was taken out on purpose; None where it need not be asked, or was affirmed."""
    there = sum(link.state is LinkState.LIVE and not link.over(reader.now) for link in links.values())
    asked = Proposal(
        connection=held.box.connection,
        mailbox=held.box.mailbox,
        key=None,
        matter=Matter.EMPTIED,
        reason=f"{len(going)} of {there} events to come are gone; were they taken out on purpose?",
        at=reader.now,
    )
    before = proposals.get(asked.id)
    if not emptied(len(going), there, reader.limits):
        return None
    if before is None or before.decision is Decision.OPEN:
        return Batch(proposals=[asked])
    if before.decision is Decision.ACCEPTED:
        return None
    answered = before.model_copy(update={"taken": True})
    again = [links[key].wanting(links[key].event, BY_MISTAKE) for key in going if links[key].event is not None]
    return Batch(links=[links[key].gone() for key in going], wanted=again, proposals=[answered])


def _understood(
    held: Held,
    delta: Delta,
    sight: Sight,
    links: Mapping[EventKey, Link],
    intents: Mapping[EventKey, Intent],
    desk: Desk,
) -> Batch:
    """What the sight means: better links, decisions about what happened, answers."""
    found = reconcile(intents, links, sight, desk.now)
    batch = Batch(links=found.links, wanted=found.wanted)
    for what in found.happened:
        batch += _decided(desk, what, found, intents.get(what.link.key))
    current = {**links, **{link.key: link for link in batch.links}}
    answers = list(_answers(delta, sight))
    batch += desk.answered(current, answers, held.answered([a.mark for a in answers]))
    lone = [c for c in found.conflicts if c.link.key not in {h.link.key for h in found.happened}]
    return batch + Batch(clashes=[_clash(c, "ours is written, notes are kept", desk.now) for c in lone])


def _decided(desk: Desk, what: Happened, found: Reconciled, intent: Intent | None) -> Batch:
    batch = desk.happened(what, intent.event if intent else None)
    accepted = any(p.decision is Decision.ACCEPTED for p in batch.proposals)
    if accepted and intent is not None and what.matter is Matter.MOVED:
        # What was pending was planned without knowing of the move; the plan that knows of it will say it anew.
        batch = replace(batch, done=[*batch.done, intent])
    outcome = ", ".join(p.decision.value for p in batch.proposals) or "noted"
    mine = [c for c in found.conflicts if c.link.key == what.link.key]
    return batch + Batch(clashes=[_clash(c, f"{what.matter.value}: {outcome}", desk.now) for c in mine])


def _answers(delta: Delta, sight: Sight) -> Iterable[Answer]:
    yield from delta.answers
    for remote in sight.seen.values():
        yield from remote.answers


def _clash(conflict: Conflict, outcome: str, now: datetime) -> Clash:
    link = conflict.link
    log.warning("%s: %s was changed by a person and by the plan at once (%s)", link.box, link.key, outcome)
    return Clash(
        connection=link.connection,
        mailbox=link.mailbox,
        key=link.key,
        ours=conflict.ours,
        theirs=conflict.theirs,
        at=now,
        outcome=outcome,
    )


def _sum(batches: Iterable[Batch]) -> Batch:
    return reduce(add, batches, Batch())
