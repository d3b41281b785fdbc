"""Requests that are carried out long after their answer was given up, and events that come back."""

from pathlib import Path

import pytest

from scheduler.sync.backends.memory import EVERYTHING, Memory
from scheduler.sync.guard import Limits
from scheduler.sync.link import Box, LinkState
from scheduler.sync.port import Capability
from scheduler.sync.store.sqlite import SqliteStore
from tests.sync.backends.test_memory import MemoryHand
from tests.sync.faults.port import WAIT, Fault, Faulty, none
from tests.sync.office import DAY, HOUR, NAME, NOW, World, key

ME = "olena@example.com"
NINE = NOW + DAY + 3 * HOUR


class Late(World):
    """A world on a calendar that lets second events in, and carries the next writes out late."""

    def __init__(self, folder: Path) -> None:
        self.memory = Memory(EVERYTHING - {Capability.CREATE_ONCE})
        self.hand = MemoryHand(self.memory)
        self.faulty = Faulty(self.memory, none)
        super().__init__(self.faulty, SqliteStore(folder / "sync.db"))

    def late(self, *faults: Fault | None) -> None:
        left = list(faults)
        writes = ("create", "update", "delete")
        self.faulty.choose = lambda name, mailbox: left.pop(0) if name in writes and left else None

    def events(self) -> list[str]:
        return list(self.memory.calendar(ME).events)


@pytest.fixture
def world(tmp_path: Path) -> Late:
    world = Late(tmp_path)
    world.want(ME, "a", NINE)
    world.publish()
    return world


def twice(world: Late) -> str:
    """A create that came late, after the second attempt had succeeded; the id of what it made."""
    world.late(Fault.LATE)
    assert world.cycle().counts["created"] == 1
    world.faulty.arrive()
    (second,) = set(world.events()) - {world.link(ME, "a").remote_id}
    return second


def test_what_a_late_create_made_beside_ours_is_taken_out(world: Late) -> None:
    second = twice(world)
    world.cycle()
    assert world.cycle().counts["cleared"] == 1 and second not in world.events()
    assert world.events() == [world.link(ME, "a").remote_id]
    assert world.cycle().writes == 0 and world.store.proposals() == ()


def test_so_it_is_when_ours_was_changed_meanwhile(world: Late) -> None:
    world.late(Fault.LATE)
    world.cycle()
    world.want(ME, "a", NINE + HOUR, summary="Crane")
    world.publish()
    world.cycle()
    world.faulty.arrive()
    world.cycle()
    world.cycle()
    (left,) = world.memory.calendar(ME).events.values()
    assert left.start == NINE + HOUR


def test_its_deletion_tells_nobody_for_the_meeting_still_stands(world: Late) -> None:
    said = []
    world.faulty.before = lambda name, *given: said.append((name, given[-1].attendees))
    world.want(ME, "a", NINE, organizer=ME, attendees=("taras@example.com",))
    world.publish()
    twice(world)
    world.cycle()
    world.cycle()
    assert said[-1] == ("delete", ()) and len(world.events()) == 1


@pytest.mark.parametrize("touch", ["move", "note", "retitle"])
def test_a_second_event_that_somebody_touched_is_left_alone(world: Late, touch: str) -> None:
    second = twice(world)
    given = (NINE + HOUR, NINE + 2 * HOUR) if touch == "move" else ("mine",)
    getattr(world.hand, touch)(ME, second, *given)
    for _ in range(3):
        assert world.cycle().writes == 0
    assert second in world.events() and len(world.events()) == 2
    assert world.store.proposals() == () and world.link(ME, "a").strays == ()


def test_a_copy_is_no_second_event(world: Late) -> None:
    world.cycle()
    copy = world.hand.copy(ME, world.link(ME, "a").remote_id)
    world.hand.move(ME, copy, NINE, NINE + HOUR)
    for _ in range(3):
        assert world.cycle().writes == 0
    assert copy in world.events()


def test_a_copy_is_not_taken_for_the_event_whose_create_got_lost(world: Late) -> None:
    """Just as it was sent, in place of an event that was taken away and is wanted again."""
    world.cycle()
    copy = world.hand.copy(ME, world.link(ME, "a").remote_id)
    world.hand.move(ME, copy, NINE, NINE + HOUR)
    for start in (None, NINE):
        world.want(ME, "a", start)
        world.publish()
        world.late(Fault.UNCLEAR_BEFORE if start else None)
        world.cycle(allowed=1)
    assert world.link(ME, "a").remote_id != copy and len(world.events()) == 2


def test_a_create_that_comes_after_it_was_given_up_is_taken_back(world: Late) -> None:
    world.late(Fault.LATE, Fault.LOST)
    world.cycle()
    world.want(ME, "a", None)
    world.publish()
    world.time += HOUR
    world.cycle(allowed=1)
    assert world.link(ME, "a").state is LinkState.DELETED
    world.faulty.arrive()
    assert len(world.events()) == 1
    assert world.cycle().counts["deleted"] == 1 and world.events() == []


def test_a_create_that_comes_late_takes_the_place_of_the_next_one(world: Late) -> None:
    world.late(Fault.LATE, Fault.LOST)
    world.cycle()
    world.want(ME, "a", None)
    world.publish()
    world.time += HOUR
    world.cycle(allowed=1)
    world.want(ME, "a", NINE + HOUR)
    world.publish()
    world.faulty.arrive()
    report = world.cycle()
    assert (report.counts["created"], report.counts["updated"], len(world.events())) == (0, 1, 1)


def test_what_an_older_create_made_is_not_forgotten_while_a_newer_one_is_looked_up(world: Late) -> None:
    world.late(Fault.LATE, Fault.LOST)
    world.cycle()
    for start in (None, NINE + HOUR):
        world.want(ME, "a", start)
        world.publish()
        world.time += HOUR
        world.late(Fault.UNCLEAR_BEFORE, Fault.LOST)
        world.cycle(allowed=1)
    assert world.link(ME, "a").state is LinkState.UNKNOWN
    world.faulty.arrive()
    world.time += HOUR
    for _ in range(2):
        world.cycle()
    assert [event.start for event in world.memory.calendar(ME).events.values()] == [NINE + HOUR]


def test_a_create_that_comes_late_in_place_of_a_newer_event_is_written_anew(world: Late) -> None:
    world.late(Fault.LATE)
    world.cycle()
    world.want(ME, "a", NINE + HOUR, summary="Crane")
    world.publish()
    world.cycle()
    world.hand.remove(ME, world.link(ME, "a").remote_id)
    world.faulty.arrive()
    assert world.cycle().counts["updated"] == 1
    (event,) = world.memory.calendar(ME).events.values()
    assert event.event is not None and (event.start, event.event.summary) == (NINE + HOUR, "Crane")
    assert world.cycle().writes == 0 and world.publish() == [] and world.store.proposals() == ()


def test_an_update_that_comes_late_is_not_sent_twice(world: Late) -> None:
    world.cycle()
    world.want(ME, "a", NINE + HOUR)
    world.publish()
    world.late(Fault.LATE, Fault.LOST)
    assert world.cycle().waiting
    world.faulty.arrive()
    world.time += HOUR
    assert world.cycle().writes == 0
    assert world.link(ME, "a").state is LinkState.LIVE and world.store.intents(Box(NAME, ME)) == {}
    assert world.publish() == [] and world.store.proposals() == ()


def test_a_deletion_that_comes_late_is_not_taken_for_a_persons(world: Late) -> None:
    world.cycle()
    world.want(ME, "a", None)
    world.publish()
    world.late(Fault.LATE, Fault.LOST)
    assert world.cycle(allowed=1).waiting
    world.want(ME, "a", NINE)
    world.publish()
    world.time += HOUR / 2
    world.cycle()
    world.faulty.arrive()
    assert world.events() == []
    assert world.cycle().counts["created"] == 1 and world.store.proposals() == ()
    assert len(world.events()) == 1


def test_an_event_out_of_the_bin_is_ours_again(world: Late) -> None:
    """Exchange gives it another id."""
    world.cycle()
    calendar = world.memory.calendar(ME)
    there = calendar.events[world.link(ME, "a").remote_id]
    world.hand.remove(ME, there.remote_id)
    world.cycle()
    assert len(world.store.proposals()) == 1
    calendar.put(there.model_copy(update={"remote_id": calendar.new_id()}))
    world.cycle()
    assert world.link(ME, "a").state is LinkState.LIVE and world.store.proposals() == ()
    world.want(ME, "a", NINE + HOUR)
    world.publish()
    world.cycle()
    assert [event.start for event in calendar.events.values()] == [NINE + HOUR]


def test_an_event_that_was_cut_and_pasted_is_the_same_one(world: Late) -> None:
    world.cycle()
    calendar = world.memory.calendar(ME)
    there = calendar.events[world.link(ME, "a").remote_id]
    world.hand.remove(ME, there.remote_id)
    calendar.put(there.model_copy(update={"remote_id": calendar.new_id()}))
    world.cycle()
    assert world.link(ME, "a").remote_id in world.events() and world.store.proposals() == ()


def test_a_calendar_that_shows_much_twice_is_asked_about(world: Late) -> None:
    """A restored backup, say."""
    for n in range(8):
        world.want(ME, f"b{n}", NINE + n * DAY)
    world.publish()
    world.cycle()
    calendar = world.memory.calendar(ME)
    for event in list(calendar.events.values()):
        calendar.put(event.model_copy(update={"remote_id": calendar.new_id()}))
    world.limits = Limits(events=5)
    world.cycle()
    report = world.cycle()
    assert "9 events stand there twice" in report.waiting[Box(NAME, ME)] and len(world.events()) == 18
    assert world.cycle(allowed=9).counts["cleared"] == 9 and len(world.events()) == 9


@pytest.mark.parametrize("what", ["create", "update", "delete"])
def test_who_is_told_to_come_back_later_does_so(world: Late, what: str) -> None:
    """Though the write may have been done: nothing is looked up before its time."""
    if what != "create":
        world.cycle()
        world.want(ME, "a", NINE + HOUR if what == "update" else None)
        world.publish()
    world.late(Fault.UNCLEAR_AND_BUSY)
    assert world.cycle(allowed=1).waiting
    before, later = world.faulty.requests, world.time + WAIT
    assert world.store.cursor(Box(NAME, ME)).wait_until == later
    world.cycle(allowed=1)
    assert world.faulty.requests == before
    world.time = later
    assert not world.cycle(allowed=1).waiting and world.faulty.requests > before
    assert len(world.events()) == (what != "delete")
    assert world.link(ME, "a").key == key("a")


def test_busy_times_are_not_asked_for_before_their_time(world: Late, monkeypatch: pytest.MonkeyPatch) -> None:
    from scheduler.sync.content.people import Person
    from scheduler.sync.cycle import busy_of

    world.cycle()
    people = [Person("taras", NAME, "taras@example.com")]
    world.faulty.choose = lambda name, mailbox: Fault.THROTTLED
    before = world.faulty.requests
    assert busy_of(world.office(), people) == {} and world.faulty.requests == before + 1
    assert busy_of(world.office(), people) == {} and world.cycle().waiting
    assert world.faulty.requests == before + 1
    world.time += WAIT
    world.faulty.choose = none
    assert busy_of(world.office(), people) == {"taras": ()}
