"""Bookings keep their identity when they move; a plan can be looked into, copied and pickled."""

import copy
import pickle

import pytest
from pydantic import ValidationError

from scheduler.domain.plan import BookingKey, Plan, Score
from tests.builders import booking, moment, plan, route

WORK = plan(
    booking("b", "t1", "11:00"),
    booking("a", "t1", "09:00"),
    booking("a", "t2", "09:00", minutes=90, ordinal=1),
    routes=[route("t1", "08:30", "12:30", "a", "b")],
)


def test_a_booking_is_known_by_what_it_is_for() -> None:
    moved = booking("a", "t2", "15:00", minutes=30)
    assert moved.key == booking("a", "t1", "09:00").key == BookingKey("a", "technician", 0) == ("a", "technician", 0)
    assert str(moved.key) == "a/technician/0"
    assert moved.key != booking("a", "t2", "15:00", ordinal=1).key


def test_bookings_are_found_in_the_order_of_their_start() -> None:
    assert [b.activity for b in WORK.by_resource["t1"]] == ["a", "b"]
    assert [b.ordinal for b in WORK.by_activity["a"]] == [0, 1]
    assert WORK.by_key[BookingKey("a", "technician", 1)].resource == "t2"
    assert WORK.span("a") == (moment("09:00"), moment("10:30"))
    assert WORK.span("c") is None


def test_what_was_looked_up_neither_changes_nor_hinders_copies() -> None:
    assert WORK.by_key
    with pytest.raises(TypeError):
        WORK.by_key.clear()  # type: ignore[attr-defined]
    assert pickle.loads(pickle.dumps(WORK)) == WORK == copy.deepcopy(WORK)


def test_it_survives_json_with_its_keys() -> None:
    again = Plan.model_validate_json(WORK.model_dump_json())
    assert again == WORK
    assert again.routes[0].bookings[0] == BookingKey("a", "technician")
    assert isinstance(again.routes[0].bookings[0], BookingKey)


def test_a_booking_does_not_end_before_its_start() -> None:
    with pytest.raises(ValidationError, match="swap or fix"):
        booking("a", "t", "09:00", minutes=-1)


def test_scores_compare_mandatory_activities_first_and_then_by_level() -> None:
    scores = [Score(mandatory_unscheduled=1), Score(levels=(1, 0)), Score(levels=(0, 9))]
    assert sorted(scores, key=lambda score: score.order) == scores[::-1]
