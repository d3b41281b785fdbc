"""Peers' own file formats, for trying an instance with them by hand: VROOM's JSON and PyVRP's VRPLIB."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence

from benchmarks.peers.pyvrp import above_all_travel
from benchmarks.peers.routing import Routing, Stop, Vehicle

MOST_PRIORITY = 100
"""VROOM's priorities end here."""


def vroom_json(routing: Routing) -> str:
    """Return VROOM's input with the matrix in it; places are its location indices."""
    given = {
        "jobs": [_job(n, stop) for n, stop in enumerate(routing.stops)],
        "vehicles": [_vehicle(n, vehicle) for n, vehicle in enumerate(routing.vehicles)],
        "matrices": {"car": {"durations": routing.travel.tolist()}},
    }
    return json.dumps(given)


def _job(n: int, stop: Stop) -> Mapping[str, object]:
    return {
        "id": n,
        "location_index": stop.place,
        "service": stop.service,
        "skills": sorted(stop.skills),
        "priority": min(MOST_PRIORITY, stop.prize or 0),
        "time_windows": [list(stop.window)],
        "delivery": [stop.demand],
    }


def _vehicle(n: int, vehicle: Vehicle) -> Mapping[str, object]:
    pause = vehicle.pause
    breaks = [{"id": n, "time_windows": [list(pause.window)], "service": pause.length}] if pause else []
    return {
        "id": n,
        "profile": "car",
        "start_index": vehicle.start,
        "end_index": vehicle.end,
        "skills": sorted(vehicle.skills),
        "time_window": list(vehicle.window),
        "breaks": breaks,
        "capacity": [vehicle.capacity],
    }


def pyvrp_vrplib(routing: Routing) -> str:
    """Return VRPLIB as `pyvrp.read` knows it: a depot for each vehicle, as its window is the vehicle's, then the stops.

    Vehicles start and end at one place. Priorities become prizes that no detour outweighs.
    """
    vehicles, stops = routing.vehicles, routing.stops
    places = [vehicle.start for vehicle in vehicles] + [stop.place for stop in stops]
    above = above_all_travel(routing) if routing.priorities else 1
    windows = [vehicle.window for vehicle in vehicles] + [stop.window for stop in stops]
    first = len(vehicles)
    allowed = [[first + m for m, s in enumerate(stops) if s.skills <= vehicle.skills] for vehicle in vehicles]
    head = {"NAME": "field", "TYPE": "PCMDVRPTW", "DIMENSION": len(places), "VEHICLES": first,
            "EDGE_WEIGHT_TYPE": "EXPLICIT", "EDGE_WEIGHT_FORMAT": "FULL_MATRIX"}  # fmt: skip
    sections: Mapping[str, Iterator[Sequence[object]]] = {
        "SERVICE_TIME": _numbered([[0]] * first + [[stop.service] for stop in stops]),
        "TIME_WINDOW": _numbered(windows),
        "PRIZE": _numbered([[0]] * first + [[above * (stop.prize or 0)] for stop in stops]),
        "VEHICLES_DEPOT": _numbered([[n + 1] for n in range(first)]),
        "VEHICLES_ALLOWED_CLIENTS": _numbered([[m + 1 for m in able] for able in allowed]),
        "DEPOT": iter([*([n + 1] for n in range(first)), [-1]]),
    }
    lines = [f"{key} : {value}" for key, value in head.items()]
    lines += ["EDGE_WEIGHT_SECTION", *(" ".join(map(str, routing.travel[a, places].tolist())) for a in places)]
    for name, rows in sections.items():
        lines += [f"{name}_SECTION", *(" ".join(map(str, row)) for row in rows)]
    return "\n".join([*lines, "EOF", ""])


def _numbered(rows: Sequence[Sequence[object]]) -> Iterator[Sequence[object]]:
    return ([n + 1, *row] for n, row in enumerate(rows))


FILES: Mapping[str, tuple[str, Callable[[Routing], str]]] = {
    "vroom": ("json", vroom_json),
    "pyvrp": ("vrp", pyvrp_vrplib),
}
"""Ending and writer, by the peer whose format it is."""
