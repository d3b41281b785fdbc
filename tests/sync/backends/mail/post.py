"""A mail server on this machine, and what programs that know invitations make of its mails."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import icalendar
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from aiosmtpd.smtp import SMTP

from scheduler.sync import ical
from scheduler.sync.event import Event, EventStatus
from scheduler.sync.port import RemoteEvent
from tests.sync.backends.dav.servers import free_port


class Post(Sink):
    """Hands on what it is given, by itself to `mails`.

    `answers` may hold other answers than 250, or "x": the line breaks after the mail was taken.
    """

    def __init__(self, take: Callable[[EmailMessage], None] | None = None) -> None:
        super().__init__()
        self.mails: list[EmailMessage] = []
        self.take = take or self.mails.append
        self.refused: set[str] = set()
        self.answers: list[str] = []

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Any, envelope: Any, to: str, options: list[str]
    ) -> str:
        if to in self.refused:
            return "550 no such user"
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Any, envelope: Any
    ) -> str:
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer[0] in "2x":
            mail = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(mail, EmailMessage)
            self.take(mail)
        if answer == "x":
            assert server.transport is not None
            server.transport.abort()
        return answer


@contextmanager
def listening(post: Post, paper: tuple[str, str] | None, **more: Any) -> Iterator[int]:
    """The server, with that certificate and key, or, without them, no TLS; gives its port."""
    if paper is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*paper)
        more |= {"tls_context": context, "require_starttls": True}
    controller = Controller(post, hostname="localhost", port=free_port(), **more)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def calendar_part(mail: EmailMessage) -> EmailMessage:
    return next(p for p in mail.walk() if p.get_content_type() == "text/calendar")  # type: ignore[return-value]


def vevent(mail: EmailMessage) -> Any:
    return icalendar.Calendar.from_ical(calendar_part(mail).get_content()).walk("VEVENT")[0]


class Calendars:
    """The calendars of all who get invitations (RFC 5546): what is older than what they know is passed over.

    The same version again is no second event when it comes under the same Message-ID, and is one when it does not.
    """

    def __init__(self) -> None:
        self._newest: dict[str, dict[str, dict[str, Event]]] = {}
        """By uid and by attendee, the newest version by the Message-IDs that brought it."""

    def take(self, mail: EmailMessage) -> None:
        event = ical.from_vevent(vevent(mail))
        there = self._newest.setdefault(event.uid, {}).setdefault(str(mail["To"]), {})
        known = max(map(_age, there.values()), default=(-1, False))
        if _age(event) < known:
            return
        if _age(event) > known:
            there.clear()
        there[str(mail["Message-ID"])] = event

    def seen(self, mailbox: str, uid: str) -> tuple[RemoteEvent, ...]:
        """What stands in the mailbox's calendar, or in those of whom it invited."""
        found = [
            event
            for who, versions in self._newest.get(uid, {}).items()
            for event in versions.values()
            if mailbox in (who, event.organizer) and event.status is not EventStatus.CANCELLED
        ]
        return tuple(_remote(event) for event in found)


def _age(event: Event) -> tuple[int, bool]:
    return event.sequence, event.status is EventStatus.CANCELLED


def _remote(event: Event) -> RemoteEvent:
    return RemoteEvent(
        remote_id=event.uid,
        version=str(event.sequence),
        start=event.start,
        end=event.end,
        uid=event.uid,
        ical_uid=event.uid,
        event=event,
    )
