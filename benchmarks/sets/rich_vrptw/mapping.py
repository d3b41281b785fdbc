"""MDVRPTW, PCVRPTW and SDVRPTW as problems, counted in the whole units of the cost (see the scorer).

MDVRPTW and SDVRPTW: 1000 cost units make a unit of the instance, one is 60 milliseconds and a kilometre. PCVRPTW: 10
do, one is 6 seconds and a kilometre. So a unit of the instance is a minute and the cost is exact, in kilometres.
Which vehicles may serve a customer is a skill: customers with the same vehicles ask for the same one.
"""

from collections.abc import Mapping

from benchmarks.sets.rich_vrptw.reader import Instance, Vehicle
from benchmarks.sets.rich_vrptw.scorer import arc_costs, scale_of, score
from benchmarks.sets.routes import ROLE, plan_of
from benchmarks.sets.units import Units
from benchmarks.sets.vrplib import RouteSolution
from benchmarks.sets.vrptw.mapping import LOAD, routes_of
from scheduler.domain.activity import Activity, Requirement, SkillNeed
from scheduler.domain.goal import Goal
from scheduler.domain.plan import Plan
from scheduler.domain.problem import Problem
from scheduler.domain.resource import Skill, Technician

UNITS = Units()
_Groups = Mapping[int, str]


def to_problem(instance: Instance) -> Problem:
    """Vehicles as technicians from their own depots; distance plus uncollected prizes in one level."""
    scale, arcs, groups = scale_of(instance), arc_costs(instance), _groups(instance)
    windows = [(float(instance.windows[d, 0]), float(instance.windows[d, 1])) for d in instance.depots]
    places, times = UNITS.travel([str(n) for n in range(len(arcs))], arcs / scale, arcs.astype(float))
    prized = {} if instance.prizes is None else {"unscheduled": float(scale)}
    return Problem(
        name=instance.name,
        horizon=UNITS.span(min(first for first, _ in windows), max(last for _, last in windows)),
        technicians=tuple(_technician(instance, n, v, groups) for n, v in enumerate(instance.vehicles, start=1)),
        places=places,
        activities=tuple(_activity(instance, customer, groups) for customer in instance.customers),
        travel=times,
        goal=Goal.weighted(travel_distance=1, **prized),
    )


def to_plan(instance: Instance, solution: RouteSolution) -> Plan:
    """Return a published solution as a plan; route k is driven by vehicle k."""
    routes = {str(number): [str(stop) for stop in stops] for number, stops in solution.routes.items()}
    return plan_of(to_problem(instance), routes)


def from_plan(instance: Instance, plan: Plan) -> RouteSolution:
    """Return a plan in the published format; the routes bear the numbers of their vehicles."""
    found = routes_of(plan)
    return RouteSolution(found.routes, score(instance, found).cost)


def _groups(instance: Instance) -> _Groups:
    """Return the skill that each customer asks for; nothing where every vehicle may serve it."""
    names: dict[frozenset[int], str] = {}
    groups: dict[int, str] = {}
    for customer in instance.customers:
        allowed = frozenset(n for n, v in enumerate(instance.vehicles) if v.allowed is None or customer in v.allowed)
        if len(allowed) < len(instance.vehicles):
            groups[customer] = names.setdefault(allowed, f"group-{len(names) + 1}")
    return groups


def _technician(instance: Instance, number: int, vehicle: Vehicle, groups: _Groups) -> Technician:
    allowed = vehicle.allowed or frozenset()
    held = sorted({group for customer, group in groups.items() if customer in allowed})
    first, last = map(float, instance.windows[vehicle.depot])
    return Technician(
        id=str(number),
        skills=tuple(Skill(skill=group) for group in held),
        working_hours=UNITS.shift(first, last),
        start_place=str(vehicle.depot),
        end_place=str(vehicle.depot),
        capacity={LOAD: vehicle.capacity},
        max_time_per_day=None if instance.max_duration is None else UNITS.length(instance.max_duration),
    )


def _activity(instance: Instance, customer: int, groups: _Groups) -> Activity:
    asked = (SkillNeed(skill=groups[customer]),) if customer in groups else ()
    return Activity(
        id=str(customer),
        duration=UNITS.length(float(instance.service[customer])),
        place=str(customer),
        start_windows=(UNITS.span(*map(float, instance.windows[customer])),),
        unscheduled_price=None if instance.prizes is None else float(instance.prizes[customer]),
        mandatory=instance.prizes is None,
        requirements=(Requirement(id=ROLE, skills=asked),),
        load={LOAD: float(instance.demand[customer])},
    )
