"""A plan as it can stand in its problem, judged."""

from collections.abc import Iterable

from scheduler.domain.held import held_bookings
from scheduler.domain.plan import Booking, BookingKey, DayRoute, Plan, Unscheduled
from scheduler.domain.problem import Problem
from scheduler.solver import judge as library
from scheduler.solver.judge import Judged
from service.kept import Kept
from service.work import Work


def judge(work: Work, problem: Problem, plan: Plan, before: Judged | None = None) -> Judged:
    """The plan with what has happened at its place, with routes and score, without what is gone; and its verdict.

    The judgement `before`, of whatever plan, saves looking again at what is the same in both: when it is not given, the
    last one of that horizon.
    """
    plans: Kept = work.session.info["memory"].plans
    name = ("judged", work.tenant, problem.horizon)
    judged = library.judge(problem, settle(problem, plan), before or plans.one(name))
    plans.keep({name: judged})
    return judged


def settle(problem: Problem, plan: Plan) -> Plan:
    """Facts come before plans, and of what is gone there are no bookings."""
    held = held_bookings(problem)
    bookings = {**{b.key: b for b in plan.bookings if b.key in held or _is_known(problem, b)}, **held}
    moved = {key for key, booking in held.items() if plan.by_key.get(key) != booking}
    lost = plan.by_key.keys() - bookings.keys()
    return replaced(plan, problem, bookings.values(), moved | lost)


def replaced(plan: Plan, problem: Problem, bookings: Iterable[Booking], changed: Iterable[BookingKey]) -> Plan:
    """The plan with these bookings. Routes that a changed booking stood in, or now stands in, are made anew."""
    found = tuple(bookings)
    now, gone = {b.key: b for b in found}, frozenset(changed)
    touched = {plan.by_key[key].resource for key in gone if key in plan.by_key}
    touched |= {now[key].resource for key in gone if key in now}
    booked = {booking.activity for booking in found}
    reasons = {one.activity: one for one in plan.unscheduled}
    left_out = [a.id for a in problem.activities if a.id not in booked]
    return plan.model_copy(
        update={
            "bookings": found,
            "routes": tuple(r for r in plan.routes if r.resource not in touched and _can_be_said(problem, r)),
            "unscheduled": tuple(reasons.get(id, Unscheduled(activity=id, reasons=())) for id in left_out),
        }
    )


def _can_be_said(problem: Problem, route: DayRoute) -> bool:
    """Whether the technician still has what the route tells of: the breaks, and the depot."""
    technician = problem.technician.get(route.resource)
    if technician is None or (route.restock is not None and route.restock.place != technician.depot):
        return False
    return {taken.id for taken in route.breaks} <= {rule.id for rule in technician.breaks}


def _is_known(problem: Problem, booking: Booking) -> bool:
    activity = problem.activity.get(booking.activity)
    if activity is None or booking.resource not in problem.resource or activity.status == "cancelled":
        return False
    return any(r.id == booking.requirement for requirements in activity.requirement_sets for r in requirements)
