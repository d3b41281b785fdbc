"""VRPTW as a problem: customers are mandatory activities, vehicles are technicians with a capacity, on one long day.

Hierarchical: a unit of time is a minute, a unit of distance a kilometre; Euclid is rounded up to the microsecond.
Distance: the same, with travel and service truncated to tenths (6 seconds, 100 metres), which are exact.
"""

import numpy as np

from benchmarks.sets.base import FloatMatrix, euclidean, truncated
from benchmarks.sets.routes import plan_of, stops_of
from benchmarks.sets.units import Units
from benchmarks.sets.vrplib import RouteSolution
from benchmarks.sets.vrptw.reader import Instance
from benchmarks.sets.vrptw.scorer import score_distance, score_hierarchical
from scheduler.domain.activity import Activity
from scheduler.domain.goal import Goal, Level, Term
from scheduler.domain.plan import Plan
from scheduler.domain.problem import Problem
from scheduler.domain.resource import Technician

UNITS = Units()
LOAD = "load"
HIERARCHICAL = Goal(levels=(Level(weights={Term.RESOURCES_USED: 1}), Level(weights={Term.TRAVEL_DISTANCE: 1})))
DISTANCE = Goal.weighted(travel_distance=1)


def to_problem_hierarchical(instance: Instance) -> Problem:
    """Fewest vehicles, then distance, in double precision."""
    return _problem(instance, HIERARCHICAL, euclidean(instance.coordinates), instance.service)


def to_problem_distance(instance: Instance) -> Problem:
    """Distance alone, in whole tenths."""
    travel = truncated(euclidean(instance.coordinates), 10) / 10
    return _problem(instance, DISTANCE, travel, np.floor(10 * instance.service) / 10)


def to_plan_hierarchical(instance: Instance, solution: RouteSolution) -> Plan:
    """Return a published solution as a plan, timed in double precision."""
    return _plan(to_problem_hierarchical(instance), solution)


def to_plan_distance(instance: Instance, solution: RouteSolution) -> Plan:
    """Return a published solution as a plan, timed in tenths."""
    return _plan(to_problem_distance(instance), solution)


def from_plan_hierarchical(instance: Instance, plan: Plan) -> RouteSolution:
    """Return a plan in the published format; the routes bear the numbers of their vehicles."""
    found = routes_of(plan)
    return RouteSolution(found.routes, score_hierarchical(instance, found).cost)


def from_plan_distance(instance: Instance, plan: Plan) -> RouteSolution:
    """Return a plan in the published format; the routes bear the numbers of their vehicles."""
    found = routes_of(plan)
    return RouteSolution(found.routes, score_distance(instance, found).cost)


def routes_of(plan: Plan) -> RouteSolution:
    """Return the customers by vehicle, from ids that are their numbers."""
    routes = {int(who): tuple(map(int, stops)) for who, stops in stops_of(plan).items() if stops}
    return RouteSolution(dict(sorted(routes.items())))


def _plan(problem: Problem, solution: RouteSolution) -> Plan:
    return plan_of(problem, {str(number): [str(stop) for stop in stops] for number, stops in solution.routes.items()})


def _problem(instance: Instance, goal: Goal, travel: FloatMatrix, service: FloatMatrix) -> Problem:
    size = len(instance.demand)
    first, last = (float(bound) for bound in instance.windows[0])
    places, times = UNITS.travel([str(node) for node in range(size)], travel, travel)
    return Problem(
        name=instance.name,
        horizon=UNITS.span(first, last),
        technicians=tuple(
            Technician(
                id=str(number),
                working_hours=UNITS.shift(first, last),
                start_place="0",
                end_place="0",
                capacity={LOAD: instance.capacity},
            )
            for number in range(1, instance.vehicles + 1)
        ),
        places=places,
        activities=tuple(_activity(instance, node, float(service[node])) for node in range(1, size)),
        travel=times,
        goal=goal,
    )


def _activity(instance: Instance, node: int, service: float) -> Activity:
    return Activity(
        id=str(node),
        duration=UNITS.length(service),
        place=str(node),
        start_windows=(UNITS.span(*map(float, instance.windows[node])),),
        load={LOAD: float(instance.demand[node])},
        mandatory=True,
    )
