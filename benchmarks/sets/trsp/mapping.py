"""Technician routing as a problem: requests may be left out, which counts before the working time.

A unit of the instance is a minute and a kilometre; Euclid is rounded up to the microsecond. A technician's restocking
stop at the depot takes no time. The depot's own window is not mapped: it is the day in all instances.
"""

from benchmarks.sets.routes import RESTOCK, ROLE, plan_of, stops_of
from benchmarks.sets.trsp.reader import Instance, Point
from benchmarks.sets.trsp.solution import DEPOT, Solution
from benchmarks.sets.units import Units
from scheduler.domain.activity import Activity, Requirement, SkillNeed
from scheduler.domain.goal import Goal, Level, Term
from scheduler.domain.plan import Plan
from scheduler.domain.problem import Problem
from scheduler.domain.resource import Skill, Technician

UNITS = Units()
GOAL = Goal(levels=(Level(weights={Term.UNSCHEDULED: 1}), Level(weights={Term.WORKING_TIME: 1})))


def to_problem(instance: Instance) -> Problem:
    """Unserved requests first, then working time."""
    homes = [instance.points[who] for who in instance.technicians]
    names = [str(point) for point in range(len(instance.points))]
    places, travel = UNITS.travel(names, instance.travel, instance.distances)
    return Problem(
        name=instance.name,
        horizon=UNITS.span(min(home.earliest for home in homes), max(home.latest for home in homes)),
        technicians=tuple(_technician(who, instance.points[who]) for who in instance.technicians),
        places=places,
        activities=tuple(_activity(request, instance.points[request]) for request in instance.requests),
        travel=travel,
        goal=GOAL,
    )


def to_plan(instance: Instance, solution: Solution) -> Plan:
    """Return a published solution as a plan with the shortest working times."""
    routes = {
        str(who): [RESTOCK if stop == DEPOT else str(stop) for stop in stops] for who, stops in solution.routes.items()
    }
    return plan_of(to_problem(instance), routes)


def from_plan(instance: Instance, plan: Plan) -> Solution:
    """Return a plan in the published format."""
    found = stops_of(plan)
    routes = {int(who): tuple(int(stop or DEPOT) for stop in stops) for who, stops in found.items() if stops}
    return Solution(instance.crew, len(instance.requests), dict(sorted(routes.items())))


def _skill(number: int) -> str:
    return f"skill-{number}"


def _tools(point: Point) -> frozenset[str]:
    return frozenset(f"tool-{number}" for number in point.tools)


def _parts(point: Point) -> dict[str, int]:
    return {f"part-{number}": amount for number, amount in enumerate(point.parts) if amount}


def _technician(who: int, home: Point) -> Technician:
    return Technician(
        id=str(who),
        skills=tuple(Skill(skill=_skill(number)) for number in sorted(home.skills)),
        working_hours=UNITS.shift(home.earliest, home.latest),
        start_place=str(who),
        end_place=str(who),
        tools=_tools(home),
        parts=_parts(home),
        depot="0",
    )


def _activity(request: int, point: Point) -> Activity:
    asked = tuple(SkillNeed(skill=_skill(number)) for number in sorted(point.skills))
    return Activity(
        id=str(request),
        duration=UNITS.length(point.service),
        place=str(request),
        start_windows=(UNITS.span(point.earliest, point.latest),),
        unscheduled_price=1,
        requirements=(Requirement(id=ROLE, skills=asked),),
        tools=_tools(point),
        parts=_parts(point),
    )
