"""The step that amounts are counted in."""

from fractions import Fraction

import pytest

from scheduler.solver.rules.base import common_step


@pytest.mark.parametrize(
    ("amounts", "step"),
    [
        ([], Fraction(1)),
        ([0.0], Fraction(1)),
        ([1.5, 0.4], Fraction(1, 10)),
        ([0.35, 1.2, 0], Fraction(1, 20)),
        ([Fraction(1, 120), 50.0], Fraction(1, 120)),
        ([300, 450], Fraction(150)),
    ],
)
def test_all_amounts_are_whole_multiples(amounts: list[float | Fraction], step: Fraction) -> None:
    assert common_step(amounts) == step


def test_what_would_be_too_fine_is_a_millionth_of_the_smallest() -> None:
    assert common_step([0.123456789, 1000.0]) == Fraction("0.123456789") / 10**6
