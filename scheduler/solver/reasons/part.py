"""The small part of a problem and a plan that an alternative touches, so that asking the rules takes a millisecond."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from scheduler.domain.activity import Activity
from scheduler.domain.goal import Goal
from scheduler.domain.override import Lock
from scheduler.domain.plan import Booking, DayRoute, Plan, Restock
from scheduler.domain.problem import Problem
from scheduler.domain.resource import Technician
from scheduler.domain.verdict import Violation
from scheduler.solver.dayroutes import with_routes
from scheduler.solver.rules import RULES, TermRule
from scheduler.solver.verify import verify

HARD = tuple(rule for rule in RULES if not isinstance(rule, TermRule))
PLAIN = Goal.weighted(unscheduled=1)
ONE_DAY = timedelta(days=1)


def made(problem: Problem, **changes: object) -> Problem:
    """The problem with other fields, neither checked nor burdened with what is cached."""
    fields = {name: getattr(problem, name) for name in type(problem).model_fields}
    return Problem.model_construct(**{**fields, **changes})


@dataclass(frozen=True)
class Part:
    """Some resources, what they are booked for on some days, and one activity more."""

    problem: Problem
    plan: Plan
    former: dict[tuple[str, date], DayRoute]
    """The routes of the days, which hold breaks and stops at the depot that a new route may keep."""

    @cached_property
    def before(self) -> tuple[Violation, ...]:
        return verify(self.problem, self.plan, HARD).breaches

    def breaches(self, bookings: Sequence[Booking]) -> tuple[Violation, ...]:
        """What the plan newly breaks with these bookings, along the best of the day routes that are tried."""
        return self.tried(bookings)[1]

    def tried(self, bookings: Sequence[Booking]) -> tuple[Plan, tuple[Violation, ...]]:
        """The part's plan with these bookings, and what it newly breaks."""
        everything = Plan(bookings=(*self.plan.bookings, *bookings), routes=self.plan.routes)
        best = with_routes(self.problem, everything)
        found = self._new(best)
        for other in self._variants(best, bookings) if found else ():
            if (less := self._new(other)) != found and closeness(less) < closeness(found):
                best, found = other, less
            if not found:
                break
        return best, found

    def _new(self, plan: Plan) -> tuple[Violation, ...]:
        return fresh(verify(self.problem, plan, HARD).breaches, self.before)

    def _variants(self, plan: Plan, bookings: Sequence[Booking]) -> Iterable[Plan]:
        """The plan along other routes: with the breaks and the stop at the depot as they were, with a stop anew."""
        keys = {b.key for b in bookings}
        for n, route in enumerate(plan.routes):
            technician = self.problem.technician[route.resource]
            if keys.isdisjoint(route.bookings):
                continue
            for other in _other_routes(
                self.problem, plan, technician, route, self.former.get((route.resource, route.day))
            ):
                yield plan.model_copy(update={"routes": (*plan.routes[:n], other, *plan.routes[n + 1 :])})


def _other_routes(
    problem: Problem, plan: Plan, technician: Technician, route: DayRoute, former: DayRoute | None
) -> Iterable[DayRoute]:
    if former is not None and (former.breaks != route.breaks or former.restock != route.restock):
        ends = {"departure": min(route.departure, former.departure), "arrival": max(route.arrival, former.arrival)}
        kept = {"breaks": former.breaks, "restock": former.restock}
        yield route.model_copy(update=kept)
        yield route.model_copy(update={**kept, **ends})
    needy = (problem.activity[key.activity] for key in route.bookings)
    if technician.depot is None or not any(a.tools or a.parts for a in needy):
        return
    for n, key in enumerate(route.bookings):
        activity = problem.activity[key.activity]
        onward = drive(problem, technician, technician.depot, activity.place)
        out = drive(problem, technician, technician.start_place, technician.depot)
        if onward is None or out is None:
            continue
        end = plan.by_key[key].start - activity.setup - onward
        start = end - technician.restock_duration
        stop = Restock(place=technician.depot, start=start, end=end)
        left = min(route.departure, start - out) if n == 0 else route.departure
        yield route.model_copy(update={"restock": stop, "departure": left})


def drive(problem: Problem, technician: Technician, start: str | None, end: str | None) -> timedelta | None:
    """How long it is from one place to the other; nothing where one of them is open, None where there is no way."""
    if start is None or end is None:
        return timedelta(0)
    leg = problem.travel.between(problem.place, start, end, technician.travel_profile, technician.travel_speed)
    return None if leg is None else leg[0]


def fresh(after: Iterable[Violation], before: Iterable[Violation]) -> tuple[Violation, ...]:
    """The breaches that were not there before, or were smaller."""
    left = list(before)
    new = []
    for v in after:
        same = next((o for o in left if (o.rule, o.resource, o.activity) == (v.rule, v.resource, v.activity)
                     and o.amount >= v.amount - 1e-9), None)  # fmt: skip
        if same is None:
            new.append(v)
        else:
            left.remove(same)
    return tuple(new)


def closeness(breaches: Sequence[Violation]) -> tuple[int, int, float]:
    """How far an alternative is from being allowed: rules broken, breaches, amounts."""
    return len({v.rule for v in breaches}), len(breaches), sum(v.amount for v in breaches)


def part(
    problem: Problem, plan: Plan, activity: Activity, resources: Collection[str], *,
    around: datetime | None = None, links: bool = True, locks: Sequence[Lock] | None = None, empty: bool = False,
) -> Part:  # fmt: skip
    """The part for booking `activity` (as it is given here) on the resources.

    Parameters
    ----------
    plan
        With day routes.
    around
        Only bookings of technicians on the days around that moment.
    links, locks
        Whether precedences count; which locks of the activity count, all unless given.
    empty
        Leave out what the resources are booked for.
    """
    related = [p for p in problem.precedences if activity.id in (p.before, p.after)] if links else []
    partners = {name for p in related for name in (p.before, p.after)} - {activity.id}
    routes = [] if empty else _routes(problem, plan, resources, around)
    kept = {key: plan.by_key[key] for route in routes for key in route.bookings if key in plan.by_key}
    if not empty:
        rooms = (r for r in resources if r in problem.room)
        kept |= {b.key: b for r in rooms for b in plan.by_resource.get(r, ())}
    partial = {key.activity for key in kept}
    whole = partners | {name for name in partial if problem.activity[name].place is None}
    kept |= {b.key: b for name in whole for b in plan.by_activity.get(name, ())}
    kept = {key: b for key, b in kept.items() if key.activity != activity.id}
    names = {key.activity for key in kept} | partners
    used = {*resources, *(b.resource for b in kept.values())}
    small = _small(problem, activity, names, used)
    own = [k for k in problem.locks if k.activity == activity.id] if locks is None else list(locks)
    small = made(small, precedences=tuple(related), goal=PLAIN,
                 locks=(*(k for k in problem.locks if k.activity in names), *own))  # fmt: skip
    former = {(r.resource, r.day): r for r in routes}
    return Part(small, with_routes(small, Plan(bookings=tuple(kept.values()), routes=tuple(routes))), former)


def _routes(problem: Problem, plan: Plan, resources: Collection[str], around: datetime | None) -> list[DayRoute]:
    found = []
    for name in resources:
        technician = problem.technician.get(name)
        if technician is None:
            continue
        day = None if around is None else technician.working_hours.day_of(around)
        own = {key for b in plan.by_resource.get(name, ()) for key in (b.key,)}
        found += [r for r in plan.routes if own and r.resource == name and (day is None or abs(r.day - day) <= ONE_DAY)]
    return found


def _small(problem: Problem, activity: Activity, names: Collection[str], used: Collection[str]) -> Problem:
    activities = (activity, *(problem.activity[name] for name in names))
    technicians = tuple(problem.technician[r] for r in sorted(used) if r in problem.technician)
    rooms = tuple(problem.room[r] for r in sorted(used) if r in problem.room)
    places = {p for t in technicians for p in (t.start_place, t.end_place, t.depot)}
    places |= {room.place for room in rooms} | {a.place for a in activities}
    known = {activity.id, *names}
    return made(
        problem, activities=activities, technicians=technicians, rooms=rooms,
        places=tuple(problem.place[p] for p in sorted(p for p in places if p is not None)),
        waivers=tuple(w for w in problem.waivers if w.activity in known),
        standing=_standing(problem, known),
    )  # fmt: skip


def _standing(problem: Problem, known: Collection[str]) -> Plan | None:
    if problem.standing is None:
        return None
    by_activity = problem.standing.by_activity
    return Plan(bookings=tuple(b for name in sorted(known) for b in by_activity.get(name, ())))
