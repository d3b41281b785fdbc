"""Cyrus invites, updates and cancels by itself; answers come back into the organiser's file."""

import pytest

from scheduler.sync.backends.caldav import CalDav
from scheduler.sync.errors import Conflict
from scheduler.sync.port import Response
from tests.sync.backends.contract import HOUR, START, WINDOW, an_event, cancelled, with_
from tests.sync.backends.dav import servers
from tests.sync.backends.dav.hand import DavHand
from tests.sync.backends.dav.servers import Server

BOSS, OLENA = "boss@example.com", "olena@example.com"


@pytest.fixture
def backend(cyrus: Server) -> CalDav:
    for mailbox in (BOSS, OLENA):
        servers.add_mailbox(cyrus, mailbox)
    return cyrus.backend()


@pytest.fixture
def hand(cyrus: Server) -> DavHand:
    return DavHand(cyrus)


def test_an_invitation_moves_and_goes_with_its_event(backend: CalDav, hand: DavHand) -> None:
    event = an_event("moves@fieldplan", organizer=BOSS, attendees=(OLENA,))
    created = backend.create(BOSS, event)
    path = hand.invitation(OLENA, event.uid)
    assert path is not None and backend.get(OLENA, path).start == START
    later = with_(event, start=START + HOUR, end=START + 2 * HOUR, sequence=1)
    updated = backend.update(BOSS, created.remote_id, created.version, later)
    assert backend.get(OLENA, path).start == START + HOUR
    backend.delete(BOSS, updated.remote_id, updated.version, cancelled(later))
    with hand.server.client(OLENA) as client:
        left = client.get(path)
    assert left.status_code == 404 or "STATUS:CANCELLED" in left.text


def test_answers_stay_until_the_times_change(backend: CalDav, hand: DavHand) -> None:
    event = an_event("answers@fieldplan", organizer=BOSS, attendees=(OLENA,))
    created = backend.create(BOSS, event)
    hand.answer(BOSS, created.remote_id, OLENA, Response.ACCEPTED)
    seen = backend.get(BOSS, created.remote_id)
    told = with_(event, summary="Lift, second crane", sequence=1)
    updated = backend.update(BOSS, created.remote_id, seen.version, told)
    assert [a.response for a in backend.get(BOSS, updated.remote_id).answers] == [Response.ACCEPTED]
    moved = with_(told, start=START + HOUR, end=START + 2 * HOUR, sequence=2)
    backend.update(BOSS, updated.remote_id, updated.version, moved)
    assert [a.response for a in backend.get(BOSS, updated.remote_id).answers] == [Response.NONE]


def test_an_answer_is_no_conflict_and_a_change_is_one(backend: CalDav, hand: DavHand) -> None:
    """Whatever Schedule-Tag says: Cyrus leaves it as it is when the meeting is moved or annotated."""
    event = an_event("changes@fieldplan", organizer=BOSS, attendees=(OLENA,))
    created = backend.create(BOSS, event)
    known = backend.update(BOSS, created.remote_id, created.version, with_(event, summary="Lift", sequence=1))
    hand.answer(BOSS, created.remote_id, OLENA, Response.ACCEPTED)
    known = backend.update(BOSS, created.remote_id, known.version, with_(event, summary="Crane", sequence=2))
    for change in (
        lambda: hand.note(BOSS, created.remote_id, "key"),
        lambda: hand.move(BOSS, created.remote_id, START + HOUR, START + 2 * HOUR),
        lambda: hand.retitle(BOSS, created.remote_id, "Mine"),
    ):
        change()
        with pytest.raises(Conflict):
            backend.update(BOSS, created.remote_id, known.version, with_(event, sequence=3))
        with pytest.raises(Conflict):
            backend.delete(BOSS, created.remote_id, known.version, cancelled(event))
        known = backend.get(BOSS, created.remote_id)


def test_invitations_are_no_events_of_ours_in_the_attendees_calendar(backend: CalDav, hand: DavHand) -> None:
    event = an_event("theirs@fieldplan", organizer=BOSS, attendees=(OLENA,))
    backend.create(BOSS, event)
    assert any(e.ical_uid == event.uid for e in backend.changes(OLENA, None, WINDOW).events)
