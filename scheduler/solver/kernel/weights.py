"""What the goal's terms weigh in one number: levels above the lowest multiplied, so that none below outweighs them."""

from collections import Counter

import numpy as np

from scheduler.domain.goal import Term
from scheduler.solver.compiled import Compiled
from scheduler.solver.travel import UNREACHABLE


class Weights:
    """Factors of the levels, and weights of the terms with them."""

    def __init__(self, compiled: Compiled) -> None:
        goal = compiled.problem.goal
        self._reach = {term: _reach(compiled, term) for term, _, _ in goal}
        self.factors = self._factors(compiled)
        self.of = dict(compiled.multipliers)
        """What a unit of each term costs, in units of the lowest level; limited terms by their multiplier on top."""
        for term, level, weight in goal:
            self.of[term] = self.of.get(term, 0.0) + weight * self.factors[level]
        most = sum(weight * self.factors[level] * self._reach[term] for term, level, weight in goal)
        self.everything = max(1.0, most)
        """About the most that one activity can cost, on all levels together."""

    def _factors(self, compiled: Compiled) -> list[float]:
        """Such that one step on a level outweighs what one activity can save on the level below it."""
        levels = compiled.problem.goal.levels
        factors = [1.0] * len(levels)
        for n in range(len(levels) - 2, -1, -1):
            saved = sum(w * self._reach[term] for term, w in levels[n + 1].weights.items()) * factors[n + 1]
            step = min(w * _step(compiled, term) for term, w in levels[n].weights.items())
            factors[n] = max(1.0, 2 * saved / step)
        return factors


def _reach(compiled: Compiled, term: Term) -> float:
    """About the largest difference that one activity makes to a term."""
    if term is Term.UNSCHEDULED:
        return max((a.price_of_leaving_out for a in compiled.problem.activities), default=1.0)
    return max(1.0, _largest_team(compiled) / 2) * _reach_of_two(compiled, term)


def _largest_team(compiled: Compiled) -> int:
    """The most people whom one activity needs at once."""
    slots = compiled.slots
    teams = zip(slots.activity[~slots.is_room].tolist(), slots.requirement_set[~slots.is_room].tolist(), strict=True)
    return max(Counter(teams).values(), default=1)


def _reach_of_two(compiled: Compiled, term: Term) -> float:
    """As `_reach`, for one or two people."""
    if term in (Term.TRAVEL_TIME, Term.TRAVEL_DISTANCE, Term.TRAVEL_COST):
        return 2 * _longest(compiled, term)
    minutes = (Term.TARDINESS, Term.LARGEST_TARDINESS, Term.OVERTIME, Term.WORKING_TIME, Term.WAITING, Term.IDLE)
    return 480.0 if term in (*minutes, Term.LARGEST_IDLE, Term.WORKLOAD_BALANCE, Term.SHIFTED) else 1.0


def _step(compiled: Compiled, term: Term) -> float:
    """About the smallest difference worth the name."""
    if term is Term.UNSCHEDULED:
        return min((p for a in compiled.problem.activities if (p := a.price_of_leaving_out) > 0), default=1.0)
    return 1.0


def _longest(compiled: Compiled, term: Term) -> float:
    """The longest leg between some places, in minutes or kilometres."""
    some = np.arange(0, len(compiled.travel.places), max(1, len(compiled.travel.places) // 300))
    if not len(some) or not compiled.travel.profiles:
        return 1.0
    ticks, steps = compiled.travel.computed(0, some, some)
    reachable = ticks < UNREACHABLE
    if term is Term.TRAVEL_TIME:
        return max(1.0, float(ticks[reachable].max(initial=0)) * float(compiled.clock.minutes))
    dearest = max((t.cost_per_km for t in compiled.problem.technicians), default=1.0) if term is Term.TRAVEL_COST else 1
    return max(1e-3, float(steps[reachable].max(initial=0)) * float(compiled.travel.kilometres) * max(dearest, 1e-6))
