"""The contract on calendars in memory."""

from datetime import datetime, timedelta

import pytest

from scheduler.domain.interval import Interval
from scheduler.sync.backends.memory import Memory
from scheduler.sync.port import Answer, Availability, RemoteEvent, RemoteRoom, Response
from tests.sync.backends.contract import BackendContract


class MemoryHand:
    def __init__(self, memory: Memory) -> None:
        self.memory = memory

    def _change(self, mailbox: str, remote_id: str, **event: object) -> None:
        calendar = self.memory.calendar(mailbox)
        there = calendar.events[remote_id]
        times = {name: event[name] for name in ("start", "end") if name in event}
        ours = there.event.model_copy(update=event) if there.event else None
        calendar.put(there.model_copy(update={**times, "event": ours}))

    def move(self, mailbox: str, remote_id: str, start: datetime, end: datetime) -> None:
        self._change(mailbox, remote_id, start=start, end=end)

    def note(self, mailbox: str, remote_id: str, text: str) -> None:
        ours = self.memory.calendar(mailbox).events[remote_id].event
        assert ours is not None
        self._change(mailbox, remote_id, description=f"{ours.description}\n{text}")

    def retitle(self, mailbox: str, remote_id: str, subject: str) -> None:
        self._change(mailbox, remote_id, summary=subject)

    def remove(self, mailbox: str, remote_id: str) -> None:
        calendar = self.memory.calendar(mailbox)
        for id in [e.remote_id for e in calendar.events.values() if remote_id in (e.remote_id, e.series)]:
            calendar.remove(id)

    def copy(self, mailbox: str, remote_id: str) -> str:
        calendar = self.memory.calendar(mailbox)
        there, id = calendar.events[remote_id], calendar.new_id()
        later = timedelta(hours=1)
        calendar.put(there.model_copy(update={"remote_id": id, "ical_uid": id}))
        self.move(mailbox, id, there.start + later, there.end + later)
        return id

    def add(
        self, mailbox: str, start: datetime, end: datetime, *, subject: str, availability: Availability, private: bool
    ) -> str:
        calendar = self.memory.calendar(mailbox)
        new = RemoteEvent(remote_id=calendar.new_id(), version="", start=start, end=end, availability=availability)
        return calendar.put(new).remote_id

    def add_series(self, mailbox: str, start: datetime, end: datetime, *, days: int) -> str:
        calendar = self.memory.calendar(mailbox)
        series = calendar.new_id()
        for day in map(timedelta, range(days)):
            id = calendar.new_id()
            calendar.put(RemoteEvent(remote_id=id, version="", series=series, start=start + day, end=end + day))
        return series

    def answer(
        self, mailbox: str, remote_id: str, attendee: str, response: Response, proposed: Interval | None = None
    ) -> None:
        calendar = self.memory.calendar(mailbox)
        there = calendar.events[remote_id]
        said = Answer(
            id=f"{remote_id}:{attendee}:{there.version}",
            uid=str(there.uid),
            attendee=attendee,
            response=response,
            proposed=proposed,
        )
        others = tuple(a for a in there.answers if a.attendee != attendee)
        calendar.put(there.model_copy(update={"answers": (*others, said)}))

    def lose_tokens(self, mailbox: str) -> None:
        self.memory.calendar(mailbox).forget_tokens()


class TestMemory(BackendContract):
    @pytest.fixture
    def backend(self) -> Memory:
        return Memory(rooms=(RemoteRoom(address="hall@example.com", seats=8),))

    @pytest.fixture
    def hand(self, backend: Memory) -> MemoryHand:
        return MemoryHand(backend)

    @pytest.fixture
    def mailbox(self) -> str:
        return "olena@example.com"

    @pytest.fixture
    def attendee(self) -> str:
        return "taras@example.com"
