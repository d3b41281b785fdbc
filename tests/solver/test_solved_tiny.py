"""On tiny random problems: a plan that `solve` returns keeps every rule, and what it says of the rest is true."""

import re
from collections.abc import Iterator
from datetime import datetime
from random import Random

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from scheduler.domain.activity import Requirement
from scheduler.domain.held import open_activities
from scheduler.domain.plan import Booking, Plan, Reason
from scheduler.domain.problem import Problem
from scheduler.domain.verdict import Violation
from scheduler.solver.reasons.part import fresh
from scheduler.solver.solve import NOT_MENDED, solve
from scheduler.solver.verify import verify
from tests.solver import tiny
from tests.solver.test_conformance import OF_ROUTES
from tests.solver.trials import choices

UNAVOIDABLE = {"mandatory", *NOT_MENDED}
"""Breaches that a returned plan may have: they name what could not be scheduled, and limits that this exceeds."""
NAMED = re.compile(
    r"(?:of what was tried, )?(?P<who>\w+) (?:could serve \w+ )?at \w+ (?P<day>\d+) \w+ (?P<clock>[\d:]+)"
)
"""The alternative of a reason, such as "ann at Mon 5 Jan 08:30"."""


@settings(max_examples=max(30, settings().max_examples // 4), suppress_health_check=list(HealthCheck))
@given(random=st.randoms(use_true_random=False))
def test_a_plan_has_no_breach_and_every_reason_is_true(random: Random) -> None:
    try:
        problem = tiny.Tiny(random).problem()
    except ValidationError:
        return
    assert list(untruths(problem)) == []


def untruths(problem: Problem) -> Iterator[str]:
    """What is wrong with a solved plan, and with what it says of what it leaves out."""
    outcome = solve(problem, time_limit=60, workers=1, deterministic=2)
    plan = outcome.plan
    again = verify(problem, plan)
    yield from (f"{v.rule}: {v.text}" for v in again.breaches if v.rule not in UNAVOIDABLE)
    if again.score != plan.score:
        yield f"the score says {plan.score}, but it is {again.score}"
    left = {a.id for a in open_activities(problem)} - plan.by_activity.keys()
    told = {u.activity: u.reasons for u in plan.unscheduled}
    if left != told.keys():
        yield f"{left} are left out, but the reasons are about {set(told)}"
    if {v.activity for v in again.breaches if v.rule == "mandatory"} - left:
        yield f"{again.breaches} are about other activities than those left out"
    for activity, reasons in told.items():
        yield from _untrue(problem, plan, activity, reasons)


def _untrue(problem: Problem, plan: Plan, activity: str, reasons: tuple[Reason, ...]) -> Iterator[str]:
    if not reasons:
        yield f"{activity} is left out without a reason"
    strict = problem.replace(waivers=())  # people may use a waiver for more than what stands
    before = _breaches(strict, plan)
    allowed = [made for made in _ways_in(problem, plan, activity) if not fresh(_breaches(strict, made), before)]
    cheaper = [made for made in allowed if verify(problem, made).score.order < plan.score.order]
    for reason in reasons:
        event(re.sub(r"[0-9]+", "n", f"{reason.rule}: {reason.text}")[:50])
        if allowed and reason.rule not in ("unscheduled", "search"):
            yield f"{reason.text!r}, but {_last(allowed[0])} breaks no rule"
        if cheaper and reason.rule == "unscheduled":
            yield f"{reason.text!r}, but {_last(cheaper[0])} costs less"
        if (named := _named(problem, plan, activity, reason)) is not None:
            found = {v.rule for v in fresh(_breaches(problem, named), _breaches(problem, plan))}
            other_routes = reason.rule in OF_ROUTES and found & OF_ROUTES
            if found - OF_ROUTES if "could serve" in reason.text else reason.rule not in found and not other_routes:
                yield f"{reason.text!r}, but {_last(named)} breaches {found or 'nothing'}"


def _breaches(problem: Problem, plan: Plan) -> list[Violation]:
    return [v for v in verify(problem, plan).breaches if v.rule not in UNAVOIDABLE]


def _ways_in(problem: Problem, plan: Plan, activity: str) -> Iterator[Plan]:
    """The plan with the activity put in by one booking, wherever the grid has a place for it."""
    for requirement in _alone(problem, activity):
        for choice in choices(problem, requirement):
            if choice is not None:
                yield _with(problem, plan, activity, requirement, *choice)


def _alone(problem: Problem, activity: str) -> list[Requirement]:
    """The requirements that one booking would fill."""
    sets = problem.activity[activity].requirement_sets
    return [requirements[0] for requirements in sets if sum(r.count for r in requirements) == 1]


def _with(
    problem: Problem, plan: Plan, activity: str, requirement: Requirement, resource: str, start: datetime
) -> Plan:
    length = tiny.lasts(problem.activity[activity], requirement, problem.technician.get(resource))
    booking = Booking(activity=activity, requirement=requirement.id, resource=resource, start=start, end=start + length)
    return plan.model_copy(update={"bookings": (*plan.bookings, booking)})


def _named(problem: Problem, plan: Plan, activity: str, reason: Reason) -> Plan | None:
    """The plan with the alternative that the reason names, where it is one booking."""
    found = NAMED.match(reason.text)
    if found is None or len(_alone(problem, activity)) != 1 or len(problem.activity[activity].requirement_sets) != 1:
        return None
    if "on an otherwise empty day" in reason.text:
        plan = Plan(bookings=tuple(b for b in plan.bookings if b.resource != found["who"]))
    day = problem.horizon.start.replace(day=int(found["day"]))
    start = day.replace(hour=int(found["clock"].split(":")[0]), minute=int(found["clock"].split(":")[1]))
    return _with(problem, plan, activity, _alone(problem, activity)[0], found["who"], start)


def _last(plan: Plan) -> str:
    booking = plan.bookings[-1]
    return f"{booking.key} by {booking.resource} at {booking.start:%d %H:%M}"
