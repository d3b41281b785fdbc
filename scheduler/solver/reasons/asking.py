"""What the rules say to one role of an activity filled by one resource or another."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from typing import Literal

from scheduler.domain.activity import Activity, Requirement
from scheduler.domain.interval import Interval
from scheduler.domain.override import Lock
from scheduler.domain.plan import Booking, DayRoute, Plan
from scheduler.domain.problem import Problem
from scheduler.domain.resource import Resource
from scheduler.domain.verdict import Violation
from scheduler.solver.dayroutes import with_routes
from scheduler.solver.reasons.part import HARD, PLAIN, Part, closeness, made, part
from scheduler.solver.reasons.starts import length_of, starts
from scheduler.solver.rules.base import RESOURCE, TIME
from scheduler.solver.verify import verify
from scheduler.solver.view import View

MOST_RESOURCES = 40
GRACE_SECONDS = 0.1
"""When time is up, skills and the like are still asked about for so long."""
MOST_STARTS = 24
ONE_DAY = timedelta(days=1)
TIMELY = tuple(rule for rule in HARD if rule.concerns == TIME)
STATIC = tuple(rule for rule in HARD if rule.concerns == RESOURCE or rule.static)
ELSEWHERE = frozenset(
    {"id", "name", "status", "actual_start", "actual_end", "duration", "setup", "teardown", "place", "start_windows",
     "finish_windows", "service_windows", "priced_windows", "preferred_windows", "release", "respond_by", "resolve_by",
     "deadline", "priority", "unscheduled_price", "mandatory", "requirements", "alternatives", "meeting", "briefing",
     "custom"}
)  # fmt: skip
"""Fields of an activity that no breach which depends on the resource alone depends on."""


@dataclass(frozen=True)
class Finding:
    """A resource in a role, at the start of those tried that breaks least."""

    resource: str
    kind: Literal["alone", "busy", "free"]
    """Breaks rules on an empty day; only together with what is booked; breaks none."""
    start: datetime
    breaches: tuple[Violation, ...]
    tried: int
    free: tuple[datetime, ...] = ()
    """The starts at which no rule is broken."""


@dataclass
class Role:
    """One requirement and what was found about who may fill it."""

    requirement: Requirement
    total: int
    """How many resources of its kind there are."""
    unsuited: "Mapped"
    """By resource, what it breaks at any time; of those that were looked at."""
    findings: list[Finding] = field(default_factory=list)
    unasked: list[str] = field(default_factory=list)
    """Suitable as far as is known, but not looked at."""

    @property
    def free(self) -> list[Finding]:
        return [f for f in self.findings if f.kind == "free"]

    @property
    def closest(self) -> Finding | None:
        return min(self.findings, key=lambda f: closeness(f.breaches), default=None)


Mapped = Mapping[str, tuple[Violation, ...]]


class Asker:
    """Asks about the alternatives of one plan."""

    def __init__(self, problem: Problem, plan: Plan, deadline: float, cancel: Callable[[], bool] | None = None) -> None:
        self.problem = problem
        self.plan = with_routes(problem, plan)
        self.deadline, self._cancel = deadline, cancel
        self._unsuited: dict[object, Mapped] = {}
        self._special = {k.activity for k in problem.locks} | {w.activity for w in problem.waivers}
        self._fitting: dict[object, bool] = {}

    def late(self, deadline: float | None = None) -> bool:
        if self._cancel is not None and self._cancel():
            self.deadline = min(self.deadline, monotonic())
        return monotonic() > (self.deadline if deadline is None else min(self.deadline, deadline))

    def _spent(self) -> bool:
        return monotonic() > self.deadline + GRACE_SECONDS

    def role(
        self, activity: Activity, requirements: Sequence[Requirement], requirement: Requirement, until: float
    ) -> Role:
        """Ask about every resource, the most promising ones at all starts; when time is up, static answers or none."""
        kind: Sequence[Resource] = self.problem.technicians if requirement.kind == "technician" else self.problem.rooms
        total, hurried = len(kind), self.late()
        known = self._key(activity, requirement, kind) in self._unsuited
        if self._spent() and not known:
            return Role(requirement, total, {}, unasked=[r.id for r in kind])
        ranked = self._ranked(activity, requirement, kind) if kind else []
        looked = ranked[:MOST_RESOURCES] if hurried and not known else ranked
        unsuited = self.unsuited(activity, requirements, requirement, looked)
        suited = [r for r in ranked if not unsuited.get(r.id)]
        role = Role(requirement, total, {r: v for r, v in unsuited.items() if v})
        asked = suited[:MOST_RESOURCES] or sorted(looked, key=lambda r: closeness(unsuited[r.id]))[:1]
        for n, resource in enumerate(asked):
            if hurried or (n and self.late(until)):
                break
            if found := self.finding(activity, requirements, requirement, resource):
                role.findings.append(found)
        met = {f.resource for f in role.findings}
        role.unasked = [r.id for r in suited if r.id not in met]
        return role

    def _ranked(self, activity: Activity, requirement: Requirement, kind: Sequence[Resource]) -> list[Resource]:
        named = {k.resource for k in self.problem.active_locks if k.activity == activity.id and k.resource}
        if self.problem.standing is not None:
            named |= {b.resource for b in self.problem.standing.by_activity.get(activity.id, ())}
        chosen, booked = set(requirement.must_choose_from or ()), self.plan.by_resource
        liked = {*requirement.preferred, *chosen}
        return sorted(kind, key=lambda r: (r.id not in named, r.id not in liked, len(booked.get(r.id, ())), r.id))

    def unsuited(self, activity: Activity, requirements: Sequence[Requirement], requirement: Requirement,
                 resources: Sequence[Resource]) -> Mapped:  # fmt: skip
        """By resource, the breaches that no start could mend; empty where there are none."""
        key = self._key(activity, requirement, resources)
        if key is None or key not in self._unsuited:
            locks = own_locks(self.problem, activity, requirements, requirement)
            found = _static(self.problem, alone(activity, requirement), requirement, resources, locks)
            self._unsuited[key] = found
        return self._unsuited[key]

    def _key(self, activity: Activity, requirement: Requirement, resources: Sequence[Resource]) -> object:
        """Alike for activities that the same resources are unsuited for."""
        if activity.id in self._special:
            return None
        own = tuple(getattr(activity, f) for f in type(activity).model_fields if f not in ELSEWHERE)
        return own, requirement.model_copy(update={"id": "-", "count": 1}), _which(resources)

    def fits(self, activity: Activity, requirement: Requirement, resource: Resource, start: datetime) -> bool:
        """Whether one of a team's roles could be filled by the resource at that start; asked once."""
        key = (activity.id, requirement.id, resource.id, start)
        if key not in self._fitting:
            small = part(self.problem, self.plan, alone(activity, requirement), (resource.id,), around=start,
                         links=False, locks=())  # fmt: skip
            self._fitting[key] = not small.breaches((book(activity, requirement, 0, resource, start),))
        return self._fitting[key]

    def finding(self, activity: Activity, requirements: Sequence[Requirement], requirement: Requirement,
                resource: Resource) -> Finding | None:  # fmt: skip
        """The resource in the role at the starts that its activity allows; None without any start to try."""
        several = sum(r.count for r in requirements) > 1
        asked = alone(activity, requirement)
        locks = own_locks(self.problem, activity, requirements, requirement)
        parts: dict[object, Part] = {}

        def near(start: datetime, empty: bool) -> Part:
            day = (start.date(), empty)
            if day not in parts:
                parts[day] = part(self.problem, self.plan, asked, (resource.id,), around=start, links=not several,
                                  locks=locks, empty=empty)  # fmt: skip
            return parts[day]

        def trial(start: datetime) -> Booking:
            return book(activity, requirement, 0, resource, start)

        moments = starts(self.problem, self.plan, activity, requirement, resource)
        if not moments:
            return None
        at_work = {m for m in moments if _at_work(self.problem, resource, m)}
        timely = _timely(near(moments[0], True).problem, [trial(m) for m in moments], at_work)
        together = {b.start: near(b.start, False).breaches((b,)) for b in timely}
        free = tuple(start for start, found in together.items() if not found)
        if free:
            return Finding(resource.id, "free", free[0], (), len(moments), free)
        by_day = {}
        for start in sorted(together, key=lambda s: closeness(together[s])):
            by_day[start] = near(start, True).breaches((trial(start),))
            if not by_day[start]:
                break
        busy = any(not found for found in by_day.values())
        told = together if busy else by_day
        best = min(told, key=lambda s: closeness(told[s]))
        return Finding(resource.id, "busy" if busy else "alone", best, told[best], len(moments))


def _which(resources: Sequence[Resource]) -> object:
    return len(resources) if len(resources) > MOST_RESOURCES else frozenset(r.id for r in resources)


def alone(activity: Activity, requirement: Requirement) -> Activity:
    """The activity as if it asked for nobody but one in that role."""
    one = requirement.model_copy(update={"count": 1})
    return activity.model_copy(update={"requirements": (one,), "alternatives": ()})


def own_locks(
    problem: Problem, activity: Activity, requirements: Sequence[Requirement], requirement: Requirement
) -> list[Lock]:
    """The activity's locks that bind whoever fills the role."""
    locks = [k for k in problem.locks if k.activity == activity.id]
    if requirement.count > 1:
        locks = [k for k in locks if k.requirement is None]
    if activity.meeting.kind == "sequential" and requirement.id != requirements[0].id:
        locks = [k for k in locks if k.requirement is not None]
    return [k for k in locks if k.requirement in (None, requirement.id)]


def book(activity: Activity, requirement: Requirement, ordinal: int, resource: Resource, start: datetime) -> Booking:
    end = start + length_of(activity, requirement, resource)
    return Booking(activity=activity.id, requirement=requirement.id, ordinal=ordinal, resource=resource.id,
                   start=start, end=end)  # fmt: skip


def _at_work(problem: Problem, resource: Resource, start: datetime) -> bool:
    """Whether the start lies in the technician's hours of a day and overtime; elsewhere no service is allowed."""
    technician = problem.technician.get(resource.id)
    if technician is None:
        return True
    today = technician.working_hours.day_of(start)
    spans = [s for day in (today, today - ONE_DAY) for s in technician.working_hours.on(day)[-1:]]
    late = any(s.start <= start <= s.end + technician.overtime_limit for s in spans)
    days = (technician.working_hours.on(day) for day in (today, today - ONE_DAY))
    return late or any(s.start <= start <= s.end for day in days for s in day)


def _timely(problem: Problem, trials: Sequence[Booking], at_work: Collection[datetime]) -> list[Booking]:
    """Those that keep the rules about time alone, at work if there are any, at most so many; otherwise the closest."""
    off = {b.start: tuple(v for rule in TIMELY for v in rule.check(View(problem, Plan(bookings=(b,))))) for b in trials}
    keeping = [b for b in trials if not off[b.start]]
    keeping = [b for b in keeping if b.start in at_work] or keeping
    if not keeping:
        return sorted(trials, key=lambda b: (b.start not in at_work, closeness(off[b.start])))[:3]
    step = max(1.0, len(keeping) / MOST_STARTS)
    return [keeping[int(n * step)] for n in range(min(MOST_STARTS, len(keeping)))]


def _static(problem: Problem, activity: Activity, requirement: Requirement, resources: Sequence[Resource],
            locks: Sequence[Lock]) -> Mapped:  # fmt: skip
    """One look at a day on which every resource is booked for its own copy of the activity."""
    start = problem.earliest_start
    copies, bookings, routes = [], [], []
    for n, resource in enumerate(resources):
        copy = activity.model_copy(update={"id": f"{n}"})
        copies.append(copy)
        bookings.append(book(copy, requirement, 0, resource, start))
        if resource.id in problem.technician:
            day = problem.technician[resource.id].working_hours.day_of(start)
            routes.append(DayRoute(resource=resource.id, day=day, departure=start, arrival=bookings[-1].end,
                                   bookings=(bookings[-1].key,)))  # fmt: skip
    ids: Collection[str] = {r.id for r in resources}
    waivers = [w for w in problem.waivers if w.activity == activity.id]
    small = made(
        problem, activities=tuple(copies), precedences=(), standing=None, goal=PLAIN,
        horizon=Interval(start=start, end=start + ONE_DAY),
        technicians=tuple(t for t in problem.technicians if t.id in ids),
        rooms=tuple(r for r in problem.rooms if r.id in ids),
        locks=tuple(k.model_copy(update={"activity": c.id}) for c in copies for k in locks),
        waivers=tuple(w.model_copy(update={"activity": c.id}) for c in copies for w in waivers),
    )  # fmt: skip
    found: dict[str, list[Violation]] = {r.id: [] for r in resources}
    for v in verify(small, Plan(bookings=tuple(bookings), routes=tuple(routes)), STATIC).breaches:
        if v.concerns == RESOURCE:
            owner = v.activity if v.activity is not None else v.bookings[0].activity if v.bookings else None
            if owner is not None:
                found[resources[int(owner)].id].append(v)
    return {name: tuple(violations) for name, violations in found.items()}
