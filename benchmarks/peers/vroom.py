"""VROOM by pyvroom, exploration level 5: it takes the time that it takes, at most a quarter of an hour.

Within that it gives the same answer each time. VROOM serves the largest sum of priorities, then as many as it can, then
the least travel. Its priorities run from 0 to 100. Breaks may split a drive, as ours do. A limit on a route's duration,
or prizes weighed against travel, are beyond it; stops without a prize are served where that is possible.
"""

from datetime import timedelta
from typing import Any

from benchmarks.peers.routing import BREAKS, CAPACITY, PRIORITIES, SKILLS, Route, Routes, Routing, Vehicle

EXPRESSES = frozenset({CAPACITY, SKILLS, PRIORITIES, BREAKS})
LEVEL = 5
MOST = timedelta(minutes=15)


def solve(routing: Routing, seconds: float, seed: int) -> Routes:
    """Return VROOM's routes; neither seconds nor seed are its own words."""
    import vroom

    given = vroom.Input()
    given.set_durations_matrix("car", routing.travel.astype("uint32"))
    given.add_job([_job(routing, n) for n in range(len(routing.stops))])
    given.add_vehicle([_vehicle(n, vehicle) for n, vehicle in enumerate(routing.vehicles)])
    return _routes(given.solve(exploration_level=LEVEL, nb_threads=1, timeout=MOST).to_dict())


def _job(routing: Routing, n: int) -> Any:
    import vroom

    stop = routing.stops[n]
    return vroom.Job(
        n,
        location=stop.place,
        default_service=stop.service,
        delivery=[stop.demand],
        skills=set(stop.skills),
        priority=stop.prize or 0,
        time_windows=[vroom.TimeWindow(*stop.window)],
    )


def _vehicle(n: int, vehicle: Vehicle) -> Any:
    import vroom

    pause = vehicle.pause
    breaks = [vroom.Break(n, time_windows=[vroom.TimeWindow(*pause.window)], service=pause.length)] if pause else []
    return vroom.Vehicle(
        n,
        start=vehicle.start,
        end=vehicle.end,
        capacity=[vehicle.capacity],
        skills=set(vehicle.skills),
        time_window=vroom.TimeWindow(*vehicle.window),
        breaks=breaks,
    )


def _routes(answer: dict[str, Any]) -> Routes:
    """Return the routes of VROOM's JSON; a step begins when its wait is over."""
    found: Routes = {}
    for route in answer["routes"]:
        steps = route["steps"]
        jobs = [step for step in steps if step["type"] == "job"]
        pauses = [step["arrival"] + step["waiting_time"] for step in steps if step["type"] == "break"]
        starts = tuple(step["arrival"] + step["waiting_time"] for step in jobs)
        found[route["vehicle"]] = Route(tuple(step["id"] for step in jobs), starts, pauses[0] if pauses else None)
    return found
