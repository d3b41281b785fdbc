"""PyVRP: iterated local search on vehicle routing with windows, prizes, several depots and vehicle types.

Skills become profiles: a matrix for each set of stops that a vehicle may serve, with a prohibitive distance to the
others. PyVRP's own reader takes its largest value for that, with which 0.14.1 did not come back from its first
descent on SDVRPTW. Breaks are beyond it. Priorities become prizes, so large that a detour never outweighs the least.
A best solution that breaks a window or a capacity counts as no solution.
"""

import time
from collections import defaultdict
from typing import Any

import numpy as np

from benchmarks.peers.routing import CAPACITY, DURATION_LIMIT, PRIORITIES, PRIZES, SKILLS, Route, Routes, Routing
from benchmarks.sets.base import IntMatrix

EXPRESSES = frozenset({CAPACITY, SKILLS, DURATION_LIMIT, PRIZES, PRIORITIES})

FORBIDDEN = 100
"""How many times as far as the farthest drive a forbidden one is."""


class CpuLimit:
    """PyVRP's protocol of a stopping criterion, counting CPU seconds of this process instead of the clock."""

    def __init__(self, seconds: float) -> None:
        self.end = time.process_time() + seconds

    def __call__(self, best_cost: float) -> bool:
        return time.process_time() > self.end


def solve(routing: Routing, seconds: float, seed: int) -> Routes:
    """Return PyVRP's best routes after so many CPU seconds."""
    import pyvrp

    limit = CpuLimit(seconds)
    kinds = _kinds(routing)
    data = _data(routing, kinds)
    result = pyvrp.solve(data, limit, seed=seed, collect_stats=False)
    if not result.is_feasible():
        return {}
    left = {kind: list(vehicles) for kind, vehicles in enumerate(kinds)}
    routes: Routes = {}
    for route in result.best.routes():
        visits = [step for step in route if step.is_client()]
        stops, starts = tuple(visit.idx for visit in visits), tuple(visit.start_time for visit in visits)
        routes[left[route.vehicle_type()].pop(0)] = Route(stops, starts)
    return routes


def _kinds(routing: Routing) -> list[list[int]]:
    """Return the positions of equal vehicles, kind by kind."""
    kinds = defaultdict[object, list[int]](list)
    for position, vehicle in enumerate(routing.vehicles):
        kinds[vehicle].append(position)
    return list(kinds.values())


def _data(routing: Routing, kinds: list[list[int]]) -> Any:
    import pyvrp

    depots = sorted({place for vehicle in routing.vehicles for place in (vehicle.start, vehicle.end)})
    depot = {place: position for position, place in enumerate(depots)}
    profiles: dict[frozenset[int], int] = {}
    types = []
    for positions in kinds:
        vehicle = routing.vehicles[positions[0]]
        profile = profiles.setdefault(_allowed(routing, vehicle.skills), len(profiles))
        limit = {} if vehicle.max_duration is None else {"shift_duration": vehicle.max_duration}
        types.append(
            pyvrp.VehicleType(
                num_available=len(positions),
                capacity=[vehicle.capacity],
                start_depot=depot[vehicle.start],
                end_depot=depot[vehicle.end],
                tw_early=vehicle.window[0],
                tw_late=vehicle.window[1],
                profile=profile,
                **limit,
            )
        )
    matrices = [_matrix(routing, allowed) for allowed in profiles]
    return pyvrp.ProblemData(
        locations=[pyvrp.Location(0, 0) for _ in range(routing.places)],
        clients=_clients(routing),
        depots=[pyvrp.Depot(location=place) for place in depots],
        vehicle_types=types,
        distance_matrices=matrices,
        duration_matrices=matrices,
    )


def _clients(routing: Routing) -> Any:
    import pyvrp

    above = above_all_travel(routing) if routing.priorities else 1
    return [
        pyvrp.Client(
            location=stop.place,
            delivery=[stop.demand],
            service_duration=stop.service,
            tw_early=stop.window[0],
            tw_late=stop.window[1],
            prize=above * (stop.prize or 0),
            required=stop.prize is None,
        )
        for stop in routing.stops
    ]


def above_all_travel(routing: Routing) -> int:
    """Return more than serving one more stop can cost in travel: the way there and back, by whomever."""
    return 2 * int(routing.travel.max()) + 1


def matrices(routing: Routing) -> int:
    """Return how many matrices PyVRP needs: one for each set of stops that a vehicle may serve."""
    return len({_allowed(routing, vehicle.skills) for vehicle in routing.vehicles})


def _allowed(routing: Routing, skills: frozenset[int]) -> frozenset[int]:
    return frozenset(stop.place for stop in routing.stops if stop.skills <= skills)


def _matrix(routing: Routing, allowed: frozenset[int]) -> IntMatrix:
    forbidden = [stop.place for stop in routing.stops if stop.place not in allowed]
    matrix = routing.travel.copy()
    matrix[:, forbidden] = matrix[forbidden, :] = FORBIDDEN * int(routing.travel.max())
    np.fill_diagonal(matrix, 0)
    return matrix
