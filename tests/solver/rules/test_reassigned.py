"""Bookings of the standing plan that are not on the same resource any more."""

from scheduler.domain.goal import Goal, Term
from scheduler.solver.rules.reassigned import Reassigned
from scheduler.solver.verify import verify
from tests.builders import activity, booking, moment, plan, problem, technician
from tests.solver.rules.judge import judge, measured

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


def test_a_limit_binds_though_some_are_held() -> None:
    """To leave the free one out would be another change, so that it is no measure of what facts alone come to."""
    frozen = GIVEN.replace(freeze_until=moment("10:00"), goal=Goal(limits={Term.REASSIGNED: 0}))
    changed = plan(booking("a", "t", "09:00"), booking("b", "u", "11:00"))
    (found,) = judge(Reassigned(), frozen, changed)
    assert found.amount == 1 and not verify(frozen, changed).ok
    assert not judge(Reassigned(), frozen, STANDING)
