"""Every rule's examples hold in `check` and in CP-SAT, and a rule that is switched off is missed."""

from collections.abc import Iterator, Sequence
from dataclasses import fields
from random import Random
from typing import Any

import numpy as np
import pytest

from scheduler.domain.goal import Goal
from scheduler.domain.plan import Plan
from scheduler.domain.problem import Problem
from scheduler.solver.compile import compile
from scheduler.solver.compiled import Compiled
from scheduler.solver.cpsat import Budget, completion, in_units, optimise
from scheduler.solver.dayroutes import with_routes
from scheduler.solver.model import SatModel
from scheduler.solver.rules import RULES, Rule, TermRule
from scheduler.solver.rules.base import Example
from scheduler.solver.solution import Solution, from_plan, to_plan
from scheduler.solver.verify import verify
from scheduler.solver.view import View

HELD_BY_STRUCTURE = {
    "horizon": "slots and lanes are compiled within the horizon from the outset",
    "service-time": "a slot lasts nothing until this rule says how long: there is no model of services of any length",
}
HARD = [rule for rule in RULES if not isinstance(rule, TermRule)]
TERMS = [rule for rule in RULES if isinstance(rule, TermRule)]


def numbered(rules: Sequence[Rule]) -> list[Any]:
    return [pytest.param(r, e, id=f"{r.id}-{n}") for r in rules for n, e in enumerate(r.examples(), start=1)]


def in_ticks(compiled: Compiled, plan: Plan) -> Solution | None:
    """The plan's bookings; None where they can't be told in ticks and lanes."""
    clock = compiled.clock
    moments = [m for b in plan.bookings for m in (b.start, b.end)]
    if any(clock.moment(clock.ceil(moment)) != moment for moment in moments):
        return None
    solution = from_plan(compiled, with_routes(compiled.problem, plan))
    return solution if len(solution.placed) == len(plan.bookings) else None


def completed(problem: Problem, plan: Plan, rules: Sequence[Rule] = RULES) -> Plan | None:
    """The plan with CP-SAT's own day routes; None where it does not admit the bookings."""
    compiled = compile(problem, rules)
    solution = in_ticks(compiled, plan)
    found = None if solution is None else completion(compiled, solution, rules)
    return None if found is None else to_plan(compiled, found)


def cost(problem: Problem, plan: Plan, rules: Sequence[Rule] = RULES) -> tuple[float, ...]:
    """What CP-SAT counts for these very bookings, by level of the goal."""
    compiled = compile(problem, rules)
    solution = in_ticks(compiled, plan)
    assert solution is not None
    model = SatModel(compiled, rules)
    model.fix(solution)
    answer = optimise(model, Budget(seconds=10))
    assert answer.solution is not None and answer.optimal
    return in_units(compiled, answer.costs)


def switched_off(rule: Rule) -> tuple[Rule, ...]:
    """All rules, but this one neither narrows nor encodes."""
    silent = {"narrow": lambda *_: None, "encode": lambda *_: None}
    return tuple(type(r.id, (type(r),), silent)() if r is rule else r for r in RULES)


@pytest.mark.parametrize(("rule", "example"), numbered(HARD))
def test_good_plan_is_admitted_and_bad_plan_refused(rule: Rule, example: Example) -> None:
    problem = example.problem
    assert not verify(problem, example.good).breaches
    assert rule.id in {v.rule for v in verify(problem, example.bad).breaches}
    found = completed(problem, example.good)
    assert found is not None
    assert not verify(problem, found).breaches
    assert completed(problem, example.bad) is None


@pytest.mark.parametrize("rule", HARD, ids=lambda r: r.id)
def test_a_rule_that_is_switched_off_is_missed(rule: Rule) -> None:
    admitted = [completed(e.problem, e.bad, switched_off(rule)) is not None for e in rule.examples()]
    assert any(admitted) is (rule.id not in HELD_BY_STRUCTURE)


@pytest.mark.parametrize(("rule", "example"), numbered(TERMS))
def test_bad_plan_costs_more_and_both_cost_the_same_everywhere(rule: TermRule, example: Example) -> None:
    values = [rule.measure(View(example.problem, with_routes(example.problem, p))) for p in (example.good, example.bad)]
    assert values[0] < values[1]
    for plan in (example.good, example.bad):
        verdict = verify(example.problem, plan)
        assert not verdict.breaches
        assert cost(example.problem, plan) == pytest.approx(verdict.score.levels, abs=1e-6)


@pytest.mark.parametrize(("rule", "example"), numbered(TERMS))
def test_a_term_that_is_switched_off_is_missed(rule: TermRule, example: Example) -> None:
    costs = cost(example.problem, example.bad)
    assert cost(example.problem, example.bad, switched_off(rule)) != pytest.approx(costs, abs=1e-6)


@pytest.mark.parametrize(("rule", "example"), numbered(TERMS))
def test_a_limited_term_is_a_rule(rule: TermRule, example: Example) -> None:
    good = rule.measure(View(example.problem, with_routes(example.problem, example.good)))
    goal = Goal(levels=example.problem.goal.levels, limits={rule.term: good})
    problem = example.problem.replace(goal=goal)
    assert completed(problem, example.good) is not None
    assert completed(problem, example.bad) is None
    assert not verify(problem, example.good).breaches
    assert [v.rule for v in verify(problem, example.bad).breaches] == [rule.id]
    assert rule.term.value in verify(problem, example.bad).breaches[0].text


@pytest.mark.parametrize(("rule", "example"), numbered(HARD))
def test_explanations_name_their_subjects(rule: Rule, example: Example) -> None:
    for violation in verify(example.problem, example.bad, (rule,)).violations:
        subjects = {violation.activity, violation.resource, *(key.activity for key in violation.bookings)} - {None}
        assert subjects
        assert any(str(subject) in violation.text for subject in subjects)
        assert violation.text == violation.text.strip() and "\n" not in violation.text
        assert not violation.text.endswith(".") and "None" not in violation.text and ". " not in violation.text


@pytest.mark.parametrize("seed", range(3))
def test_rules_narrow_in_any_order(seed: int) -> None:
    shuffled = list(RULES)
    Random(seed).shuffle(shuffled)
    for rule in RULES:
        for example in rule.examples():
            assert list(differing(compile(example.problem), compile(example.problem, shuffled))) == []


def differing(left: Compiled, right: Compiled) -> Iterator[str]:
    """Names of the fields in which the two differ."""
    for field in fields(Compiled):
        if not same(getattr(left, field.name), getattr(right, field.name)):
            yield field.name


def same(left: Any, right: Any) -> bool:
    if isinstance(left, np.ndarray):
        return left.dtype == right.dtype and np.array_equal(left, right)
    if hasattr(left, "__dataclass_fields__") and type(left).__eq__ is not object.__eq__:
        return all(same(getattr(left, f.name), getattr(right, f.name)) for f in fields(left) if f.compare)
    if isinstance(left, list) and left and hasattr(left[0], "__dataclass_fields__"):
        return sorted(map(repr, left)) == sorted(map(repr, right))
    return bool(left == right)
