"""Limits of the goal in a search that knows prices only."""

from dataclasses import replace

import pytest

from benchmarks.sets.field import FIELD, Recipe, draw
from scheduler.domain.goal import Goal, Term
from scheduler.domain.outcome import Progress
from scheduler.domain.problem import Problem
from scheduler.solver.compile import compile
from scheduler.solver.compiled import Compiled
from scheduler.solver.kernel import Weights
from scheduler.solver.multipliers import CLOSE, FAR, NEAR, Multipliers, within_limits
from scheduler.solver.solution import Solution
from scheduler.solver.solve import solve
from scheduler.solver.trimming import within
from scheduler.solver.verify import verify


def asked(limits: dict[Term, float]) -> Problem:
    problem = FIELD.to_problem(draw(Recipe("routing", 100, 2, 1)))
    return problem.replace(goal=Goal(levels=problem.goal.levels, limits=limits))


@pytest.mark.parametrize("steep", [0.5, 1.0, 1.6])
@pytest.mark.parametrize("limit", [200.0, 700.0])
def test_prices_are_found_at_which_a_limit_is_kept_and_made_use_of(steep: float, limit: float) -> None:
    prices = Multipliers(compile(asked({Term.TRAVEL_TIME: limit})))

    def found() -> dict[Term, float]:
        price = prices.values.get(Term.TRAVEL_TIME, 0.0)
        return {Term.TRAVEL_TIME: 1000 / (1 + price / 300) ** steep, Term.UNSCHEDULED: price / 100}

    for tries in range(20):
        prices.learn(found(), FAR if tries < 6 else CLOSE)
        if prices.fit:
            break
    assert prices.fit and NEAR * limit <= found()[Term.TRAVEL_TIME] <= limit


def test_a_limit_that_is_kept_has_no_price() -> None:
    prices = Multipliers(compile(asked({Term.TRAVEL_TIME: 1000, Term.OVERTIME: 0})))
    prices.learn({Term.TRAVEL_TIME: 900, Term.OVERTIME: 0}, FAR)
    assert prices.fit and prices.excess == 0 and not prices.values
    prices.learn({Term.TRAVEL_TIME: 900, Term.OVERTIME: 5, Term.UNSCHEDULED: 3}, FAR)
    assert not prices.fit and prices.excess > 0 and set(prices.values) == {Term.OVERTIME}


def test_a_multiplier_adds_to_what_a_term_costs() -> None:
    compiled = compile(asked({}))
    plain = Weights(compiled).of
    priced = Weights(replace(compiled, multipliers={Term.TRAVEL_TIME: 5.0, Term.RESOURCES_USED: 7.0})).of
    assert priced == {**plain, Term.TRAVEL_TIME: plain[Term.TRAVEL_TIME] + 5.0, Term.RESOURCES_USED: 7.0}


def test_a_search_that_is_stopped_gives_what_it_has() -> None:
    compiled, calls, kept = compile(asked({Term.TRAVEL_TIME: 10})), list[float](), list[Solution]()

    def search(compiled: Compiled, start: Solution, share: float, warm: float) -> Solution:
        calls.append(share)
        return start

    assert (
        within_limits(compiled, Solution(), 1.0, search, lambda: bool(calls), kept.append).placed == {}
        and len(calls) == 1
    )
    assert within_limits(compiled, Solution(), 1.0, search, lambda: True, kept.append).placed == {} and len(calls) == 1


@pytest.mark.parametrize("term, part", [(Term.TRAVEL_TIME, 0.7), (Term.RESOURCES_USED, 0.7)])
def test_less_is_lost_than_where_a_plan_is_trimmed_only(term: Term, part: float) -> None:
    free = asked({term: 1e9})
    plan = solve(free, deterministic=2.0, workers=1, time_limit=600.0).plan
    assert plan.score is not None
    problem = asked({term: int(part * plan.score.terms[term])})
    trimmed = within(problem, plan, verify(problem, plan))[1]
    outcome = solve(problem, deterministic=2.0, workers=1, time_limit=600.0)
    assert outcome.verdict.ok and outcome.verdict.score.terms[term] <= problem.goal.limits[term]
    assert outcome.verdict.score.levels[0] < 0.9 * trimmed.score.levels[0]
    again = solve(problem, deterministic=2.0, workers=1, time_limit=600.0)
    assert again.plan.bookings == outcome.plan.bookings


def test_whoever_listens_hears_of_plans_that_keep_the_limits_only() -> None:
    problem, told = asked({Term.TRAVEL_TIME: 700}), list[Progress]()
    solve(problem, deterministic=2.0, workers=1, time_limit=600.0, on_progress=told.append)
    assert len(told) > 1
    assert all(one.score.terms[Term.TRAVEL_TIME] <= 700 + 1e-6 for one in told if one.stage == "local search")
