"""What we send to Graph, and what we make of what it says."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scheduler.sync.backends.graph import Graph
from scheduler.sync.errors import (
    Conflict,
    Denied,
    Exists,
    NotFound,
    Refused,
    SyncError,
    Throttled,
    TokenLost,
    Unclear,
    Unreachable,
)
from scheduler.sync.port import Capability, Delta, Response
from tests.sync.backends.contract import DAY, HOUR, START, WINDOW, an_event, cancelled, listing
from tests.sync.backends.graph_double.answer import Answer
from tests.sync.backends.graph_double.fixtures import Signed, WithGraph
from tests.sync.backends.graph_double.graph import Double
from tests.sync.backends.graph_double.hand import GraphHand
from tests.sync.backends.graph_double.server import GraphServer
from tests.sync.backends.people import HALL, OLENA, TARAS

ID = "8a2f2f1c-6a0e-4b8c-9d37-5f1d60a9e7b4"


def sent(server: GraphServer, method: str) -> tuple[dict[str, str], Any]:
    return next((headers, body) for m, path, headers, body in reversed(server.log) if m == method and "$b" not in path)


def error(status: int, code: str, **headers: str) -> Callable[[str, str], Answer | None]:
    return lambda method, path: Answer(status, {"error": {"code": code, "message": code}}, headers)


class TestRequests(WithGraph):
    def test_a_create_says_all_that_we_own(self, backend: Graph, server: GraphServer) -> None:
        event = an_event(
            geo=(50.45, 30.52), categories=("Repair",), reminder=timedelta(minutes=30), html="<p>Ring.</p>"
        )
        backend.create(OLENA, event)
        headers, body = sent(server, "POST")
        assert 'IdType="ImmutableId"' in headers["Prefer"] and 'outlook.timezone="UTC"' in headers["Prefer"]
        assert body == {
            "subject": event.summary,
            "body": {
                "contentType": "html",
                "content": "<p>--- fieldplan ---</p><p>Ring.</p><p>--- /fieldplan ---</p>",
            },
            "start": {"dateTime": "2027-03-15T09:00:00", "timeZone": "UTC"},
            "end": {"dateTime": "2027-03-15T10:00:00", "timeZone": "UTC"},
            "location": {"displayName": event.location, "coordinates": {"latitude": 50.45, "longitude": 30.52}},
            "categories": ["Repair"],
            "showAs": "busy",
            "isReminderOn": True,
            "reminderMinutesBeforeStart": 30,
            "singleValueExtendedProperties": [
                {"id": f"String {{{ID}}} Name uid", "value": event.uid},
                {"id": f"String {{{ID}}} Name stamp", "value": event.stamp},
            ],
            "transactionId": body["transactionId"],
        }

    def test_a_meeting_invites_a_room_as_a_resource(self, backend: Graph, server: GraphServer, double: Double) -> None:
        meeting = an_event(organizer=OLENA, attendees=(TARAS,), rooms=(HALL,))
        created = backend.create(OLENA, meeting)
        assert sent(server, "POST")[1]["attendees"] == [
            {"type": "required", "emailAddress": {"address": TARAS}},
            {"type": "resource", "emailAddress": {"address": HALL}},
        ]
        seen = backend.get(OLENA, created.remote_id)
        assert seen.event is not None
        assert (seen.event.organizer, seen.event.attendees, seen.event.rooms) == (OLENA, (TARAS,), (HALL,))
        assert {a.attendee: a.response for a in seen.answers} == {TARAS: Response.NONE, HALL: Response.ACCEPTED}
        assert len(double.mailboxes[HALL].items) == 1

    def test_a_room_that_is_taken_declines(self, backend: Graph, hand: GraphHand) -> None:
        hand.add(HALL, START, START + HOUR, subject="Party")
        created = backend.create(OLENA, an_event(organizer=OLENA, rooms=(HALL,)))
        (said,) = backend.get(OLENA, created.remote_id).answers
        assert (said.attendee, said.response) == (HALL, Response.DECLINED) and said.at is not None

    def test_a_meeting_is_mailed_once_a_change_and_never_without_one(self, backend: Graph, double: Double) -> None:
        meeting = an_event(organizer=OLENA, attendees=(TARAS,))
        created = backend.create(OLENA, meeting)
        same = backend.update(OLENA, created.remote_id, created.version, meeting)
        assert same.version == created.version and len(double.mails) == 1
        later = an_event(start=START + HOUR, organizer=OLENA, attendees=(TARAS,), sequence=1)
        backend.update(OLENA, created.remote_id, created.version, later)
        assert [kind for kind, _, _ in double.mails] == ["request", "request"]

    def test_an_update_leaves_those_who_answered(self, backend: Graph, hand: GraphHand, server: GraphServer) -> None:
        created = backend.create(OLENA, an_event(organizer=OLENA, attendees=(TARAS,)))
        hand.answer(OLENA, created.remote_id, TARAS, Response.ACCEPTED)
        seen = backend.get(OLENA, created.remote_id)
        later = an_event(start=START + HOUR, organizer=OLENA, attendees=(TARAS,), sequence=1)
        backend.update(OLENA, seen.remote_id, seen.version, later)
        headers, body = sent(server, "PATCH")
        assert headers["If-Match"] == seen.version
        assert "attendees" not in body and "transactionId" not in body
        assert backend.get(OLENA, created.remote_id).answers[0].response is Response.ACCEPTED

    def test_the_last_attendee_can_be_taken_off(self, backend: Graph, double: Double) -> None:
        created = backend.create(OLENA, an_event(organizer=OLENA, attendees=(TARAS,)))
        backend.update(OLENA, created.remote_id, created.version, an_event(organizer=OLENA, sequence=1))
        assert double.mails[-1][:2] == ("cancel", TARAS)
        assert backend.get(OLENA, created.remote_id).answers == ()

    def test_a_deleted_meeting_is_cancelled(self, backend: Graph, server: GraphServer, double: Double) -> None:
        meeting = an_event(organizer=OLENA, attendees=(TARAS,), rooms=(HALL,))
        created = backend.create(OLENA, meeting)
        backend.delete(OLENA, created.remote_id, created.version, cancelled(meeting))
        assert sent(server, "DELETE")[0]["If-Match"] == created.version
        assert {mail[:2] for mail in double.mails[2:]} == {("cancel", TARAS), ("cancel", HALL)}
        assert not double.mailboxes[HALL].items

    def test_a_proposed_time_comes_back(self, backend: Graph, hand: GraphHand) -> None:
        created = backend.create(OLENA, an_event(organizer=OLENA, attendees=(TARAS,)))
        hand.answer(OLENA, created.remote_id, TARAS, Response.TENTATIVE, WINDOW)
        (said,) = backend.get(OLENA, created.remote_id).answers
        assert said.proposed == WINDOW

    def test_rooms_are_listed(self, backend: Graph) -> None:
        assert [(r.address, r.name, r.seats) for r in backend.rooms()] == [(HALL, "Hall", 8)]

    def test_a_second_create_is_refused(self, backend: Graph) -> None:
        """By its transaction id. Nobody says how long Graph remembers those, so that nothing is promised."""
        backend.create(OLENA, an_event())
        with pytest.raises(Exists):
            backend.create(OLENA, an_event())
        assert len(backend.find(OLENA, an_event().uid)) == 1
        assert Capability.CREATE_ONCE not in backend.capabilities

    def test_what_a_person_deleted_can_be_created_again_as_it_was(self, backend: Graph, hand: GraphHand) -> None:
        hand.remove(OLENA, backend.create(OLENA, an_event()).remote_id)
        again = backend.create(OLENA, an_event())
        assert [e.remote_id for e in backend.find(OLENA, an_event().uid)] == [again.remote_id]

    def test_a_uid_with_a_quote_is_found(self, backend: Graph) -> None:
        backend.create(OLENA, an_event("o'neill' or 1 eq 1@x"))
        assert len(backend.find(OLENA, "o'neill' or 1 eq 1@x")) == 1 and backend.find(OLENA, "o'neill") == ()

    def test_long_subjects_are_cut(self, backend: Graph) -> None:
        created = backend.create(OLENA, an_event(summary="x" * 300))
        seen = backend.get(OLENA, created.remote_id)
        assert seen.event is not None and len(seen.event.summary) == 255 and seen.stamp == created.stamp
        again = backend.update(OLENA, created.remote_id, created.version, an_event(summary="x" * 300, sequence=1))
        assert again.version == created.version


class TestListing(WithGraph):
    def test_many_pages_and_batches(self, backend: Graph, hand: GraphHand, server: GraphServer) -> None:
        for n in range(25):
            backend.create(OLENA, an_event(f"u{n}@fieldplan", start=START + n * HOUR))
            hand.add(OLENA, START + n * HOUR, START + (n + 1) * HOUR, subject="Dentist")
        found = listing(backend, OLENA)
        assert len(found.events) == 50 and len({e.uid for e in found.events if e.uid}) == 25
        assert "Dentist" not in found.model_dump_json()
        del server.log[:]
        assert backend.changes(OLENA, found.token, WINDOW).events == ()
        assert len(server.log) == 1

    def test_what_moved_out_of_the_window_but_not_of_the_token_is_gone(self, backend: Graph, hand: GraphHand) -> None:
        created = backend.create(OLENA, an_event())
        token = listing(backend, OLENA).token
        hand.move(OLENA, created.remote_id, WINDOW.end + HOUR, WINDOW.end + 2 * HOUR)
        found = backend.changes(OLENA, token, WINDOW)
        assert (found.events, found.gone) == ((), (created.remote_id,))
        assert backend.get(OLENA, created.remote_id).start == WINDOW.end + HOUR

    def test_of_rows_that_contradict_each_other_the_last_one_counts(
        self, backend: Graph, hand: GraphHand, server: GraphServer
    ) -> None:
        created = backend.create(OLENA, an_event())
        token = listing(backend, OLENA).token
        standing, removed = {"id": created.remote_id}, {"id": created.remote_id, "@removed": {"reason": "deleted"}}

        def told(*rows: dict[str, Any]) -> Delta:
            said = Answer(200, {"value": list(rows), "@odata.deltaLink": f"{server.url}/delta"})
            server.fail = lambda method, path: said if path.endswith("/delta") else None
            return backend.changes(OLENA, token, WINDOW)

        back = told(removed, standing)
        assert [e.remote_id for e in back.events] == list(back.gone) == [created.remote_id]
        hand.remove(OLENA, created.remote_id)
        left = told(standing, removed)
        assert (left.events, left.gone) == ((), (created.remote_id,))

    def test_an_all_day_event_lasts_the_writers_day(self, backend: Graph, hand: GraphHand) -> None:
        """Graph says its midnight in the zone that was asked for, without moving it."""
        day = datetime(2027, 3, 28, tzinfo=UTC)
        hand.add(OLENA, day, day + DAY, subject="Fair", all_day=True, zone="W. Europe Standard Time")
        hand.add(TARAS, day, day + DAY, subject="Fair", all_day=True, zone="tzone://Microsoft/Custom")
        (berlin,), (unknown,) = listing(backend, OLENA).events, listing(backend, TARAS).events
        assert berlin.all_day and berlin.start == datetime(2027, 3, 27, 23, tzinfo=UTC)
        assert berlin.end - berlin.start == timedelta(hours=23)
        assert (unknown.start, unknown.end) == (day, day + DAY)

    def test_a_changed_series_is_listed_anew(self, backend: Graph, hand: GraphHand) -> None:
        series = hand.add_series(OLENA, START, START + HOUR, days=3)
        found = listing(backend, OLENA)
        hand.move(OLENA, series, START + 2 * HOUR, START + 3 * HOUR)
        after = backend.changes(OLENA, found.token, WINDOW)
        assert series in after.gone
        assert sorted(e.start for e in after.events) == [START + 2 * HOUR + n * DAY for n in range(3)]

    def test_an_event_that_is_purged_is_gone(self, backend: Graph, hand: GraphHand, double: Double) -> None:
        created = backend.create(OLENA, an_event())
        hand.remove(OLENA, created.remote_id)
        for _ in range(2):
            with pytest.raises(NotFound):
                backend.get(OLENA, created.remote_id)
            double.mailboxes[OLENA].bin.clear()

    def test_busy_time_of_many_over_long(self, backend: Graph, hand: GraphHand, double: Double) -> None:
        for n in range(22):
            double.add_mailbox(f"p{n}@example.com")
        hand.add("p21@example.com", START, START + HOUR, subject="Dentist")
        everybody = ["nobody@example.com", *(f"p{n}@example.com" for n in range(22))]
        busy = backend.busy(everybody, WINDOW)
        assert set(busy) == set(everybody[1:])
        assert [b.interval.start for b in busy["p21@example.com"]] == [START] and busy["p0@example.com"] == ()


class TestErrors(WithGraph):
    @pytest.mark.parametrize(
        ("status", "code", "read", "written"),
        [
            (400, "ErrorInvalidRequest", Unreachable, Refused),
            (401, "InvalidAuthenticationToken", Denied, Denied),
            (403, "ErrorAccessDenied", Denied, Denied),
            (404, "ErrorItemNotFound", NotFound, NotFound),
            (404, "ErrorInvalidUser", Denied, Denied),
            (404, "ResourceNotFound", Denied, Denied),
            (404, "MailboxNotEnabledForRESTAPI", Denied, Denied),
            (409, "ErrorIrresolvableConflict", Conflict, Conflict),
            (412, "", Conflict, Conflict),
            (500, "ErrorInternalServerError", Unreachable, Unclear),
            (503, "ErrorServerBusy", Unreachable, Unclear),
            (504, "GatewayTimeout", Unreachable, Unclear),
        ],
    )
    def test_what_answers_mean(
        self,
        backend: Graph,
        server: GraphServer,
        status: int,
        code: str,
        read: type[SyncError],
        written: type[SyncError],
    ) -> None:
        server.fail = error(status, code)
        with pytest.raises(SyncError) as reading:
            backend.get(OLENA, "x")
        with pytest.raises(SyncError) as writing:
            backend.create(OLENA, an_event())
        assert isinstance(reading.value, read) and type(writing.value) is written

    def test_throttling_says_how_long(self, backend: Graph, server: GraphServer) -> None:
        server.fail = error(429, "ApplicationThrottled", **{"Retry-After": "17"})
        for ask in (lambda: backend.create(OLENA, an_event()), lambda: backend.find(OLENA, "x")):
            with pytest.raises(Throttled) as throttled:
                ask()
            assert throttled.value.retry_after == timedelta(seconds=17)
        assert len(server.log) == 2
        server.fail = error(503, "ServiceUnavailable", **{"Retry-After": "Fri, 31 Dec 2100 00:00:00 GMT"})
        with pytest.raises(Throttled) as throttled:
            backend.find(OLENA, "x")
        assert throttled.value.retry_after > timedelta(days=365)
        server.fail = error(503, "ServiceUnavailable", **{"Retry-After": "7"})
        with pytest.raises(Unclear) as unclear:
            backend.create(OLENA, an_event())
        assert unclear.value.retry_after == timedelta(seconds=7)

    def test_one_throttled_part_of_a_batch_is_throttling(self, backend: Graph, server: GraphServer) -> None:
        backend.create(OLENA, an_event())
        fail = error(429, "ApplicationThrottled", **{"Retry-After": "3"})
        server.fail = lambda method, path: fail(method, path) if method == "GET" and "/events/" in path else None
        with pytest.raises(Throttled) as throttled:
            backend.changes(OLENA, None, WINDOW)
        assert throttled.value.retry_after == timedelta(seconds=3)

    def test_a_lost_sync_state_is_admitted_whatever_the_status(self, backend: Graph, server: GraphServer) -> None:
        token = listing(backend, OLENA).token
        for status, code in ((410, "syncStateNotFound"), (400, "BadRequest"), (404, "SyncStateNotFound")):
            server.fail = error(status, code)
            with pytest.raises(TokenLost):
                backend.changes(OLENA, token, WINDOW)

    def test_a_mailbox_outside_the_policy_is_denied(self, backend: Graph, double: Double) -> None:
        double.closed_to_us.add(OLENA)
        with pytest.raises(Denied):
            backend.find(OLENA, "x")
        with pytest.raises(Denied):
            backend.find("nobody@example.com", "x")

    def test_an_answer_that_is_not_graphs(self, backend: Graph, server: GraphServer) -> None:
        server.fail = lambda method, path: Answer(200, ["hello"])  # type: ignore[arg-type]
        with pytest.raises(Unclear):
            backend.create(OLENA, an_event())
        with pytest.raises(Unreachable):
            backend.find(OLENA, "x")

    def test_a_link_to_elsewhere_gets_no_token(self, backend: Graph, server: GraphServer) -> None:
        server.fail = lambda method, path: Answer(200, {"value": [], "@odata.nextLink": "https://evil.example/x"})
        with pytest.raises(Denied):
            backend.find(OLENA, "x")

    def test_nothing_listens(self) -> None:
        dead = Graph(Signed(), url="http://localhost:9/v1.0")
        with pytest.raises(Unreachable):
            dead.create(OLENA, an_event())
        with pytest.raises(ValueError, match="https"):
            Graph(Signed(), url="http://graph.example.com/v1.0")
