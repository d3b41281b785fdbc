"""Invitations: answers that count, answers that don't, and what follows from them."""

from datetime import datetime
from pathlib import Path

import pytest

from scheduler.domain.interval import Interval
from scheduler.domain.plan import Booking, BookingKey, Plan
from scheduler.sync.backends.memory import Memory
from scheduler.sync.event import EventStatus
from scheduler.sync.inbound.deciding import Desk
from scheduler.sync.inbound.facts import Facts, facts
from scheduler.sync.inbound.judging import Policy
from scheduler.sync.link import Box, Link
from scheduler.sync.port import Answer, Delta, RemoteEvent, Response
from scheduler.sync.proposal import Decision, Matter
from scheduler.sync.store.sqlite import SqliteStore
from tests.sync.backends.test_memory import MemoryHand
from tests.sync.office import DAY, HOUR, NAME, NOW, World

PLANNER, OLENA, HALL = "plan@example.com", "Olena@example.com", "hall@example.com"
NINE = NOW + DAY + 3 * HOUR
SLOT = Interval(start=NINE, end=NINE + HOUR)


@pytest.fixture
def memory() -> Memory:
    return Memory()


@pytest.fixture
def world(memory: Memory, tmp_path: Path) -> World:
    world = World(memory, SqliteStore(tmp_path / "sync.db"))
    invite(world, NINE)
    return world


def invite(world: World, start: datetime) -> None:
    world.want(PLANNER, "a", start, organizer=PLANNER, attendees=(OLENA,), rooms=(HALL,))
    world.publish()
    world.cycle()


def said(world: World, memory: Memory, who: str, response: Response, wish: Interval | None = None) -> None:
    (id,) = memory.calendar(PLANNER).events
    MemoryHand(memory).answer(PLANNER, id, who, response, wish)
    world.cycle()


def test_who_declines_is_asked_about_once(world: World, memory: Memory) -> None:
    said(world, memory, OLENA.lower(), Response.DECLINED)
    (proposal,) = world.store.proposals()
    assert (proposal.matter, proposal.who, proposal.slot) == (Matter.DECLINED, OLENA.lower(), SLOT)
    assert proposal.decision is Decision.OPEN and world.link(PLANNER, "a").answers == {OLENA.lower(): "declined"}
    world.store.decide(proposal.id, Decision.ACCEPTED, "")
    world.store.take([proposal.id])
    memory.calendar(PLANNER).forget_tokens()
    world.cycle()
    assert world.store.proposals() == (), "the same answer, read again, is no new one"


def test_who_changes_their_mind_is_heard_each_time(
    world: World, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though a CalDAV server shows the third answer as it showed the first."""
    changes = memory.changes

    def as_caldav(*given: object) -> Delta:
        found = changes(*given)  # type: ignore[arg-type]
        return found.model_copy(update={"events": tuple(map(_without_time, found.events))})

    monkeypatch.setattr(memory, "changes", as_caldav)
    for response in (Response.DECLINED, Response.ACCEPTED, Response.DECLINED, Response.ACCEPTED):
        said(world, memory, OLENA.lower(), response)
        assert world.link(PLANNER, "a").answers == {OLENA.lower(): response}
        assert len(world.store.proposals()) == (response is Response.DECLINED)


def _without_time(remote: RemoteEvent) -> RemoteEvent:
    answers = tuple(a.model_copy(update={"id": f"{a.attendee} {a.response}"}) for a in remote.answers)
    return remote.model_copy(update={"answers": answers})


def test_who_may_not_decline_stays_invited(world: World, memory: Memory) -> None:
    said(world, memory, OLENA.lower(), Response.DECLINED)
    (proposal,) = world.store.proposals()
    world.store.decide(proposal.id, Decision.REFUSED, "nobody else can")
    assert world.cycle().writes == 0 and world.store.proposals() == ()


def test_it_is_applied_at_once_where_the_policy_says_so(world: World, memory: Memory) -> None:
    world.policy = Policy(declined="apply")
    said(world, memory, OLENA.lower(), Response.DECLINED)
    assert [p.decision for p in world.store.proposals()] == [Decision.ACCEPTED]


def test_a_lost_room_is_a_fact(world: World, memory: Memory) -> None:
    said(world, memory, HALL, Response.DECLINED)
    (proposal,) = world.store.proposals()
    assert (proposal.matter, proposal.decision) == (Matter.ROOM_LOST, Decision.ACCEPTED)


def test_another_time_that_is_asked_for_is_judged(world: World, memory: Memory) -> None:
    wish = Interval(start=NINE + HOUR, end=NINE + 2 * HOUR)
    world.forbidden = {NINE + 2 * HOUR}
    said(world, memory, OLENA.lower(), Response.TENTATIVE, wish)
    (proposal,) = world.store.proposals()
    assert (proposal.matter, proposal.decision, proposal.wish) == (Matter.MOVED, Decision.ACCEPTED, wish)
    later = Interval(start=NINE + 2 * HOUR, end=NINE + 3 * HOUR)
    said(world, memory, OLENA.lower(), Response.TENTATIVE, later)
    assert world.store.proposals() == (), "it is refused, and the answer stands in its place"


def test_two_invitations_declined_at_once_are_two_answers(world: World, memory: Memory) -> None:
    """Outlook says the same of both: who, when, and no. So does a room that declines a series of requests."""
    world.want(PLANNER, "b", NINE + DAY, organizer=PLANNER, attendees=(OLENA,), rooms=(HALL,))
    world.publish()
    world.cycle()
    for remote in list(memory.calendar(PLANNER).events.values()):
        no = Answer(id="olena 9:00 no", uid=str(remote.uid), attendee=OLENA.lower(), response=Response.DECLINED)
        memory.calendar(PLANNER).put(remote.model_copy(update={"answers": (no,)}))
        world.cycle()
    assert [p.key.activity for p in world.store.proposals() if p.key] == ["a", "b"]


def test_strangers_and_old_answers_change_nothing(world: World, memory: Memory) -> None:
    invite(world, NINE + HOUR)
    link = world.link(PLANNER, "a")
    assert link.sequence == 1
    for attendee, sequence in (("mallory@example.com", 1), (OLENA.lower(), 0), (OLENA.lower(), 7)):
        assert decide(world, link, attendee, sequence).proposals == ()
    assert len(decide(world, link, OLENA.lower(), 1).proposals) == 1
    assert decide(world, link.but(uid="another"), OLENA.lower(), 1).links == []


def test_an_answer_that_is_there_before_the_invitation_is_known_to_be_is_heard(world: World) -> None:
    link = world.link(PLANNER, "a")
    assert link.event is not None
    sent = link.sending(link.event.model_copy(update={"sequence": 1}))
    assert decide(world, sent, OLENA.lower(), 0).proposals == ()
    heard = decide(world, sent, OLENA.lower(), 1)
    assert len(heard.proposals) == 1 and heard.links[0].sent == sent.sent
    gone = link.sending(link.event.model_copy(update={"sequence": 1, "status": EventStatus.CANCELLED}))
    assert decide(world, gone, OLENA.lower(), 1).proposals == ()


def decide(world: World, link: Link, attendee: str, sequence: int) -> object:
    uid = world.link(PLANNER, "a").uid
    answer = Answer(id="m1", uid=uid, attendee=attendee, response=Response.DECLINED, sequence=sequence)
    batch = Desk(world.plan, world.judge, Policy(), NOW).answered({link.key: link}, [answer])
    assert list(batch.answers) == [f"{uid} m1"]
    return type("Seen", (), {"proposals": tuple(batch.proposals), "links": list(batch.links)})


def test_a_new_version_forgets_the_answers_to_the_old_one(world: World, memory: Memory) -> None:
    said(world, memory, OLENA.lower(), Response.ACCEPTED)
    assert world.link(PLANNER, "a").answers == {OLENA.lower(): "accepted"}
    invite(world, NINE + HOUR)
    assert world.link(PLANNER, "a").answers == {}


def test_facts_are_locks_time_off_and_bookings_to_fill(world: World, memory: Memory) -> None:
    said(world, memory, OLENA.lower(), Response.DECLINED)
    (proposal,) = world.store.proposals()
    whole = proposal.model_copy(update={"key": proposal.key._replace(requirement="")}) if proposal.key else proposal

    def a_booking(who: str, ordinal: int) -> Booking:
        return Booking(activity="a", requirement="lead", ordinal=ordinal, resource=who, start=SLOT.start, end=SLOT.end)

    plan = Plan(bookings=(a_booking("olena", 0), a_booking("taras", 1)))
    people = {OLENA.lower(): "olena", "taras@example.com": "taras"}
    assert facts(plan, [whole], people, NOW) == Facts(plan), "open questions are no facts"
    found = facts(plan, [whole.decided(Decision.ACCEPTED, "")], people, NOW)
    assert found.unassigned == (BookingKey("a", "lead", 0),) and found.replan
    assert [b.resource for b in found.plan.bookings] == ["taras"]
    assert [a.interval for a in found.absences["olena"]] == [SLOT] and "taras" not in found.absences
    assert Box(NAME, PLANNER) in world.store.boxes()
