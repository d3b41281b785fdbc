"""Try a connection out: really sign in, and read what would be read."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler.domain.errors import FieldplanError
from scheduler.domain.interval import Interval
from scheduler.sync.connections.secrets import Vault
from scheduler.sync.port import Backend, Capability
from service.calendars.server import Server, opened

NO_UID = "none@fieldplan"
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Tried:
    """Whether the mailbox can be used, and otherwise what the server said."""

    mailbox: str
    works: bool
    said: str


def tried(server: Server, vault: Vault, mailboxes: list[str], now: datetime) -> list[Tried]:
    backend = opened(server, vault, "value")
    try:
        return [_one(backend, mailbox, now) for mailbox in mailboxes]
    finally:
        backend.close()


def _one(backend: Backend, mailbox: str, now: datetime) -> Tried:
    try:
        _read(backend, mailbox, now)
    except FieldplanError as error:
        return Tried(mailbox, False, f"{type(error).__name__}: {error}")
    return Tried(mailbox, True, "")


def _read(backend: Backend, mailbox: str, now: datetime) -> None:
    from scheduler.sync.backends.itip import ITip

    if isinstance(backend, ITip):
        backend.sign_in()
    if Capability.READ in backend.capabilities:
        backend.find(mailbox, NO_UID)
    if {Capability.LISTING, Capability.ANSWERS} & backend.capabilities:
        backend.changes(mailbox, None, Interval(start=now, end=now + DAY))
