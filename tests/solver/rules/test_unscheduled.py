"""Leaving activities out costs the sum of their prices."""

from fractions import Fraction

import pytest

from scheduler.domain.goal import Goal, Level, Term
from scheduler.solver.rules.unscheduled import Unscheduled
from tests.builders import activity, booking, moment, plan, problem, technician
from tests.solver.rules.judge import judge, measured, narrowed

GIVEN = problem(
    technicians=[technician("t")],
    activities=[
        activity("a", priority=3),
        activity("b", unscheduled_price=2.5),
        activity("c", priority=0),
        activity("gone", status="cancelled", priority=100),
        activity("done", status="completed", actual_start=moment("08:00"), actual_end=moment("09:00"), priority=100),
    ],
)


def test_only_what_is_to_be_done_has_a_price() -> None:
    assert measured(Unscheduled(), GIVEN, plan()) == 6.5
    assert measured(Unscheduled(), GIVEN, plan(booking("a", "t", "09:00"))) == 3.5
    assert measured(Unscheduled(), GIVEN, plan(*(booking(name, "t", "09:00") for name in "abc"))) == 0


@pytest.mark.parametrize(
    ("prices", "step"),
    [([3.0, 2.5], Fraction(1, 2)), ([30, 12], Fraction(6)), ([0.333], Fraction(333, 1000)), ([0, 0], Fraction(1))],
)
def test_all_prices_are_whole_steps(prices: list[float], step: Fraction) -> None:
    activities = [activity(f"a{n}", unscheduled_price=price) for n, price in enumerate(prices)]
    assert Unscheduled().step(narrowed(Unscheduled(), problem(activities=activities))) == step


def test_nothing_to_do_has_a_step_too() -> None:
    assert Unscheduled().step(narrowed(Unscheduled(), problem())) == 1


def test_a_limit_makes_it_a_rule() -> None:
    goal = Goal(levels=(Level(weights={Term.UNSCHEDULED: 1}),), limits={Term.UNSCHEDULED: 3})
    (found,) = judge(Unscheduled(), GIVEN.replace(goal=goal), plan(booking("a", "t", "09:00")))
    assert found.amount == 0.5
    assert found.text == "unscheduled is 3.5, over the goal's limit of 3"
