"""One quiet message: what changed and why, small shifts and nights left out."""

from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from scheduler.domain.interval import Interval
from scheduler.domain.resource import LocalSpan
from scheduler.sync.content.people import Person
from scheduler.sync.event import EventKey
from scheduler.sync.link import Link, LinkState
from scheduler.sync.notice.changes import Quiet
from scheduler.sync.notice.telling import Message, inform, mail
from scheduler.sync.store.sqlite import SqliteStore
from tests.sync.office import DAY, HOUR, NOW, an_event, key

OLENA = Person("olena", "office", "olena@example.com")
NINE = NOW + DAY + 3 * HOUR
NIGHT = Quiet(night=LocalSpan(start=time(20), end=time(7)), time_zone="UTC")


def live(activity: str, start: datetime, why: str = "", part: str = "", **more: object) -> Link:
    event, name = an_event(activity, start, **more), key(activity)._replace(part=part)
    about = {"connection": "office", "mailbox": OLENA.address, "key": EventKey(*name), "uid": event.uid}
    return Link.model_validate({**about, "state": LinkState.LIVE, "event": event, "why": why})


class Desk:
    def __init__(self, store: SqliteStore) -> None:
        self.store, self.sent = store, list[Message]()

    def inform(self, *links: Link, quiet: Quiet | None = None, now: datetime = NOW, person: Person = OLENA) -> str:
        inform(self.store, person, links, quiet or Quiet(), now, self.sent.append)
        return self.sent.pop().text if self.sent else ""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(SqliteStore(tmp_path / "s.db"))


def test_a_message_says_what_changed_and_why_once(desk: Desk) -> None:
    first = desk.inform(live("a", NINE), live("b", NINE + HOUR), live("a", NINE - HOUR, part="travel"))
    assert first.splitlines()[2:] == [
        "New: Lift a, 2027-03-16 09:00-10:00, Kyiv",
        "New: Lift b, 2027-03-16 10:00-11:00, Kyiv",
    ]
    after = (live("a", NINE + HOUR, why="Taras is ill"), live("c", NINE + 2 * HOUR))
    said = desk.inform(*after)
    assert said.splitlines()[2:] == [
        "Moved: Lift a, 2027-03-16 10:00-11:00, Kyiv (was 2027-03-16 09:00-10:00)",
        "  Why: Taras is ill",
        "No longer yours: Lift b, 2027-03-16 10:00-11:00, Kyiv",
        "New: Lift c, 2027-03-16 11:00-12:00, Kyiv",
    ]
    assert desk.inform(*after) == ""


def test_small_shifts_add_up_until_they_matter(desk: Desk) -> None:
    desk.inform(live("a", NINE))
    assert desk.inform(live("a", NINE + timedelta(minutes=10))) == ""
    assert "(was 2027-03-16 09:00-10:00)" in desk.inform(live("a", NINE + timedelta(minutes=20)))


def test_another_place_is_told_and_the_past_is_not(desk: Desk) -> None:
    desk.inform(live("a", NINE))
    assert "Changed: Lift a" in desk.inform(live("a", NINE, location="Lviv"))
    assert desk.inform(now=NINE + 2 * HOUR) == ""
    assert desk.inform(live("b", NOW - 2 * HOUR)) == ""


def test_nights_are_quiet_unless_it_is_urgent(desk: Desk) -> None:
    midnight = NOW + DAY - 6 * HOUR
    late = live("a", NINE + DAY)
    assert desk.inform(late, quiet=NIGHT, now=midnight) == ""
    both = (late, live("b", NINE + 2 * DAY))
    assert desk.inform(*both, quiet=NIGHT, now=midnight + 7 * HOUR).count("New:") == 2, "one message for both"
    soon = live("c", midnight + 7 * HOUR)
    assert "Lift c" in desk.inform(*both, soon, quiet=NIGHT, now=midnight + HOUR)


def test_the_message_speaks_the_persons_language_and_escapes(desk: Desk) -> None:
    sent: list[Message] = []
    person = Person("taras", "office", "taras@example.com", "uk")
    links = [live("a", NINE, summary="<b>Lift</b>\r\nBcc: all@example.com")]
    inform(desk.store, person, links, Quiet(), NOW, sent.append)
    assert "Нове: <b>Lift</b>" in sent[0].text and "&lt;b&gt;Lift" in sent[0].html
    made = mail(sent[0], "plan@example.com")
    assert made["To"] == "taras@example.com" and made["Bcc"] is None and made["Message-ID"] == sent[0].id
    assert [part.get_content_type() for part in made.iter_parts()] == ["text/plain", "text/html"]


def test_a_crash_before_it_is_remembered_sends_the_same_message(desk: Desk) -> None:
    def crash(message: Message) -> None:
        desk.sent.append(message)
        raise ConnectionError

    with pytest.raises(ConnectionError):
        inform(desk.store, OLENA, [live("a", NINE)], Quiet(), NOW, crash)
    inform(desk.store, OLENA, [live("a", NINE)], Quiet(), NOW, desk.sent.append)
    assert desk.sent[0] == desk.sent[1]


def test_who_moved_an_event_is_told_why_it_was_put_back(desk: Desk) -> None:
    desk.inform(live("a", NINE))
    wished = Interval(start=NINE + HOUR, end=NINE + 2 * HOUR)
    back = live("a", NINE, why="a must not be then", sequence=1).but(wished=wished)
    assert desk.inform(back).splitlines()[2:] == [
        "Put back: Lift a, 2027-03-16 09:00-10:00, Kyiv (was 2027-03-16 10:00-11:00)",
        "  Why: a must not be then",
    ]
    assert desk.inform(back) == ""
