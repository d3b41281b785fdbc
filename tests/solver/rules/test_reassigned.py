"""Bookings of the standing plan that are not on the same resource any more."""

from scheduler.solver.rules.reassigned import Reassigned
from tests.builders import activity, booking, plan, problem, technician
from tests.solver.rules.judge import measured

STANDING = plan(booking("a", "t", "09:00"), booking("b", "t", "11:00"), booking("gone", "u", "09:00"))
GIVEN = problem(
    technicians=[technician("t"), technician("u")],
    activities=[activity("a"), activity("b"), activity("c"), activity("gone", status="cancelled")],
    standing=STANDING,
)


def test_only_the_resource_counts() -> None:
    assert measured(Reassigned(), GIVEN, plan(booking("a", "t", "13:00"), booking("b", "t", "09:00"))) == 0
    assert measured(Reassigned(), GIVEN, plan(booking("a", "u", "09:00"), booking("b", "t", "11:00"))) == 1


def test_what_is_left_out_counts_and_what_was_cancelled_does_not() -> None:
    assert measured(Reassigned(), GIVEN, plan(booking("a", "t", "09:00"))) == 1


def test_what_is_new_counts_for_nothing() -> None:
    made = plan(booking("a", "t", "09:00"), booking("b", "t", "11:00"), booking("c", "u", "09:00"))
    assert measured(Reassigned(), GIVEN, made) == 0
    assert measured(Reassigned(), GIVEN.replace(standing=None), made) == 0
