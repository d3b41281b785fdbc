"""A mail server with real mailboxes: aiosmtpd takes mails in, Cyrus keeps them, programs read them by IMAP."""

import imaplib
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from tests.sync.backends.dav.servers import PASSWORD, Server, user_of
from tests.sync.backends.mail.post import Post, listening
from tests.sync.backends.mail.reply import TRUSTED


class Relay(Post):
    """Says on top of each mail who proved to be its sender, and hands it in where its reader will look."""

    def __init__(self, cyrus: Server) -> None:
        super().__init__()
        self._cyrus = cyrus

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Any, envelope: Any
    ) -> str:
        proof = f"Authentication-Results: {TRUSTED}; auth=pass smtp.auth={session.auth_data}\r\n"
        with smtplib.LMTP(self._cyrus.lmtp) as inside:
            for to in envelope.rcpt_tos:
                inside.sendmail(envelope.mail_from, [user_of(to)], proof.encode() + envelope.content)
        return "250 OK"


@dataclass(frozen=True)
class Hub:
    """One that runs; everybody signs in with their address and the same password."""

    cyrus: Server
    port: int
    authority: str

    def send(self, sender: str, mail: EmailMessage) -> None:
        """As somebody's mail program does."""
        with smtplib.SMTP("localhost", self.port) as server:
            server.starttls(context=ssl.create_default_context(cafile=self.authority))
            server.login(sender, PASSWORD)
            server.send_message(mail)

    def inbox(self, address: str) -> list[EmailMessage]:
        """All mails that somebody has, the oldest first."""
        context = ssl.create_default_context(cafile=self.cyrus.authority)
        with imaplib.IMAP4_SSL("localhost", self.cyrus.imaps, ssl_context=context) as client:
            client.login(user_of(address), PASSWORD)
            client.select("INBOX", readonly=True)
            numbers = client.search(None, "ALL")[1][0].split()
            parts = [client.fetch(n, "(BODY.PEEK[])")[1][0] for n in numbers]
        return [_mail(part[1]) for part in parts if isinstance(part, tuple)]


def _mail(raw: bytes) -> EmailMessage:
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def _signed_in(server: Any, session: Any, envelope: Any, mechanism: str, given: Any) -> AuthResult:
    known = isinstance(given, LoginPassword) and given.password.decode() == PASSWORD
    return AuthResult(success=known, handled=known, auth_data=given.login.decode() if known else None)


@contextmanager
def hub(cyrus: Server, paper: tuple[str, str]) -> Iterator[Hub]:
    with listening(Relay(cyrus), paper, authenticator=_signed_in, auth_required=True) as port:
        yield Hub(cyrus, port, paper[0])
