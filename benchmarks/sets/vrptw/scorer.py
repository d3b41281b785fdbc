"""Scorers of the VRPTW set, for its two conventions, which must never be mixed.

- Hierarchical (SINTEF): fewest vehicles, then distance; distances and times in double precision.
- Distance (DIMACS): the fleet as given is a limit only; distances and durations are truncated to one decimal (computed
  in whole tenths), and the cost is their sum.

Travel time equals distance, waiting is free, windows bound the start of the service, the depot's window the day.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from benchmarks.sets.base import FloatMatrix, Score, euclidean, truncated
from benchmarks.sets.vrplib import RouteSolution
from benchmarks.sets.vrptw.reader import Instance

TOLERANCE = 1e-6


def _lateness(instance: Instance, number: int, path: list[int], travel: FloatMatrix, scale: int) -> Iterator[str]:
    """Yield late starts; times and `travel` are `scale` times the instance's unit."""
    start = scale * float(instance.windows[0, 0])
    for here, there in pairwise(path):
        service = np.floor(scale * instance.service[here]) if scale > 1 else instance.service[here]
        start = max(scale * float(instance.windows[there, 0]), start + float(service) + float(travel[here, there]))
        latest = float(instance.windows[there, 1])
        if start > scale * latest + TOLERANCE:
            yield f"route {number} is at {there} at {start / scale:g}, after {latest:g}"


def _breaches(instance: Instance, solution: RouteSolution, travel: FloatMatrix, scale: int) -> Iterator[str]:
    for number, stops in solution.routes.items():
        load = float(instance.demand[list(stops)].sum())
        if load > instance.capacity:
            yield f"route {number} loads {load:g}, more than {instance.capacity:g}"
        if stops:
            yield from _lateness(instance, number, [0, *stops, 0], travel, scale)
    used = _vehicles(solution)
    if used > instance.vehicles:
        yield f"{used} vehicles are used, {instance.vehicles} are there"
    visits = Counter(stop for stops in solution.routes.values() for stop in stops)
    for customer in range(1, len(instance.demand)):
        if visits[customer] != 1:
            yield f"customer {customer} is visited {visits[customer]} times"


def _vehicles(solution: RouteSolution) -> int:
    return sum(bool(stops) for stops in solution.routes.values())


def _distance(solution: RouteSolution, travel: FloatMatrix) -> float:
    paths = ([0, *stops, 0] for stops in solution.routes.values())
    return sum(float(travel[here, there]) for path in paths for here, there in pairwise(path))


def _unscheduled(instance: Instance, solution: RouteSolution) -> int:
    return len(instance.demand) - 1 - len({stop for stops in solution.routes.values() for stop in stops})


def score_hierarchical(instance: Instance, solution: RouteSolution) -> Score:
    """Score by convention (a); the cost is the distance, the vehicles are the priority before it."""
    travel = euclidean(instance.coordinates)
    distance, vehicles = _distance(solution, travel), _vehicles(solution)
    return Score(
        cost=distance,
        components={"vehicles": vehicles, "distance": distance},
        unscheduled=_unscheduled(instance, solution),
        violations=tuple(_breaches(instance, solution, travel, scale=1)),
        priority=(vehicles,),
    )


def score_distance(instance: Instance, solution: RouteSolution) -> Score:
    """Score by convention (b); the cost is the distance in the instance's unit, a multiple of a tenth."""
    travel = truncated(euclidean(instance.coordinates), 10).astype(np.float64)
    distance = _distance(solution, travel) / 10
    return Score(
        cost=distance,
        components={"vehicles": _vehicles(solution), "distance": distance},
        unscheduled=_unscheduled(instance, solution),
        violations=tuple(_breaches(instance, solution, travel, scale=10)),
    )
