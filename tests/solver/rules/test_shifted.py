"""Minutes by which bookings of the standing plan have moved."""

from scheduler.solver.rules.shifted import Shifted
from tests.builders import activity, booking, plan, problem, technician
from tests.solver.rules.judge import measured, narrowed

STANDING = plan(booking("a", "t", "09:00"), booking("b", "t", "11:00"))
GIVEN = problem(
    technicians=[technician("t"), technician("u")],
    activities=[activity("a"), activity("b"), activity("c")],
    standing=STANDING,
)


def test_earlier_and_later_count_alike() -> None:
    made = plan(booking("a", "u", "08:40"), booking("b", "t", "11:30"), booking("c", "u", "15:00"))
    assert measured(Shifted(), GIVEN, made) == 50


def test_what_is_left_out_counts_for_nothing() -> None:
    assert measured(Shifted(), GIVEN, plan(booking("a", "t", "09:10"))) == 10
    assert measured(Shifted(), GIVEN.replace(standing=None), STANDING) == 0


def test_days_count_in_full() -> None:
    assert measured(Shifted(), GIVEN, plan(booking("a", "t", "09:00", day=1))) == 24 * 60


def test_a_step_is_a_tick() -> None:
    compiled = narrowed(Shifted(), GIVEN)
    assert Shifted().step(compiled) == compiled.clock.minutes
