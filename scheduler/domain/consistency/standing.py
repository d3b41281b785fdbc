"""The standing plan: it may only speak of what is given."""

from collections.abc import Iterator

from scheduler.domain.consistency.known import Found, Known, Path
from scheduler.domain.consistency.overrides import booked
from scheduler.domain.plan import BookingKey


def standing(known: Known) -> Iterator[Found]:
    plan = known.problem.standing
    if plan is None:
        return
    seen: set[BookingKey] = set()
    for n, booking in enumerate(plan.bookings):
        path: Path = ("standing", "bookings", n)
        if booking.key in seen:
            yield path, f"booking {booking.key} stands twice; keep one"
        seen.add(booking.key)
        yield from booked(known, booking.key, booking.resource, path)
    for n, route in enumerate(plan.routes):
        yield from known.reference(route.resource, ("standing", "routes", n, "resource"), "technician")
        for k, key in enumerate(route.bookings):
            if key not in seen:
                yield ("standing", "routes", n, "bookings", k), f"there is no booking {key}; add it or leave it out"
    for n, left_out in enumerate(plan.unscheduled):
        yield from known.reference(left_out.activity, ("standing", "unscheduled", n, "activity"), "activity")
