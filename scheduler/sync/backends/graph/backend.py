"""The backend: what `Backend` asks, in Graph's requests."""

from collections.abc import Mapping, Sequence
from typing import Any

from scheduler.domain.interval import Interval
from scheduler.sync.backends.graph import delta, schedule
from scheduler.sync.backends.graph.client import Client, user
from scheduler.sync.backends.graph.client import event as path_of
from scheduler.sync.backends.graph.item import TIMES, changed, created, transactions, with_uid
from scheduler.sync.backends.graph.remote import remote_of, times_of, uid_of
from scheduler.sync.backends.graph.signin import SignIn
from scheduler.sync.errors import Conflict, Exists, NotFound, Refused, Unclear
from scheduler.sync.event import Event
from scheduler.sync.port import Busy, Capability, Delta, RemoteEvent, RemoteRoom

CAPABILITIES = frozenset(Capability) - {Capability.CREATE_ONCE, Capability.REPEATABLE}
"""Graph remembers a create by its transaction id, but nobody says for how long: whoever is in doubt looks first."""

GRAPH = "https://graph.microsoft.com/v1.0"
PAGE = {"$top": "50"}


class Graph:
    """Microsoft 365, as a registered application or as a person.

    Parameters
    ----------
    url
        Where Graph answers; national clouds have addresses of their own.

    Raises
    ------
    ValueError
        For an address without TLS.
    """

    def __init__(self, sign_in: SignIn, *, url: str = GRAPH) -> None:
        self.client = Client(url, sign_in)

    @property
    def capabilities(self) -> frozenset[Capability]:
        return CAPABILITIES

    def create(self, mailbox: str, event: Event) -> RemoteEvent:
        """Graph refuses a transaction id that it knows. Where that event was deleted since, the next one is used."""
        fields = created(event)
        for transaction in transactions(mailbox, event):
            asked = {**fields, "transactionId": transaction}
            try:
                made = self.client.write(mailbox, "POST", f"{user(mailbox)}/calendar/events", asked)
            except Exists:
                if any(one.original for one in self.find(mailbox, event.uid)):
                    raise
            else:
                return _as_written(event, made)
        raise Refused("Graph knows all transaction ids of this event, and has none of them")

    def update(self, mailbox: str, remote_id: str, version: str, event: Event) -> RemoteEvent:
        """Looks first, so that nothing is written that stands there already."""
        there = self._current(mailbox, remote_id, version, event.uid)
        fields = changed(event, there)
        if not fields:
            return there
        return _as_written(event, self.client.write(mailbox, "PATCH", path_of(mailbox, remote_id), fields, version))

    def delete(self, mailbox: str, remote_id: str, version: str, event: Event) -> None:
        """Looks first; what is deleted goes to Deleted Items. Who was invited is told by Graph."""
        self._current(mailbox, remote_id, version, event.uid)
        self.client.write(mailbox, "DELETE", path_of(mailbox, remote_id), version=version)

    def get(self, mailbox: str, remote_id: str) -> RemoteEvent:
        """An id that stays leads into Deleted Items too. So our own are looked for in the calendar itself."""
        item = self.client.read(mailbox, path_of(mailbox, remote_id), TIMES)
        uid = uid_of(item)
        if uid is None:
            return times_of(item)
        for ours in self.find(mailbox, uid):
            if ours.remote_id == remote_id:
                return ours
        raise NotFound(f"{mailbox} has no such event in its calendar")

    def find(self, mailbox: str, uid: str) -> tuple[RemoteEvent, ...]:
        """The oldest first."""
        path = f"{user(mailbox)}/calendar/events"
        found = list(self.client.pages(mailbox, path, {**with_uid(uid), **PAGE}))
        return tuple(map(remote_of, sorted(found, key=lambda item: (item["createdDateTime"], item["id"]))))

    def changes(self, mailbox: str, token: str | None, window: Interval) -> Delta:
        return delta.changes(self.client, mailbox, token, window)

    def busy(self, mailboxes: Sequence[str], window: Interval) -> Mapping[str, tuple[Busy, ...]]:
        return schedule.busy(self.client, mailboxes, window)

    def rooms(self) -> tuple[RemoteRoom, ...]:
        """All rooms of the organisation."""
        found = self.client.pages("", "/places/microsoft.graph.room", {"$top": "100"})
        return tuple(_room(room) for room in found if room.get("emailAddress"))

    def close(self) -> None:
        self.client.close()

    def _current(self, mailbox: str, remote_id: str, version: str, uid: str) -> RemoteEvent:
        ours = (one for one in self.find(mailbox, uid) if one.remote_id == remote_id)
        there = next(ours, None) or self.get(mailbox, remote_id)
        if there.version != version:
            raise Conflict("the event was changed since")
        return there


def _as_written(event: Event, made: dict[str, Any]) -> RemoteEvent:
    if "id" not in made or "@odata.etag" not in made:
        raise Unclear("the answer is not Graph's")
    return RemoteEvent(
        remote_id=made["id"],
        version=made["@odata.etag"],
        start=event.start,
        end=event.end,
        uid=event.uid,
        stamp=event.stamp,
        original=True,
        ical_uid=made.get("iCalUId") or "",
        event=event,
    )


def _room(given: dict[str, Any]) -> RemoteRoom:
    address, name, seats = given["emailAddress"], given.get("displayName"), given.get("capacity")
    return RemoteRoom(address=address.lower(), name=name or "", seats=seats or 0)
