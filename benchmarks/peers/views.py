"""Which sets' instances can be seen as routing, and how a peer's routes become the set's solution again."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from benchmarks.peers import field
from benchmarks.peers.routing import Routes, Routing, Stop, Vehicle
from benchmarks.sets.base import AnySet, FloatMatrix, IntMatrix, euclidean, truncated
from benchmarks.sets.rich_vrptw import reader as rich
from benchmarks.sets.rich_vrptw.scorer import arc_costs, scale_of
from benchmarks.sets.vrplib import RouteSolution
from benchmarks.sets.vrptw import reader as vrptw

BEYOND: Mapping[str, str] = {
    "uhhc": "double visits, several windows per patient, priced tardiness, idle time and preferences",
    "hhcrsp": "double visits and priced tardiness",
    "trsp": "tools, spare parts, restocking, and working time as the objective",
    "vrptw": "fewest vehicles first, distances in double precision",
}
"""What no peer is given, because its input cannot hold it."""


def beyond_routing(benchmark: AnySet, instance: Any) -> str:
    """Say what of an instance is no routing; empty when it is all routing."""
    return field.beyond(instance) if benchmark.name == "field" else BEYOND.get(benchmark.name, "")


def routing_of(benchmark: AnySet, instance: Any) -> Routing:
    """Return a set's instance as routing. Raises KeyError for a set that `BEYOND` names."""
    return _READERS[benchmark.name](instance)


def solution_of(benchmark: AnySet, instance: Any, routes: Routes) -> Any:
    """Return a peer's routes in the set's own solution format."""
    return _WRITERS[benchmark.name](instance, routes)


def _vrptw(instance: vrptw.Instance) -> Routing:
    """In tenths, truncated, as the set's scorer has it."""
    return Routing(
        stops=_stops(instance, list(range(1, len(instance.demand))), 10),
        vehicles=[Vehicle(0, 0, _window(instance, 0, 10), round(instance.capacity))] * instance.vehicles,
        places=len(instance.demand),
        drives=partial(_tenths, instance.coordinates),
    )


def _tenths(coordinates: FloatMatrix) -> IntMatrix:
    return truncated(euclidean(coordinates), 10)


def _rich(instance: rich.Instance) -> Routing:
    """In the whole units of the cost; vehicles' allowed customers become skills, one for each set of vehicles."""
    scale, groups = scale_of(instance), _groups(instance)
    limit = None if instance.max_duration is None else round(scale * instance.max_duration)
    return Routing(
        stops=_stops(instance, instance.customers, scale, groups, instance.prizes),
        vehicles=[
            Vehicle(
                vehicle.depot,
                vehicle.depot,
                _window(instance, vehicle.depot, scale),
                round(vehicle.capacity),
                frozenset(g for c, g in groups.items() if vehicle.allowed is not None and c in vehicle.allowed),
                limit,
            )
            for vehicle in instance.vehicles
        ],
        places=len(instance.demand),
        drives=partial(arc_costs, instance),
    )


def _groups(instance: rich.Instance) -> dict[int, int]:
    """Return a number for each set of vehicles that may serve a customer, by customer; not where all of them may."""
    numbers: dict[tuple[int, ...], int] = {}
    groups: dict[int, int] = {}
    for customer in instance.customers:
        able = tuple(n for n, v in enumerate(instance.vehicles) if v.allowed is None or customer in v.allowed)
        if len(able) < len(instance.vehicles):
            groups[customer] = numbers.setdefault(able, len(numbers))
    return groups


def _stops(
    instance: vrptw.Instance | rich.Instance,
    customers: list[int],
    scale: int,
    groups: Mapping[int, int] | None = None,
    prizes: Any = None,
) -> list[Stop]:
    return [
        Stop(
            place=customer,
            service=int(np.floor(scale * instance.service[customer])),
            window=_window(instance, customer, scale),
            demand=round(float(instance.demand[customer])),
            skills=frozenset({groups[customer]} if groups and customer in groups else ()),
            prize=None if prizes is None else round(scale * float(prizes[customer])),
        )
        for customer in customers
    ]


def _window(instance: vrptw.Instance | rich.Instance, node: int, scale: int) -> tuple[int, int]:
    first, last = instance.windows[node]
    return int(np.ceil(scale * first)), int(np.floor(scale * last))


def _numbered(customers: list[int], routes: Routes) -> RouteSolution:
    return RouteSolution({who + 1: tuple(customers[s] for s in route.stops) for who, route in sorted(routes.items())})


_READERS: Mapping[str, Callable[[Any], Routing]] = {
    "vrptw-distance": _vrptw,
    "rich_vrptw": _rich,
    "field": field.routing,
}
_WRITERS: Mapping[str, Callable[[Any, Routes], Any]] = {
    "vrptw-distance": lambda instance, routes: _numbered(list(range(1, len(instance.demand))), routes),
    "rich_vrptw": lambda instance, routes: _numbered(instance.customers, routes),
    "field": field.solution,
}
