"""Scorer of the trsp set: unserved requests first, then working time (travel, service and waiting of all technicians).

What the instances leave open, as the published costs settle it:

- A technician's working time runs from the departure from home to the return. The departure is the latest that still
  allows the earliest possible return, so only waiting that no later departure avoids is counted; a technician without
  stops works nothing. All is in double precision; start windows bound the start of the service.
- Restocking is a visit of the depot, at most once a technician, without service time, anywhere in the route and at the
  price of the detour. Before it the technician's own tools count and the own parts are used up; after it every tool and
  any number of parts are at hand. Skills are always the technician's own.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from benchmarks.sets.base import Score, shortest_shift
from benchmarks.sets.trsp.reader import Instance
from benchmarks.sets.trsp.solution import DEPOT, Solution

TOLERANCE = 1e-6


def _time_breaches(instance: Instance, who: int, path: list[int], starts: list[float]) -> Iterator[str]:
    for stop, start in zip(path, starts, strict=True):
        if start > instance.points[stop].latest + TOLERANCE:
            yield f"technician {who} is at point {stop} at {start:.4f}, after {instance.points[stop].latest:g}"


def _stock_breaches(instance: Instance, who: int, stops: tuple[int, ...]) -> Iterator[str]:
    own = instance.points[who]
    left = Counter(dict(enumerate(own.parts)))
    for stop in stops:
        if stop == DEPOT:
            return
        request = instance.points[stop]
        if not request.tools <= own.tools:
            yield f"technician {who} lacks tools {sorted(request.tools - own.tools)} for request {stop}"
        left.subtract(dict(enumerate(request.parts)))
        short = sorted(part for part, amount in left.items() if amount < 0)
        if short:
            yield f"technician {who} is out of parts {short} at request {stop}"


def _route_breaches(instance: Instance, who: int, stops: tuple[int, ...]) -> Iterator[str]:
    if stops.count(DEPOT) > 1:
        yield f"technician {who} restocks {stops.count(DEPOT)} times"
    for stop in stops:
        missing = instance.points[stop].skills - instance.points[who].skills
        if missing:
            yield f"technician {who} lacks skills {sorted(missing)} for request {stop}"
    yield from _stock_breaches(instance, who, stops)


def score(instance: Instance, solution: Solution) -> Score:
    """Score a solution; the components are in the unit of the windows, the technicians a count."""
    travel = service = working = 0.0
    violations: list[str] = []
    for who, stops in solution.routes.items():
        path = [who, *stops, who]
        windows = [(instance.points[stop].earliest, instance.points[stop].latest) for stop in path]
        legs = [float(instance.travel[a, b]) for a, b in pairwise(path)]
        services = [instance.points[stop].service for stop in path[:-1]]
        starts, departure = shortest_shift(windows, [s + leg for s, leg in zip(services, legs, strict=True)])
        travel, service, working = travel + sum(legs), service + sum(services), working + starts[-1] - departure
        violations += _time_breaches(instance, who, path, starts)
        violations += _route_breaches(instance, who, stops)
    served = Counter(stop for stops in solution.routes.values() for stop in stops if stop != DEPOT)
    violations += (f"request {stop} is served {times} times" for stop, times in served.items() if times > 1)
    unserved = len(instance.requests) - len(served)
    components = {"travel": travel, "service": service, "waiting": max(0.0, working - travel - service)}
    components["technicians_used"] = sum(bool(stops) for stops in solution.routes.values())
    return Score(working, components, unserved, tuple(violations), priority=(unserved,))
