"""Judge a plan after a change: what the change can't reach is taken from the judgement before."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from scheduler.domain.activity import Activity
from scheduler.domain.plan import Plan
from scheduler.domain.problem import Problem
from scheduler.domain.verdict import Verdict, Violation
from scheduler.solver.day import Day
from scheduler.solver.dayroutes import with_routes
from scheduler.solver.rules import RULES, Rule
from scheduler.solver.rules.base import Reach
from scheduler.solver.verify import require_known, verdict
from scheduler.solver.view import View

K = TypeVar("K")
FIXED = ("horizon", "time_zone", "travel", "places")
"""What every judgement depends on. Where one of these changes, all is looked at anew."""


@dataclass(frozen=True)
class Judged:
    """A plan with its day routes and its score, the problem that it was judged in, and the verdict.

    `days` are the technicians' days as they were seen, for the next judgement.
    """

    problem: Problem
    plan: Plan
    verdict: Verdict
    days: Mapping[str, tuple[Day, ...]]


def judge(problem: Problem, plan: Plan, former: Judged | None = None, rules: Sequence[Rule] = RULES) -> Judged:
    """What `verify` says, faster where a former judgement of a plan like this is at hand.

    Rules that look at one activity or one resource (see `Reach`) are asked about those that the change can reach, the
    others about everything. The violations are those of `verify`, within a rule maybe in another order; score and
    faults are the same.
    """
    require_known(problem, plan)
    routed = with_routes(problem, plan)
    if former is None or any(getattr(former.problem, name) != getattr(problem, name) for name in FIXED):
        view = View(problem, routed)
        said = verdict(view, rules, {rule.id: rule.check(view) for rule in rules})
    else:
        change = _Change(former, problem, routed)
        view = change.whole
        said = verdict(view, rules, {rule.id: tuple(change.found(rule)) for rule in rules})
    return Judged(problem, routed.model_copy(update={"score": said.score}), said, view.days_of)


class _Change:
    """What differs between two judgements, and what that can reach."""

    def __init__(self, former: Judged, problem: Problem, plan: Plan) -> None:
        self.former = former
        activities, resources = self._activities(problem, plan), self._resources(problem, plan)
        for each in (former.plan, plan):
            activities |= {b.activity for r in resources for b in each.by_resource.get(r, ())}
        for each in (former.plan, plan):
            resources |= {b.resource for a in activities for b in each.by_activity.get(a, ())}
        self.resources = resources
        self.whole = View(problem, plan, {r: days for r, days in former.days.items() if r not in resources})
        beside = {b.activity for p in (former.plan, plan) for r in resources for b in p.by_resource.get(r, ())}
        self.activities = activities | beside

    def _activities(self, problem: Problem, plan: Plan) -> set[str]:
        """Those that differ, that are open in one of the two alone, or that have a booking that differs."""
        was = View(self.former.problem, self.former.plan).open
        opened = {a.id for a in was} ^ {a.id for a in View(problem, plan).open}
        booked = {key.activity for key in _differing(self.former.plan.by_key, plan.by_key)}
        return opened | booked | _differing(self.former.problem.activity, problem.activity)

    def _resources(self, problem: Problem, plan: Plan) -> set[str]:
        """Those that differ, or that have a route that differs."""
        was, now = ({(r.resource, r.day): r for r in p.routes} for p in (self.former.plan, plan))
        routed = {resource for resource, _ in _differing(was, now)}
        return routed | _differing(self.former.problem.resource, problem.resource)

    def found(self, rule: Rule) -> Iterator[Violation]:
        """What the rule finds now."""
        if rule.reach is Reach.PLAN:
            yield from rule.check(self.whole)
            return
        for violation in self.former.verdict.violations:
            if violation.rule == rule.id and not self._reaches(rule, violation):
                yield violation
        yield from (violation for violation in rule.check(self.part) if self._reaches(rule, violation))

    def _reaches(self, rule: Rule, violation: Violation) -> bool:
        if rule.reach is Reach.RESOURCE:
            return violation.resource in self.resources
        return violation.bookings[0].activity in self.activities

    @cached_property
    def part(self) -> "_Part":
        """The plan's part that the change can reach, with all bookings of its activities."""
        plan = self.whole.plan
        bookings = tuple(b for b in plan.bookings if b.activity in self.activities or b.resource in self.resources)
        return _Part(self.whole, plan.model_copy(update={"bookings": bookings}))


class _Part(View):
    """Some bookings of a plan, in the days that they have in the whole of it."""

    def __init__(self, whole: View, plan: Plan) -> None:
        super().__init__(whole.problem, plan)
        self._whole = whole

    @cached_property
    def open(self) -> tuple[Activity, ...]:
        return tuple(a for a in self._whole.open if a.id in self.plan.by_activity)

    @cached_property
    def days_of(self) -> Mapping[str, tuple[Day, ...]]:
        days = self._whole.days_of
        return {resource: days[resource] for resource in self.plan.by_resource if resource in days}


def _differing(was: Mapping[K, object], now: Mapping[K, object]) -> set[K]:
    found = {key for key, value in now.items() if was.get(key) is not value and was.get(key) != value}
    return found | (was.keys() - now.keys())
