"""Set algebra of intervals against brute force over minutes."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from scheduler.domain.interval import Interval, Intervals, intersect, subtract, total, union

ORIGIN = datetime(2026, 1, 5, tzinfo=UTC)


def between(start: int, end: int) -> Interval:
    return Interval(start=ORIGIN + timedelta(minutes=start), end=ORIGIN + timedelta(minutes=end))


def minutes_of(intervals: Intervals | list[Interval]) -> set[int]:
    edges = [((i.start - ORIGIN) // timedelta(minutes=1), (i.end - ORIGIN) // timedelta(minutes=1)) for i in intervals]
    return {minute for start, end in edges for minute in range(start, end)}


lists = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 12)).map(lambda pair: between(pair[0], pair[0] + pair[1])), max_size=6
)


def assert_tidy(intervals: Intervals) -> None:
    """Ascending, disjoint and not touching."""
    assert all(a.end < b.start for a, b in pairwise(intervals))


@given(lists)
def test_union_holds_the_same_minutes(pieces: list[Interval]) -> None:
    assert minutes_of(union(pieces)) == minutes_of(pieces)
    assert_tidy(union(pieces))


@given(lists, lists)
def test_intersection_holds_the_minutes_in_both(left: list[Interval], right: list[Interval]) -> None:
    found = intersect(left, right)
    assert minutes_of(found) == minutes_of(left) & minutes_of(right)
    assert_tidy(found)


@given(lists, lists)
def test_subtraction_leaves_the_minutes_of_the_left_alone(left: list[Interval], right: list[Interval]) -> None:
    found = subtract(left, right)
    assert minutes_of(found) == minutes_of(left) - minutes_of(right)
    assert_tidy(found)


@given(lists)
def test_total_counts_each_minute_once(pieces: list[Interval]) -> None:
    assert total(pieces) == timedelta(minutes=len(minutes_of(pieces)))


@pytest.mark.parametrize("end", [10, 9])
def test_an_interval_is_never_empty(end: int) -> None:
    with pytest.raises(ValidationError, match="not after its start"):
        between(10, end)


def test_contains_includes_both_ends_and_overlaps_does_not() -> None:
    hour = between(0, 60)
    assert hour.contains(hour.start, hour.end)
    assert not hour.overlaps(hour.end, hour.end + timedelta(minutes=1))
    assert hour.overlaps(hour.end - timedelta(minutes=1), hour.end)


def test_moments_are_kept_in_utc() -> None:
    given = Interval.model_validate({"start": "2026-03-29T00:00:00+02:00", "end": "2026-03-30T00:00:00+03:00"})
    assert given.length == timedelta(hours=23)
    assert given.start.tzinfo is UTC


def test_a_moment_without_an_offset_is_refused() -> None:
    with pytest.raises(ValidationError, match="timezone"):
        Interval.model_validate({"start": "2026-03-29T00:00:00", "end": "2026-03-30T00:00:00Z"})
