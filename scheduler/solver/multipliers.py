"""Limits of the goal for a search that knows prices only: Lagrange multipliers, found by trying.

A limited term is priced, a little at first. Where the plan that is found exceeds the limit the price rises, where it
makes too little use of it the price falls. So what is left out for a limit is what saves most for what it is worth. No
price may lead to just the limit: what exceeds it a little is trimmed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import inf, sqrt

from scheduler.domain.goal import Term
from scheduler.domain.plan import Plan
from scheduler.domain.verdict import Verdict
from scheduler.solver.compiled import Compiled
from scheduler.solver.kernel import Weights
from scheduler.solver.solution import Solution, from_plan, to_plan
from scheduler.solver.trimming import within
from scheduler.solver.verify import verify

COARSE, LONG, FINE, LAST, WHOLE = (0.08, 0.0), (0.5, 0.0), (0.15, 0.85), (1.0, 0.9), (1.0, 0.0)
"""Kinds of tries: which part of the time that is left, and how far along a cooling it begins."""
TRIES = (*[COARSE] * 6, LONG, *[FINE] * 8, LAST)
FAR, CLOSE, LEAST = 4.0, 1.2, 1.03
"""By how much a price changes at most in coarse tries, at most in others, and at least."""
TRIMMED = 0.1
"""By how much of itself a limit may be exceeded for a plan to be trimmed at once."""
MOST_TRIMMED = 3
"""How many of the others are trimmed in the end, where none is within that."""
NEAR = 0.98
"""Part of a limit from which on it is made use of."""

Searching = Callable[[Compiled, Solution, float, float], Solution]
"""Searches with these multipliers from a plan, for so large a part of the time that is left, and from so far along."""


def within_limits(
    compiled: Compiled,
    start: Solution,
    share: float,
    search: Searching,
    stop: Callable[[], bool],
    on_kept: Callable[[Solution], None],
) -> Solution:
    """The best plan found that keeps the goal's limits, as far as leaving out can keep them.

    `on_kept` is called with every plan that keeps them, whether or not it is better than those before.
    """
    prices, found, over, tries = Multipliers(compiled), start, start, list(TRIES)
    kept, others = list[_Kept](), list[tuple[float, Plan, Verdict]]()
    while tries and not stop():
        kind = tries.pop(0)
        found = search(replace(compiled, multipliers=dict(prices.values)), found, share * kind[0], kind[1])
        plan = to_plan(compiled, found)
        verdict = verify(compiled.problem, plan)
        prices.learn(verdict.score.terms, FAR if kind == COARSE else CLOSE)
        if prices.excess < TRIMMED:
            kept.append(_Kept(compiled, plan, verdict))
            on_kept(kept[-1].solution)
        others.append((prices.guess(verdict.score.terms), plan, verdict))
        if prices.fit:
            tries = [one for one in tries if one != kind] if prices.values else tries and [WHOLE]
        elif prices.excess:
            over = found
        else:
            found = over
    if not kept:
        for _, plan, verdict in sorted(others, key=lambda one: one[0])[:MOST_TRIMMED]:
            kept.append(_Kept(compiled, plan, verdict))
            if stop():
                break
    return min(kept, key=lambda one: one.order).solution if kept else found


class _Kept:
    """A plan trimmed until it keeps the limits."""

    def __init__(self, compiled: Compiled, plan: Plan, verdict: Verdict) -> None:
        plan, verdict = within(compiled.problem, plan, verdict)
        self.order, self.solution = verdict.order, from_plan(compiled, plan)


@dataclass
class Multipliers:
    """The prices of limited terms to try next, in units of the goal's lowest level for a unit of the term.

    Attributes
    ----------
    excess
        By which part of itself the last plan exceeded a limit, added up.
    fit
        Whether it kept all limits and made use of those that have a price, as far as prices can have it.
    """

    compiled: Compiled
    values: dict[Term, float] = field(default_factory=dict)
    excess: float = inf
    fit: bool = False
    _low: dict[Term, float] = field(default_factory=dict)
    _high: dict[Term, float] = field(default_factory=dict)

    def learn(self, terms: Mapping[Term, float], most: float) -> None:
        """Choose the prices to try after those at which a plan with these values of the terms was found."""
        self.excess, self.fit = 0.0, True
        for term, limit in self.compiled.limits.items():
            part, price = terms[term] / max(limit, 1e-6), self.values.get(term, 0.0)
            if terms[term] > limit + 1e-6:
                self.excess += part - 1
                self.values[term] = self._raised(terms, term, min(max(part, LEAST), most))
                self._low[term] = price
            elif part < NEAR and price:
                self._high[term] = price
                self.values[term] = self._lowered(term, max(min(part, 1 / LEAST), 1 / most))
            else:
                continue
            self.fit = self.fit and 1.0 < self._high.get(term, 0.0) / (self._low.get(term) or inf) < LEAST

    def guess(self, terms: Mapping[Term, float]) -> float:
        """About what is left out of a plan with these values of the terms once it is trimmed."""
        left_out = terms.get(Term.UNSCHEDULED, 0.0)
        return left_out + self.excess * (self._worth - left_out) / FAR

    @cached_property
    def _worth(self) -> float:
        return sum(a.price_of_leaving_out for a in self.compiled.problem.activities)

    def _raised(self, terms: Mapping[Term, float], term: Term, step: float) -> float:
        """A higher price: first as if all of the term cost as much as all else, then as much as a part of the plan."""
        price, high = self.values.get(term, 0.0), self._high.get(term, 0.0)
        if high > price:
            return min(price * step, sqrt(price * high))
        if not price:
            return self._share(terms, term, planned=False)
        if not self._low.get(term):
            return max(price * step, self._share(terms, term, planned=True))
        return price * step

    def _lowered(self, term: Term, step: float) -> float:
        price, low = self._high[term], self._low.get(term, inf)
        return max(price * step, sqrt(price * low)) if low < price else price * step

    def _share(self, terms: Mapping[Term, float], term: Term, planned: bool) -> float:
        """What a unit of the term costs, of what is paid for the plan, or of a part of what is planned."""
        weights, units = Weights(self.compiled).of, max(terms[term], 1e-6)
        if not planned:
            return max(1.0, sum(w * terms.get(t, 0.0) for t, w in weights.items() if t is not Term.UNSCHEDULED)) / units
        worth = max(0.0, self._worth - terms.get(Term.UNSCHEDULED, 0.0))
        return weights.get(Term.UNSCHEDULED, 0.0) * worth / units / FAR
