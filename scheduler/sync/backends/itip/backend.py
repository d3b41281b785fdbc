"""The port for invitations by mail. There is nothing to read but answers."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from scheduler.domain.interval import Interval
from scheduler.sync.backends.itip.inbox import Inbox
from scheduler.sync.backends.itip.mail import mail_to
from scheduler.sync.backends.itip.sending import Outgoing
from scheduler.sync.errors import Unsupported
from scheduler.sync.event import Event, EventStatus
from scheduler.sync.port import Busy, Capability, Delta, RemoteEvent, RemoteRoom


class ITip:
    """Invites by mail whoever is to come.

    Parameters
    ----------
    organizer
        The address that invites, and to which answers go.
    inbox
        Where answers are read; without one none come back by themselves.
    zone
        In which the text for people says the time.
    """

    def __init__(self, organizer: str, outgoing: Outgoing, inbox: Inbox | None = None, *, zone: str = "UTC") -> None:
        self._organizer, self._outgoing, self._inbox, self._zone = organizer.lower(), outgoing, inbox, zone

    @property
    def capabilities(self) -> frozenset[Capability]:
        answers = {Capability.ANSWERS} if self._inbox is not None else set()
        return frozenset({Capability.REPEATABLE} | answers)

    def sign_in(self) -> None:
        """Sign in to the mail server and send nothing, to see whether it can be used."""
        self._outgoing.send([])

    def create(self, mailbox: str, event: Event) -> RemoteEvent:
        return self._invite(mailbox, event, frozenset())

    def update(self, mailbox: str, remote_id: str, version: str, event: Event) -> RemoteEvent:
        """Whoever was invited before and is no more gets a cancellation."""
        return self._invite(mailbox, event, frozenset(version.split()[1:]))

    def delete(self, mailbox: str, remote_id: str, version: str, event: Event) -> None:
        whole = self._whole(mailbox, event, EventStatus.CANCELLED)
        self._send(whole, {*_invited(whole), *version.split()[1:]})

    def _invite(self, mailbox: str, event: Event, before: frozenset[str]) -> RemoteEvent:
        whole = self._whole(mailbox, event, event.status)
        now = datetime.now(UTC)
        invited = _invited(whole)
        left = whole.model_copy(update={"status": EventStatus.CANCELLED})
        mails = [mail_to(one, whole, now, self._zone) for one in invited]
        mails += [
            mail_to(one, left.model_copy(update={"attendees": (one,), "rooms": ()}), now, self._zone)
            for one in sorted(before - set(invited))
        ]
        self._outgoing.send(mails)
        return RemoteEvent(
            remote_id=event.uid,
            version=" ".join([str(event.sequence), *sorted(invited)]),
            ical_uid=event.uid,
            start=event.start,
            end=event.end,
            uid=event.uid,
            stamp=event.stamp,
            original=True,
            event=event,
        )

    def _send(self, event: Event, to: set[str]) -> None:
        now = datetime.now(UTC)
        self._outgoing.send([mail_to(one, event, now, self._zone) for one in sorted(to)])

    def _whole(self, mailbox: str, event: Event, status: EventStatus) -> Event:
        """With an organiser, and where nobody is named, the mailbox itself as attendee."""
        invited = event.attendees or (() if event.rooms else (mailbox,))
        update = {"organizer": event.organizer or self._organizer, "attendees": invited, "status": status}
        return event.model_copy(update=update)

    def get(self, mailbox: str, remote_id: str) -> RemoteEvent:
        raise Unsupported("what was sent by mail can't be read back")

    def find(self, mailbox: str, uid: str) -> tuple[RemoteEvent, ...]:
        raise Unsupported("what was sent by mail can't be read back")

    def changes(self, mailbox: str, token: str | None, window: Interval) -> Delta:
        """Answers since the token: the mailbox's own, or, for the organiser's mailbox, everybody's."""
        if self._inbox is None:
            raise Unsupported("no mailbox for answers was given")
        answers, new = self._inbox.read(token)
        whose = mailbox.lower()
        return Delta(answers=tuple(a for a in answers if whose in (self._organizer, a.attendee)), token=new)

    def busy(self, mailboxes: Sequence[str], window: Interval) -> Mapping[str, tuple[Busy, ...]]:
        raise Unsupported("mail knows of no busy time")

    def rooms(self) -> tuple[RemoteRoom, ...]:
        raise Unsupported("mail knows of no rooms")

    def close(self) -> None:
        pass


def _invited(event: Event) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.lower() for one in (*event.attendees, *event.rooms)))
