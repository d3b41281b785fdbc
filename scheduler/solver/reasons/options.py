"""Ways to put an activity into the plan: one resource in the only role, or a team that is free together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations, combinations_with_replacement, islice

from scheduler.domain.activity import Activity, Requirement
from scheduler.domain.plan import Booking, Plan
from scheduler.domain.verdict import Violation
from scheduler.solver.reasons.asking import Asker, Role, book
from scheduler.solver.reasons.part import PLAIN, Part, closeness, made, part
from scheduler.solver.rules import RULES
from scheduler.solver.verify import verify

MOST_TEAMS = 24
MOST_OF_A_ROLE = 6
MOST_STARTS_EACH = 6


@dataclass(frozen=True)
class Option:
    """The activity's bookings, in the small plan that they were tried in."""

    bookings: tuple[Booking, ...]
    plan: Plan
    cost: tuple[float, ...]
    """The small plan's score; comparable between the options of an activity as a difference only."""

    def insert(self, plan: Plan) -> Plan:
        """The whole plan with the bookings, along the day routes that were tried."""
        keys = {b.key for b in self.bookings}
        new = {(r.resource, r.day): r for r in self.plan.routes if not keys.isdisjoint(r.bookings)}
        kept = (r for r in plan.routes if (r.resource, r.day) not in new)
        routes = sorted((*kept, *new.values()), key=lambda r: (r.resource, r.day))
        return Plan(
            fingerprint=plan.fingerprint,
            bookings=(*plan.bookings, *self.bookings),
            routes=tuple(routes),
            unscheduled=tuple(u for u in plan.unscheduled if u.activity not in {key.activity for key in keys}),
        )


@dataclass(frozen=True)
class Teams:
    """What came of trying whole teams."""

    options: tuple[Option, ...] = ()
    tried: int = 0
    closest: tuple[tuple[Booking, ...], tuple[Violation, ...]] | None = None


def options(asker: Asker, activity: Activity, roles: Sequence[Role], until: float) -> Teams:
    """Bookings for all roles of one requirement set that break no rule, the cheapest first."""
    found, tried = [], 0
    closest: tuple[tuple[Booking, ...], tuple[Violation, ...]] | None = None
    parts: dict[object, tuple[Part, tuple[float, ...]]] = {}
    single = sum(role.requirement.count for role in roles) == 1
    teams = _one(asker, activity, roles[0]) if single else _teams(asker, activity, roles, until)
    for bookings in islice(teams, None if single else MOST_TEAMS):
        if tried and asker.late(until):
            break
        tried += 1
        resources = frozenset(b.resource for b in bookings)
        near = bookings[0].start.date()
        if (resources, near) not in parts:
            small = part(asker.problem, asker.plan, activity, sorted(resources), around=bookings[0].start)
            parts[resources, near] = small, _score(asker, small, small.plan)
        small, before = parts[resources, near]
        plan, breaches = small.tried(bookings)
        if not breaches:
            cost = tuple(b - a for a, b in zip(before, _score(asker, small, plan), strict=True))
            found.append(Option(bookings, plan, cost))
        elif closest is None or closeness(breaches) < closeness(closest[1]):
            closest = bookings, breaches
    return Teams(tuple(sorted(found, key=lambda o: o.cost)), tried, closest)


def _score(asker: Asker, small: Part, plan: Plan) -> tuple[float, ...]:
    goal = asker.problem.goal
    unlimited = goal.model_copy(update={"limits": PLAIN.limits})
    return verify(made(small.problem, goal=unlimited), plan, RULES).score.order


def _one(asker: Asker, activity: Activity, role: Role) -> Iterator[tuple[Booking, ...]]:
    for finding in role.free[: 2 * MOST_OF_A_ROLE]:
        resource = asker.problem.resource[finding.resource]
        step = max(1.0, len(finding.free) / MOST_STARTS_EACH)
        for n in range(min(MOST_STARTS_EACH, len(finding.free))):
            yield (book(activity, role.requirement, 0, resource, finding.free[int(n * step)]),)


def _teams(asker: Asker, activity: Activity, roles: Sequence[Role], until: float) -> Iterator[tuple[Booking, ...]]:
    """Teams to try, at every start at which somebody is free for a role; the first start in any case."""
    offset = activity.meeting.min_offset if activity.meeting.kind == "sequential" else timedelta(0)
    moments = sorted({s - n * offset for n, role in enumerate(roles) for f in role.free for s in f.free})
    for m, moment in enumerate(moments):
        if m and asker.late(until):
            return
        starts = [moment + n * offset for n in range(len(roles))]
        free = [(r.requirement, _free_at(asker, activity, r, s)) for r, s in zip(roles, starts, strict=True)]
        yield from islice(_picks(asker, activity, free, until), 2)


def _free_at(asker: Asker, activity: Activity, role: Role, start: datetime) -> list[Booking]:
    """Bookings of the role at that start; where the activity's people need not meet, at a start of their own."""
    found = []
    for finding in role.free:
        resource = asker.problem.resource[finding.resource]
        if start in finding.free or asker.fits(activity, role.requirement, resource, start):
            found.append(book(activity, role.requirement, 0, resource, start))
        elif activity.meeting.kind == "independent":
            found.append(book(activity, role.requirement, 0, resource, finding.start))
        if len(found) >= max(MOST_OF_A_ROLE, role.requirement.count + 2):
            break
    return found


def _picks(
    asker: Asker, activity: Activity, free: Sequence[tuple[Requirement, list[Booking]]], until: float,
    chosen: tuple[Booking, ...] = (),
) -> Iterator[tuple[Booking, ...]]:  # fmt: skip
    """Choices of as many for each role as it needs, nobody twice where people must be different."""
    if not free:
        yield _stayed(asker, activity, chosen)
        return
    requirement, who = free[0]
    alone = activity.different_people and requirement.kind == "technician"
    taken = {b.resource for b in chosen} if alone else set[str]()
    others = [booking for booking in who if booking.resource not in taken]
    choices = combinations if alone else combinations_with_replacement
    for n, some in enumerate(choices(others, requirement.count)):
        if n and asker.late(until):
            return
        mine = tuple(booking.model_copy(update={"ordinal": k}) for k, booking in enumerate(some))
        yield from _picks(asker, activity, free[1:], until, (*chosen, *mine))


def _stayed(asker: Asker, activity: Activity, team: tuple[Booking, ...]) -> tuple[Booking, ...]:
    """The team, with rooms booked for as long as anybody is in them."""
    ends = [b.end for b in team if b.resource in asker.problem.technician]
    return tuple(b.model_copy(update={"end": max(b.end, *ends)}) if ends and b.resource in asker.problem.room else b
                 for b in team)  # fmt: skip
