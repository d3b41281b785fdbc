"""What we write is read by others as the same moments, and what others write is read by us as they read it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar
import pytest

from scheduler.sync import ical
from scheduler.sync.backends.ics.feed import Entry, Feed
from scheduler.sync.backends.itip.mail import calendar as invitation
from scheduler.sync.event import Event
from tests.sync.readers.readers import READERS, Reader

pytestmark = pytest.mark.slow

YEAR = 2027
ZONES = ("Europe/Berlin", "Europe/Kyiv", "America/New_York", "Australia/Lord_Howe", "America/Santiago")
"""Both hemispheres, and a clock that is changed by half an hour."""

HOUR = timedelta(hours=1)
NEAR = timedelta(hours=48)
STEP = timedelta(minutes=30)
WRITTEN = datetime(YEAR, 1, 1, tzinfo=UTC)


@cache
def changes(zone: str) -> list[datetime]:
    """The moments of the year at which the zone's clocks are changed."""
    there, first = ZoneInfo(zone), datetime(YEAR, 1, 1, tzinfo=UTC)
    moments = [first + n * STEP for n in range(366 * 48)]
    offsets = [moment.astimezone(there).utcoffset() for moment in moments]
    return [m for m, before, after in zip(moments[1:], offsets, offsets[1:], strict=False) if before != after]


def near(zone: str) -> Iterator[datetime]:
    for change in changes(zone):
        yield from (change + n * STEP for n in range(-int(NEAR / STEP), int(NEAR / STEP) + 1))


@cache
def events(zone: str) -> list[Event]:
    """Invitations with all that they may hold."""
    return [
        Event(
            uid=f"{n}@fieldplan",
            summary="Lift; gate, Ключ",
            description="Ring twice.\nBring: a ladder",
            start=moment,
            end=moment + HOUR,
            organizer="dispatch@example.com",
            attendees=("olena@example.com",),
            rooms=("hall@example.com",),
            reminder=STEP,
        )
        for n, moment in enumerate(near(zone))
    ]


@cache
def invitations(zone: str) -> bytes:
    """Each as it is mailed, laid into one file, so that a reader is started once."""
    first, *others = (icalendar.Calendar.from_ical(invitation(event, "REQUEST", WRITTEN)) for event in events(zone))
    for mailed in others:
        first.add_component(mailed.events[0])
    return bytes(first.to_ical())


@pytest.fixture(params=READERS)
def reader(request: pytest.FixtureRequest) -> Reader:
    return READERS[request.param]


@pytest.mark.parametrize("zone", ZONES)
def test_clocks_are_changed_twice(zone: str) -> None:
    assert len(changes(zone)) == 2 and len(list(near(zone))) == 2 * 193


@pytest.mark.parametrize("zone", ZONES)
def test_feeds_are_read_as_we_meant_them(reader: Reader, zone: str, tmp_path: Path) -> None:
    feed = Feed("Олена", tuple(Entry(event=event, changed=WRITTEN) for event in events(zone)))
    assert reader(feed.data, tmp_path) == {event.uid: (event.start, event.end) for event in events(zone)}


@pytest.mark.parametrize("zone", ZONES)
def test_invitations_are_read_as_we_meant_them(reader: Reader, zone: str, tmp_path: Path) -> None:
    assert reader(invitations(zone), tmp_path) == {event.uid: (event.start, event.end) for event in events(zone)}


@pytest.mark.parametrize("zone", ZONES)
def test_local_times_of_others_are_read_by_us_as_by_them(reader: Reader, zone: str, tmp_path: Path) -> None:
    """Wall clock times with their zone's rules, as calendars send them; without those that come twice or never."""
    given = calendar(zone)
    ours = {event.uid: (event.start, event.end) for event in ical.read(given)}
    assert ours == {str(n): (m, m + HOUR) for n, m in enumerate(plain_moments(zone))}
    assert reader(given, tmp_path) == ours


@pytest.mark.parametrize("zone", ZONES)
def test_days_stay_the_days_they_are(reader: Reader, zone: str, tmp_path: Path) -> None:
    days = sorted({moment.astimezone(ZoneInfo(zone)).date() for moment in near(zone)})
    given = all_day(days)
    assert reader(given, tmp_path) == {str(n): (day, day + timedelta(days=1)) for n, day in enumerate(days)}
    for event, day in zip(ical.read(given, zone=zone), days, strict=True):
        there = [moment.astimezone(ZoneInfo(zone)) for moment in (event.start, event.end)]
        assert [moment.date() for moment in there] == [day, day + timedelta(days=1)]


def plain_moments(zone: str) -> list[datetime]:
    """Those whose wall clock time says by itself which moment is meant, at the start and at the end."""
    there = ZoneInfo(zone)

    def plain(moment: datetime) -> bool:
        local = moment.astimezone(there)
        return local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset()

    return [m for m in near(zone) if plain(m) and plain(m + HOUR)]


@cache
def calendar(zone: str) -> bytes:
    made = _empty()
    made.add_component(ruled(zone))
    for n, moment in enumerate(plain_moments(zone)):
        event = icalendar.Event(uid=str(n))
        event.add("dtstamp", WRITTEN)
        for name, at in (("dtstart", moment), ("dtend", moment + HOUR)):
            event.add(name, at.astimezone(ZoneInfo(zone)))
        made.add_component(event)
    return bytes(made.to_ical())


def ruled(zone: str) -> icalendar.Timezone:
    """The zone with a rule for each of its two changes in the year."""
    made = icalendar.Timezone()
    made.add("tzid", zone)
    there = ZoneInfo(zone)
    for change in changes(zone):
        before, after = (change - STEP).astimezone(there), change.astimezone(there)
        from_offset, to_offset = before.utcoffset(), after.utcoffset()
        assert from_offset is not None and to_offset is not None
        local = (change + from_offset).replace(tzinfo=None)
        part = icalendar.TimezoneDaylight() if after.dst() else icalendar.TimezoneStandard()
        part.add("dtstart", _same_day_of_rule(local, YEAR - 2))
        part.add("rrule", {"freq": "yearly", "bymonth": local.month, "byday": _nth(local)})
        part.add("tzoffsetfrom", from_offset)
        part.add("tzoffsetto", to_offset)
        made.add_component(part)
    return made


def _nth(local: datetime) -> str:
    """`-1SU`, `2SU`: which weekday of its month it is."""
    last = (local + timedelta(days=7)).month != local.month
    return f"{-1 if last else (local.day - 1) // 7 + 1}{['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'][local.weekday()]}"


def _same_day_of_rule(local: datetime, year: int) -> datetime:
    days = [date(year, local.month, 1) + timedelta(days=n) for n in range(31)]
    fits = (d for d in days if d.month == local.month and _nth(datetime.combine(d, local.time())) == _nth(local))
    return datetime.combine(next(fits), local.time())


def all_day(days: list[date]) -> bytes:
    made = _empty()
    for n, day in enumerate(days):
        event = icalendar.Event(uid=str(n))
        event.add("dtstamp", WRITTEN)
        event.add("dtstart", day)
        event.add("dtend", day + timedelta(days=1))
        made.add_component(event)
    return bytes(made.to_ical())


def _empty() -> icalendar.Calendar:
    made = icalendar.Calendar()
    made.add("prodid", "-//others//EN")
    made.add("version", "2.0")
    return made
