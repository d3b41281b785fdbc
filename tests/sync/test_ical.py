"""Event <-> VEVENT, and what other programs write."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
from hypothesis import given
from hypothesis import strategies as st

from scheduler.sync import ical
from scheduler.sync.event import Event, EventStatus

START = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
STAMP = datetime(2026, 3, 1, tzinfo=UTC)
FULL = Event(
    uid="1@fieldplan",
    summary='Lift; crane, \\ "gate"\nBEGIN:VEVENT',
    start=START,
    end=START + timedelta(hours=2),
    location="вул. Хрещатик 22, Київ",
    geo=(50.448, 30.522),
    description="Ring twice\nContact: Ms Bilyk; +380 1 " + "x" * 200,
    url="https://example.com/1",
    categories=("repair", "a,b"),
    status=EventStatus.TENTATIVE,
    sequence=3,
    reminder=timedelta(minutes=30),
    organizer="office@example.com",
    attendees=("a@example.com", "b@example.com"),
    rooms=("hall@example.com",),
)

TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\u2028\u2029"), max_size=60)


def calendar(*lines: str) -> str:
    body = "\r\n".join(("BEGIN:VEVENT", *lines, "END:VEVENT"))
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{body}\r\nEND:VCALENDAR\r\n"


def test_a_full_event_comes_back() -> None:
    assert ical.read(ical.write([FULL], stamp=STAMP)) == (FULL,)


@given(summary=TEXT, description=TEXT, location=TEXT, categories=st.lists(TEXT.filter(bool), max_size=3))
def test_any_text_comes_back(summary: str, description: str, location: str, categories: list[str]) -> None:
    event = FULL.model_copy(
        update={"summary": summary, "description": description, "location": location, "categories": tuple(categories)}
    )
    assert ical.read(ical.write([event], stamp=STAMP)) == (event,)


def test_single_events_are_written_in_utc_and_text_cannot_add_lines() -> None:
    written = ical.write([FULL], name="Olena", stamp=STAMP).decode()
    assert "DTSTART:20260329T003000Z" in written and "VTIMEZONE" not in written
    assert written.count("\r\nBEGIN:VEVENT") == 1
    assert all(len(line.encode()) <= 75 for line in written.split("\r\n"))
    assert written == ical.write([FULL], name="Olena", stamp=STAMP).decode()


def test_control_characters_cannot_break_out() -> None:
    bad = "x\r\nATTENDEE:mailto:evil@example.com\x00\x1b"
    event = FULL.model_copy(
        update={
            "uid": bad,
            "summary": bad,
            "url": "https://e.com/" + bad,
            "organizer": bad,
            "location": bad,
            "categories": (bad,),
            "attendees": (),
            "rooms": (),
        }
    )
    written = ical.write([event], name=bad, stamp=STAMP).decode()
    assert "\r\nATTENDEE" not in written and "\x00" not in written and "\x1b" not in written
    assert len(ical.read(written)) == 1


def test_another_reader_sees_the_same_moments() -> None:
    parsed = icalendar.Calendar.from_ical(ical.write([FULL], stamp=STAMP))
    (seen,) = recurring_ical_events.of(parsed).at(2026)
    assert (seen.start, seen.end) == (FULL.start, FULL.end)


def test_a_clock_change_and_a_local_zone_are_read_right() -> None:
    given = calendar("UID:1", "DTSTART;TZID=Europe/Kyiv:20260329T020000", "DTEND;TZID=Europe/Kyiv:20260329T050000")
    (event,) = ical.read(given)
    assert event.end - event.start == timedelta(hours=2)


def test_a_windows_zone_name_is_understood() -> None:
    given = calendar("UID:1", "DTSTART;TZID=FLE Standard Time:20260323T090000", "DURATION:PT1H")
    (event,) = ical.read(given)
    assert event.start == datetime(2026, 3, 23, 7, tzinfo=UTC)


def test_a_whole_day_and_floating_times_are_read_in_the_given_zone() -> None:
    (day,) = ical.read(calendar("UID:1", "DTSTART;VALUE=DATE:20260329"), zone="Europe/Kyiv")
    assert day.start == datetime(2026, 3, 29, tzinfo=ZoneInfo("Europe/Kyiv"))
    assert day.end - day.start == timedelta(hours=23)
    (floating,) = ical.read(calendar("UID:1", "DTSTART:20260323T090000", "DTEND:20260323T100000"), zone="Europe/Kyiv")
    assert floating.start == datetime(2026, 3, 23, 7, tzinfo=UTC)


def test_what_may_be_missing_has_a_default() -> None:
    (event,) = ical.read(calendar("UID:1", "DTSTART:20260323T090000Z", "STATUS:ODD"))
    assert (event.sequence, event.status, event.end) == (0, EventStatus.CONFIRMED, event.start)
    assert event.reminder is None and event.geo is None


@pytest.mark.parametrize(
    "lines",
    [
        ("DTSTART:20260323T090000Z",),
        ("UID:1",),
        ("UID:1", "DTSTART:20260323T090000Z", "RRULE:FREQ=DAILY"),
    ],
)
def test_what_is_no_single_event_is_refused(lines: tuple[str, ...]) -> None:
    with pytest.raises(ValueError):
        ical.read(calendar(*lines))


def test_text_that_is_no_calendar_is_refused() -> None:
    with pytest.raises(ValueError):
        ical.read("hello")
