"""Plans to uhhc solutions and back; the two place a lunch at the edges of the day differently.

The set takes lunch at a stop. A lunch before the first visit may come long before it, and what lies between is idle but
not waiting: as a plan such a lunch is moved right before the visit, or where its window ends too early, before the
departure. The other way a lunch before the departure is taken at the first patient's as late as possible.

After the last visit a lunch makes the day longer in the set, which no published solution does; a plan has none there.
Who visits nobody may have lunch at home, which the format says by naming a patient whom nobody visits.
"""

from collections.abc import Mapping
from datetime import datetime

from benchmarks.sets.uhhc.mapping import LUNCH, lunch_window, to_problem
from benchmarks.sets.uhhc.patients import UNITS
from benchmarks.sets.uhhc.reader import Caregiver, Instance, LunchBreaks
from benchmarks.sets.uhhc.scorer import score
from benchmarks.sets.uhhc.solution import LUNCH as LUNCH_SERVICE
from benchmarks.sets.uhhc.solution import Solution, Stop
from scheduler.domain.plan import Booking, BreakTaken, DayRoute, Plan, Unscheduled
from scheduler.domain.problem import Problem


def to_plan(instance: Instance, solution: Solution) -> Plan:
    """Return a published solution as a plan; routes of lunch alone have nothing to say there."""
    problem = to_problem(instance)
    bookings: list[Booking] = []
    routes: list[DayRoute] = []
    for who, stops in solution.routes.items():
        visits = [stop for stop in stops if not stop.is_lunch]
        own = [_booking(who, stop) for stop in visits]
        bookings += own
        if visits:
            routes.append(_route(instance, instance.caregiver_by_id[who], stops, own, problem))
    served = {booking.activity for booking in bookings}
    left = tuple(Unscheduled(activity=a.id, reasons=()) for a in problem.activities if a.id not in served)
    return Plan(fingerprint=problem.fingerprint, bookings=tuple(bookings), routes=tuple(routes), unscheduled=left)


def _booking(who: str, stop: Stop) -> Booking:
    start, end = UNITS.at(stop.start), UNITS.at(stop.end)
    return Booking(activity=stop.patient, requirement=stop.service, resource=who, start=start, end=end)


def _route(
    instance: Instance, caregiver: Caregiver, stops: tuple[Stop, ...], bookings: list[Booking], problem: Problem
) -> DayRoute:
    visits = [stop for stop in stops if not stop.is_lunch]
    out, back = _legs(instance, caregiver, visits)
    lunch = next((stop for stop in stops if stop.is_lunch), None)
    departure, arrival = visits[0].start - out, visits[-1].end + back
    if lunch is not None and lunch.start < visits[0].start:
        lunch, departure = _first_lunch(instance, caregiver, lunch, visits[0].start, out)
    elif lunch is not None and lunch.start >= visits[-1].end:
        lunch = None
    if instance.departs_at_shift_start:
        departure = caregiver.working_shift.start
    taken = () if lunch is None else (BreakTaken(id=LUNCH, start=UNITS.at(lunch.start), end=UNITS.at(lunch.end)),)
    return DayRoute(
        resource=caregiver.id,
        day=problem.technician[caregiver.id].working_hours.day_of(UNITS.at(caregiver.working_shift.start)),
        departure=UNITS.at(departure),
        arrival=UNITS.at(arrival),
        bookings=tuple(booking.key for booking in bookings),
        breaks=taken,
    )


def _legs(instance: Instance, caregiver: Caregiver, visits: list[Stop]) -> tuple[int, int]:
    """Return the minutes from the departing point to the first visit and from the last one to the arrival point."""
    first, last = (instance.patient_by_id[visits[end].patient].distance_matrix_index for end in (0, -1))
    home, goal = (instance.terminal_index[p] for p in (caregiver.departing_point, caregiver.arrival_point))
    return int(instance.distances[home, first]), int(instance.distances[last, goal])


def _first_lunch(instance: Instance, caregiver: Caregiver, lunch: Stop, start: int, out: int) -> tuple[Stop, int]:
    """Move a lunch before the first visit to where a plan waits least; return it and the departure."""
    window, length = lunch_window(instance, caregiver), lunch.end - lunch.start
    if window is None:
        return lunch, lunch.start - out
    if start <= window[1]:
        return Stop(lunch.patient, lunch.service, start - length, start), start - length - out
    end = min(window[1], start - out)
    if end - length >= window[0]:
        return Stop(lunch.patient, lunch.service, end - length, end), start - out
    return Stop(lunch.patient, lunch.service, window[1] - length, window[1]), window[1] - length - out


def from_plan(instance: Instance, plan: Plan) -> Solution:
    """Return a plan in the published format, every caregiver with a route, and its weighted cost components."""
    visited = {booking.activity for booking in plan.bookings}
    absent = next((patient.id for patient in instance.patients if patient.id not in visited), None)
    choices: dict[str, list[tuple[Stop, ...]]] = {}
    for caregiver in instance.caregivers:
        bookings = plan.by_resource.get(caregiver.id, ())
        visits = tuple(Stop(b.activity, b.requirement, _minute(b.start), _minute(b.end)) for b in bookings)
        route = next((r for r in plan.routes if r.resource == caregiver.id), None)
        lunches = _lunches(instance, caregiver, visits, route, absent)
        choices[caregiver.id] = [tuple(sorted((*visits, *lunch), key=lambda stop: stop.start)) for lunch in lunches]
    routes = _cheapest(instance, choices)
    stated: Mapping[str, int] = {n: round(cost) for n, cost in score(instance, Solution(routes)).components.items()}
    return Solution(routes, stated)


def _cheapest(instance: Instance, choices: Mapping[str, list[tuple[Stop, ...]]]) -> dict[str, tuple[Stop, ...]]:
    """Return a route per caregiver: of several the cheapest without a breach, one caregiver after the other."""
    routes = {who: given[0] for who, given in choices.items()}
    for who, given in choices.items():
        if len(given) > 1:
            scores = [score(instance, Solution({**routes, who: route})) for route in given]
            routes[who] = min(
                zip(scores, given, strict=True), key=lambda pair: (len(pair[0].violations), pair[0].cost)
            )[1]
    return routes


def _lunches(
    instance: Instance, caregiver: Caregiver, visits: tuple[Stop, ...], route: DayRoute | None, absent: str | None
) -> list[tuple[Stop, ...]]:
    """Return the ways to say a day's lunch: at the next visit, or none; at home where the caregiver stays there."""
    window, rule = lunch_window(instance, caregiver), instance.lunch_breaks
    if window is None or rule is None:
        return [()]
    if not visits or route is None:
        return [(), (_at(absent, window[0], rule),)] if absent else [()]
    taken = next((taken for taken in route.breaks if taken.id == LUNCH), None)
    if taken is None:
        return [()]
    start = _minute(taken.start)
    if taken.end <= route.departure:
        return [(_at(visits[0].patient, min(visits[0].start, window[1]) - rule.min_duration, rule),), ()]
    after = next((visit for visit in visits if visit.start >= start + rule.min_duration), None)
    return [(_at(after.patient, start, rule),) if after is not None else ()]


def _at(patient: str, start: int, rule: LunchBreaks) -> Stop:
    return Stop(patient, LUNCH_SERVICE, start, start + rule.min_duration)


def _minute(moment: datetime) -> int:
    return round(UNITS.value(moment))
