"""From the answers about resources and teams to the reasons of each activity."""

from collections.abc import Callable, Sequence
from functools import cached_property
from time import monotonic

from scheduler.domain.activity import Activity
from scheduler.domain.held import open_activities
from scheduler.domain.plan import Plan, Reason, Unscheduled
from scheduler.domain.problem import Problem
from scheduler.domain.verdict import Concern, Verdict
from scheduler.solver.reasons import sentences
from scheduler.solver.reasons.asking import Asker, Role, book
from scheduler.solver.reasons.options import Option, Teams, options
from scheduler.solver.reasons.part import closeness, fresh
from scheduler.solver.verify import verify

LEAST_SHARE = 0.05
MOST_VERIFIED = 3
MOST_REASONS = 8


def reasons(
    problem: Problem, plan: Plan, *, limit_seconds: float = 5.0, cancel: Callable[[], bool] | None = None
) -> tuple[Unscheduled, ...]:
    """Why each open activity that the plan leaves out is left out: at least one reason each, the closest first.

    Parameters
    ----------
    limit_seconds
        When they have passed, what is left is told without looking at anybody's days.
    cancel
        Polled; when it returns true, time is up.
    """
    weigher = _Weigher(problem, plan, monotonic() + limit_seconds, cancel)
    left = [a for a in open_activities(problem) if a.id not in plan.by_activity]
    told = []
    for n, activity in enumerate(left):
        share = max(LEAST_SHARE, 2 * (weigher.asker.deadline - monotonic()) / (len(left) - n))
        found = weigher.reasons(activity, monotonic() + share)
        told.append(Unscheduled(activity=activity.id, reasons=tuple(found[:MOST_REASONS])))
    return tuple(told)


def insertable(problem: Problem, plan: Plan, activity_id: str, *, limit_seconds: float = 5.0) -> Plan | None:
    """The plan with the activity put in, if some alternative that is tried breaks no rule: the cheapest one found.

    The rest of the plan stays as it is, but for the day routes that take it in. None too for an activity that is
    scheduled already or not to be done.
    """
    activity = next((a for a in open_activities(problem) if a.id == activity_id), None)
    if activity is None or activity_id in plan.by_activity:
        return None
    weigher = _Weigher(problem, plan, monotonic() + limit_seconds)
    found = [o for roles in weigher.roles(activity, weigher.asker.deadline) if _fillable(roles)
             for o in options(weigher.asker, activity, roles, weigher.asker.deadline).options]  # fmt: skip
    for option in sorted(found, key=lambda o: o.cost)[:MOST_VERIFIED]:
        whole = option.insert(weigher.asker.plan)
        verdict = verify(problem, whole)
        if not fresh(verdict.breaches, weigher.verdict.breaches):
            return whole.model_copy(update={"score": verdict.score})
    return None


class _Weigher:
    """Asks about one plan, and weighs what could be put into it."""

    def __init__(self, problem: Problem, plan: Plan, deadline: float, cancel: Callable[[], bool] | None = None) -> None:
        self.problem = problem
        self.asker = Asker(problem, plan, deadline, cancel)

    @cached_property
    def verdict(self) -> Verdict:
        return verify(self.problem, self.asker.plan)

    def roles(self, activity: Activity, until: float) -> list[list[Role]]:
        """By requirement set, what was found about its roles."""
        return [[self.asker.role(activity, s, r, until) for r in s] for s in activity.requirement_sets]

    def reasons(self, activity: Activity, until: float) -> list[Reason]:
        first: list[tuple[tuple[int, int, float], Reason]] = []
        then: list[Reason] = []
        possible: list[Option] = []
        for roles in self.roles(activity, until):
            teams = options(self.asker, activity, roles, until) if _fillable(roles) else Teams()
            possible += teams.options
            first += self._closest(activity, roles, teams)
            then += self._of_set(activity, roles, teams)
        if possible:
            return [self._weighed(activity, min(possible, key=lambda o: o.cost))]
        led = [reason for _, reason in sorted(first, key=lambda pair: pair[0])[:1]]
        return list(dict.fromkeys((*led, *then)))

    def _closest(
        self, activity: Activity, roles: Sequence[Role], teams: Teams
    ) -> list[tuple[tuple[int, int, float], Reason]]:
        if teams.closest is not None:
            bookings, breaches = teams.closest
            return [(closeness(breaches), sentences.closest(self.problem, activity, bookings, breaches))]
        found = []
        for role in roles:
            if (best := role.closest) is not None and best.breaches:
                booking = book(activity, role.requirement, 0, self.problem.resource[best.resource], best.start)
                timely = best.kind == "alone" and any(Concern.TIME in v.concerns for v in best.breaches)
                reason = sentences.closest(self.problem, activity, (booking,), best.breaches, empty=timely)
                found.append((closeness(best.breaches), reason))
        return found

    def _of_set(self, activity: Activity, roles: Sequence[Role], teams: Teams) -> list[Reason]:
        lacking = [role for role in roles if len(role.free) < role.requirement.count]
        if not lacking:
            return [] if teams.options else [sentences.not_together(activity, roles, teams.tried)]
        told = []
        for role in lacking:
            if role.free and not role.unasked:
                told.append(sentences.too_few(activity, role))
            told += sentences.of_role(self.problem, activity, role) or [sentences.not_looked_at(activity, role)]
        return told

    def _weighed(self, activity: Activity, option: Option) -> Reason:
        if self.asker.late():
            return sentences.unweighed(self.problem, activity, option.bookings)
        after = verify(self.problem, option.insert(self.asker.plan))
        if new := fresh(after.breaches, self.verdict.breaches):
            return sentences.closest(self.problem, activity, option.bookings, new)
        return sentences.could(self.problem, activity, option.bookings, self.verdict.score, after.score)


def _fillable(roles: Sequence[Role]) -> bool:
    return bool(roles) and all(role.free for role in roles)
