"""A dry run says what the real run then does, and changes nothing. The state machine holds it to that too."""

from pathlib import Path

import pytest

from scheduler.sync.backends.memory import EVERYTHING, Memory
from scheduler.sync.link import Box
from scheduler.sync.port import Capability
from scheduler.sync.reconcile import Act
from scheduler.sync.rehearsal import Rehearsed, rehearse
from scheduler.sync.store.sqlite import SqliteStore
from tests.sync.backends.test_memory import MemoryHand
from tests.sync.faults.port import WAIT, Fault, Faulty, none
from tests.sync.office import DAY, HOUR, NAME, NOW, World

ME = "olena@example.com"
NINE = NOW + DAY + 3 * HOUR


@pytest.fixture
def memory() -> Memory:
    return Memory(EVERYTHING - {Capability.CREATE_ONCE})


@pytest.fixture
def world(memory: Memory, tmp_path: Path) -> World:
    world = World(Faulty(memory, none), SqliteStore(tmp_path / "sync.db"))
    for n in range(4):
        world.want(ME, f"a{n}", NINE + n * DAY)
    world.publish()
    world.cycle()
    return world


def rehearsed(world: World) -> Rehearsed:
    return rehearse(world.office(), world.wishes())


def acts(found: Rehearsed) -> list[tuple[Act, str]]:
    return [(w.act, event.summary) for w in found.writes if (event := w.after or w.before)]


def test_it_reads_first_and_says_what_would_be(world: World, memory: Memory) -> None:
    hand, log = MemoryHand(memory), memory.calendar(ME).log
    world.forbidden = {NINE + 9 * HOUR}
    hand.move(ME, world.link(ME, "a0").remote_id, NINE + 9 * HOUR, NINE + 10 * HOUR)
    hand.remove(ME, world.link(ME, "a1").remote_id)
    world.want(ME, "a2", None)
    world.want(ME, "new", NINE + 5 * DAY)
    before, links, cursor = len(log), world.store.links(Box(NAME, ME)), world.store.cursor(Box(NAME, ME))
    found = rehearsed(world)
    assert sorted(acts(found)) == [(Act.CREATE, "Lift new"), (Act.DELETE, "Lift a2"), (Act.UPDATE, "Lift a0")]
    (back,) = (w for w in found.writes if w.act is Act.UPDATE)
    assert back.before is not None and back.after is not None
    assert (back.before.start, back.after.start) == (NINE + 9 * HOUR, NINE)
    assert [p.key.activity for p in found.asked if p.key] == ["a1"]
    assert len(log) == before and world.store.proposals() == () and world.store.revision() == 1
    assert (world.store.links(Box(NAME, ME)), world.store.cursor(Box(NAME, ME))) == (links, cursor)


def test_what_would_be_asked_is_said_with_all_that_would_go(world: World) -> None:
    for n in range(1, 9):
        world.want(ME, f"b{n}", NINE + n * HOUR)
    world.publish()
    world.cycle()
    for n in range(1, 9):
        world.want(ME, f"b{n}", None)
    found = rehearsed(world)
    assert found.blast is not None and found.blast.going == 8 == len(found.writes)


def test_a_calendar_that_wants_to_be_left_alone_is_left_alone_afterwards(world: World) -> None:
    faulty = world.backend
    assert isinstance(faulty, Faulty)
    world.want(ME, "a0", NINE + HOUR)
    faulty.choose = lambda name, mailbox: Fault.THROTTLED
    found = rehearsed(world)
    assert list(found.report.waiting) == [Box(NAME, ME)] and [i.key.activity for i in found.left] == ["a0"]
    before = faulty.requests
    world.publish()
    world.cycle()
    assert faulty.requests == before
    faulty.choose = none
    world.time += WAIT
    assert world.cycle().counts["updated"] == 1


def test_an_event_that_stands_there_already_would_not_be_created(tmp_path: Path) -> None:
    """Of a store that was lost."""
    memory = Memory()
    for name in ("one", "other"):
        world = World(memory, SqliteStore(tmp_path / name))
        world.want(ME, "a", NINE)
        creates = [w.act for w in rehearsed(world).writes if w.act is Act.CREATE]
        assert creates == ([Act.CREATE] if name == "one" else [])
        world.publish()
        world.cycle()
