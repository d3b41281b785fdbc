"""Feeds: the contract, the bytes, the secret addresses, the conditional answers."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import icalendar
import pytest
import recurring_ical_events

from scheduler.sync.backends.ics import Entry, Feed, Feeds, issue, serve, team
from scheduler.sync.event import EventStatus
from tests.sync.backends.contract import START, BackendContract, an_event, cancelled
from tests.sync.backends.hand import Hand

NOW = datetime(2027, 3, 1, 8, tzinfo=UTC)
OLENA = "olena@example.com"


class Clock:
    """Moves on a second each time it is read."""

    def __init__(self) -> None:
        self.time = NOW

    def __call__(self) -> datetime:
        self.time += timedelta(seconds=1)
        return self.time


class TestFeeds(BackendContract):
    @pytest.fixture
    def backend(self, tmp_path: Path) -> Feeds:
        return Feeds(tmp_path, Clock())

    @pytest.fixture
    def hand(self) -> Iterator[Hand]:
        pytest.skip("people can't change a feed")
        yield

    @pytest.fixture
    def mailbox(self) -> str:
        return OLENA

    @pytest.fixture
    def attendee(self) -> str:
        return "taras@example.com"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def feeds(tmp_path: Path, clock: Clock) -> Feeds:
    return Feeds(tmp_path, clock)


def components(feed: Feed) -> list[Any]:
    return list(icalendar.Calendar.from_ical(feed.data).walk("VEVENT"))


def test_a_feed_is_what_programs_expect(feeds: Feeds) -> None:
    feeds.create(OLENA, an_event(organizer="boss@example.com", attendees=(OLENA,), rooms=("hall@example.com",)))
    data = feeds.feed(OLENA, "Olena\r\nMETHOD:CANCEL").data
    lines = data.decode().split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR" and lines[-2:] == ["END:VCALENDAR", ""]
    assert data.count(b"\n") == data.count(b"\r\n") and max(map(len, data.split(b"\r\n"))) <= 75
    assert {"REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-PUBLISHED-TTL:PT1H", "VERSION:2.0"} <= set(lines)
    assert "X-WR-CALNAME:Olena METHOD:CANCEL" in lines
    assert not [line for line in lines if line.startswith(("METHOD", "ATTENDEE", "ORGANIZER"))]
    (found,) = recurring_ical_events.of(icalendar.Calendar.from_ical(data)).at(START.date())
    assert found["DTSTART"].dt == START


def test_what_is_cancelled_stays_for_thirty_days(feeds: Feeds, clock: Clock) -> None:
    made = feeds.create(OLENA, an_event())
    feeds.delete(OLENA, made.remote_id, made.version, cancelled(an_event()))
    (there,) = components(feeds.feed(OLENA, "Olena"))
    assert (str(there["STATUS"]), there["SEQUENCE"]) == ("CANCELLED", 1)
    clock.time += timedelta(days=29)
    assert len(components(feeds.feed(OLENA, "Olena"))) == 1
    clock.time += timedelta(days=1)
    assert components(feeds.feed(OLENA, "Olena")) == []


def test_sequence_never_falls(feeds: Feeds) -> None:
    made = feeds.create(OLENA, an_event(sequence=4))
    feeds.delete(OLENA, made.remote_id, made.version, cancelled(an_event(sequence=4)))
    feeds.create(OLENA, an_event())
    (there,) = components(feeds.feed(OLENA, "Olena"))
    assert (str(there["STATUS"]), there["SEQUENCE"]) == ("CONFIRMED", 6)


def test_a_write_that_dies_leaves_the_old_feed(feeds: Feeds, monkeypatch: pytest.MonkeyPatch) -> None:
    feeds.create(OLENA, an_event())
    before = feeds.entries(OLENA)

    def die(*given: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("os.replace", die)
    with pytest.raises(KeyboardInterrupt):
        feeds.create(OLENA, an_event("u2@fieldplan"))
    assert feeds.entries(OLENA) == before


def test_a_team_sees_who_goes_where() -> None:
    entry = Entry(event=an_event(summary="Lift"), changed=NOW)
    other = Entry(event=an_event("u2@fieldplan", summary="Lift"), changed=NOW)
    feed = Feed("Kyiv", team({"Olena": [entry], "Taras": [other]}))
    assert [str(e["SUMMARY"]) for e in components(feed)] == ["Olena: Lift", "Taras: Lift"]


class TestServing:
    feed = Feed("Ключ / Olena", (Entry(event=an_event(), changed=NOW),))

    def test_whoever_has_it_gets_nothing_again(self) -> None:
        first = serve(self.feed)
        assert first.status == 200 and first.body == self.feed.data
        assert first.headers["Content-Type"] == "text/calendar; charset=utf-8"
        assert first.headers["Content-Disposition"] == 'inline; filename="Olena.ics"'
        assert "private" in first.headers["Cache-Control"]
        tag = first.headers["ETag"]
        for given in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            again = serve(self.feed, if_none_match=given)
            assert (again.status, again.body, again.headers["ETag"]) == (304, b"", tag)

    def test_any_change_is_another_tag(self) -> None:
        seen = {self.feed.etag}
        for entries in ((), (Entry(event=an_event(sequence=1), changed=NOW),)):
            seen.add(Feed(self.feed.name, entries).etag)
        seen.add(Feed("other", self.feed.entries).etag)
        assert len(seen) == 4
        assert Feed(self.feed.name, self.feed.entries).etag == self.feed.etag

    def test_dates_count_where_no_tag_is_given(self) -> None:
        at, before = format_datetime(NOW, usegmt=True), format_datetime(NOW - timedelta(seconds=1), usegmt=True)
        assert serve(self.feed, if_modified_since=at).status == 304
        assert serve(self.feed, if_modified_since=before).status == 200
        assert serve(self.feed, if_none_match='"old"', if_modified_since=at).status == 200
        assert serve(self.feed, if_modified_since="no date").status == 200


class TestGrants:
    def test_a_token_opens_its_feed_until_it_is_revoked(self) -> None:
        token, grant = issue(OLENA, NOW)
        assert len(token) >= 43 and token not in grant.model_dump_json()
        assert grant.opens(token) and not grant.opens("") and not grant.opens(token[:-1])
        assert not grant.revoke(NOW).opens(token)
        assert grant.revoke(NOW).revoke(NOW + timedelta(days=1)).revoked == NOW

    def test_no_two_are_alike(self) -> None:
        assert len({issue(OLENA, NOW)[0] for _ in range(100)}) == 100


def test_tentative_events_show_as_such() -> None:
    feed = Feed("x", (Entry(event=an_event(status=EventStatus.TENTATIVE), changed=NOW),))
    assert str(components(feed)[0]["STATUS"]) == "TENTATIVE"
