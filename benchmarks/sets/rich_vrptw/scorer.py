"""Scorer of the richer VRPTW variants: distance, plus the prizes that are left uncollected.

What the instances leave open, as the `.sol` files settle it:

- All is counted in whole units per arc: MDVRPTW and SDVRPTW in round(1000 d), PCVRPTW in floor(10 d). Windows, service
  times, duration limits and prizes are multiplied by the same 1000 or 10 before they meet distances.
- Route k of a file is driven by vehicle k: from and to its own depot, within its capacity, only where it is allowed.
- The duration limit is on return less departure, waiting included, with the departure chosen to make it shortest.
  Waiting is otherwise free; customers without a prize must be visited.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from benchmarks.sets.base import IntMatrix, Score, euclidean, round_half_up, shortest_shift, truncated
from benchmarks.sets.rich_vrptw.reader import Instance, Vehicle
from benchmarks.sets.vrplib import RouteSolution


def scale_of(instance: Instance) -> int:
    """Return how many of the cost's units make one unit of the instance."""
    return 10 if instance.kind == "PCVRPTW" else 1000


def arc_costs(instance: Instance) -> IntMatrix:
    """Return the distance of every arc in whole cost units."""
    distances, scale = euclidean(instance.coordinates), scale_of(instance)
    return truncated(distances, scale) if instance.kind == "PCVRPTW" else round_half_up(scale * distances)


def _time_breaches(instance: Instance, number: int, path: list[int], arcs: IntMatrix) -> Iterator[str]:
    scale = scale_of(instance)
    windows = [(scale * float(instance.windows[n, 0]), scale * float(instance.windows[n, 1])) for n in path]
    legs = [scale * float(instance.service[a]) + float(arcs[a, b]) for a, b in pairwise(path)]
    starts, departure = shortest_shift(windows, legs)
    for node, start, (_, latest) in zip(path, starts, windows, strict=True):
        if start > latest:
            yield f"vehicle {number} is at {node} at {start / scale:g}, after {latest / scale:g}"
    duration = starts[-1] - departure
    if instance.max_duration is not None and duration > scale * instance.max_duration:
        yield f"vehicle {number} is out for {duration / scale:g}, longer than {instance.max_duration:g}"


def _route_breaches(instance: Instance, number: int, vehicle: Vehicle, stops: tuple[int, ...]) -> Iterator[str]:
    load = float(instance.demand[list(stops)].sum())
    if load > vehicle.capacity:
        yield f"vehicle {number} loads {load:g}, more than {vehicle.capacity:g}"
    for stop in stops:
        if stop in instance.depots:
            yield f"vehicle {number} visits the depot {stop} as a customer"
        elif vehicle.allowed is not None and stop not in vehicle.allowed:
            yield f"vehicle {number} may not serve {stop}"


def _visit_breaches(instance: Instance, solution: RouteSolution) -> Iterator[str]:
    visits = Counter(stop for stops in solution.routes.values() for stop in stops)
    for customer in instance.customers:
        optional = instance.prizes is not None and not visits[customer]
        if visits[customer] != 1 and not optional:
            yield f"customer {customer} is visited {visits[customer]} times"


def score(instance: Instance, solution: RouteSolution) -> Score:
    """Score a solution in the whole units of the `.sol` files."""
    arcs, distance = arc_costs(instance), 0
    violations = list(_visit_breaches(instance, solution))
    for number, stops in solution.routes.items():
        if not 1 <= number <= len(instance.vehicles):
            violations.append(f"there is no vehicle {number}")
        elif stops:
            vehicle = instance.vehicles[number - 1]
            path = [vehicle.depot, *stops, vehicle.depot]
            distance += sum(int(arcs[a, b]) for a, b in pairwise(path))
            violations += _route_breaches(instance, number, vehicle, stops)
            violations += _time_breaches(instance, number, path, arcs)
    left_out = sorted(set(instance.customers) - {stop for stops in solution.routes.values() for stop in stops})
    components: dict[str, float] = {"distance": distance}
    if instance.prizes is not None:
        components["uncollected_prizes"] = scale_of(instance) * float(instance.prizes[left_out].sum())
    return Score(sum(components.values()), components, len(left_out), tuple(violations))
