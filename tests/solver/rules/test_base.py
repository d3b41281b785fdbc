"""The step that amounts are counted in, and how they are said."""

from fractions import Fraction

import pytest

from scheduler.solver.rules.base import common_step, lasting, number


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


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (208.217, "209 minutes"),
        (10.0000000001, "10 minutes"),
        (9.31, "9.4 minutes"),
        (1, "1 minute"),
        (0.99, "60 seconds"),
        (1 / 60, "1 second"),
        (0.0001, "1 second"),
    ],
)
def test_lengths_are_said_rounded_up(minutes: float, words: str) -> None:
    assert lasting(minutes) == words


@pytest.mark.parametrize(
    ("value", "words"), [(1_250_000.0, "1250000"), (0.30000000000000004, "0.3"), (10.001, "10.001")]
)
def test_amounts_are_said_as_they_are_counted(value: float, words: str) -> None:
    assert number(value) == words
