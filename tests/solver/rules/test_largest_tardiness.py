"""The booking that is latest, over all that it was promised."""

from typing import Any

from scheduler.domain.goal import Goal, Term
from scheduler.domain.plan import Plan
from scheduler.domain.problem import Problem
from scheduler.solver.rules.largest_tardiness import LargestTardiness
from tests.builders import activity, booking, moment, plan, problem, technician
from tests.solver.rules.judge import judge
from tests.solver.rules.terms import value


def given(**more: Any) -> Problem:
    late = activity("a", place="p0", respond_by=moment("09:00"), resolve_by=moment("09:30"))
    return problem(technicians=[technician("t")], activities=[late, activity("b", respond_by=moment("12:00"))], **more)


def test_a_bookings_promises_add_up_and_bookings_do_not() -> None:
    both = plan(booking("a", "t", "09:10"), booking("b", "t", "12:20"))
    assert value(LargestTardiness(), given(), both) == 10 + 40


def test_it_is_never_negative() -> None:
    assert value(LargestTardiness(), given(), plan(booking("a", "t", "08:00"))) == 0
    assert value(LargestTardiness(), given(), Plan()) == 0


def test_a_limit_that_is_met_is_no_breach() -> None:
    late = plan(booking("b", "t", "12:20"))
    assert not judge(LargestTardiness(), given(goal=Goal(limits={Term.LARGEST_TARDINESS: 20})), late)
    (found,) = judge(LargestTardiness(), given(goal=Goal(limits={Term.LARGEST_TARDINESS: 19})), late)
    assert found.text == "largest-tardiness is 20 minutes, over the goal's limit of 19"
