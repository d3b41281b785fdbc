"""The message about what changed, and how it is handed to a mail server."""

import hashlib
import json
import smtplib
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

from scheduler.domain.resource import TimeZone
from scheduler.sync.content.people import Person
from scheduler.sync.content.render import render
from scheduler.sync.content.words import WORDS, when
from scheduler.sync.errors import Denied, Refused, Unclear, Unreachable
from scheduler.sync.link import Link
from scheduler.sync.notice.changes import News, Quiet, due, knows, news, standing
from scheduler.sync.store.port import Store, Told

MOST_LINES = 30
TIMEOUT_SECONDS = 30.0


@dataclass(frozen=True)
class Message:
    """A mail to one person. `id` is the same when the same is said again."""

    id: str
    to: str
    subject: str
    text: str
    html: str


Tell = Callable[[Message], None]


def inform(
    store: Store, person: Person, links: Sequence[Link], quiet: Quiet, now: datetime, tell: Tell
) -> Message | None:
    """Tell the person what changed since they were last told, unless that can wait.

    A crash between sending and remembering sends the same message again, with the same id.
    """
    told = store.told(person.resource)
    message, after = next_message(told, person, links, quiet, now)
    if message is not None:
        tell(message)
    if after != told:
        store.tell(person.resource, after)
    return message


def next_message(
    told: Told, person: Person, links: Sequence[Link], quiet: Quiet, now: datetime
) -> tuple[Message | None, Told]:
    """What is to be told now, if anything, and what the person knows then."""
    found = news(told, links, quiet, now)
    if due(found, quiet, now) > now:
        return None, told
    message = message_for(person, found, quiet.time_zone) if found else None
    return message, knows(told, found, standing(links), now)


def message_for(person: Person, found: Sequence[News], zone: TimeZone) -> Message:
    t = WORDS[person.language]
    lines = [(t[one.kind], _said(one, zone, t["was"]), one.why) for one in found[:MOST_LINES]]
    values = {"lines": lines, "more": len(found) - len(lines)}
    text = render("notice.txt", person.language, values)
    identity = json.dumps([person.resource, [[str(one.before), str(one.after)] for one in found]])
    return Message(
        id=f"<{hashlib.sha256(identity.encode()).hexdigest()[:40]}@fieldplan>",
        to=person.address,
        subject=t["changed_subject"],
        text=text,
        html=render("notice.html", person.language, values),
    )


def _said(one: News, zone: TimeZone, was: str) -> str:
    event = one.after or one.before
    assert event is not None
    place = f", {event.location}" if event.location else ""
    said = f"{event.summary}, {when(event, zone)}{place}"
    if one.before is not None and one.after is not None and one.kind in ("moved", "put_back"):
        said += f" ({was} {when(one.before, zone)})"
    return said


@dataclass(frozen=True)
class MailServer:
    """Sends messages by SMTP, always over TLS: from the first byte on port 465, by STARTTLS otherwise.

    Raises
    ------
    Denied, Refused, Unreachable
        The message was not sent.
    Unclear
        It may have been sent. Sent again, it has the same id.
    """

    host: str
    port: int
    sender: str
    username: str = ""
    password: str = ""

    def __call__(self, message: Message) -> None:
        server = self._signed_in()
        try:
            server.send_message(mail(message, self.sender))
        except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused, smtplib.SMTPNotSupportedError) as error:
            raise Refused(f"{self.host} does not take the message: {error}") from error
        except (smtplib.SMTPException, OSError) as error:
            raise Unclear(f"{self.host}: {error}") from error
        finally:
            server.close()

    def _signed_in(self) -> smtplib.SMTP:
        try:
            server = self._connected(ssl.create_default_context())
            if self.username:
                server.login(self.username, self.password)
        except smtplib.SMTPAuthenticationError as error:
            raise Denied(f"{self.host} does not take the login: {error}") from error
        except (smtplib.SMTPException, OSError) as error:
            raise Unreachable(f"{self.host}: {error}") from error
        return server

    def _connected(self, context: ssl.SSLContext) -> smtplib.SMTP:
        if self.port == 465:
            return smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT_SECONDS, context=context)
        server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_SECONDS)
        server.starttls(context=context)
        return server

    def __repr__(self) -> str:
        return f"MailServer({self.host!r}, {self.port})"


def mail(message: Message, sender: str) -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, message.to, message.subject
    made["Message-ID"], made["Auto-Submitted"] = message.id, "auto-generated"
    made.set_content(message.text)
    made.add_alternative(message.html, subtype="html")
    return made
