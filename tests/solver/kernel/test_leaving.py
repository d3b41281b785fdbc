"""What is left out costs less at the begin, and more the longer it is; so fewer are left out at last."""

import numpy as np
import pytest

from benchmarks.sets.field import FIELD, Recipe, draw
from scheduler.solver.kernel import leaving
from scheduler.solver.kernel.leaving import Leaving
from tests.solver.kernel.test_kernel import begun

PRICE = np.array([100.0, 100.0, 100.0, 900.0])
OPTIONAL = np.array([True, True, True, False])
ABSENT = np.array([True, False, True, False])


def prices(along: float, share: float = 0.01, calls: int = 1, steps: int = 40) -> list[float]:
    one, found = Leaving(PRICE, OPTIONAL, share), PRICE
    for _ in range(calls):
        found = one.prices(along, ABSENT, steps)
    return [round(float(price), 3) for price in found]


def test_prices_rise_to_those_of_the_goal() -> None:
    assert prices(0.0, steps=0) == [1.0, 1.0, 1.0, 900.0]
    assert prices(1.0) == PRICE.tolist()
    assert 1.0 < prices(0.3, steps=0)[0] < prices(0.6, steps=0)[0] < 100.0


def test_what_is_always_left_out_costs_twice_as_much() -> None:
    begin, late, always = prices(0.3, steps=0), prices(0.3, steps=40), prices(0.3, calls=100)
    assert begin[0] < late[0] < always[0] == pytest.approx(2 * begin[0], rel=1e-3)
    assert begin[1] == late[1] == always[1]


def test_a_price_that_is_a_choice_like_any_other_is_the_goals_throughout() -> None:
    assert prices(0.0, share=1.0) == prices(0.5, share=1.0, calls=100) == PRICE.tolist()


def lost(seed: int, steps: int = 30_000) -> int:
    """Priority that a short search leaves out."""
    problem = FIELD.to_problem(draw(Recipe("routing", 300, 5, seed)))
    kernel = begun(problem, seed)
    for n in range(steps // 100):
        kernel.anneal(100 * n / steps, 100)
    planned = kernel.best.activities(kernel.c)
    return sum(problem.activity[name].priority for n, name in enumerate(kernel.c.activities) if n not in planned)


def test_fewer_are_left_out_than_without(monkeypatch: pytest.MonkeyPatch) -> None:
    with_it = sum(lost(seed) for seed in range(1, 4))
    monkeypatch.setattr(leaving, "RAISED", 0.0)
    assert with_it < sum(lost(seed) for seed in range(1, 4))
