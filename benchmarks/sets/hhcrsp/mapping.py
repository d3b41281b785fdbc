"""Mankowska's home care as a problem: patients are mandatory activities with a role per service.

A unit of the instance is a minute. Caregivers may come back as late as they like, so the day is as long as it can take
one of them to serve everybody. Published times are rounded to three decimals: `to_plan` pushes a start that is too
early by that rounding to where travel and synchronisation allow it, and leaves all others.
"""

from benchmarks.sets.hhcrsp.reader import Instance, Patient
from benchmarks.sets.hhcrsp.solution import Solution, Visit
from benchmarks.sets.hhcrsp.timing import exact_starts
from benchmarks.sets.units import EPOCH, MICROSECOND, Units
from scheduler.domain.activity import Activity, Meeting, Requirement, SkillNeed
from scheduler.domain.goal import Goal
from scheduler.domain.plan import Booking, DayRoute, Plan, Unscheduled
from scheduler.domain.problem import Problem
from scheduler.domain.resource import Skill, Technician

UNITS = Units()
OFFICE = "office"
GOAL = Goal.weighted(travel_time=1 / 3, tardiness=1 / 3, largest_tardiness=1 / 3)


def to_problem(instance: Instance) -> Problem:
    """A third of travel, total and largest tardiness."""
    names = [OFFICE, *(patient.id for patient in instance.patients)]
    places, travel = UNITS.travel(names, instance.distances)
    end = _longest_day(instance)
    return Problem(
        name=instance.name,
        horizon=UNITS.span(0, end),
        technicians=tuple(
            Technician(
                id=who,
                skills=tuple(Skill(skill=service) for service in sorted(abilities)),
                working_hours=UNITS.shift(0, end),
                start_place=OFFICE,
                end_place=OFFICE,
            )
            for who, abilities in instance.abilities.items()
        ),
        places=places,
        activities=tuple(map(_activity, instance.patients)),
        travel=travel,
        goal=GOAL,
    )


def _longest_day(instance: Instance) -> float:
    """Minutes until one caregiver, who begins when the last window closes, has served everybody and is back."""
    farthest = float(instance.distances.max())
    service = sum(required.duration for patient in instance.patients for required in patient.required_services)
    gaps = sum(patient.gap[1] for patient in instance.patients if patient.gap)
    visits = sum(len(patient.required_services) for patient in instance.patients)
    return float(max(p.due for p in instance.patients) + service + gaps + round((visits + 1) * farthest + 1))


def _activity(patient: Patient) -> Activity:
    return Activity(
        id=patient.id,
        duration=UNITS.length(max(required.duration for required in patient.required_services)),
        place=patient.id,
        release=UNITS.at(patient.earliest),
        respond_by=UNITS.at(patient.due),
        mandatory=True,
        requirements=tuple(
            Requirement(id=r.service, duration=UNITS.length(r.duration), skills=(SkillNeed(skill=r.service),))
            for r in patient.required_services
        ),
        meeting=_meeting(patient),
    )


def _meeting(patient: Patient) -> Meeting:
    if patient.gap is None or patient.gap == (0, 0):
        return Meeting()
    least, most = map(UNITS.length, patient.gap)
    return Meeting(kind="sequential", min_offset=least, max_offset=most)


def to_plan(instance: Instance, solution: Solution) -> Plan:
    """Return a published solution as a plan, its times repaired where rounding made them too early."""
    problem = to_problem(instance)
    starts = exact_starts(instance, solution, problem)
    routes = [_route(instance, problem, who, visits, starts) for who, visits in solution.routes.items() if visits]
    served = {visit.patient for visits in solution.routes.values() for visit in visits}
    return Plan(
        fingerprint=problem.fingerprint,
        bookings=tuple(booking for bookings, _ in routes for booking in bookings),
        routes=tuple(route for _, route in routes),
        unscheduled=tuple(Unscheduled(activity=a.id, reasons=()) for a in problem.activities if a.id not in served),
    )


def _route(
    instance: Instance, problem: Problem, who: str, visits: tuple[Visit, ...], starts: dict[tuple[str, str], int]
) -> tuple[tuple[Booking, ...], DayRoute]:
    bookings = []
    for visit in visits:
        start = EPOCH + MICROSECOND * starts[visit.patient, visit.service]
        required = problem.activity[visit.patient].requirement(visit.service)
        assert required.duration is not None, "every role has its own duration"
        end = start + required.duration
        bookings.append(Booking(activity=visit.patient, requirement=visit.service, resource=who, start=start, end=end))
    matrix = problem.travel.matrices["default"].seconds
    first, last = instance.row[visits[0].patient], instance.row[visits[-1].patient]
    out, back = (MICROSECOND * round(float(s) * 1e6) for s in (matrix[0, first], matrix[last, 0]))
    return tuple(bookings), DayRoute(
        resource=who,
        day=EPOCH.date(),
        departure=bookings[0].start - out,
        arrival=bookings[-1].end + back,
        bookings=tuple(booking.key for booking in bookings),
    )


def from_plan(instance: Instance, plan: Plan) -> Solution:
    """Return a plan in the published format, every caregiver with a route."""
    routes: dict[str, tuple[Visit, ...]] = dict.fromkeys(instance.abilities, ())
    for who, bookings in plan.by_resource.items():
        routes[who] = tuple(
            Visit(patient=b.activity, service=b.requirement, start=UNITS.value(b.start), end=UNITS.value(b.end))
            for b in bookings
        )
    return Solution(routes)
