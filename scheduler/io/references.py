"""Whether a plan speaks of the same things as the problem it comes with."""

from collections.abc import Iterator

from scheduler.domain.errors import Fault, InvalidInput
from scheduler.domain.plan import Plan
from scheduler.domain.problem import Problem


def require_known(problem: Problem, plan: Plan, source: str = "") -> None:
    """Raise InvalidInput when the plan names what the problem does not have, with all faults."""
    faults = tuple([*_bookings(problem, plan), *_routes(problem, plan), *_unscheduled(problem, plan)])
    if faults:
        raise InvalidInput(faults, source)


def _bookings(problem: Problem, plan: Plan) -> Iterator[Fault]:
    for n, booking in enumerate(plan.bookings):
        path = f"bookings[{n}]"
        if booking.resource not in problem.resource:
            yield Fault(f"{path}.resource", _unknown(booking.resource, "a technician or room"))
        if booking.activity not in problem.activity:
            yield Fault(f"{path}.activity", _unknown(booking.activity, "an activity"))
            continue
        try:
            problem.requirement(booking.key)
        except KeyError:
            yield Fault(f"{path}.requirement", _unknown(booking.requirement, f"a requirement of {booking.activity!r}"))


def _routes(problem: Problem, plan: Plan) -> Iterator[Fault]:
    for n, route in enumerate(plan.routes):
        if route.resource not in problem.technician:
            yield Fault(f"routes[{n}].resource", _unknown(route.resource, "a technician"))
        for k, key in enumerate(route.bookings):
            if key not in plan.by_key:
                yield Fault(f"routes[{n}].bookings[{k}]", f"{key} is not among the plan's bookings")
        if route.restock is not None and route.restock.place not in problem.place:
            yield Fault(f"routes[{n}].restock.place", _unknown(route.restock.place, "a place"))


def _unscheduled(problem: Problem, plan: Plan) -> Iterator[Fault]:
    for n, left_out in enumerate(plan.unscheduled):
        if left_out.activity not in problem.activity:
            yield Fault(f"unscheduled[{n}].activity", _unknown(left_out.activity, "an activity"))


def _unknown(name: str, kind: str) -> str:
    return f"{name!r} is not the id of {kind} of this problem; is it the plan of another one?"
