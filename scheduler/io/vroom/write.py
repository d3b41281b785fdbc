"""A plan as a VROOM answer. Ids that are numbers become numbers again, the others stay text."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from scheduler.domain.plan import DayRoute, Plan
from scheduler.domain.problem import Problem
from scheduler.io.stops import Stop, located, stops
from scheduler.io.vroom.words import seconds

Answer = dict[str, Any]

TOTALS = ("setup", "service", "duration", "waiting_time", "priority", "distance")


def write_vroom(problem: Problem, plan: Plan, path: Path) -> None:
    path.write_text(json.dumps(answer(problem, plan), indent=2) + "\n", encoding="utf-8")


def answer(problem: Problem, plan: Plan) -> Answer:
    """What VROOM would say; one route a technician and day. `cost` is the cost of the last level of the score.

    Rooms have no word in VROOM: only the technicians' day routes are written.
    """
    routes = [_route(problem, plan, route) for route in sorted(plan.routes, key=lambda r: (r.day, r.resource))]
    unassigned = [_unassigned(problem, left_out.activity) for left_out in plan.unscheduled]
    totals = {name: sum(route[name] for route in routes) for name in TOTALS}
    cost = plan.score.levels[-1] if plan.score and plan.score.levels else totals["duration"]
    summary = {"cost": round(cost), "routes": len(routes), "unassigned": len(unassigned), **totals, "violations": []}
    return {"code": 0, "summary": summary, "unassigned": unassigned, "routes": routes}


def _unassigned(problem: Problem, activity: str) -> Answer:
    return {"id": _id(activity), "type": "job", **_location(problem, problem.activity[activity].place)}


def _route(problem: Problem, plan: Plan, route: DayRoute) -> Answer:
    steps, travelled, metres = [], timedelta(0), 0.0
    for stop in stops(problem, plan, route):
        travelled, metres = travelled + stop.drive, metres + stop.km * 1000
        steps.append(_step(problem, stop) | {"duration": _s(travelled), "distance": round(metres)})
    technician = problem.technician[route.resource]
    steps = [s for s in steps if not (s["type"] == "start" and technician.start_place is None)]
    steps = [s for s in steps if not (s["type"] == "end" and technician.end_place is None)]
    return {
        "vehicle": _id(route.resource),
        "cost": _s(travelled),
        "setup": sum(step["setup"] for step in steps),
        "service": sum(step["service"] for step in steps),
        "duration": _s(travelled),
        "waiting_time": sum(step["waiting_time"] for step in steps),
        "priority": sum(problem.activity[key.activity].priority for key in route.bookings),
        "distance": round(metres),
        "steps": steps,
        "violations": [],
    }


def _step(problem: Problem, stop: Stop) -> Answer:
    setup = problem.activity[stop.key.activity].setup if stop.key else timedelta(0)
    arrival = stop.arrival or stop.start
    step: Answer = {
        "type": {"activity": "job"}.get(stop.kind, stop.kind),
        "arrival": seconds(arrival),
        "setup": _s(setup),
        "service": _s(stop.end - stop.start - setup),
        "waiting_time": _s(stop.start - arrival) if stop.kind != "end" else 0,
        "violations": [],
        **_location(problem, stop.place),
    }
    if stop.key is not None:
        step |= {"id": _id(stop.key.activity), "job": _id(stop.key.activity)}
    return step


def _location(problem: Problem, place: str | None) -> Answer:
    if place is None:
        return {}
    found = located(problem, place)
    at = {"location": [found.longitude, found.latitude]} if found is not None else {}
    return at | ({"location_index": int(place)} if place.isdecimal() else {})


def _s(length: timedelta) -> int:
    return round(length.total_seconds())


def _id(given: str) -> int | str:
    return int(given) if given.isdecimal() else given
