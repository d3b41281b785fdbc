"""Meetings from an organiser's mailbox: who gets which mail, what rooms say, and how answers come back."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from exchangelib.items import DeclineItem
from exchangelib.properties import ReferenceItemId
from exchangelib.services import CreateItem

from scheduler.domain.interval import Interval
from scheduler.sync.backends.exchange import Exchange
from scheduler.sync.backends.exchange.connection import Account, connect
from scheduler.sync.errors import Conflict
from scheduler.sync.port import Delta, Response
from tests.sync.backends.contract import DAY, HOUR, START, WINDOW, an_event, cancelled, listing
from tests.sync.backends.ews import meetings
from tests.sync.backends.ews.exchange import Exchange as Double
from tests.sync.backends.ews.exchange import User
from tests.sync.backends.ews.fixtures import WithExchange, basic
from tests.sync.backends.ews.hand import EwsHand
from tests.sync.backends.ews.server import EwsServer
from tests.sync.backends.people import HALL, OLENA, TARAS

OFFICE = "office@example.com"
MEETING = {"organizer": OFFICE, "attendees": (OLENA, TARAS), "rooms": (HALL,)}


def said(found: Delta) -> dict[str, Response]:
    return {answer.attendee: answer.response for event in found.events for answer in event.answers}


class TestMeetings(WithExchange):
    def mails(self, double: Double) -> Counter[tuple[str, str]]:
        """Who got how many messages of which kind since the last time."""
        found = Counter((address, mail.kind) for address, mail in double.mails)
        double.mails.clear()
        return found

    def test_everybody_gets_one_request_for_each_revision(self, backend: Exchange, double: Double) -> None:
        double.add_mailbox(OFFICE)
        created = backend.create(OFFICE, an_event(**MEETING))
        request = Counter({(one, "MeetingRequest"): 1 for one in (OLENA, TARAS, HALL)})
        assert self.mails(double) == request
        moved = an_event(start=START + HOUR, sequence=1, **MEETING)
        updated = backend.update(OFFICE, created.remote_id, created.version, moved)
        assert self.mails(double) == request
        without = moved.model_copy(update={"attendees": (OLENA,), "sequence": 2})
        updated = backend.update(OFFICE, updated.remote_id, updated.version, without)
        told = {(OLENA, "MeetingRequest"): 1, (HALL, "MeetingRequest"): 1, (TARAS, "MeetingCancellation"): 1}
        assert self.mails(double) == Counter(told)
        backend.delete(OFFICE, updated.remote_id, updated.version, cancelled(without))
        assert self.mails(double) == Counter({(one, "MeetingCancellation"): 1 for one in (OLENA, HALL)})

    def test_the_last_invited_who_is_taken_off_is_told(self, backend: Exchange, double: Double) -> None:
        double.add_mailbox(OFFICE)
        created = backend.create(OFFICE, an_event(organizer=OFFICE, attendees=(OLENA,)))
        self.mails(double)
        backend.update(OFFICE, created.remote_id, created.version, an_event(organizer=OFFICE, sequence=1))
        assert self.mails(double) == Counter({(OLENA, "MeetingCancellation"): 1})

    def test_direct_writes_send_no_mail(self, backend: Exchange, double: Double) -> None:
        created = backend.create(OLENA, an_event())
        updated = backend.update(OLENA, created.remote_id, created.version, an_event(start=START + DAY, sequence=1))
        backend.delete(OLENA, created.remote_id, updated.version, cancelled(an_event()))
        assert double.mails == []

    def test_the_request_reads_well(
        self, server: EwsServer, double: Double, connected: Callable[..., Exchange]
    ) -> None:
        double.add_mailbox(OFFICE)
        event = an_event(**MEETING, html="<p>Ring &amp; wait.</p>")
        connected(server.url, zone="Europe/Kyiv").create(OFFICE, event)
        address, mail = double.mails[0]
        assert (address, mail.subject) == (OLENA, "Lift, crane; <b>gate</b> & \\ Ключ")
        assert "When: Monday, 15 March 2027 11:00-12:00. FLE Standard Time" in mail.body
        assert "вул. Хрещатик 22, Київ" in mail.body and "<p>Ring &amp; wait.</p>" in mail.body

    def test_a_free_room_accepts_and_a_taken_one_declines(
        self, backend: Exchange, double: Double, hand: EwsHand
    ) -> None:
        double.add_mailbox(OFFICE)
        first = backend.create(OFFICE, an_event(organizer=OFFICE, rooms=(HALL,)))
        meetings.decide(double)
        token = listing(backend, OFFICE).token
        assert backend.get(OFFICE, first.remote_id).answers[0].response is Response.ACCEPTED
        late = START + timedelta(minutes=30)
        backend.create(OFFICE, an_event("u2@fieldplan", start=late, organizer=OFFICE, rooms=(HALL,)))
        meetings.decide(double)
        assert said(backend.changes(OFFICE, token, WINDOW)) == {HALL: Response.DECLINED}

    def test_answers_come_with_what_is_proposed_and_are_void_after_a_move(
        self, backend: Exchange, double: Double, hand: EwsHand
    ) -> None:
        double.add_mailbox(OFFICE)
        created = backend.create(OFFICE, an_event(**MEETING))
        other = Interval(start=START + DAY, end=START + DAY + HOUR)
        hand.answer(OFFICE, created.remote_id, TARAS, Response.TENTATIVE, other)
        hand.answer(OFFICE, created.remote_id, OLENA, Response.ACCEPTED)
        seen = backend.get(OFFICE, created.remote_id)
        by = {answer.attendee: answer for answer in seen.answers}
        assert by[TARAS].proposed == other and by[TARAS].response is Response.TENTATIVE and by[TARAS].at is not None
        assert by[OLENA].response is Response.ACCEPTED and by[HALL].response is Response.NONE
        assert seen.event is not None and set(seen.event.attendees) == {OLENA, TARAS}
        assert (seen.event.rooms, seen.event.organizer) == ((HALL,), OFFICE)
        assert by == {a.attendee: a for a in backend.get(OFFICE, created.remote_id).answers}
        backend.update(OFFICE, created.remote_id, seen.version, an_event(start=START + DAY, sequence=1, **MEETING))
        assert {a.response for a in backend.get(OFFICE, created.remote_id).answers} == {Response.NONE}

    def test_answers_outlive_a_change_of_words(self, backend: Exchange, double: Double, hand: EwsHand) -> None:
        double.add_mailbox(OFFICE)
        created = backend.create(OFFICE, an_event(**MEETING))
        hand.answer(OFFICE, created.remote_id, OLENA, Response.ACCEPTED)
        with pytest.raises(Conflict):
            backend.update(OFFICE, created.remote_id, created.version, an_event(summary="x", sequence=1, **MEETING))
        seen = backend.get(OFFICE, created.remote_id)
        reworded = an_event(summary="Bring a ladder", sequence=1, **MEETING)
        backend.update(OFFICE, created.remote_id, seen.version, reworded)
        by = {answer.attendee: answer.response for answer in backend.get(OFFICE, created.remote_id).answers}
        assert by == {OLENA: Response.ACCEPTED, TARAS: Response.NONE, HALL: Response.NONE}

    def test_an_attendee_declines_in_their_own_program(
        self, server: EwsServer, backend: Exchange, double: Double
    ) -> None:
        """Over the wire, with exchangelib as a person's own client."""
        double.add_mailbox(OFFICE)
        double.add_user(User(TARAS, "secret", mailbox=TARAS))
        backend.create(OFFICE, an_event(**MEETING))
        token = listing(backend, OFFICE).token
        answer_over_the_wire(server, TARAS, DeclineItem)
        assert said(backend.changes(OFFICE, token, WINDOW))[TARAS] is Response.DECLINED
        (mail,) = double.mailboxes[OFFICE].in_folder("inbox")
        assert (mail.kind, mail.subject.split(":")[0]) == ("MeetingResponse", "Declined")


def answer_over_the_wire(server: EwsServer, address: str, reply: Any) -> None:
    account = Account(address, connect(server.url, basic(address)), "delegate")
    (event,) = server.exchange.mailboxes[address].in_folder("calendar")
    said = reply(account=account, reference_item_id=ReferenceItemId(id=event.id, changekey=event.change_key))
    list(
        CreateItem(account=account).call(
            items=[said], folder=None, message_disposition="SendOnly", send_meeting_invitations="SendToNone"
        )
    )
