"""A plan as plain tables, the same for Excel, CSV and HTML."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from scheduler.domain.override import LockKind
from scheduler.domain.plan import Booking, DayRoute, Plan
from scheduler.domain.problem import Problem
from scheduler.domain.verdict import Verdict
from scheduler.io.stops import place_of, stops

Cell = str | float | int | datetime | None
Row = tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    """Rows under a header; times are local ones of the problem's zone, without a zone."""

    name: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]


def tables(problem: Problem, plan: Plan, verdict: Verdict | None = None) -> tuple[Table, ...]:
    """Bookings, day routes, unscheduled with reasons, score, and the violations where a verdict is given."""
    found = [
        Table("bookings", _BOOKINGS, tuple(_bookings(problem, plan))),
        Table("day routes", _ROUTES, tuple(_routes(problem, plan))),
        Table("unscheduled", ("activity", "name", "priority", "rule", "reason"), tuple(_unscheduled(problem, plan))),
        Table("score", ("term", "value"), tuple(_score(plan, verdict))),
    ]
    if verdict is not None:
        found.append(Table("violations", _VIOLATIONS, tuple(_violations(verdict))))
    return tuple(found)


_BOOKINGS = (
    "start",
    "end",
    "resource",
    "resource name",
    "activity",
    "activity name",
    "requirement",
    "ordinal",
    "place",
    "address",
    "status",
    "lock",
    "contact",
    "phone",
    "instructions",
    "bring",
)
_ROUTES = ("day", "resource", "name", "stop", "kind", "activity", "place", "arrival", "start", "end", "drive min", "km")
_VIOLATIONS = ("rule", "exempted", "amount", "activity", "resource", "bookings", "text")


def local(moment: datetime, problem: Problem) -> datetime:
    """The clock on the wall in the problem's zone, as spreadsheets want it: without a zone."""
    return moment.astimezone(ZoneInfo(problem.time_zone)).replace(tzinfo=None)


def name_of(problem: Problem, resource: str) -> str:
    known = problem.resource.get(resource)
    return resource if known is None else known.name or known.id


def lock_of(problem: Problem, booking: Booking) -> str:
    """What is locked of a booking, with the reason; empty when nothing is."""
    for lock in problem.active_locks:
        everywhere = lock.requirement is None and lock.kind in (LockKind.TIME, LockKind.TIME_RANGE)
        same = (lock.requirement, lock.ordinal) == (booking.requirement, booking.ordinal)
        if lock.activity == booking.activity and (everywhere or same):
            return f"{lock.kind.value}: {lock.why}" if lock.why else lock.kind.value
    return ""


def in_order(plan: Plan) -> list[Booking]:
    return sorted(plan.bookings, key=lambda b: (b.start, b.resource, b.key))


def _bookings(problem: Problem, plan: Plan) -> Iterator[Row]:
    for booking in in_order(plan):
        activity = problem.activity[booking.activity]
        place_id = place_of(problem, plan, activity.id)
        place = problem.place.get(place_id or "")
        briefing = activity.briefing
        yield (
            local(booking.start, problem),
            local(booking.end, problem),
            booking.resource,
            name_of(problem, booking.resource),
            activity.id,
            activity.name,
            booking.requirement,
            booking.ordinal,
            place_id,
            place.address if place else "",
            booking.status.value,
            lock_of(problem, booking),
            briefing.contact,
            briefing.phone,
            briefing.instructions,
            "; ".join(briefing.bring),
        )


def _routes(problem: Problem, plan: Plan) -> Iterator[Row]:
    for route in sorted(plan.routes, key=lambda r: (r.day, r.resource)):
        yield from _route(problem, plan, route)


def _route(problem: Problem, plan: Plan, route: DayRoute) -> Iterator[Row]:
    for n, stop in enumerate(stops(problem, plan, route)):
        yield (
            route.day.isoformat(),
            route.resource,
            name_of(problem, route.resource),
            n,
            stop.kind,
            stop.key.activity if stop.key else "",
            stop.place,
            local(stop.arrival, problem) if stop.arrival else None,
            local(stop.start, problem),
            local(stop.end, problem),
            minutes(stop.drive),
            round(stop.km, 3),
        )


def _unscheduled(problem: Problem, plan: Plan) -> Iterator[Row]:
    for left_out in plan.unscheduled:
        activity = problem.activity[left_out.activity]
        for reason in left_out.reasons:
            yield activity.id, activity.name, activity.priority, reason.rule, reason.text
        if not left_out.reasons:
            yield activity.id, activity.name, activity.priority, "", ""


def _score(plan: Plan, verdict: Verdict | None) -> Iterator[Row]:
    score = verdict.score if verdict is not None else plan.score
    if score is None:
        return
    yield "mandatory unscheduled", score.mandatory_unscheduled
    yield from ((f"cost, level {n}", cost) for n, cost in enumerate(score.levels, start=1))
    yield from ((term.value, value) for term, value in score.terms.items())


def _violations(verdict: Verdict) -> Iterator[Row]:
    for breach in verdict.violations:
        exempted = "yes" if breach.exempted else "no"
        bookings = "; ".join(map(str, breach.bookings))
        yield breach.rule, exempted, breach.amount, breach.activity, breach.resource, bookings, breach.text


def minutes(length: timedelta) -> float:
    return round(length.total_seconds() / 60, 2)
