"""Priced breaks that are due and not taken."""

from fractions import Fraction
from typing import Any

from scheduler.domain.plan import Plan
from scheduler.domain.problem import Problem
from scheduler.solver.rules.missed_breaks import MissedBreaks
from tests.builders import activity, booking, hours, pause, plan, problem, technician
from tests.solver.rules.judge import narrowed
from tests.solver.rules.terms import value

LUNCH = pause(30, "12:00", "13:00", id="lunch", price=7.5)
TEA = pause(15, "15:00", "15:30", id="tea", price=2)
HARD = pause(15, "12:00", "12:30", id="hard")


def given(**more: Any) -> Problem:
    who = technician("t", **{"breaks": (LUNCH, TEA, HARD), **more})
    work = [activity("a", place="p0"), activity("b", place="p0", minutes=240)]
    return problem(technicians=[who], activities=work, days=2)


def test_what_is_taken_or_hard_costs_nothing() -> None:
    assert value(MissedBreaks(), given(), plan(booking("a", "t", "09:00"))) == 0


def test_each_missed_break_costs_its_price_on_each_used_day() -> None:
    assert value(MissedBreaks(), given(), plan(booking("b", "t", "12:00", 240))) == 9.5
    both = plan(booking("b", "t", "12:00", 240), booking("a", "t", "12:00", day=1))
    assert value(MissedBreaks(), given(), both) == 9.5 + 7.5


def test_unused_days_and_days_without_the_window_owe_nothing() -> None:
    assert value(MissedBreaks(), given(), Plan()) == 0
    short = given(working_hours=hours("08:00", "12:45"))
    assert value(MissedBreaks(), short, plan(booking("b", "t", "12:00", 240))) == 0


def test_a_step_holds_every_price() -> None:
    assert MissedBreaks().step(narrowed(MissedBreaks(), given())) == Fraction(1, 2)


def test_a_break_before_work_counts_only_where_a_booking_follows() -> None:
    first = given(breaks=(pause(30, "12:00", "13:00", id="lunch", price=7.5, before_work=True),))
    assert value(MissedBreaks(), first, plan(booking("a", "t", "09:00"))) == 7.5
    assert value(MissedBreaks(), first, plan(booking("a", "t", "14:00"))) == 0
