"""Plans go out and what people do comes back, on calendars in memory."""

from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.sync.backends.memory import Memory
from scheduler.sync.inbound.judging import Policy
from scheduler.sync.link import Box, LinkState
from scheduler.sync.port import Availability, RemoteEvent
from scheduler.sync.proposal import Decision, Matter
from scheduler.sync.store.sqlite import SqliteStore
from tests.sync.backends.test_memory import MemoryHand
from tests.sync.office import DAY, HOUR, NAME, NOW, World

ME = "olena@example.com"
NINE = NOW + DAY + 3 * HOUR


@pytest.fixture
def memory() -> Memory:
    return Memory()


@pytest.fixture
def hand(memory: Memory) -> MemoryHand:
    return MemoryHand(memory)


@pytest.fixture
def world(memory: Memory, tmp_path: Path) -> World:
    return World(memory, SqliteStore(tmp_path / "sync.db"))


def out(world: World) -> None:
    world.want(ME, "a", NINE)
    world.publish()
    assert world.cycle().writes == 1


def starts(memory: Memory) -> list[object]:
    return [e.start for e in memory.calendar(ME).events.values()]


def test_what_is_planned_stands_there_once_and_rests(world: World, memory: Memory) -> None:
    out(world)
    assert world.link(ME, "a").state is LinkState.LIVE and world.publish() == []
    log = list(memory.calendar(ME).log)
    for _ in range(10):
        assert world.cycle().writes == 0
    assert memory.calendar(ME).log == log and world.store.intents(Box(NAME, ME)) == {}


def test_a_new_plan_moves_the_event_and_an_old_one_goes(world: World, memory: Memory) -> None:
    out(world)
    (id,) = memory.calendar(ME).events
    world.want(ME, "a", NINE + HOUR)
    world.publish()
    assert world.cycle().counts["updated"] == 1
    assert list(memory.calendar(ME).events) == [id] and starts(memory) == [NINE + HOUR]
    world.want(ME, "a", None)
    world.publish()
    assert world.cycle().counts["deleted"] == 1
    assert memory.calendar(ME).events == {} and world.link(ME, "a").sequence == 2


def test_a_move_that_the_rules_allow_is_proposed_and_stays(world: World, memory: Memory, hand: MemoryHand) -> None:
    out(world)
    hand.move(ME, next(iter(memory.calendar(ME).events)), NINE + HOUR, NINE + 2 * HOUR)
    assert world.cycle().writes == 0
    (proposal,) = world.store.proposals()
    assert (proposal.matter, proposal.decision) == (Matter.MOVED, Decision.ACCEPTED)
    world.publish()
    assert world.cycle().writes == 0, "the old plan does not move it back"
    world.store.take([proposal.id])
    world.want(ME, "a", NINE + HOUR)
    assert world.publish() == [] and world.cycle().writes == 0 and starts(memory) == [NINE + HOUR]


def test_a_move_that_the_rules_forbid_is_put_back(world: World, memory: Memory, hand: MemoryHand) -> None:
    world.forbidden = {NINE + HOUR}
    out(world)
    hand.move(ME, next(iter(memory.calendar(ME).events)), NINE + HOUR, NINE + 2 * HOUR)
    assert world.cycle().counts["updated"] == 1 and starts(memory) == [NINE]
    assert world.store.proposals() == () and world.cycle().writes == 0
    assert (world.link(ME, "a").why, world.link(ME, "a").wished is None) == ("a must not be then", False)


def test_a_person_decides_where_the_policy_says_so(world: World, memory: Memory, hand: MemoryHand) -> None:
    world.policy = Policy(moved="ask")
    out(world)
    id = next(iter(memory.calendar(ME).events))
    for decision, expected in ((Decision.REFUSED, NINE), (Decision.ACCEPTED, NINE + HOUR)):
        hand.move(ME, id, NINE + HOUR, NINE + 2 * HOUR)
        assert world.cycle().writes == 0 and starts(memory) == [NINE + HOUR]
        (proposal,) = world.store.proposals()
        world.store.decide(proposal.id, decision, "said so")
        world.cycle()
        assert starts(memory) == [expected] and world.cycle().writes == 0


def test_a_wish_that_is_taken_back_is_withdrawn(world: World, memory: Memory, hand: MemoryHand) -> None:
    for policy in (Policy(moved="ask"), Policy()):
        world.policy = policy
        if not memory.calendar(ME).events:
            out(world)
        id = next(iter(memory.calendar(ME).events))
        hand.move(ME, id, NINE + HOUR, NINE + 2 * HOUR)
        world.cycle()
        hand.move(ME, id, NINE, NINE + HOUR)
        assert world.cycle().writes == 0 and world.store.proposals() == () and world.publish() == []


def test_a_wish_about_an_event_that_the_plan_took_away_holds_nothing(
    world: World, memory: Memory, hand: MemoryHand
) -> None:
    out(world)
    hand.move(ME, next(iter(memory.calendar(ME).events)), NINE + HOUR, NINE + 2 * HOUR)
    world.cycle()
    for start in (None, NINE + 3 * HOUR):
        world.want(ME, "a", start)
        world.publish()
        world.cycle(allowed=1)
    assert starts(memory) == [NINE + 3 * HOUR] and world.cycle().writes == 0
    assert world.store.proposals() == ()


def test_two_moves_in_a_row_are_one_wish_from_the_first_time(world: World, memory: Memory, hand: MemoryHand) -> None:
    out(world)
    id = next(iter(memory.calendar(ME).events))
    for later in (HOUR, 2 * HOUR):
        hand.move(ME, id, NINE + later, NINE + later + HOUR)
        world.cycle()
    (proposal,) = world.store.proposals()
    assert proposal.slot is not None and proposal.wish is not None
    assert (proposal.slot.start, proposal.wish.start) == (NINE, NINE + 2 * HOUR)
    world.forbidden = {NINE + 3 * HOUR}
    hand.move(ME, id, NINE + 3 * HOUR, NINE + 4 * HOUR)
    world.cycle()
    assert starts(memory) == [NINE + 2 * HOUR] and world.store.proposals() == (proposal,)


def test_what_a_person_deletes_is_asked_about_and_not_written_again(
    world: World, memory: Memory, hand: MemoryHand
) -> None:
    out(world)
    hand.remove(ME, next(iter(memory.calendar(ME).events)))
    assert world.cycle().writes == 0
    (proposal,) = world.store.proposals()
    assert (proposal.matter, proposal.decision) == (Matter.DELETED, Decision.OPEN)
    assert world.link(ME, "a").state is LinkState.DETACHED and world.publish() == []
    world.want(ME, "a", NINE + DAY)
    world.publish()
    assert world.cycle().counts["created"] == 1 and world.link(ME, "a").sequence == 1


def test_what_may_not_be_deleted_is_written_again(world: World, memory: Memory, hand: MemoryHand) -> None:
    out(world)
    hand.remove(ME, next(iter(memory.calendar(ME).events)))
    world.cycle()
    (proposal,) = world.store.proposals()
    world.store.decide(proposal.id, Decision.REFUSED, "nobody else can")
    assert world.cycle().counts["created"] == 1 and starts(memory) == [NINE]
    assert world.link(ME, "a").why == "nobody else can" and world.store.proposals() == ()
    assert world.cycle().writes == 0 and world.publish() == []


def test_it_is_written_again_as_the_plan_would_have_it_now(world: World, memory: Memory, hand: MemoryHand) -> None:
    out(world)
    hand.remove(ME, next(iter(memory.calendar(ME).events)))
    world.cycle()
    world.want(ME, "a", NINE, summary="Bring the new pump")
    world.publish()
    assert world.cycle().writes == 0, "nobody has decided yet"
    (proposal,) = world.store.proposals()
    world.store.decide(proposal.id, Decision.REFUSED, "nobody else can")
    assert world.cycle().counts["created"] == 1
    (there,) = memory.calendar(ME).events.values()
    assert there.event is not None and there.event.summary == "Bring the new pump"
    assert world.cycle().writes == 0 and world.publish() == []


def test_what_the_plan_gave_up_meanwhile_is_not_written_again(world: World, memory: Memory, hand: MemoryHand) -> None:
    out(world)
    hand.remove(ME, next(iter(memory.calendar(ME).events)))
    world.cycle()
    world.want(ME, "a", None)
    world.publish()
    world.cycle(allowed=1)
    (proposal,) = world.store.proposals()
    world.store.decide(proposal.id, Decision.REFUSED, "nobody else can")
    assert world.cycle().writes == 0 and starts(memory) == [] and world.publish() == []


def test_what_came_and_went_between_two_readings_is_noticed(
    world: World, memory: Memory, hand: MemoryHand, monkeypatch: pytest.MonkeyPatch
) -> None:
    out(world)
    hand.remove(ME, next(iter(memory.calendar(ME).events)))
    changes = memory.changes
    monkeypatch.setattr(memory, "changes", lambda *given: changes(*given).model_copy(update={"gone": (), "events": ()}))
    world.cycle()
    assert world.link(ME, "a").state is LinkState.DETACHED and len(world.store.proposals()) == 1


def test_what_left_the_window_is_not_taken_for_deleted(world: World, memory: Memory, hand: MemoryHand) -> None:
    out(world)
    far = NOW + 100 * DAY
    hand.move(ME, next(iter(memory.calendar(ME).events)), far, far + HOUR)
    world.cycle()
    (proposal,) = world.store.proposals()
    assert proposal.matter is Matter.MOVED and world.link(ME, "a").state is LinkState.LIVE


def test_a_copy_is_left_alone(world: World, memory: Memory, hand: MemoryHand) -> None:
    out(world)
    copy = hand.copy(ME, next(iter(memory.calendar(ME).events)))
    assert world.cycle().writes == 0 and world.store.proposals() == () and world.store.foreign(Box(NAME, ME)) == ()
    world.want(ME, "a", None)
    world.publish()
    world.cycle()
    assert list(memory.calendar(ME).events) == [copy]


def test_notes_and_reworded_text_are_kept(world: World, memory: Memory, hand: MemoryHand) -> None:
    out(world)
    id = next(iter(memory.calendar(ME).events))
    hand.note(ME, id, "key under the mat")
    hand.retitle(ME, id, "Lift: bring the dog")
    assert world.cycle().writes == 0
    world.want(ME, "a", NINE + HOUR)
    world.publish()
    assert world.cycle().counts["updated"] == 1
    seen = memory.get(ME, id).event
    assert seen is not None and seen.summary == "Lift a" and seen.description == "Ring twice."
    assert seen.notes == "key under the mat\nLift: bring the dog"
    assert world.cycle().writes == 0


def test_what_a_calendar_words_anew_is_no_note(world: World, memory: Memory, hand: MemoryHand) -> None:
    """Outlook makes `link <link>` of a link."""

    def reworded(remote: RemoteEvent) -> RemoteEvent:
        event = remote.event
        assert event is not None
        return remote.model_copy(update={"event": event.model_copy(update={"description": f"* {event.description}"})})

    changes, get = memory.changes, memory.get

    def listed(*given: object) -> object:
        found = changes(*given)  # type: ignore[arg-type]
        return found.model_copy(update={"events": tuple(map(reworded, found.events))})

    memory.changes, memory.get = listed, lambda *given: reworded(get(*given))  # type: ignore[method-assign, assignment]
    out(world)
    world.cycle()
    id = next(iter(memory.calendar(ME).events))
    hand.note(ME, id, "key under the mat")
    world.cycle()
    world.want(ME, "a", NINE + HOUR)
    world.publish()
    world.cycle()
    seen = memory.find(ME, world.link(ME, "a").uid)[0].event
    assert seen is not None and (seen.description, seen.notes) == ("Ring twice.", "key under the mat")


def test_an_edit_between_reading_and_writing_is_not_lost(world: World, memory: Memory, hand: MemoryHand) -> None:
    out(world)
    id = next(iter(memory.calendar(ME).events))
    write, edits = memory.update, [lambda: hand.move(ME, id, NINE + 5 * HOUR, NINE + 6 * HOUR)]

    def update(*given: object) -> object:
        while edits:
            edits.pop()()
        return write(*given)  # type: ignore[arg-type]

    memory.update = update  # type: ignore[method-assign, assignment]
    world.forbidden = {NINE + 5 * HOUR}
    world.want(ME, "a", NINE + HOUR)
    world.publish()
    report = world.cycle()
    assert report.counts["conflicts"] == 1 and starts(memory) == [NINE + HOUR]
    (clash,) = world.store.clashes()
    assert clash.theirs is not None and clash.ours is not None
    assert (clash.theirs.start, clash.ours.start) == (NINE + 5 * HOUR, NINE + HOUR)


def test_an_emptied_calendar_is_asked_about(world: World, memory: Memory, hand: MemoryHand) -> None:
    for n in range(6):
        world.want(ME, f"a{n}", NINE + n * DAY)
    world.publish()
    world.cycle()
    for id in list(memory.calendar(ME).events):
        hand.remove(ME, id)
    memory.calendar(ME).forget_tokens()
    for _ in range(2):
        report = world.cycle()
        (proposal,) = world.store.proposals()
        assert proposal.matter is Matter.EMPTIED and report.writes == 0 and "purpose" in report.waiting[Box(NAME, ME)]
    world.store.decide(proposal.id, Decision.REFUSED, "a server was restored")
    assert world.cycle().counts["created"] == 6 and world.store.proposals() == ()
    assert len(memory.calendar(ME).events) == 6 and world.cycle().writes == 0


def test_a_run_that_would_take_much_away_stops_and_asks(world: World, memory: Memory) -> None:
    for n in range(10):
        world.want(ME, f"a{n}", NINE + n * DAY)
    world.publish()
    world.cycle()
    for n in range(6):
        world.want(ME, f"a{n}", None)
    world.publish()
    report = world.cycle()
    assert report.blast is not None and "6 of 10" in str(report.blast) and report.writes == 0
    assert len(memory.calendar(ME).events) == 10
    assert world.cycle(allowed=6).counts["deleted"] == 6


def test_nothing_is_sent_for_the_past(world: World, memory: Memory) -> None:
    world.want(ME, "gone", NOW - 2 * HOUR)
    assert world.publish() == []
    out(world)
    world.time = NINE + 2 * HOUR
    world.want(ME, "a", None)
    assert world.publish() == [] and world.cycle().writes == 0 and starts(memory) == [NINE]


def test_a_lost_store_takes_over_what_stands_there(world: World, memory: Memory, tmp_path: Path) -> None:
    memory._capabilities -= {c for c in memory.capabilities if c == "create-once"}
    out(world)
    again = World(memory, SqliteStore(tmp_path / "new.db"))
    again.want(ME, "a", NINE)
    again.publish()
    again.cycle()
    assert len(memory.calendar(ME).events) == 1 and again.cycle().writes == 0


def test_foreign_events_are_kept_by_their_times(world: World, memory: Memory, hand: MemoryHand) -> None:
    out(world)
    mine = hand.add(ME, NINE + DAY, NINE + DAY + HOUR, subject="x", availability=Availability.BUSY, private=True)
    world.cycle()
    (found,) = world.store.foreign(Box(NAME, ME))
    assert (found.remote_id, found.start) == (mine, NINE + DAY)
    hand.remove(ME, mine)
    world.cycle()
    assert world.store.foreign(Box(NAME, ME)) == ()


def test_a_lost_token_changes_nothing(world: World, memory: Memory) -> None:
    out(world)
    memory.calendar(ME).forget_tokens()
    assert world.cycle().writes == 0 and world.store.proposals() == ()
    world.time += timedelta(days=3)
    assert world.cycle().writes == 0
