"""A plan in ticks: what the engines hand to each other."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from scheduler.domain.plan import Booking, BookingKey, BookingStatus, BreakTaken, DayRoute, Plan, Restock
from scheduler.solver.compiled import Compiled
from scheduler.solver.uncollected import uncollected


@dataclass(frozen=True)
class Placed:
    """Where and when a slot is booked."""

    lane: int
    start: int
    duration: int


@dataclass(frozen=True)
class Route:
    """A technician's day: slots in order, and what lies between them."""

    slots: tuple[int, ...]
    departure: int
    arrival: int
    breaks: tuple[tuple[int, int], ...] = ()
    """(index of the pause, start)."""
    restock: int | None = None
    """Start of the restocking stop."""


@dataclass(frozen=True)
class Solution:
    """Slots that are booked, and the routes of the lanes that are used. Slots that are missing are left out."""

    placed: dict[int, Placed] = field(default_factory=dict)
    routes: dict[int, Route] = field(default_factory=dict)

    def activities(self, compiled: Compiled) -> set[int]:
        """The activities that are scheduled."""
        return {int(compiled.slots.activity[slot]) for slot in self.placed}


@uncollected()
def to_plan(compiled: Compiled, solution: Solution) -> Plan:
    """The plan that a solution stands for, without score and reasons. What stands unmoved keeps its status."""
    standing = compiled.problem.standing
    known = standing.by_key if standing is not None else {}
    bookings = []
    for slot, placed in sorted(solution.placed.items()):
        start = compiled.clock.moment(placed.start)
        booking = Booking(
            **compiled.slots.keys[slot]._asdict(),
            start=start,
            end=start + compiled.clock.length(placed.duration),
            resource=compiled.resources[compiled.lanes.resource[placed.lane]],
        )
        before = known.get(booking.key)
        same = before is not None and before.model_copy(update={"status": BookingStatus.PROPOSED}) == booking
        bookings.append(before if before is not None and same else booking)
    routes = (_day_route(compiled, lane, route) for lane, route in sorted(solution.routes.items()))
    return Plan(fingerprint=compiled.problem.fingerprint, bookings=tuple(bookings), routes=tuple(routes))


def _day_route(compiled: Compiled, lane: int, route: Route) -> DayRoute:
    moment, day = compiled.clock.moment, compiled.lanes.day[lane]
    assert day is not None, "rooms have no routes"
    restock = None
    if route.restock is not None:
        place = compiled.travel.places[compiled.depot[lane]]
        restock = Restock(place=place, start=moment(route.restock), end=moment(route.restock + compiled.restock[lane]))
    pauses = compiled.pauses[lane]
    breaks = tuple(
        BreakTaken(id=pauses[p].id, start=moment(start), end=moment(start + pauses[p].duration))
        for p, start in sorted(route.breaks, key=lambda b: b[1])
    )
    return DayRoute(
        resource=compiled.resources[compiled.lanes.resource[lane]],
        day=day,
        departure=moment(route.departure),
        arrival=moment(route.arrival),
        bookings=tuple(compiled.slots.keys[s] for s in route.slots),
        breaks=breaks,
        restock=restock,
    )


def from_plan(compiled: Compiled, plan: Plan) -> Solution:
    """A plan with day routes in ticks, to start a search from. What is not open is left out."""
    slot_of = {key: slot for slot, key in enumerate(compiled.slots.keys)}
    lane_of = {(compiled.resources[r], compiled.lanes.day[v]): v for v, r in enumerate(compiled.lanes.resource)}
    placed: dict[int, Placed] = {}
    for booking, lane in _lanes(plan, lane_of):
        if booking.key in slot_of:
            start, length = compiled.clock.ceil(booking.start), compiled.clock.ticks(booking.length)
            placed[slot_of[booking.key]] = Placed(lane, start, length)
    routes = {
        lane_of[r.resource, r.day]: _route(compiled, lane_of[r.resource, r.day], r, slot_of)
        for r in plan.routes
        if (r.resource, r.day) in lane_of
    }
    return Solution(placed, {lane: route for lane, route in routes.items() if route.slots})


def _lanes(plan: Plan, lane_of: dict[tuple[str, date | None], int]) -> Iterable[tuple[Booking, int]]:
    day_of = {key: route.day for route in plan.routes for key in route.bookings}
    for booking in plan.bookings:
        lane = lane_of.get((booking.resource, day_of.get(booking.key)))
        if lane is not None:
            yield booking, lane


def _route(compiled: Compiled, lane: int, route: DayRoute, slot_of: dict[BookingKey, int]) -> Route:
    ids = [p.id for p in compiled.pauses[lane]]
    breaks = tuple((ids.index(b.id), compiled.clock.ceil(b.start)) for b in route.breaks if b.id in ids)
    return Route(
        tuple(slot_of[k] for k in route.bookings if k in slot_of),
        compiled.clock.floor(route.departure),
        compiled.clock.ceil(route.arrival),
        breaks,
        compiled.clock.ceil(route.restock.start) if route.restock else None,
    )
