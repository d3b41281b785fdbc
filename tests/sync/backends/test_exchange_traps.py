"""What exchangelib and Exchange do that is not expected, each trap once."""

import logging
import warnings
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from zoneinfo import ZoneInfo

import exchangelib
import pytest
from exchangelib.protocol import BaseProtocol, NoVerifyHTTPAdapter, Protocol
from lxml import etree

from scheduler.domain.interval import Interval
from scheduler.sync.backends.exchange import Access, Exchange
from scheduler.sync.errors import Conflict, Denied, NotFound, Refused, Throttled, TokenLost, Unclear, Unreachable
from scheduler.sync.port import Availability, Capability
from tests.sync.backends.contract import DAY, HOUR, START, WINDOW, an_event, at, cancelled, listing
from tests.sync.backends.ews import schema
from tests.sync.backends.ews.exchange import Exchange as Double
from tests.sync.backends.ews.fixtures import WithExchange, basic
from tests.sync.backends.ews.hand import EwsHand
from tests.sync.backends.ews.server import EwsServer
from tests.sync.backends.ews.soap import EwsError, Fault, child
from tests.sync.backends.people import HALL, OLENA, TARAS

ZONES = ("Europe/Berlin", "Europe/Kyiv", "America/New_York", "Australia/Sydney", "America/Santiago")
SPRING_FORWARD = {
    "Europe/Berlin": "2027-03-28",
    "Europe/Kyiv": "2027-03-28",
    "America/New_York": "2027-03-14",
    "Australia/Sydney": "2027-10-03",
    "America/Santiago": "2027-09-05",
}
CHANGES = {
    "Europe/Berlin": ("2027-03-28T01:00", "2027-10-31T01:00"),
    "Europe/Kyiv": ("2027-03-28T01:00", "2027-10-31T01:00"),
    "America/New_York": ("2027-03-14T07:00", "2027-11-07T06:00"),
    "Australia/Sydney": ("2027-04-03T16:00", "2027-10-02T16:00"),
    "America/Santiago": ("2027-04-04T03:00", "2027-09-05T04:00"),
}
"""When the clocks change, in UTC."""


def test_all_but_two_capabilities_are_declared() -> None:
    missing = set(Capability) - Exchange("https://localhost", basic()).capabilities
    assert missing == {Capability.CREATE_ONCE, Capability.REPEATABLE}


@pytest.mark.parametrize("url", ["http://mail.example.com/EWS/Exchange.asmx", "mail.example.com", "ftp://localhost"])
def test_credentials_never_travel_in_the_clear(url: str) -> None:
    with pytest.raises(ValueError, match="https"):
        Exchange(url, basic())


class TestRequests(WithExchange):
    def test_microsofts_schemas_judge_every_message(self, backend: Exchange, server: EwsServer) -> None:
        """So do the fixtures after each test; here we see that a bad one would be noticed."""
        if not schema.known():
            pytest.skip("EWS_SCHEMA_DIR names no folder with Microsoft's schemas")
        backend.create(OLENA, an_event())
        sent = child(etree.fromstring(server.log[-1].request), "s:Body")[0]
        assert server.complaints == [] and schema.complaint(sent) is None
        item = child(sent, "m:Items/t:CalendarItem")
        item.append(child(item, "t:Start"))
        assert "Start" in (schema.complaint(sent) or "")

    def test_a_create_is_one_request_for_the_mailbox_that_is_meant(self, backend: Exchange, server: EwsServer) -> None:
        backend.create(OLENA, an_event())
        assert server.operations() == ["GetFolder", "CreateItem"]
        sent = server.log[-1]
        assert (sent.user, sent.acting, sent.agent) == ("robot", OLENA, "fieldplan")
        assert b'SendMeetingInvitations="SendToNone"' in sent.request

    def test_an_update_never_overwrites(self, backend: Exchange, server: EwsServer) -> None:
        created = backend.create(OLENA, an_event())
        backend.update(OLENA, created.remote_id, created.version, an_event(sequence=1))
        sent = server.log[-1].request
        assert b'ConflictResolution="NeverOverwrite"' in sent and created.version.encode() in sent
        assert b'SendMeetingInvitationsOrCancellations="SendToNone"' in sent

    def test_a_deletion_looks_first_and_leaves_the_event_in_the_bin(
        self, backend: Exchange, server: EwsServer, double: Double
    ) -> None:
        created = backend.create(OLENA, an_event())
        del server.log[:]
        backend.delete(OLENA, created.remote_id, created.version, cancelled(an_event()))
        assert server.operations() == ["GetItem", "GetItem", "DeleteItem"]
        assert len(double.mailboxes[OLENA].in_folder("deleteditems")) == 1

    def test_of_foreign_events_nothing_private_leaves_the_server(
        self, backend: Exchange, hand: EwsHand, server: EwsServer
    ) -> None:
        hand.add(OLENA, START, START + HOUR, subject="Dentist", private=True)
        hand.add(OLENA, START, START + HOUR, subject="Dentist", days=3)
        id = hand.add(OLENA, START, START + HOUR, subject="Dentist")
        listing(backend, OLENA)
        backend.get(OLENA, id)
        backend.busy([OLENA], WINDOW)
        assert not any(b"Dentist" in one.answer for one in server.log)

    def test_what_the_person_wrote_does_not_break_the_request(self, backend: Exchange) -> None:
        event = an_event(summary="Lift\x0b\ud7ff " + "x" * 300, categories=("repair", "y" * 300), location="z" * 400)
        created = backend.create(OLENA, event)
        seen = backend.get(OLENA, created.remote_id).event
        assert seen is not None and len(seen.summary) == 255 and seen.categories == ("repair", "y" * 255)

    def test_what_exchange_will_never_take_is_refused(self, backend: Exchange) -> None:
        with pytest.raises(Refused):
            backend.create(OLENA, an_event(end=START - HOUR))
        with pytest.raises(Refused, match="ErrorCalendarDurationIsTooLong"):
            backend.create(OLENA, an_event(end=START + 3000 * DAY))


class TestPermissions(WithExchange):
    def test_a_wrong_password_is_denied(self, server: EwsServer, connected: Callable[..., Exchange]) -> None:
        with pytest.raises(Denied):
            connected(server.url, basic(password="guess")).create(OLENA, an_event())

    def test_whoever_may_not_impersonate_is_denied(self, server: EwsServer, connected: Callable[..., Exchange]) -> None:
        with pytest.raises(Denied, match="ErrorImpersonateUserDenied"):
            connected(server.url, basic("helper")).create(OLENA, an_event())

    def test_a_mailbox_that_is_not_there_is_denied(self, backend: Exchange) -> None:
        with pytest.raises(Denied, match="ErrorNonExistentMailbox"):
            backend.create("nobody@example.com", an_event())

    def test_a_delegate_needs_no_more_than_the_calendar(
        self, server: EwsServer, double: Double, connected: Callable[..., Exchange]
    ) -> None:
        double.add_mailbox("ivan@example.com")
        delegate = connected(server.url, basic("helper"), access=Access.DELEGATE)
        delegate.create(OLENA, an_event())
        assert all(one.acting is None for one in server.log)
        with pytest.raises(Denied, match="ErrorFolderNotFound"):
            delegate.create("ivan@example.com", an_event())


class TestWaiting(WithExchange):
    def test_the_servers_advice_is_passed_on(self, backend: Exchange, double: Double) -> None:
        backend.find(OLENA, "x")
        for refusal, seconds in (
            (Fault("ErrorServerBusy", back_off=297749), 297.749),
            (Fault("ErrorServerBusy"), 30),
            (EwsError("ErrorServerBusy"), 30),
            (Fault("ErrorExceededConnectionCount"), 30),
        ):
            for call in (lambda: backend.create(OLENA, an_event()), lambda: backend.find(OLENA, "x")):
                double.refusals.append(refusal)
                with pytest.raises(Throttled) as caught:
                    call()
                assert caught.value.retry_after == timedelta(seconds=seconds)
        assert backend.find(OLENA, "u1@fieldplan") == ()

    def test_what_http_says_of_waiting(self, backend: Exchange, server: EwsServer) -> None:
        backend.find(OLENA, "x")
        soon = format_datetime(datetime.now(UTC) + timedelta(minutes=5), usegmt=True)
        for status, said, least, most in ((429, "120", 120, 120), (429, "", 30, 30), (503, soon, 290, 300)):
            server.bare.append((status, said))
            with pytest.raises(Throttled) as caught:
                backend.find(OLENA, "x")
            assert least <= caught.value.retry_after.total_seconds() <= most
        server.bare.append((429, "120"))
        with pytest.raises(Throttled):
            backend.create(OLENA, an_event())
        for status in (500, 502, 503, 504):
            server.bare.extend([(status, ""), (status, "120")])
            with pytest.raises(Unreachable):
                backend.find(OLENA, "x")
            with pytest.raises(Unclear) as unclear:
                backend.create(OLENA, an_event())
            assert unclear.value.retry_after == timedelta(minutes=2)

    def test_nothing_waits_here(self, backend: Exchange, double: Double) -> None:
        """The queue waits, for every mailbox by itself."""
        double.refusals.append(Fault("ErrorServerBusy", back_off=60_000))
        before = datetime.now(UTC)
        with pytest.raises(Throttled):
            backend.create(OLENA, an_event())
        backend.create(TARAS, an_event())
        assert datetime.now(UTC) - before < timedelta(seconds=5)


class TestMeaning(WithExchange):
    @pytest.mark.parametrize(
        ("code", "write", "read"),
        [
            ("ErrorInternalServerTransientError", Unclear, Unreachable),
            ("ErrorInternalServerError", Unclear, Unreachable),
            ("ErrorMailboxStoreUnavailable", Unclear, Unreachable),
            ("ErrorTimeoutExpired", Unclear, Unreachable),
            ("ErrorTooManyObjectsOpened", Throttled, Throttled),
            ("ErrorAccessDenied", Denied, Denied),
            ("ErrorItemNotFound", NotFound, NotFound),
            ("ErrorStaleObject", Conflict, Conflict),
            ("ErrorQuotaExceeded", Refused, Unreachable),
        ],
    )
    @pytest.mark.parametrize("kind", [Fault, EwsError])
    def test_what_exchange_says_is_told_truly(
        self, backend: Exchange, double: Double, kind: type[EwsError], code: str, write: type, read: type
    ) -> None:
        token = listing(backend, OLENA).token
        double.refusals.append(kind(code))
        with pytest.raises(write):
            backend.create(OLENA, an_event())
        reads: list[Callable[[], object]] = [lambda: backend.changes(OLENA, token, WINDOW)]
        reads += [lambda: backend.get(OLENA, "x"), lambda: backend.find(OLENA, "x")]
        for call in reads:
            double.refusals.append(kind(code))
            with pytest.raises(read):
                call()


class TestSharing(WithExchange):
    def test_the_patience_of_others_is_not_ours(self, server: EwsServer, connected: Callable[..., Exchange]) -> None:
        """exchangelib would hand us the connection of whoever came first, and its policy of sending again."""
        theirs = exchangelib.Configuration(
            credentials=basic().credentials(),
            service_endpoint=server.url,
            auth_type="basic",
            retry_policy=exchangelib.FaultTolerance(max_wait=3600),
        )
        other = Protocol(config=theirs)
        ours = connected(server.url)
        ours.create(OLENA, an_event())
        assert ours._connection is not other and ours._connection.retry_policy.fail_fast
        ours.close()
        assert Protocol(config=theirs) is other
        exchangelib.close_connections()

    def test_what_others_do_without_tls_is_not_ours(
        self, server: EwsServer, connected: Callable[..., Exchange], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(BaseProtocol, "HTTP_ADAPTER_CLS", NoVerifyHTTPAdapter)
        adapter = connected(server.url)._connection.create_session().get_adapter(server.url)
        assert not isinstance(adapter, NoVerifyHTTPAdapter)

    def test_no_credentials_in_logs(
        self, backend: Exchange, connected: Callable[..., Exchange], caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.DEBUG):
            backend.create(OLENA, an_event())
        assert caplog.records and "c2VjcmV0" not in caplog.text and "cm9ib3Q6" not in caplog.text
        assert "secret" not in caplog.text and "secret" not in repr(basic())


class TestTimes(WithExchange):
    @pytest.mark.parametrize("zone", ZONES)
    def test_a_whole_day_is_whole_when_the_clocks_change(
        self, backend: Exchange, double: Double, hand: EwsHand, zone: str
    ) -> None:
        """exchangelib read back 2027-03-28 in Berlin a day short."""
        start = datetime.fromisoformat(SPRING_FORWARD[zone]).replace(tzinfo=ZoneInfo(zone))
        end = start + DAY
        id = hand.add(OLENA, start, end, subject="Leave", availability=Availability.OUT_OF_OFFICE, all_day=True)
        double.mailboxes[OLENA].items[id].zone = "Customized Time Zone"
        window = Interval(start=at("2027-01-01T00:00"), end=at("2027-12-31T00:00"))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            (seen,) = backend.changes(OLENA, None, window).events
        assert (seen.start, seen.end, seen.all_day) == (start.astimezone(UTC), end.astimezone(UTC), True)
        assert seen.end - seen.start == timedelta(hours=23) and seen.availability is Availability.OUT_OF_OFFICE
        (busy,) = backend.busy([OLENA], Interval(start=seen.start - DAY, end=seen.end + DAY))[OLENA]
        assert (busy.interval.start, busy.interval.end) == (seen.start, seen.end)

    @pytest.mark.parametrize("zone", ZONES)
    def test_the_wording_zone_moves_no_moment(
        self, server: EwsServer, connected: Callable[..., Exchange], zone: str
    ) -> None:
        backend = connected(server.url, zone=zone)
        for change in CHANGES[zone]:
            for n in range(-4, 5):
                start = at(change) + n * HOUR / 2
                created = backend.create(OLENA, an_event(f"{change} {n}", start=start))
                later = an_event(f"{change} {n}", start=start + HOUR, sequence=1)
                backend.update(OLENA, created.remote_id, created.version, later)
                seen = backend.get(OLENA, created.remote_id)
                assert (seen.start, seen.end) == (later.start, later.end)

    def test_a_zone_that_exchange_cannot_name_is_said_at_once(self) -> None:
        with pytest.raises(ValueError, match="Mars/Crater"):
            Exchange("https://localhost", basic(), zone="Mars/Crater")


class TestListing(WithExchange):
    def test_long_calendars_come_in_pages(self, backend: Exchange, hand: EwsHand, server: EwsServer) -> None:
        ids = {hand.add(OLENA, START + n * HOUR, START + (n + 1) * HOUR, subject="x") for n in range(1100)}
        found = listing(backend, OLENA)
        assert {e.remote_id for e in found.events} == ids
        assert server.operations() == ["GetFolder", *["SyncFolderItems"] * 3]
        hand.remove(OLENA, sorted(ids)[0])
        assert len(backend.changes(OLENA, found.token, WINDOW).gone) == 1

    def test_a_view_that_is_too_big_is_halved(self, backend: Exchange, hand: EwsHand, server: EwsServer) -> None:
        for n in range(24):
            hand.add(OLENA, WINDOW.start + n * HOUR, WINDOW.start + (n + 1) * HOUR, subject="x", days=61)
        found = listing(backend, OLENA)
        assert len(found.events) == len({e.remote_id for e in found.events}) == 24 * 61
        assert server.operations().count("FindItem") == 3

    def test_a_lost_state_is_admitted_however_it_is_said(self, backend: Exchange, double: Double) -> None:
        """Without a SyncState in the answer exchangelib fails with AttributeError."""
        token = listing(backend, OLENA).token
        double.refusals.append(EwsError("ErrorInvalidSyncStateData"))
        with pytest.raises(TokenLost):
            backend.changes(OLENA, token, WINDOW)

    def test_a_series_that_changes_is_listed_anew(self, backend: Exchange, double: Double, hand: EwsHand) -> None:
        series = hand.add_series(OLENA, START, START + HOUR, days=3)
        token = listing(backend, OLENA).token
        there = double.mailboxes[OLENA]
        there.items[series].moved_days[2] = (START + DAY + HOUR, START + DAY + 2 * HOUR)
        there.put(there.items[series])
        found = backend.changes(OLENA, token, WINDOW)
        assert found.gone == (series,)
        assert [e.start for e in found.events] == [START, START + DAY + HOUR, START + 2 * DAY]
        assert {e.series for e in found.events} == {series}
        assert backend.get(OLENA, found.events[1].remote_id).series == series

    def test_our_event_that_a_person_repeats_is_still_ours(self, backend: Exchange, double: Double) -> None:
        created = backend.create(OLENA, an_event())
        double.mailboxes[OLENA].items[created.remote_id].days = 2
        found = listing(backend, OLENA)
        assert {(e.uid, e.series) for e in found.events} == {(created.uid, created.remote_id)}

    def test_a_window_that_drifts_for_days_is_listed_again(self, backend: Exchange, hand: EwsHand) -> None:
        token = listing(backend, OLENA).token
        drifted = [Interval(start=WINDOW.start + n * HOUR, end=WINDOW.end + n * HOUR) for n in (20, 40)]
        token = backend.changes(OLENA, token, drifted[0]).token
        with pytest.raises(TokenLost):
            backend.changes(OLENA, token, drifted[1])


class TestOrganisation(WithExchange):
    def test_busy_time_of_many_over_long(self, backend: Exchange, double: Double, hand: EwsHand) -> None:
        many = [f"p{n}@example.com" for n in range(130)]
        for address in many:
            double.add_mailbox(address)
        hand.add(many[-1], START, START + HOUR, subject="x", availability=Availability.ELSEWHERE)
        hand.add(many[-1], START + 59 * DAY, START + 61 * DAY, subject="x", availability=Availability.TENTATIVE)
        window = Interval(start=START - DAY, end=START + 150 * DAY)
        busy = backend.busy([*many, "nobody@example.com"], window)
        assert set(busy) == set(many)
        assert [b.availability for b in busy[many[-1]]] == [Availability.ELSEWHERE, Availability.TENTATIVE]

    def test_rooms_come_from_the_room_lists(self, backend: Exchange, double: Double) -> None:
        lab = "lab@example.com"
        double.room_lists = {"kyiv@example.com": [HALL, lab], "all@example.com": [HALL]}
        assert [(room.address, room.name) for room in backend.rooms()] == [(HALL, "Hall"), (lab, "Lab")]
