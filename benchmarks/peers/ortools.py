"""OR-Tools routing: parallel cheapest insertion, then guided local search until the CPU seconds are spent.

It can express all that the others can. Priorities are penalties, so large that a detour never outweighs the least.
Breaks keep off the service and may split a drive.
"""

import time
from typing import Any

from benchmarks.peers.routing import (
    BREAKS,
    CAPACITY,
    DURATION_LIMIT,
    PRIORITIES,
    PRIZES,
    SKILLS,
    Route,
    Routes,
    Routing,
)

EXPRESSES = frozenset({CAPACITY, SKILLS, DURATION_LIMIT, PRIZES, PRIORITIES, BREAKS})
CLOCK_PER_CPU = 20
"""How many times the budget the clock may run at most, on a busy machine."""


def solve(routing: Routing, seconds: float, seed: int) -> Routes:
    """Return OR-Tools' best routes after so many CPU seconds; its search has no seed."""
    from ortools.constraint_solver import pywrapcp

    end = time.process_time() + seconds
    firsts = len(routing.stops)
    count = len(routing.vehicles)
    manager = pywrapcp.RoutingIndexManager(
        firsts + 2 * count, count, list(range(firsts, firsts + count)), list(range(firsts + count, firsts + 2 * count))
    )
    model = pywrapcp.RoutingModel(manager)
    times = _dimensions(routing, manager, model)
    _choices(routing, manager, model)
    model.AddSearchMonitor(model.solver().CustomLimit(lambda: time.process_time() > end))
    found = model.SolveWithParameters(_parameters(seconds))
    return _routes(routing, manager, model, times, found) if found else {}


def _places(routing: Routing) -> list[int]:
    """Return the place of each node: the stops, where the vehicles start, where they end."""
    vehicles = routing.vehicles
    return [stop.place for stop in routing.stops] + [v.start for v in vehicles] + [v.end for v in vehicles]


def _dimensions(routing: Routing, manager: Any, model: Any) -> Any:
    """Say what drives cost, and what time and load do along a route; return the dimension of time."""
    places = _places(routing)
    drives = routing.travel[places][:, places]
    service = [stop.service for stop in routing.stops] + [0] * (2 * len(routing.vehicles))
    model.SetArcCostEvaluatorOfAllVehicles(model.RegisterTransitMatrix(drives.tolist()))
    lasting = model.RegisterTransitMatrix((drives + [[s] for s in service]).tolist())
    horizon = max(vehicle.window[1] for vehicle in routing.vehicles)
    model.AddDimension(lasting, horizon, horizon, False, "time")
    times = model.GetDimensionOrDie("time")
    for n, stop in enumerate(routing.stops):
        times.CumulVar(manager.NodeToIndex(n)).SetRange(stop.window[0], min(stop.window[1], horizon))
    for v, vehicle in enumerate(routing.vehicles):
        for at in (model.Start(v), model.End(v)):
            times.CumulVar(at).SetRange(*vehicle.window)
        if vehicle.max_duration is not None:
            times.SetSpanUpperBoundForVehicle(vehicle.max_duration, v)
    loads = [stop.demand for stop in routing.stops] + [0] * (2 * len(routing.vehicles))
    if any(loads):
        capacities = [vehicle.capacity for vehicle in routing.vehicles]
        model.AddDimensionWithVehicleCapacity(model.RegisterUnaryTransitVector(loads), 0, capacities, True, "load")
    _pauses(routing, model, times, service)
    return times


def _pauses(routing: Routing, model: Any, times: Any, service: list[int]) -> None:
    for v, vehicle in enumerate(routing.vehicles):
        if vehicle.pause is not None:
            pause = vehicle.pause
            taken = model.solver().FixedDurationIntervalVar(*pause.window, pause.length, False, f"pause {v}")
            times.SetBreakIntervalsOfVehicle([taken], v, service)


def _choices(routing: Routing, manager: Any, model: Any) -> None:
    """Say who may serve a stop, and what leaving it out costs."""
    above = 2 * int(routing.travel.max()) + 1 if routing.priorities else 1
    for n, stop in enumerate(routing.stops):
        at = manager.NodeToIndex(n)
        if stop.skills:
            able = [v for v, vehicle in enumerate(routing.vehicles) if stop.skills <= vehicle.skills]
            model.VehicleVar(at).SetValues([-1, *able])
        if stop.prize is not None:
            model.AddDisjunction([at], above * stop.prize)


def _parameters(seconds: float) -> Any:
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.time_limit.FromTimedelta(_clock(seconds))
    return parameters


def _clock(seconds: float) -> Any:
    from datetime import timedelta

    return timedelta(seconds=CLOCK_PER_CPU * seconds)


def _routes(routing: Routing, manager: Any, model: Any, times: Any, found: Any) -> Routes:
    routes: Routes = {}
    pauses = {
        found.IntervalVarContainer().Element(n).Var().Name(): found.IntervalVarContainer().Element(n).StartMin()
        for n in range(found.IntervalVarContainer().Size())
    }
    for v in range(len(routing.vehicles)):
        stops, starts, at = [], [], found.Value(model.NextVar(model.Start(v)))
        while not model.IsEnd(at):
            stops.append(manager.IndexToNode(at))
            starts.append(found.Min(times.CumulVar(at)))
            at = found.Value(model.NextVar(at))
        if stops:
            routes[v] = Route(tuple(stops), tuple(starts), pauses.get(f"pause {v}"))
    return routes
