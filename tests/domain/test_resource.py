"""Hours on the wall become true moments: clock changes, night shifts, breaks, skills that expire."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from scheduler.domain.interval import Interval
from scheduler.domain.resource import LocalSpan, Skill, WorkingHours, at_local
from tests.builders import DAY, absence, hours, local, minutes, moment, pause, room, span, technician

ONE_DAY = timedelta(days=1)

# zone, day of the change, how much longer the day is in minutes
CHANGES = [
    ("Europe/Kyiv", date(2026, 3, 29), -60),
    ("Europe/Kyiv", date(2026, 10, 25), 60),
    ("Europe/Berlin", date(2026, 3, 29), -60),
    ("Europe/Berlin", date(2026, 10, 25), 60),
    ("America/New_York", date(2026, 3, 8), -60),
    ("America/New_York", date(2026, 11, 1), 60),
    ("Australia/Lord_Howe", date(2026, 4, 5), 30),
    ("Australia/Lord_Howe", date(2026, 10, 4), -30),
    ("Pacific/Auckland", date(2026, 4, 5), 60),
    ("Pacific/Auckland", date(2026, 9, 27), -60),
]
ZONES = sorted({zone for zone, _, _ in CHANGES})


def length(start: str, end: str, day: date, zone: str) -> timedelta:
    found = local(start, end).on(day, zone)
    return found.length if found else timedelta(0)


@pytest.mark.parametrize(("zone", "day", "longer"), CHANGES)
class TestClockChanges:
    def test_a_night_shift_has_its_true_length(self, zone: str, day: date, longer: int) -> None:
        assert length("22:00", "06:00", day - ONE_DAY, zone) == timedelta(hours=8, minutes=longer)

    def test_a_whole_day_has_its_true_length(self, zone: str, day: date, longer: int) -> None:
        assert length("00:00", "00:00", day, zone) == timedelta(hours=24, minutes=longer)

    def test_a_day_shift_is_as_long_as_ever(self, zone: str, day: date, longer: int) -> None:
        assert length("08:00", "17:00", day, zone) == timedelta(hours=9)
        assert length("08:00", "17:00", day - ONE_DAY, zone) == timedelta(hours=9)

    def test_a_day_shift_begins_at_eight_on_the_wall(self, zone: str, day: date, longer: int) -> None:
        begin = local("08:00", "17:00").on(day, zone)
        assert begin and begin.start.astimezone(ZoneInfo(zone)).time() == time(8)

    def test_minutes_of_the_day_partition_its_moments(self, zone: str, day: date, longer: int) -> None:
        """Neighbouring spans never overlap, and their lengths add up to the day's."""
        clocks = [time(hour, minute) for hour in range(24) for minute in (0, 15, 30, 45)]
        moments = [at_local(day, clock, zone) for clock in clocks] + [at_local(day + ONE_DAY, time(0), zone)]
        assert moments == sorted(moments)
        assert moments[-1] - moments[0] == timedelta(hours=24, minutes=longer)


def test_a_skipped_time_means_the_moment_of_the_change() -> None:
    change = datetime(2026, 3, 29, 1, tzinfo=UTC)  # 03:00 becomes 04:00 in Kyiv
    assert at_local(date(2026, 3, 29), time(3), "Europe/Kyiv") == change
    assert at_local(date(2026, 3, 29), time(3, 59, 59), "Europe/Kyiv") == change
    assert at_local(date(2026, 3, 29), time(4), "Europe/Kyiv") == change


def test_a_span_that_begins_in_the_gap_begins_at_the_change() -> None:
    assert length("03:30", "04:10", date(2026, 3, 29), "Europe/Kyiv") == minutes(10)


def test_a_span_inside_the_gap_is_swallowed() -> None:
    assert local("03:00", "04:00").on(date(2026, 3, 29), "Europe/Kyiv") is None


def test_of_a_time_that_comes_twice_the_first_counts() -> None:
    assert at_local(date(2026, 10, 25), time(3, 30), "Europe/Kyiv") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_half_hours_of_offset() -> None:
    assert at_local(date(2026, 1, 5), time(8), "Asia/Kolkata") == datetime(2026, 1, 5, 2, 30, tzinfo=UTC)


def test_the_friday_that_samoa_skipped_has_no_hours() -> None:
    """Thursday the 29th of December 2011 was followed by Saturday the 31st."""
    apia = hours(zone="Pacific/Apia")
    assert apia.on(date(2011, 12, 30)) == ()
    thursday, saturday = apia.on(date(2011, 12, 29))[0], apia.on(date(2011, 12, 31))[0]
    assert saturday.start - thursday.start == timedelta(hours=24)
    week = Interval(start=datetime(2011, 12, 28, tzinfo=UTC), end=datetime(2012, 1, 3, tzinfo=UTC))
    assert date(2011, 12, 30) not in apia.days(week)


@given(st.sampled_from(ZONES), st.dates(date(2025, 1, 1), date(2027, 12, 31)), st.times(), st.times())
def test_later_times_never_mean_earlier_moments(zone: str, day: date, one: time, other: time) -> None:
    early, late = sorted((one, other))
    assert at_local(day, early, zone) <= at_local(day, late, zone) <= at_local(day + ONE_DAY, time(0), zone)


class TestWorkingHours:
    def test_a_night_shift_belongs_to_the_day_it_begins_on(self) -> None:
        night = hours("22:00", "06:00")
        assert night.on(DAY) == (Interval(start=moment("22:00"), end=moment("06:00", 1)),)

    def test_a_night_shift_that_began_before_the_horizon_is_cut_to_it(self) -> None:
        days = hours("22:00", "06:00").days(Interval(start=moment("00:00"), end=moment("00:00", 1)))
        assert days == {
            DAY - ONE_DAY: (span("00:00", "06:00"),),
            DAY: (Interval(start=moment("22:00"), end=moment("00:00", 1)),),
        }

    def test_an_exception_replaces_the_weekly_hours(self) -> None:
        weekly = {0: (local("08:00", "17:00"),)}
        given = WorkingHours(time_zone="Europe/Kyiv", weekly=weekly, exceptions={DAY: (local("10:00", "12:00"),)})
        assert given.on(DAY) == (span("10:00", "12:00"),)
        assert given.on(DAY + ONE_DAY) == ()

    def test_an_empty_exception_is_a_day_off(self) -> None:
        assert hours().model_copy(update={"exceptions": {DAY: ()}}).on(DAY) == ()

    def test_shifts_add_to_the_weekly_hours(self) -> None:
        given = WorkingHours(
            time_zone="Europe/Kyiv", weekly={0: (local("08:00", "12:00"),)}, shifts=(span("14:00", "18:00"),)
        )
        assert given.on(DAY) == (span("08:00", "12:00"), span("14:00", "18:00"))

    def test_a_shift_of_several_days_counts_from_its_first(self) -> None:
        long = Interval(start=moment("08:00", -5), end=moment("12:00", 1))
        given = WorkingHours(time_zone="Europe/Kyiv", shifts=(long,))
        today = Interval(start=moment("00:00"), end=moment("00:00", 1))
        assert given.days(today) == {DAY - 5 * ONE_DAY: (today,)}

    def test_an_unknown_zone_is_refused(self) -> None:
        with pytest.raises(ValidationError, match="IANA"):
            WorkingHours(time_zone="Europe/Atlantis")

    def test_a_local_time_has_no_offset(self) -> None:
        with pytest.raises(ValidationError, match="leave its offset out"):
            LocalSpan.model_validate({"start": "08:00+02:00", "end": "17:00"})


class TestBreak:
    def test_it_is_due_on_a_day_that_holds_its_window(self) -> None:
        assert pause(30, "12:00", "14:00").on(DAY, hours()) == span("12:00", "14:00")

    def test_it_is_not_due_on_a_day_that_does_not(self) -> None:
        assert pause(30, "12:00", "14:00").on(DAY, hours("08:00", "13:00")) is None

    def test_in_a_night_shift_it_is_on_the_next_date(self) -> None:
        assert pause(30, "02:00", "03:00").on(DAY, hours("22:00", "06:00")) == span("02:00", "03:00", day=1)

    def test_it_is_not_due_where_a_clock_change_leaves_too_little(self) -> None:
        night = hours("22:00", "06:00")
        assert pause(30, "02:45", "03:45").on(date(2026, 3, 28), night) is None
        assert pause(10, "02:45", "03:45").on(date(2026, 3, 28), night) is not None


def test_a_skill_counts_on_the_day_it_expires_and_not_after() -> None:
    person = technician("t").model_copy(
        update={"skills": (Skill(skill="gas", level=2, expires=DAY), Skill(skill="gas"))}
    )
    assert [person.level("gas", DAY), person.level("gas", DAY + ONE_DAY), person.level("water", DAY)] == [2, 1, 0]


def test_a_room_is_open_without_its_absences() -> None:
    today = Interval(start=moment("00:00"), end=moment("00:00", 1))
    assert room("r", absences=(absence("10:00", "11:00"),)).open(today) == (
        span("08:00", "10:00"),
        span("11:00", "17:00"),
    )
