"""Calendars in memory, for tests and dry runs: what a well-behaved calendar does, and nothing else."""

from collections.abc import Iterable, Mapping, Sequence

from scheduler.domain.interval import Interval
from scheduler.sync import body
from scheduler.sync.errors import Conflict, Exists, NotFound, TokenLost, Unsupported
from scheduler.sync.event import Event, EventStatus
from scheduler.sync.port import Availability, Busy, Capability, Delta, RemoteEvent, RemoteRoom
from scheduler.sync.tokens import read_token, write_token

EVERYTHING = frozenset(Capability) - {Capability.REPEATABLE}


class Calendar:
    """One mailbox: events by id, and a log of which id changed, in order."""

    def __init__(self, mailbox: str) -> None:
        self.mailbox = mailbox
        self.events: dict[str, RemoteEvent] = {}
        self.log: list[str] = []
        self.generation = 0
        self._given = 0

    def new_id(self) -> str:
        self._given += 1
        return f"{self.mailbox}#{self._given}"

    def holds(self, uid: str) -> bool:
        """Whether an event that we created is there."""
        return any(event.uid == uid and event.ical_uid == uid for event in self.events.values())

    def put(self, remote: RemoteEvent) -> RemoteEvent:
        """Write the event under its id, whoever writes it; it gets a new version."""
        self.log.append(remote.remote_id)
        stored = remote.model_copy(update={"version": str(len(self.log))})
        self.events[remote.remote_id] = stored
        return stored

    def remove(self, remote_id: str) -> None:
        del self.events[remote_id]
        self.log.append(remote_id)

    def forget_tokens(self) -> None:
        self.generation += 1


class Memory:
    """Calendars of any number of mailboxes; a mailbox exists as soon as it is named."""

    def __init__(self, capabilities: Iterable[Capability] = EVERYTHING, rooms: Sequence[RemoteRoom] = ()) -> None:
        self._capabilities = frozenset(capabilities)
        self._rooms = tuple(rooms)
        self._calendars: dict[str, Calendar] = {}

    @property
    def capabilities(self) -> frozenset[Capability]:
        return self._capabilities

    def calendar(self, mailbox: str) -> Calendar:
        return self._calendars.setdefault(mailbox, Calendar(mailbox))

    def create(self, mailbox: str, event: Event) -> RemoteEvent:
        calendar = self.calendar(mailbox)
        if Capability.CREATE_ONCE in self._capabilities and calendar.holds(event.uid):
            raise Exists(f"{mailbox} holds an event {event.uid} already")
        new = RemoteEvent(remote_id=calendar.new_id(), version="", ical_uid=event.uid, start=event.start, end=event.end)
        return _read(calendar.put(_written(event, new)))

    def update(self, mailbox: str, remote_id: str, version: str, event: Event) -> RemoteEvent:
        there = self._current(mailbox, remote_id, version)
        return _read(self.calendar(mailbox).put(_written(event, there)))

    def delete(self, mailbox: str, remote_id: str, version: str, event: Event) -> None:
        self._current(mailbox, remote_id, version)
        self.calendar(mailbox).remove(remote_id)

    def get(self, mailbox: str, remote_id: str) -> RemoteEvent:
        found = self.calendar(mailbox).events.get(remote_id)
        if found is None:
            raise NotFound(f"{mailbox} holds no event {remote_id}")
        return _read(found)

    def find(self, mailbox: str, uid: str) -> tuple[RemoteEvent, ...]:
        return tuple(_read(event) for event in self.calendar(mailbox).events.values() if event.uid == uid)

    def changes(self, mailbox: str, token: str | None, window: Interval) -> Delta:
        calendar = self.calendar(mailbox)
        start = 0 if token is None else self._since(calendar, token, window)
        touched = list(calendar.events) if token is None else list(dict.fromkeys(calendar.log[start:]))
        inside = {i for i in touched if i in calendar.events and _inside(window, calendar.events[i])}
        return Delta(
            events=tuple(_read(calendar.events[i]) for i in touched if i in inside),
            gone=() if token is None else tuple(i for i in touched if i not in inside),
            token=self._token(calendar, window),
            complete=token is None,
        )

    def _token(self, calendar: Calendar, window: Interval) -> str | None:
        if Capability.INCREMENTAL not in self._capabilities:
            return None
        return write_token(f"{calendar.generation} {len(calendar.log)}", window)

    def _since(self, calendar: Calendar, token: str, window: Interval) -> int:
        generation, _, position = read_token(token, window)[0].partition(" ")
        if generation != str(calendar.generation):
            raise TokenLost(f"the token of {calendar.mailbox} is not known any more")
        return int(position)

    def busy(self, mailboxes: Sequence[str], window: Interval) -> Mapping[str, tuple[Busy, ...]]:
        return {mailbox: tuple(_busy(self.calendar(mailbox), window)) for mailbox in mailboxes}

    def rooms(self) -> tuple[RemoteRoom, ...]:
        if Capability.ROOMS not in self._capabilities:
            raise Unsupported("this calendar knows no rooms")
        return self._rooms

    def close(self) -> None:
        pass

    def _current(self, mailbox: str, remote_id: str, version: str) -> RemoteEvent:
        there = self.get(mailbox, remote_id)
        if Capability.CONDITIONAL in self._capabilities and there.version != version:
            raise Conflict(f"{remote_id} has version {there.version}, not {version}")
        return there


def _written(event: Event, there: RemoteEvent) -> RemoteEvent:
    tentative = event.status is EventStatus.TENTATIVE
    return there.model_copy(
        update={
            "start": event.start,
            "end": event.end,
            "uid": event.uid,
            "stamp": event.stamp,
            "event": body.marked(event),
            "availability": Availability.TENTATIVE if tentative else Availability.BUSY,
        }
    )


def _read(stored: RemoteEvent) -> RemoteEvent:
    """A copy gets an iCalendar UID of its own."""
    if stored.event is None:
        return stored
    return stored.model_copy(update={"event": body.unmarked(stored.event), "original": stored.ical_uid == stored.uid})


def _inside(window: Interval, event: RemoteEvent) -> bool:
    return window.overlaps(event.start, event.end)


def _busy(calendar: Calendar, window: Interval) -> Iterable[Busy]:
    for event in calendar.events.values():
        if event.availability is not Availability.FREE and event.start < event.end and _inside(window, event):
            yield Busy(interval=Interval(start=event.start, end=event.end), availability=event.availability)
