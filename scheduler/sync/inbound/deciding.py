"""Turn what happened in one mailbox into what is to be kept: proposals, better links, events to put back."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from scheduler.domain.interval import Interval
from scheduler.domain.plan import Plan
from scheduler.sync.event import Event, EventKey, EventStatus
from scheduler.sync.inbound.judging import Judge, Policy, bookings_of, moved, objections
from scheduler.sync.link import Link, LinkState
from scheduler.sync.port import Answer, RemoteEvent, Response
from scheduler.sync.proposal import Decision, Matter, Proposal
from scheduler.sync.reconcile import Happened
from scheduler.sync.store.port import Batch


@dataclass(frozen=True)
class Desk:
    """Whoever decides: the plan in force, the rules, and the connection's policy."""

    plan: Plan
    judge: Judge
    policy: Policy
    now: datetime
    earlier: Mapping[str, Proposal] = field(default_factory=dict)
    """What was proposed before and is not taken, by id: the plan knows nothing of it yet."""

    def happened(self, what: Happened, planned: Event | None = None) -> Batch:
        """What follows; `planned` is what was still to be written there."""
        if what.matter is Matter.MOVED and what.remote is not None:
            return self._moved(what.link, what.remote, planned or what.link.event)
        return self._deleted(what.link)

    def _moved(self, link: Link, remote: RemoteEvent, event: Event | None) -> Batch:
        if event is None or not (link.key.part or bookings_of(self.plan, link.key)):
            return self._not_planned(link, remote)
        if remote.start >= remote.end or event.start >= event.end:
            return put_back(link, remote.start, remote.end, "an event needs a length")
        wish = Interval(start=remote.start, end=remote.end)
        proposal = self._proposal(link, Matter.MOVED, slot=Interval(start=event.start, end=event.end), wish=wish)
        before = self.earlier.get(proposal.id)
        if before is not None and before.matter is Matter.MOVED and before.slot is not None:
            proposal = proposal.model_copy(update={"slot": before.slot})
            if before.slot == wish:
                return Batch(links=[stands_at(link, wish)], proposals=[_withdrawn(proposal)])
        return self._settled(link, self._judged(proposal), before)

    def _not_planned(self, link: Link, remote: RemoteEvent) -> Batch:
        """The plan has no such booking any more: where it stands does not matter."""
        if link.event is None:
            return Batch(links=[link])
        there = _at(link.event, remote.start, max(remote.start, remote.end))
        return Batch(links=[link.but(event=there, written="")])

    def _settled(self, link: Link, proposal: Proposal, before: Proposal | None) -> Batch:
        assert proposal.wish is not None
        if proposal.decision is Decision.OPEN:
            return Batch(links=[link], proposals=[proposal])
        if proposal.decision is Decision.ACCEPTED:
            return Batch(links=[stands_at(link, proposal.wish)], proposals=[proposal])
        back = put_back(link, proposal.wish.start, proposal.wish.end, proposal.reason)
        refused = proposal.model_copy(update={"taken": True})
        # It goes back to where an earlier wish was granted, and that one still counts.
        return Batch(links=back.links, wanted=back.wanted, proposals=[before or refused])

    def _judged(self, proposal: Proposal) -> Proposal:
        key, slot, wish = proposal.key, proposal.slot, proposal.wish
        assert key is not None and slot is not None and wish is not None
        if key.part:
            return proposal.decided(Decision.REFUSED, "the drive goes with its activity")
        if self.policy.moved == "put-back":
            return proposal.decided(Decision.REFUSED, "events are moved by the planner alone")
        if self.policy.moved == "ask":
            return proposal
        reason = objections(self.plan, moved(self.plan, key, slot, wish), self.judge)
        decision = Decision.REFUSED if reason else Decision.ACCEPTED
        return proposal.decided(decision, reason or "the rules allow it")

    def _deleted(self, link: Link) -> Batch:
        left = link.gone(LinkState.DETACHED)
        if link.key.part or link.event is None or not bookings_of(self.plan, link.key):
            return Batch(links=[left])
        return Batch(links=[left], proposals=[self._unassign(link, Matter.DELETED)])

    def _unassign(self, link: Link, matter: Matter, who: str = "") -> Proposal:
        apply = self.policy.declined == "apply" or matter is Matter.ROOM_LOST
        return self._proposal(
            link, matter, who=who, slot=_slot(link), decision=Decision.ACCEPTED if apply else Decision.OPEN
        )

    def _proposal(self, link: Link, matter: Matter, **more: object) -> Proposal:
        about = {"connection": link.connection, "mailbox": link.mailbox, "key": link.key, "matter": matter}
        return Proposal.model_validate({**about, "at": self.now, **more})

    # Answers to invitations

    def answered(self, links: Mapping[EventKey, Link], answers: Iterable[Answer], known: Collection[str] = ()) -> Batch:
        """What the answers change. One about another version, or of somebody who was not invited, changes nothing.

        `known` are marks of answers that were read before.
        """
        by_uid = {link.uid: link for link in links.values() if link.state in (LinkState.LIVE, LinkState.UNKNOWN)}
        changed: dict[EventKey, Link] = {}
        proposals: list[Proposal] = []
        seen: list[str] = []
        for answer in answers:
            first = by_uid.get(answer.uid)
            link = changed.get(first.key, first) if first is not None else None
            if answer.mark in known and not _changed_mind(link, answer):
                continue
            seen.append(answer.mark)
            asked = _as_answered(link) if link is not None else None
            if link is None or asked is None or not invited(asked, answer) or answer.response is Response.NONE:
                continue
            changed[link.key] = link.but(answers={**link.answers, answer.attendee: answer.response})
            proposals += self._asked_by(asked, answer)
        return Batch(links=list(changed.values()), proposals=proposals, answers=seen)

    def _asked_by(self, link: Link, answer: Answer) -> list[Proposal]:
        assert link.event is not None
        if link.over(self.now):
            return []
        slot = _slot(link)
        if answer.proposed is not None and slot is not None and bookings_of(self.plan, link.key):
            asked = self._proposal(link, Matter.MOVED, who=answer.attendee, slot=slot, wish=answer.proposed)
            judged = self._judged(asked)
            return [judged.model_copy(update={"taken": judged.decision is Decision.REFUSED})]
        if answer.response is Response.DECLINED:
            room = answer.attendee in lowered(link.event.rooms)
            return [self._unassign(link, Matter.ROOM_LOST if room else Matter.DECLINED, answer.attendee)]
        before = self.earlier.get(self._proposal(link, Matter.DECLINED, who=answer.attendee).id)
        return [_withdrawn(before)] if before is not None and answer.response is Response.ACCEPTED else []


def _as_answered(link: Link) -> Link | None:
    """What an answer is about. Whoever answers an invitation has it, though nobody told us that it was sent."""
    if link.state is LinkState.LIVE:
        return link
    sent = link.sent
    if sent is None or sent.status is EventStatus.CANCELLED:
        return None
    return link.but(event=sent, sequence=sent.sequence)


def _changed_mind(link: Link | None, answer: Answer) -> bool:
    """Whether what the calendar shows as somebody's answer is another one than they gave to this version before.

    Mails tell it by an id of their own; a calendar may give the id of the same answer that was taken back since.
    """
    said = link.answers.get(answer.attendee) if link is not None and answer.sequence is None else None
    return said is not None and said is not answer.response


def invited(link: Link, answer: Answer) -> bool:
    """Whether the answer is by somebody who was invited, and about the version that stands."""
    event = link.event
    known = event is not None and answer.attendee in lowered((link.mailbox, *event.attendees, *event.rooms))
    return known and answer.sequence in (None, link.sequence)


def carried_out(proposal: Proposal, link: Link | None) -> Batch:
    """What a decision that was made meanwhile asks for; nothing where that is done already."""
    taken = [proposal.model_copy(update={"taken": True})]
    refused = proposal.decision is Decision.REFUSED
    if proposal.matter in (Matter.DELETED, Matter.DECLINED) and refused:
        return Batch(proposals=taken) + (_written_again(link, proposal.reason) if link is not None else Batch())
    if proposal.matter is not Matter.MOVED or proposal.wish is None or proposal.decision is Decision.OPEN:
        return Batch()
    wish = proposal.wish
    if link is None or link.state is not LinkState.LIVE or link.event is None or proposal.who:
        return Batch(proposals=taken) if refused else Batch()
    if refused:
        back = put_back(link, wish.start, wish.end, proposal.reason)
        return Batch(links=back.links, wanted=back.wanted, proposals=taken)
    at_wish = (link.event.start, link.event.end) == (wish.start, wish.end)
    return Batch() if at_wish else Batch(links=[stands_at(link, wish)])


def _written_again(link: Link, reason: str) -> Batch:
    """What a person took out, though the plan still needs them there."""
    if link.state is not LinkState.DETACHED or link.event is None:
        return Batch()
    return Batch(links=[link.gone()], wanted=[link.wanting(link.event, reason)])


def withdrawn(
    proposals: Iterable[Proposal], seen: Mapping[EventKey, RemoteEvent], back: Collection[EventKey] = ()
) -> Batch:
    """Questions that the person answered: the event was moved on, or stands there again after it was deleted."""
    return Batch(proposals=[_withdrawn(p) for p in proposals if _moved_on(p, seen) or _restored(p, back)])


def _moved_on(proposal: Proposal, seen: Mapping[EventKey, RemoteEvent]) -> bool:
    remote = seen.get(proposal.key) if proposal.key else None
    if remote is None or proposal.wish is None or not proposal.holds:
        return False
    return (remote.start, remote.end) != (proposal.wish.start, proposal.wish.end)


def _restored(proposal: Proposal, back: Collection[EventKey]) -> bool:
    return proposal.matter is Matter.DELETED and proposal.decision is Decision.OPEN and proposal.key in back


def _withdrawn(proposal: Proposal) -> Proposal:
    return proposal.decided(Decision.REFUSED, "moved or taken back").model_copy(update={"taken": True})


def stands_at(link: Link, wish: Interval) -> Link:
    """The link once it is agreed that the event stands where the person put it."""
    assert link.event is not None
    event = _at(link.event, wish.start, wish.end)
    return link.but(event=event, written=event.stamp)


def put_back(link: Link, start: datetime, end: datetime, reason: str) -> Batch:
    """Write the event again as it was; what stands there is what the person made of it."""
    assert link.event is not None
    wanted = link.wanting(link.event.model_copy(update={"notes": ""}), reason)
    there = _at(link.event, start, max(start, end))
    wished = Interval(start=start, end=end) if start < end else None
    return Batch(links=[link.but(event=there, written="", wished=wished)], wanted=[wanted])


def lowered(addresses: Iterable[str]) -> frozenset[str]:
    return frozenset(address.lower() for address in addresses)


def _at(event: Event, start: datetime, end: datetime) -> Event:
    return event.model_copy(update={"start": start, "end": end})


def _slot(link: Link) -> Interval | None:
    event = link.event
    return Interval(start=event.start, end=event.end) if event is not None and event.start < event.end else None
