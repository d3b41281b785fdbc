"""Mails to a mail server by SMTP, over TLS that is verified. Nothing is sent twice by itself."""

import asyncio
import logging
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage

import aiosmtplib
from pydantic import SecretStr

from scheduler.sync.errors import Denied, Refused, SyncError, Throttled, Unclear, Unreachable

TIMEOUT_SECONDS = 30.0
WITHOUT_ADVICE = timedelta(minutes=2)
TLS_FROM_THE_START = 465

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outgoing:
    """The server that takes our mails: TLS from the first byte on port 465, by STARTTLS on all others.

    `authority` is a file of certificates to trust instead of the system's.
    """

    host: str
    port: int = 587
    username: str = ""
    password: SecretStr | None = None
    authority: str | None = None

    def send(self, mails: Sequence[EmailMessage]) -> None:
        """All of them over one connection.

        An address that the server refuses is passed over and logged, unless it is the only one.

        Raises
        ------
        Refused, Denied, Throttled, Unreachable
            The server took none of them.
        Unclear
            It may have taken some.
        """
        asyncio.run(self._send(mails))

    async def _send(self, mails: Sequence[EmailMessage]) -> None:
        client = aiosmtplib.SMTP(
            hostname=self.host,
            port=self.port,
            use_tls=self.port == TLS_FROM_THE_START,
            start_tls=self.port != TLS_FROM_THE_START,
            tls_context=ssl.create_default_context(cafile=self.authority),
            timeout=TIMEOUT_SECONDS,
        )
        try:
            await self._sign_in(client)
            await _all(client, mails)
        finally:
            client.close()

    async def _sign_in(self, client: aiosmtplib.SMTP) -> None:
        try:
            await client.connect()
            if self.username and self.password is not None:
                await client.login(self.username, self.password.get_secret_value())
        except aiosmtplib.SMTPAuthenticationError as error:
            raise Denied(f"{self.host} does not take the login: {error}") from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Unreachable(f"{self.host} is not reached: {error}") from error


async def _all(client: aiosmtplib.SMTP, mails: Sequence[EmailMessage]) -> None:
    taken, refused = 0, []
    for one in mails:
        try:
            await client.send_message(one)
            taken += 1
        except Exception as error:
            said = _said(error)
            if taken and not isinstance(said, Refused):
                raise Unclear(f"{taken} of {len(mails)} mails are sent: {error}") from error
            if not isinstance(said, Refused):
                raise said from error
            refused.append(f"{one['To']}: {error}")
            log.warning("refused: %s", refused[-1])
    if refused and not taken:
        raise Refused("; ".join(refused))


def _said(error: Exception) -> SyncError:
    """What became of the one mail: a server that answers has not taken it, one that falls silent may have."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        codes = [one.code for one in error.recipients]
        return Throttled(str(error), WITHOUT_ADVICE) if min(codes) < 500 else Refused(str(error))
    if isinstance(error, aiosmtplib.SMTPResponseException) and error.code >= 400:
        return Throttled(str(error), WITHOUT_ADVICE) if error.code < 500 else Refused(str(error))
    return Unclear(f"{type(error).__name__}: {error}")
