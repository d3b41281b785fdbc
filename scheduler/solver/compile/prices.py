"""The goal in integers."""

from collections.abc import Sequence
from fractions import Fraction
from math import gcd, lcm

from scheduler.solver.compiled import Compiled, Price
from scheduler.solver.rules.base import Rule, TermRule

LARGEST_SCALE = 10**8
MOST_OFF = Fraction(1, 1000)
"""Prices that are further off by rounding say nothing of a bound."""


def settle_prices(compiled: Compiled, rules: Sequence[Rule]) -> None:
    """Integer prices per step, exact where the weights of a level have a common denominator that is not too large."""
    goal = compiled.problem.goal
    terms = {rule.term: rule for rule in rules if isinstance(rule, TermRule)}
    steps = {term: rule.step(compiled) for term, rule in terms.items()}
    limited = ((term, limit) for term, limit in goal.limits.items() if term in terms)
    compiled.limits = {term: max(limit, terms[term].standing(compiled.problem)) for term, limit in limited}
    for n, level in enumerate(goal.levels):
        exact = {
            t: Fraction(str(w)).limit_denominator(10**9) * steps[t] for t, w in level.weights.items() if t in steps
        }
        exact = {t: _simple(f) for t, f in exact.items()}
        scale = _scale(list(exact.values()))
        compiled.level_scale.append(scale)
        prices = {t: Price(n, max(1, round(f * scale))) for t, f in exact.items()}
        compiled.prices |= prices
        compiled.true_prices &= all(
            abs(p.per_step - exact[t] * scale) <= MOST_OFF * p.per_step for t, p in prices.items()
        )


def _simple(price: Fraction) -> Fraction:
    """1/3 from 0.3333333333333333: the simplest fraction within a billionth."""
    near = price.limit_denominator(10**7)
    return near if abs(near - price) <= price * Fraction(1, 10**9) else price


def _scale(prices: list[Fraction]) -> Fraction:
    if not prices:
        return Fraction(1)
    denominator = lcm(*(p.denominator for p in prices))
    common = gcd(*(int(p * denominator) for p in prices))
    exact = Fraction(denominator, common)
    largest = max(prices) * exact
    return exact if largest <= LARGEST_SCALE else LARGEST_SCALE / max(prices)
