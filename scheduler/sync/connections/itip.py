"""The settings of invitations by mail. aiosmtplib is loaded when a connection is opened."""

from pydantic import Field

from scheduler.domain.base import Id, Value
from scheduler.domain.resource import TimeZone
from scheduler.sync.connections.secrets import Secret, Vault
from scheduler.sync.port import Backend


class OutgoingSettings(Value):
    """The server that takes mails: TLS from the first byte on port 465, by STARTTLS on all others."""

    host: Id
    port: int = Field(default=587, ge=1, le=65535)
    username: str = ""
    password: Secret | None = None


class InboxSettings(Value):
    """Where answers arrive, by IMAP over TLS.

    `trusted` is the name under which the mail server writes Authentication-Results into each mail that it takes in.
    """

    host: Id
    port: int = Field(default=993, ge=1, le=65535)
    username: Id
    password: Secret
    trusted: Id
    folder: Id = "INBOX"


class ITipSettings(Value):
    """Who invites, by which server, and where answers are read."""

    organizer: Id
    outgoing: OutgoingSettings
    inbox: InboxSettings | None = None
    time_zone: TimeZone = "UTC"


def open_itip(given: ITipSettings, vault: Vault, path: str) -> Backend:
    """Opens no connection yet. Raises InvalidInput, which names what has to be corrected."""
    from scheduler.sync.backends.itip import Inbox, ITip, Outgoing

    out, into = given.outgoing, given.inbox
    password = vault.reveal(out.password, f"{path}.outgoing.password") if out.password else None
    outgoing = Outgoing(out.host, out.port, out.username, password)
    inbox = None
    if into is not None:
        secret = vault.reveal(into.password, f"{path}.inbox.password")
        inbox = Inbox(into.host, into.username, secret, into.trusted, into.port, into.folder)
    return ITip(given.organizer, outgoing, inbox, zone=given.time_zone)
