"""Answers in a mailbox, read by IMAP over TLS that is verified. Nothing in the mailbox is changed."""

import imaplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr

from scheduler.sync.backends.itip.reply import read_answer
from scheduler.sync.errors import Denied, TokenLost, Unreachable
from scheduler.sync.port import Answer

TIMEOUT_SECONDS = 30.0
LARGEST = 1_000_000
"""Bytes of a mail that is still read; an answer to an invitation is far smaller."""


@dataclass(frozen=True)
class Inbox:
    """Where answers arrive.

    `trusted` is the name under which the mail server writes Authentication-Results. `authority` is a file of
    certificates to trust instead of the system's.
    """

    host: str
    username: str
    password: SecretStr
    trusted: str
    port: int = 993
    folder: str = "INBOX"
    authority: str | None = None

    def read(self, token: str | None) -> tuple[tuple[Answer, ...], str]:
        """Answers in mails that came since the token, and the next token.

        Raises
        ------
        TokenLost
            The mailbox was made anew, or the token is none.
        Denied, Unreachable
        """
        try:
            context = ssl.create_default_context(cafile=self.authority)
            with imaplib.IMAP4_SSL(self.host, self.port, ssl_context=context, timeout=TIMEOUT_SECONDS) as client:
                self._sign_in(client)
                return self._read(client, token)
        except (imaplib.IMAP4.error, OSError) as error:
            raise Unreachable(f"{self.host} is not read: {error}") from error

    def _sign_in(self, client: imaplib.IMAP4) -> None:
        try:
            client.login(self.username, self.password.get_secret_value())
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            raise Denied(f"{self.host} does not take the login: {error}") from error
        if client.select(f'"{self.folder}"', readonly=True)[0] != "OK":
            raise Denied(f"{self.host} has no folder {self.folder}")

    def _read(self, client: imaplib.IMAP4, token: str | None) -> tuple[tuple[Answer, ...], str]:
        validity = _number(client.response("UIDVALIDITY")[1])
        last = 0 if token is None else _last(token, validity)
        uids = [n for n in _found(client, last + 1) if n > last]
        mails = (mail for uid in uids for mail in _mail(client, uid))
        answers = tuple(a for mail in mails if (a := read_answer(mail, self.trusted)) is not None)
        return answers, f"{validity} {max(uids, default=last)}"


def _last(token: str, validity: int) -> int:
    parts = token.split()
    if len(parts) != 2 or not all(part.isdigit() for part in parts) or int(parts[0]) != validity:
        raise TokenLost("the mailbox does not know the token")
    return int(parts[1])


def _number(given: Any) -> int:
    return int(given[0]) if given and given[0] else 0


def _found(client: imaplib.IMAP4, first: int) -> list[int]:
    said, found = client.uid("SEARCH", f"UID {first}:* SMALLER {LARGEST}")
    if said != "OK":
        raise Unreachable("the mailbox can't be searched")
    return sorted(int(n) for n in (found[0] or b"").split())


def _mail(client: imaplib.IMAP4, uid: int) -> Iterator[bytes]:
    said, parts = client.uid("FETCH", str(uid), "(BODY.PEEK[])")
    if said != "OK":
        raise Unreachable(f"mail {uid} can't be read")
    yield from (part[1] for part in parts if isinstance(part, tuple))
