"""A plan that exceeds limits of the goal, trimmed: without what saves most for what it is worth."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scheduler.domain.goal import Term
from scheduler.domain.held import held_bookings
from scheduler.domain.plan import DayRoute, Plan
from scheduler.domain.problem import Problem
from scheduler.domain.verdict import Verdict
from scheduler.solver.dayroutes import with_routes
from scheduler.solver.rules import RULES, TermRule
from scheduler.solver.verify import verify
from scheduler.solver.view import Day, View

TERMS = [rule for rule in RULES if isinstance(rule, TermRule) and rule.term is not Term.WORKLOAD_BALANCE]
GROWING = {rule.id: rule for rule in TERMS if rule.grows}
"""Terms whose limits leaving out can keep; of balance a part of the plan tells nothing."""


def within(problem: Problem, plan: Plan, verdict: Verdict) -> tuple[Plan, Verdict]:
    """The plan trimmed until it keeps the limits that leaving out can keep, or nothing more is saved."""
    while (excess := exceeded(verdict)) and (taken := _taken(problem, plan, excess)):
        plan = without(problem, plan, taken)
        verdict = verify(problem, plan)
    return plan, verdict


def exceeded(verdict: Verdict) -> dict[str, float]:
    """By rule, by how much such limits are exceeded."""
    return {v.rule: v.amount for v in verdict.breaches if v.rule in GROWING}


def without(problem: Problem, plan: Plan, activities: Iterable[str]) -> Plan:
    """The plan without these activities; the routes that held one of them are made anew."""
    refused = set(activities)
    kept = tuple(b for b in plan.bookings if b.activity not in refused)
    routes = tuple(r for r in plan.routes if not any(key.activity in refused for key in r.bookings))
    return with_routes(problem, plan.model_copy(update={"bookings": kept, "routes": routes}))


def _taken(problem: Problem, plan: Plan, excess: dict[str, float]) -> set[str]:
    """So many activities, single ones or whole days, as may save the excess; mandatory ones one by one."""
    taken, touched = set[str](), set[object]()
    for choice in sorted(_choices(problem, plan, excess), key=lambda one: one.worth):
        if not excess or (choice.worth[0] and taken):
            break
        if any(choice.saved[rule] > 0 for rule in excess) and touched.isdisjoint(choice.routes):
            taken |= choice.activities
            touched |= choice.routes
            excess = {rule: left for rule, amount in excess.items() if (left := amount - choice.saved[rule]) > 0}
    return taken


@dataclass(frozen=True)
class _Choice:
    """Activities that may be left out together, the routes that this touches, and what it saves by rule."""

    activities: frozenset[str]
    routes: frozenset[object]
    saved: dict[str, float]
    worth: tuple[int, float]
    """How many must be in the plan, then what they are worth beside what they save: the smaller, the sooner they go."""


def _choices(problem: Problem, plan: Plan, excess: dict[str, float]) -> Iterator[_Choice]:
    held = {key.activity for key in held_bookings(problem)}
    routes: dict[str, dict[object, DayRoute]] = {}
    for route in plan.routes:
        for key in route.bookings:
            routes.setdefault(key.activity, {})[route.resource, route.day] = route
    single = (frozenset({name}) for name in plan.by_activity)
    days = (frozenset(key.activity for key in route.bookings) for route in plan.routes)
    for some in (*single, *(day for day in days if len(day) > 1)):
        if some.isdisjoint(held):
            touched = {where: route for name in some for where, route in routes.get(name, {}).items()}
            saved = _saved(problem, _part(problem, plan, some, touched.values()), some, excess)
            if any(amount > 1e-9 for amount in saved.values()):
                yield _Choice(some, frozenset(touched), saved, _worth(problem, some, saved, excess))


def _part(problem: Problem, plan: Plan, some: frozenset[str], routes: Iterable[DayRoute]) -> Plan:
    """The part of the plan that leaving them out changes, with the rooms that say where the stops are."""
    keys = {key for route in routes for key in route.bookings}
    bookings = (b for name in sorted(some | {key.activity for key in keys}) for b in plan.by_activity[name])
    kept = (b for b in bookings if b.key in keys or b.activity in some or b.resource in problem.room)
    return Plan(bookings=tuple(kept), routes=tuple(routes))


def _saved(problem: Problem, part: Plan, some: frozenset[str], excess: dict[str, float]) -> dict[str, float]:
    """By rule, how much less its term amounts to without them; the days of others count nothing."""
    others: dict[str, tuple[Day, ...]] = {t.id: () for t in problem.technicians if t.id not in part.by_resource}
    before, after = View(problem, part, others), View(problem, without(problem, part, some), others)
    return {rule: GROWING[rule].measure(before) - GROWING[rule].measure(after) for rule in excess}


def _worth(
    problem: Problem, some: frozenset[str], saved: dict[str, float], excess: dict[str, float]
) -> tuple[int, float]:
    locked = {lock.activity for lock in problem.active_locks}
    activities = [problem.activity[name] for name in sorted(some)]
    part = sum(max(0.0, min(1.0, saved[rule] / amount)) for rule, amount in excess.items())
    price = sum(activity.price_of_leaving_out for activity in activities)
    return sum(activity.mandatory or activity.id in locked for activity in activities), price / part
