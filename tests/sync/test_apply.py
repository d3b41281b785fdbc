"""What came of a write, and what is done when nobody knows."""

from collections import Counter
from pathlib import Path

import pytest

from scheduler.sync.apply import Applier
from scheduler.sync.backends.memory import EVERYTHING, Memory
from scheduler.sync.errors import Denied, Refused, Unclear, Unreachable
from scheduler.sync.event import Event
from scheduler.sync.link import Box, LinkState
from scheduler.sync.port import Capability, RemoteEvent
from scheduler.sync.reconcile import Sight, reconcile
from scheduler.sync.store.sqlite import SqliteStore
from tests.sync.backends.test_memory import MemoryHand
from tests.sync.faults.port import Fault, Faulty, none
from tests.sync.office import DAY, HOUR, NAME, NOW, World, key

ME = "olena@example.com"
NINE = NOW + DAY + 3 * HOUR


@pytest.fixture
def memory() -> Memory:
    return Memory(EVERYTHING - {Capability.CREATE_ONCE})


def a_world(backend: object, folder: Path) -> World:
    world = World(backend, SqliteStore(folder / "sync.db"))  # type: ignore[arg-type]
    world.want(ME, "a", NINE)
    world.publish()
    return world


def fails(*faults: Fault | None) -> object:
    left = list(faults)

    def choose(name: str, mailbox: str) -> Fault | None:
        return left.pop(0) if name in ("create", "update", "delete") and left else None

    return choose


@pytest.mark.parametrize("fault", [Fault.UNCLEAR_AFTER, Fault.UNCLEAR_BEFORE])
def test_a_lost_answer_is_looked_up_at_once(memory: Memory, tmp_path: Path, fault: Fault) -> None:
    faulty = Faulty(memory, none)
    world = a_world(faulty, tmp_path)
    for step in ("create", "update", "delete"):
        faulty.choose = fails(fault)  # type: ignore[assignment]
        assert not world.cycle().waiting, step
        events = list(memory.calendar(ME).events.values())
        assert len(events) == (0 if step == "delete" else 1)
        world.want(ME, "a", NINE + HOUR if step == "create" else None)
        world.publish()
    assert world.link(ME, "a").state is LinkState.DELETED


def test_a_create_that_is_over_makes_way_for_a_later_one(memory: Memory, tmp_path: Path) -> None:
    world = a_world(Faulty(memory, fails(Fault.UNCLEAR_BEFORE, Fault.LOST)), tmp_path)  # type: ignore[arg-type]
    assert world.cycle().waiting
    world.want(ME, "a", NINE + DAY)
    world.publish()
    world.time = NINE + 2 * HOUR
    assert world.cycle().counts["created"] == 1
    assert [event.start for event in memory.calendar(ME).events.values()] == [NINE + DAY]


def test_what_people_wrote_before_the_answer_was_looked_up_is_kept(memory: Memory, tmp_path: Path) -> None:
    faulty = Faulty(memory, none)
    world = a_world(faulty, tmp_path)
    for later in (2 * HOUR, 3 * HOUR):
        faulty.choose = fails(Fault.UNCLEAR_AND_BUSY)  # type: ignore[assignment]
        world.cycle()
        (id,) = memory.calendar(ME).events
        MemoryHand(memory).note(ME, id, f"key {later}")
        world.time += HOUR
        world.want(ME, "a", NINE + later)
        world.publish()
    world.cycle()
    (there,) = memory.find(ME, world.link(ME, "a").uid)
    assert there.event is not None and "key 2:00:00" in there.event.notes and "key 3:00:00" in there.event.notes


def test_an_update_whose_answer_was_lost_is_known_though_somebody_moved_the_event_since(
    memory: Memory, tmp_path: Path
) -> None:
    faulty = Faulty(memory, none)
    world = a_world(faulty, tmp_path)
    world.cycle()
    world.want(ME, "a", NINE, summary="Bring the crane")
    world.publish()
    faulty.choose = fails(Fault.UNCLEAR_AND_BUSY)  # type: ignore[assignment]
    world.cycle()
    (id,) = memory.calendar(ME).events
    MemoryHand(memory).move(ME, id, NINE + HOUR, NINE + 2 * HOUR)
    world.time += HOUR
    world.cycle()
    world.store.take([proposal.id for proposal in world.store.proposals()])
    world.want(ME, "a", NINE + HOUR)
    world.publish()
    world.cycle()
    assert [e.event and e.event.summary for e in memory.calendar(ME).events.values()] == ["Lift a"]


def test_what_surely_did_not_arrive_waits_longer_and_longer(memory: Memory, tmp_path: Path) -> None:
    faulty = Faulty(memory, lambda name, mailbox: Fault.LOST)
    world = a_world(faulty, tmp_path)
    waits = []
    for _ in range(20):
        world.cycle()
        until = world.store.cursor(Box(NAME, ME)).wait_until
        assert until is not None
        waits.append((until - world.time).total_seconds())
        before = faulty.requests
        world.cycle()
        assert faulty.requests == before, "nothing is sent before"
        world.time = until
    assert waits[:4] == [5, 10, 20, 40] and waits[-1] == 1800
    faulty.choose = none
    assert world.cycle().counts["created"] == 1 and world.store.cursor(Box(NAME, ME)).failures == 0


def test_patience_comes_back_when_the_wait_is_over(memory: Memory, tmp_path: Path) -> None:
    faulty = Faulty(memory, fails(Fault.THROTTLED, Fault.THROTTLED))  # type: ignore[arg-type]
    world = a_world(faulty, tmp_path)
    report = world.cycle(patience=2 * HOUR)
    assert report.counts["created"] == 1 and report.counts["throttled"] == 2 and not report.waiting
    assert (world.time - NOW).total_seconds() == 60


class Mail(Memory):
    """As mail: nothing can be looked up, and the same sent twice has no second effect."""

    def __init__(self) -> None:
        super().__init__(frozenset({Capability.REPEATABLE}))
        self.sent: list[tuple[str, int]] = []
        self.lost = 0

    def create(self, mailbox: str, event: Event) -> RemoteEvent:
        self.sent.append((event.uid, event.sequence))
        if self.lost:
            self.lost -= 1
            raise Unclear("no answer after the end of the data")
        return RemoteEvent(
            remote_id=event.uid, version="1", uid=event.uid, start=event.start, end=event.end, event=event
        )


def test_mail_whose_answer_was_lost_is_sent_again_as_it_was(tmp_path: Path) -> None:
    mail = Mail()
    mail.lost = 2
    world = a_world(mail, tmp_path)
    report = world.cycle()
    assert report.counts["repeated"] == 2 and len(set(mail.sent)) == 1 and len(mail.sent) == 3
    assert world.cycle().writes == 0


def test_a_create_that_is_there_already_is_taken_over(tmp_path: Path) -> None:
    memory = Memory()
    one = a_world(memory, tmp_path)
    one.cycle()
    (tmp_path / "other").mkdir()
    other = a_world(memory, tmp_path / "other")
    with other.store.hold(Box(NAME, ME), NOW) as held:
        assert held is not None
        counts: Counter[str] = Counter()
        Applier(held, memory, lambda: NOW, counts).perform(reconcile(held.intents(), {}, Sight(), NOW).changes)
    assert counts["adopted"] == 1 and other.link(ME, "a").remote_id == one.link(ME, "a").remote_id
    assert other.cycle().writes == 0 and len(memory.calendar(ME).events) == 1


def test_what_is_refused_waits_for_a_newer_plan(
    memory: Memory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = a_world(memory, tmp_path)

    def refuse(*_: object) -> RemoteEvent:
        raise Refused("the subject is too long")

    with monkeypatch.context() as patch:
        patch.setattr(memory, "create", refuse)
        assert world.cycle().counts["refused"] == 1 and world.cycle().counts["refused"] == 0
    assert world.store.intents(Box(NAME, ME))[key("a")].refused == "the subject is too long"
    world.want(ME, "a", NINE + HOUR)
    world.publish()
    assert world.cycle().counts["created"] == 1


@pytest.mark.parametrize("error", [Denied, Unreachable, ZeroDivisionError])
def test_one_mailbox_in_trouble_leaves_the_others_alone(
    memory: Memory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    world = a_world(memory, tmp_path)
    world.want("taras@example.com", "b", NINE)
    world.publish()
    create = memory.create

    def choosy(mailbox: str, event: Event) -> RemoteEvent:
        if mailbox == ME:
            raise error("not this one")
        return create(mailbox, event)

    monkeypatch.setattr(memory, "create", choosy)
    report = world.cycle()
    assert report.counts["created"] == 1 and list(report.waiting) == [Box(NAME, ME)]
    assert "not this one" in world.store.cursor(Box(NAME, ME)).trouble


def test_two_workers_never_share_a_mailbox(memory: Memory, tmp_path: Path) -> None:
    world = a_world(memory, tmp_path)
    with world.store.hold(Box(NAME, ME), NOW):
        report = world.cycle()
        assert report.writes == 0 and "another worker" in report.waiting[Box(NAME, ME)]
    assert world.cycle().writes == 1
