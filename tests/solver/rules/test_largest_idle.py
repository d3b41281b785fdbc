"""The technician's day that idles most."""

from scheduler.domain.plan import Plan
from scheduler.solver.rules.largest_idle import LargestIdle
from tests.builders import absence, activity, booking, hours, plan, problem, technician
from tests.solver.rules.terms import value


def test_an_unused_day_idles_most_unless_it_is_short() -> None:
    both = [technician("t"), technician("u")]
    given = problem(technicians=both, activities=[activity("a"), activity("b")])
    assert value(LargestIdle(), given, plan(booking("a", "t", "09:00"))) == 540
    assert value(LargestIdle(), given, plan(booking("a", "t", "09:00"), booking("b", "u", "12:00"))) == 460
    short = problem(
        technicians=[both[0], technician("u", working_hours=hours("08:00", "10:00"))], activities=[activity("a")]
    )
    assert value(LargestIdle(), short, plan(booking("a", "t", "09:00"))) == 460


def test_every_day_counts_by_itself() -> None:
    given = problem(technicians=[technician("t", absences=(absence("08:00", "10:00"),))], days=2)
    assert value(LargestIdle(), given, Plan()) == 540


def test_without_technicians_nobody_idles() -> None:
    assert value(LargestIdle(), problem(), Plan()) == 0
