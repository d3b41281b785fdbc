"""Perform changes and record what came of them. Safe to stop at any instruction and to begin again.

Before anything is sent its link is kept as UNKNOWN, with what is sent. Where the process dies, or the answer gets lost,
that link is looked up first: what arrived is taken over, what did not is sent again as it was.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from scheduler.sync.errors import (
    Conflict,
    Denied,
    Exists,
    NotFound,
    Refused,
    SyncError,
    Throttled,
    Unclear,
    Unreachable,
    Unsupported,
)
from scheduler.sync.event import Event, EventStatus
from scheduler.sync.link import Link, LinkState, backoff, span
from scheduler.sync.notes import annotated
from scheduler.sync.port import Backend, Capability, RemoteEvent
from scheduler.sync.reconcile import Act, Change, still_wanted
from scheduler.sync.store.port import Batch, Held

log = logging.getLogger(__name__)


class Stop(Exception):
    """Nothing more can be done in this mailbox for now; why and until when is kept."""


class Applier:
    """Performs changes in one held mailbox and counts what happened."""

    def __init__(self, held: Held, backend: Backend, now: Callable[[], datetime], counts: Counter[str]) -> None:
        self._held, self._backend, self._now = held, backend, now
        self._mailbox = held.box.mailbox
        self.counts = counts

    def perform(self, changes: Iterable[Change]) -> None:
        """All of them, in order. Raises Stop where the mailbox must rest."""
        for change in changes:
            try:
                self._perform(change)
            except (Throttled, Unreachable, Denied) as error:
                self.counts["throttled" if isinstance(error, Throttled) else "failed"] += 1
                raise rest(self._held, error, self._now()) from error

    def _perform(self, change: Change) -> None:
        if change.act is Act.LOOK_UP:
            self._look_up(change)
        else:
            assert change.event is not None
            self._send(change, change.event)

    def _send(self, change: Change, event: Event) -> None:
        """Write once, and keep what came of it."""
        link = change.link
        sent = link.sending(event, change.intent)
        self._keep(Batch(links=[sent]))
        try:
            remote = self._write(link, event)
        except Unclear as error:
            log.info("%s: outcome unclear, to be looked up: %s", self._held.box, error)
            self.counts["unclear"] += 1
            if error.retry_after is not None:
                raise rest(self._held, error, self._now()) from error
        except Exists:
            self._adopt(change, event)
        except (Conflict, NotFound) as error:
            self._not_as_known(change, event, error)
        except (Refused, Unsupported) as error:
            self._refused(change, error)
        except (Throttled, Unreachable, Denied):
            self._keep(Batch(links=[link]))
            raise
        else:
            self._settle(change, sent, remote)

    def _write(self, link: Link, event: Event) -> RemoteEvent | None:
        if event.status is EventStatus.CANCELLED:
            self._backend.delete(self._mailbox, link.remote_id, link.version, event)
            return None
        if link.remote_id:
            return self._backend.update(self._mailbox, link.remote_id, link.version, event)
        return self._backend.create(self._mailbox, event)

    def _settle(self, change: Change, sent: Link, remote: RemoteEvent | None) -> None:
        """What was sent stands there, or what was cancelled is gone; the intent is done if that is what it wants."""
        assert sent.sent is not None
        link = sent.gone() if remote is None else sent.arrived(remote)
        intent = change.intent
        as_wanted = intent is not None and (
            remote is None if intent.event is None else remote is not None and intent.event.stamp == link.written
        )
        self._keep(Batch(links=[link], done=[intent] if intent is not None and as_wanted else []))
        self.counts[_verb(change, sent)] += 1

    def _not_as_known(self, change: Change, event: Event, error: SyncError) -> None:
        link = change.link
        if isinstance(error, NotFound) and event.status is EventStatus.CANCELLED:
            self._settle(change, link.sending(event, change.intent), None)
        elif isinstance(error, NotFound) and not link.remote_id:
            self._refused(change, error)
        else:
            log.info("%s: somebody changed %s: %s", self._held.box, link.key, error)
            self.counts["conflicts"] += 1
            self._keep(Batch(links=[link.but(state=LinkState.LIVE, sent=None, stale=True)]))

    def _refused(self, change: Change, error: SyncError) -> None:
        log.warning("%s: refused %s: %s", self._held.box, change.link.key, error)
        self.counts["refused"] += 1
        refused = [change.intent.model_copy(update={"refused": str(error)})] if change.intent else []
        self._keep(Batch(links=[_as_before(change.link)], refused=refused))

    # Unclear outcomes

    def _look_up(self, change: Change) -> None:
        link, sent = change.link, change.link.sent
        assert sent is not None
        if Capability.READ not in self._backend.capabilities:
            self._repeat(change, sent)
        elif link.remote_id:
            self._look_at(change, sent)
        else:
            self._find(change, sent)

    def _repeat(self, change: Change, sent: Event) -> None:
        """There is nothing to look up, and the same once more has no second effect."""
        self.counts["repeated"] += 1
        self._send(change, sent)

    def _look_at(self, change: Change, sent: Event) -> None:
        """Whether an update or a deletion arrived."""
        link = change.link
        try:
            remote = self._backend.get(self._mailbox, link.remote_id)
        except NotFound:
            if sent.status is EventStatus.CANCELLED:
                self._settle(change, link, None)
            else:
                self._keep(Batch(links=[_as_before(link).but(stale=True)]))
            return
        if remote.version == link.version:
            recalled = self._now() if sent.status is EventStatus.CANCELLED else None
            self._keep(Batch(links=[_as_before(link).but(recalled=recalled)]))
        elif _tells(link, sent, remote) and sent.status is not EventStatus.CANCELLED:
            self._stands_there(change, link, remote)
        else:
            self._keep(Batch(links=[_as_before(link).but(stale=True)]))

    def _find(self, change: Change, sent: Event) -> None:
        """Whether a create arrived. What earlier ones made, and what a person copied, is not it."""
        originals = self._originals(change.link)
        found = [event for event in originals if event.stamp == sent.stamp]
        others = (event.remote_id for event in originals if event.stamp != sent.stamp)
        link = change.link.but(strays=(*change.link.strays, *others))
        if found:
            self._take_over(change, link, found)
        elif change.intent is None or still_wanted(change.intent, self._now()) is None:
            self._keep(Batch(links=[link.gone()], done=[change.intent] if change.intent else []))
        elif sent.end <= self._now():
            self._keep(Batch(links=[link.gone()]))
        else:
            self._send(replace(change, link=link), sent)

    def _adopt(self, change: Change, event: Event) -> None:
        """The calendar has it already, from a create that we know nothing of."""
        link = change.link.sending(event, change.intent)
        found = sorted(self._originals(link), key=lambda one: one.stamp != event.stamp)
        if found:
            self._take_over(change, link, found)

    def _originals(self, link: Link) -> list[RemoteEvent]:
        """The events that our own creates made, without those that are known to be second ones."""
        found = self._backend.find(self._mailbox, link.uid)
        return [event for event in found if event.original and event.remote_id not in link.strays]

    def _take_over(self, change: Change, link: Link, found: Sequence[RemoteEvent]) -> None:
        """The first one is it; all others are second ones."""
        self.counts["adopted"] += 1
        strays = (event.remote_id for event in found[1:])
        self._stands_there(change, link.but(strays=(*link.strays, *strays)), found[0])

    def _stands_there(self, change: Change, link: Link, remote: RemoteEvent) -> None:
        """A write of ours arrived. What a person made of it since is read next."""
        sent = link.sent
        assert sent is not None
        link = annotated(link, sent, remote)
        if remote.stamp == sent.stamp and span(remote) == span(sent):
            self._settle(change, link, remote)
        else:
            self._keep(Batch(links=[link.arrived(remote).but(written=remote.stamp or "", stale=True)]))

    def _keep(self, batch: Batch) -> None:
        self._held.keep(batch, self._now())


def rest(held: Held, error: Exception, now: datetime) -> Stop:
    """Let the mailbox wait for as long as it was told, or longer with each failure."""
    cursor = held.cursor()
    told = error.retry_after if isinstance(error, SyncError) else None
    until = now + (backoff(cursor.failures) if told is None else told)
    log.info("%s: rests until %s: %s", held.box, until.isoformat(), error)
    held.keep(Batch(cursor=cursor.later(until, f"{type(error).__name__}: {error}")), now)
    return Stop(str(error))


def _tells(link: Link, sent: Event, remote: RemoteEvent) -> bool:
    """Whether an event bears the stamp of what was sent because that arrived, not because it stood there before."""
    if remote.stamp != sent.stamp or span(remote) == span(sent) or link.event is None:
        return remote.stamp == sent.stamp
    before = link.event.model_copy(update={"start": sent.start, "end": sent.end})
    return before.stamp != sent.stamp


def _as_before(link: Link) -> Link:
    """The link when what was sent did not arrive."""
    return link.but(state=LinkState.LIVE if link.remote_id else _absent(link), sent=None)


def _absent(link: Link) -> LinkState:
    return LinkState.PENDING if link.state is LinkState.UNKNOWN else link.state


def _verb(change: Change, sent: Link) -> str:
    assert sent.sent is not None
    if sent.sent.status is EventStatus.CANCELLED:
        return "deleted"
    return "updated" if change.link.remote_id else "created"
