"""Goals: levels in order, a term in one of them."""

import pytest
from pydantic import ValidationError

from scheduler.domain.goal import Goal, Level, Term


def test_it_iterates_over_terms_with_level_and_weight() -> None:
    goal = Goal(levels=(Level(weights={Term.UNSCHEDULED: 1}), Level(weights={Term.TARDINESS: 2, Term.WAITING: 3})))
    assert list(goal) == [(Term.UNSCHEDULED, 0, 1), (Term.TARDINESS, 1, 2), (Term.WAITING, 1, 3)]


def test_a_term_stands_in_one_level() -> None:
    with pytest.raises(ValidationError, match="waiting stands in more than one level; keep it in one"):
        Goal(levels=(Level(weights={Term.WAITING: 1}), Level(weights={Term.WAITING: 2})))


@pytest.mark.parametrize("weight", [0, -1, float("inf"), float("nan")])
def test_a_weight_is_positive_and_finite(weight: float) -> None:
    with pytest.raises(ValidationError):
        Level(weights={Term.WAITING: weight})


def test_a_level_prices_something() -> None:
    with pytest.raises(ValidationError):
        Level(weights={})


def test_weighted_takes_terms_with_underscores() -> None:
    assert Goal.weighted(travel_time=1, unscheduled=1000) == Goal(
        levels=(Level(weights={Term.TRAVEL_TIME: 1, Term.UNSCHEDULED: 1000}),)
    )


def test_it_survives_json() -> None:
    goal = Goal(limits={Term.OVERTIME: 30})
    assert Goal.model_validate_json(goal.model_dump_json()) == goal
