"""What every backend promises. A test module inherits the suite and brings the fixtures:

class TestMemory(BackendContract):
    @pytest.fixture
    def backend(self) -> Backend: ...      # a fresh connection
    @pytest.fixture
    def hand(self, backend) -> Hand: ...   # works on the same server by other means
    @pytest.fixture
    def mailbox(self) -> str: ...          # empty
    @pytest.fixture
    def attendee(self) -> str: ...         # an address that can be invited

Tests that need a capability that the backend does not declare are skipped, and say so.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from scheduler.domain.interval import Interval
from scheduler.sync.errors import Conflict, Exists, NotFound, TokenLost
from scheduler.sync.event import Event, EventStatus
from scheduler.sync.port import Availability, Backend, Capability, Delta, Response
from tests.sync.backends.hand import Hand

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text + "+00:00")


WINDOW = Interval(start=at("2027-03-01T00:00"), end=at("2027-05-01T00:00"))
START = at("2027-03-15T09:00")


def an_event(uid: str = "u1@fieldplan", start: datetime = START, **more: Any) -> Event:
    given = {
        "summary": "Lift, crane; <b>gate</b> & \\ Ключ",
        "location": "вул. Хрещатик 22, Київ",
        "description": 'Ring twice & wait.\nContact: Ms Bilyk, +380 1\n5 < 6 > 4 "quoted"',
        "end": start + HOUR,
    }
    return Event(uid=uid, start=start, **{**given, **more})


def with_(event: Event, **changes: Any) -> Event:
    return Event.model_validate({**event.model_dump(), **changes})


class BackendContract:
    """The suite."""

    @pytest.fixture
    def needs(self, backend: Backend) -> Callable[..., None]:
        def check(*capabilities: Capability) -> None:
            missing = [c.value for c in capabilities if c not in backend.capabilities]
            if missing:
                pytest.skip(f"{type(backend).__name__} does not declare {', '.join(missing)}")

        return check

    # What we write

    def test_what_is_created_stands_there(self, backend: Backend, mailbox: str, needs: Callable[..., None]) -> None:
        needs(Capability.READ)
        event = an_event()
        created = backend.create(mailbox, event)
        seen = backend.get(mailbox, created.remote_id)
        assert (seen.version, seen.remote_id) == (created.version, created.remote_id)
        assert (seen.uid, seen.stamp) == (event.uid, event.stamp)
        assert (seen.start, seen.end) == (event.start, event.end)
        assert seen.event is not None
        assert (seen.event.summary, seen.event.location) == (event.summary, event.location)
        assert " ".join(seen.event.description.split()) == " ".join(event.description.split())
        assert seen.event.notes == ""

    def test_what_is_created_is_found_by_its_uid(
        self, backend: Backend, mailbox: str, needs: Callable[..., None]
    ) -> None:
        needs(Capability.READ)
        assert backend.find(mailbox, "u1@fieldplan") == ()
        created = backend.create(mailbox, an_event())
        backend.create(mailbox, an_event("u2@fieldplan"))
        (found,) = backend.find(mailbox, "u1@fieldplan")
        assert (found.remote_id, found.version) == (created.remote_id, created.version)

    @pytest.mark.parametrize(
        "start", ["2027-03-27T23:30", "2027-03-28T00:30", "2027-03-28T01:30", "2027-10-31T00:30", "2027-10-31T01:30"]
    )
    def test_times_hold_over_clock_changes(
        self, backend: Backend, mailbox: str, start: str, needs: Callable[..., None]
    ) -> None:
        needs(Capability.READ)
        created = backend.create(mailbox, an_event(start=at(start), end=at(start) + 2 * HOUR))
        seen = backend.get(mailbox, created.remote_id)
        assert (seen.start, seen.end) == (at(start), at(start) + 2 * HOUR)

    def test_an_update_replaces_what_we_own(self, backend: Backend, mailbox: str, needs: Callable[..., None]) -> None:
        needs(Capability.READ)
        created = backend.create(mailbox, an_event(reminder=timedelta(minutes=30)))
        later = an_event(start=START + DAY, summary="Lift", location="", sequence=1)
        updated = backend.update(mailbox, created.remote_id, created.version, later)
        seen = backend.get(mailbox, created.remote_id)
        assert updated.remote_id == created.remote_id and updated.version == seen.version != created.version
        assert (seen.start, seen.end, seen.stamp) == (later.start, later.end, later.stamp)
        assert seen.event is not None and (seen.event.summary, seen.event.location) == ("Lift", "")
        assert len(backend.find(mailbox, later.uid)) == 1

    def test_a_tentative_event_shows_as_such(self, backend: Backend, mailbox: str, needs: Callable[..., None]) -> None:
        needs(Capability.READ)
        created = backend.create(mailbox, an_event(status=EventStatus.TENTATIVE))
        assert backend.get(mailbox, created.remote_id).availability is Availability.TENTATIVE

    def test_a_deleted_event_is_gone(self, backend: Backend, mailbox: str, needs: Callable[..., None]) -> None:
        needs(Capability.READ)
        created = backend.create(mailbox, an_event())
        backend.delete(mailbox, created.remote_id, created.version, cancelled(an_event()))
        assert backend.find(mailbox, "u1@fieldplan") == ()
        with pytest.raises(NotFound):
            backend.get(mailbox, created.remote_id)
        with pytest.raises(NotFound):
            backend.update(mailbox, created.remote_id, created.version, an_event())
        with pytest.raises(NotFound):
            backend.delete(mailbox, created.remote_id, created.version, cancelled(an_event()))

    def test_what_was_deleted_can_be_created_again(
        self, backend: Backend, mailbox: str, needs: Callable[..., None]
    ) -> None:
        needs(Capability.READ)
        created = backend.create(mailbox, an_event())
        backend.delete(mailbox, created.remote_id, created.version, cancelled(an_event()))
        again = backend.create(mailbox, an_event(sequence=2))
        assert [e.remote_id for e in backend.find(mailbox, "u1@fieldplan")] == [again.remote_id]

    def test_mailboxes_are_apart(
        self, backend: Backend, mailbox: str, attendee: str, needs: Callable[..., None]
    ) -> None:
        needs(Capability.READ)
        created = backend.create(mailbox, an_event())
        assert backend.find(attendee, "u1@fieldplan") == ()
        with pytest.raises(NotFound):
            backend.get(attendee, created.remote_id)

    # Nothing is overwritten in silence

    def test_a_stale_write_is_refused(
        self, backend: Backend, hand: Hand, mailbox: str, needs: Callable[..., None]
    ) -> None:
        needs(Capability.READ, Capability.CONDITIONAL, Capability.EDITABLE)
        created = backend.create(mailbox, an_event())
        hand.move(mailbox, created.remote_id, START + HOUR, START + 2 * HOUR)
        with pytest.raises(Conflict):
            backend.update(mailbox, created.remote_id, created.version, an_event(summary="Ours", sequence=1))
        with pytest.raises(Conflict):
            backend.delete(mailbox, created.remote_id, created.version, cancelled(an_event()))
        seen = backend.get(mailbox, created.remote_id)
        assert seen.start == START + HOUR and seen.event is not None and seen.event.summary != "Ours"

    def test_a_second_create_is_refused(self, backend: Backend, mailbox: str, needs: Callable[..., None]) -> None:
        needs(Capability.READ, Capability.CREATE_ONCE)
        created = backend.create(mailbox, an_event())
        with pytest.raises(Exists):
            backend.create(mailbox, an_event())
        assert [e.remote_id for e in backend.find(mailbox, "u1@fieldplan")] == [created.remote_id]

    def test_notes_around_our_text_are_read_and_written_back(
        self, backend: Backend, hand: Hand, mailbox: str, needs: Callable[..., None]
    ) -> None:
        needs(Capability.READ, Capability.EDITABLE)
        created = backend.create(mailbox, an_event(html="<p>Ring &amp; wait.</p>"))
        hand.note(mailbox, created.remote_id, "key is under the mat")
        seen = backend.get(mailbox, created.remote_id)
        assert seen.event is not None and "key is under the mat" in seen.event.notes
        assert "Ring" in seen.event.description and "Ring" not in seen.event.notes
        assert "key" not in seen.event.description and seen.stamp == created.stamp and seen.version != created.version
        update = an_event(description="Knock.", html="<p>Knock.</p>", notes=seen.event.notes, sequence=1)
        backend.update(mailbox, seen.remote_id, seen.version, update)
        after = backend.get(mailbox, seen.remote_id)
        assert after.event is not None
        assert (after.event.description, after.event.notes) == ("Knock.", seen.event.notes)

    # What happened since

    def test_the_first_listing_is_complete(self, backend: Backend, mailbox: str, needs: Callable[..., None]) -> None:
        needs(Capability.LISTING)
        assert listing(backend, mailbox).events == ()
        created = backend.create(mailbox, an_event())
        backend.create(mailbox, an_event("u2@fieldplan", start=WINDOW.end + 3 * DAY))
        (seen,) = listing(backend, mailbox).events
        assert (seen.remote_id, seen.version, seen.stamp) == (created.remote_id, created.version, created.stamp)

    def test_our_own_writes_come_back_with_the_version_we_know(
        self, backend: Backend, mailbox: str, needs: Callable[..., None]
    ) -> None:
        needs(Capability.INCREMENTAL)
        token = listing(backend, mailbox).token
        created = backend.create(mailbox, an_event())
        written = backend.update(mailbox, created.remote_id, created.version, an_event(summary="Lift", sequence=1))
        first = backend.changes(mailbox, token, WINDOW)
        assert {e.version for e in first.events} <= {written.version} and not first.complete
        again = backend.changes(mailbox, first.token, WINDOW)
        assert again.events == again.gone == ()

    def test_a_move_is_reported_once(
        self, backend: Backend, hand: Hand, mailbox: str, needs: Callable[..., None]
    ) -> None:
        needs(Capability.LISTING, Capability.EDITABLE)
        created = backend.create(mailbox, an_event())
        token = listing(backend, mailbox).token
        hand.move(mailbox, created.remote_id, START + HOUR, START + 3 * HOUR)
        found = backend.changes(mailbox, token, WINDOW)
        (seen,) = found.events
        assert (seen.start, seen.end) == (START + HOUR, START + 3 * HOUR)
        assert seen.version != created.version and (seen.uid, seen.stamp) == (created.uid, created.stamp)

    def test_a_deletion_is_reported_and_confirmed_by_get(
        self, backend: Backend, hand: Hand, mailbox: str, needs: Callable[..., None]
    ) -> None:
        needs(Capability.READ, Capability.LISTING, Capability.EDITABLE)
        created = backend.create(mailbox, an_event())
        token = listing(backend, mailbox).token
        hand.remove(mailbox, created.remote_id)
        found = backend.changes(mailbox, token, WINDOW)
        assert found.events == () and (found.complete or created.remote_id in found.gone)
        with pytest.raises(NotFound):
            backend.get(mailbox, created.remote_id)
        assert backend.find(mailbox, "u1@fieldplan") == ()

    def test_what_left_the_window_is_still_there(
        self, backend: Backend, hand: Hand, mailbox: str, needs: Callable[..., None]
    ) -> None:
        needs(Capability.READ, Capability.LISTING, Capability.EDITABLE)
        created = backend.create(mailbox, an_event())
        token = listing(backend, mailbox).token
        out = WINDOW.end + 10 * DAY
        hand.move(mailbox, created.remote_id, out, out + HOUR)
        found = backend.changes(mailbox, token, WINDOW)
        assert found.complete or [created.remote_id] in ([e.remote_id for e in found.events], list(found.gone))
        assert backend.get(mailbox, created.remote_id).start == out

    def test_a_copy_is_another_event(
        self, backend: Backend, hand: Hand, mailbox: str, needs: Callable[..., None]
    ) -> None:
        needs(Capability.READ, Capability.EDITABLE)
        created = backend.create(mailbox, an_event())
        copy = hand.copy(mailbox, created.remote_id)
        assert copy != created.remote_id
        there, other = backend.get(mailbox, created.remote_id), backend.get(mailbox, copy)
        assert (there.version, there.original) == (created.version, True)
        assert (other.start, other.original) == (START + HOUR, False)
        assert [e.remote_id for e in backend.find(mailbox, "u1@fieldplan") if e.original] == [created.remote_id]

    def test_of_foreign_events_only_times_are_read(
        self, backend: Backend, hand: Hand, mailbox: str, needs: Callable[..., None]
    ) -> None:
        needs(Capability.LISTING, Capability.EDITABLE)
        kinds = (Availability.BUSY, Availability.FREE, Availability.OUT_OF_OFFICE)
        given = {
            add(hand, mailbox, START + n * DAY, availability=kind, private=kind is Availability.BUSY): kind
            for n, kind in enumerate(kinds)
        }
        seen = {e.remote_id: e for e in listing(backend, mailbox).events}
        assert set(seen) == set(given)
        assert all(e.event is None and e.uid is None and "Dentist" not in e.model_dump_json() for e in seen.values())
        assert [e.start for e in sorted(seen.values(), key=lambda e: e.start)] == [START, START + DAY, START + 2 * DAY]
        free = {i for i, e in seen.items() if e.availability is Availability.FREE}
        assert free == {i for i, kind in given.items() if kind is Availability.FREE}

    def test_a_series_is_expanded_and_goes_as_a_whole(
        self, backend: Backend, hand: Hand, mailbox: str, needs: Callable[..., None]
    ) -> None:
        needs(Capability.LISTING, Capability.EDITABLE)
        hand.add_series(mailbox, START, START + HOUR, days=5)
        found = listing(backend, mailbox)
        assert sorted(e.start for e in found.events) == [START + n * DAY for n in range(5)]
        (series,) = {e.series for e in found.events}
        assert series is not None and len({e.remote_id for e in found.events}) == 5
        hand.remove(mailbox, series)
        after = backend.changes(mailbox, found.token, WINDOW)
        left = {e.remote_id for e in found.events} if not after.complete else set()
        assert after.events == () and (series in after.gone or left <= set(after.gone))

    def test_a_lost_token_is_admitted(
        self, backend: Backend, hand: Hand, mailbox: str, needs: Callable[..., None]
    ) -> None:
        needs(Capability.INCREMENTAL)
        backend.create(mailbox, an_event())
        token = listing(backend, mailbox).token
        with pytest.raises(TokenLost):
            backend.changes(mailbox, token, Interval(start=WINDOW.start + 9 * DAY, end=WINDOW.end + 9 * DAY))
        with pytest.raises(TokenLost):
            backend.changes(mailbox, "no such token", WINDOW)
        hand.lose_tokens(mailbox)
        with pytest.raises(TokenLost):
            backend.changes(mailbox, token, WINDOW)
        assert len(listing(backend, mailbox).events) == 1

    # People and rooms

    def test_answers_come_back(
        self, backend: Backend, hand: Hand, mailbox: str, attendee: str, needs: Callable[..., None]
    ) -> None:
        needs(Capability.ANSWERS, Capability.LISTING)
        event = an_event(organizer=mailbox, attendees=(attendee,))
        created = backend.create(mailbox, event)
        token = listing(backend, mailbox).token
        hand.answer(mailbox, created.remote_id, attendee, Response.DECLINED)
        found = backend.changes(mailbox, token, WINDOW)
        said = [a for e in found.events for a in e.answers if a.response is not Response.NONE]
        assert [(a.uid, a.attendee, a.response) for a in said] == [(event.uid, attendee, Response.DECLINED)]

    def test_the_same_answer_to_two_invitations_is_two_answers(
        self, backend: Backend, hand: Hand, mailbox: str, attendee: str, needs: Callable[..., None]
    ) -> None:
        needs(Capability.ANSWERS, Capability.LISTING)
        for uid, start in (("u1@fieldplan", START), ("u2@fieldplan", START + HOUR)):
            event = an_event(uid, start, organizer=mailbox, attendees=(attendee,))
            hand.answer(mailbox, backend.create(mailbox, event).remote_id, attendee, Response.ACCEPTED)
        said = [a.mark for e in listing(backend, mailbox).events for a in e.answers if a.attendee == attendee]
        assert len(said) == len(set(said)) == 2

    def test_busy_time_is_told(self, backend: Backend, hand: Hand, mailbox: str, needs: Callable[..., None]) -> None:
        needs(Capability.BUSY)
        backend.create(mailbox, an_event())
        add(hand, mailbox, START + DAY, availability=Availability.OUT_OF_OFFICE)
        add(hand, mailbox, START + 2 * DAY, availability=Availability.FREE)
        busy = backend.busy([mailbox], WINDOW)[mailbox]
        assert [(b.interval.start, b.interval.length) for b in busy] == [(START, HOUR), (START + DAY, HOUR)]


def listing(backend: Backend, mailbox: str) -> Delta:
    found = backend.changes(mailbox, None, WINDOW)
    assert found.complete and found.gone == ()
    return found


def cancelled(event: Event) -> Event:
    return with_(event, status=EventStatus.CANCELLED, sequence=event.sequence + 1)


def add(
    hand: Hand, mailbox: str, start: datetime, *, availability: Availability = Availability.BUSY, private: bool = False
) -> str:
    return hand.add(mailbox, start, start + HOUR, subject="Dentist", availability=availability, private=private)
