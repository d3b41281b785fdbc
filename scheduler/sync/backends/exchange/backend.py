"""The backend: what `Backend` asks, in Exchange's requests."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from threading import Lock
from typing import Any

from exchangelib import EWSTimeZone
from exchangelib.errors import UnknownTimeZone

from scheduler.domain.interval import Interval
from scheduler.sync.backends.exchange import freebusy, read, write
from scheduler.sync.backends.exchange.connection import Account, connect
from scheduler.sync.backends.exchange.errors import reading
from scheduler.sync.backends.exchange.item import fields_of, invites
from scheduler.sync.backends.exchange.listing import inside
from scheduler.sync.backends.exchange.remote import remote_of
from scheduler.sync.backends.exchange.signin import SignIn
from scheduler.sync.errors import Conflict
from scheduler.sync.event import Event
from scheduler.sync.port import Busy, Capability, Delta, RemoteEvent, RemoteRoom
from scheduler.sync.tokens import read_token, write_token

CAPABILITIES = frozenset(Capability) - {Capability.CREATE_ONCE, Capability.REPEATABLE}


class Access(StrEnum):
    """As whom mailboxes are opened: as their owner, or as oneself with rights that the owner gave."""

    IMPERSONATION = "impersonation"
    DELEGATE = "delegate"


class Exchange:
    """One Exchange server and one service account.

    Parameters
    ----------
    url
        Where the server answers, `https://mail.example.com/EWS/Exchange.asmx`.
    zone
        The zone in which Exchange words meeting requests, an IANA name. Moments don't depend on it.

    Raises
    ------
    ValueError
        For an address without TLS, or a zone that Exchange has no name for.
    """

    def __init__(self, url: str, sign_in: SignIn, *, access: Access = Access.IMPERSONATION, zone: str = "UTC") -> None:
        self._connection = connect(url, sign_in)
        self._access = access
        self._zone = _named(zone)
        self._calendars: dict[str, Any] = {}
        self._lock = Lock()

    @property
    def capabilities(self) -> frozenset[Capability]:
        return CAPABILITIES

    def create(self, mailbox: str, event: Event) -> RemoteEvent:
        fields = {**fields_of(event, self._zone), "uid": event.uid}
        id, version = write.create(self._calendar(mailbox), fields, mail=invites(event))
        return _as_written(event, id, version)

    def update(self, mailbox: str, remote_id: str, version: str, event: Event) -> RemoteEvent:
        calendar, fields = self._calendar(mailbox), fields_of(event, self._zone)
        if invites(event):
            _leave_invited(fields, event, self._current(mailbox, remote_id, version).event)
        return _as_written(event, remote_id, write.update(calendar, remote_id, version, fields, mail=invites(event)))

    def delete(self, mailbox: str, remote_id: str, version: str, event: Event) -> None:
        """Looks first, for Exchange deletes whatever the version is. What is deleted in between lies in the bin."""
        self._current(mailbox, remote_id, version)
        write.delete(self._calendar(mailbox), remote_id, version, mail=invites(event))

    def get(self, mailbox: str, remote_id: str) -> RemoteEvent:
        calendar = self._calendar(mailbox)
        item = read.read_one(calendar, remote_id)
        return remote_of(item, read.series_of(calendar, item))

    def find(self, mailbox: str, uid: str) -> tuple[RemoteEvent, ...]:
        return tuple(remote_of(item) for item in read.find(self._calendar(mailbox), uid))

    def changes(self, mailbox: str, token: str | None, window: Interval) -> Delta:
        state, listed = read_token(token, window) if token is not None else (None, window)
        calendar = self._calendar(mailbox)
        found, state_now = read.sync(calendar, state)
        events, gone = inside(calendar, found, window)
        return Delta(
            events=events,
            gone=gone if token is not None else (),
            token=write_token(state_now, listed),
            complete=token is None,
        )

    def busy(self, mailboxes: Sequence[str], window: Interval) -> Mapping[str, tuple[Busy, ...]]:
        return freebusy.busy(self._connection, mailboxes, window)

    def rooms(self) -> tuple[RemoteRoom, ...]:
        """Those in the room lists that the administrator made."""
        with reading():
            rooms = [
                room
                for room_list in self._connection.get_roomlists()
                for room in self._connection.get_rooms(room_list.email_address)
            ]
        by_address = {room.email_address.lower(): room.name or "" for room in rooms}
        return tuple(RemoteRoom(address=address, name=name) for address, name in by_address.items())

    def close(self) -> None:
        self._connection.close()

    def _calendar(self, mailbox: str) -> Any:
        with self._lock:
            known = self._calendars.get(mailbox)
        if known is None:
            known = read.calendar_of(Account(mailbox, self._connection, self._access.value))
            with self._lock:
                self._calendars[mailbox] = known
        return known

    def _current(self, mailbox: str, remote_id: str, version: str) -> RemoteEvent:
        seen = self.get(mailbox, remote_id)
        if seen.version != version:
            raise Conflict("the event was changed since")
        return seen


def _leave_invited(fields: dict[str, Any], event: Event, there: Event | None) -> None:
    """Don't write those who are invited already: whoever is written anew has not answered."""
    for name, wanted, known in (
        ("required_attendees", event.attendees, there.attendees if there else ()),
        ("resources", event.rooms, there.rooms if there else ()),
    ):
        if {address.lower() for address in wanted} == set(known):
            del fields[name]


def _named(zone: str) -> Any:
    try:
        return EWSTimeZone(zone)
    except UnknownTimeZone:
        raise ValueError(f"zone {zone!r}: Exchange knows no such zone; use an IANA name") from None


def _as_written(event: Event, id: str, version: str) -> RemoteEvent:
    return RemoteEvent(
        remote_id=id,
        version=version,
        start=event.start,
        end=event.end,
        uid=event.uid,
        stamp=event.stamp,
        original=True,
        ical_uid=event.uid,
        event=event,
    )
