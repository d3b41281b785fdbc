"""The uhhc set's published solution format: JSON with a route of timed visits per caregiver.

A lunch break is a stop whose service is `lunch_break`, told by `start_time` and `end_time`, in any place of the list:
stops are ordered by their start. The cost components of the files are already weighted, and two bear other names than
in the instances.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from benchmarks.sets.base import FormatError
from benchmarks.sets.uhhc.reader import Instance

LUNCH = "lunch_break"
_NAMES_IN_FILES = {"caregiver_preferences": "preferences", "optional_patients": "unscheduled"}
_NAMES_IN_INSTANCES = {published: name for name, published in _NAMES_IN_FILES.items()}


@dataclass(frozen=True)
class Stop:
    """One service, or a lunch break, at a patient's from `start` to `end` (minutes)."""

    patient: str
    service: str
    start: int
    end: int

    @property
    def is_lunch(self) -> bool:
        """Whether this is a lunch break."""
        return self.service == LUNCH


@dataclass(frozen=True)
class Solution:
    """Stops by caregiver, in time order, and the weighted cost components that the file states (if any)."""

    routes: Mapping[str, tuple[Stop, ...]]
    stated: Mapping[str, int] = field(default_factory=dict)


def _stop(raw: Mapping[str, Any]) -> Stop:
    start = raw["arrival_time"] if "arrival_time" in raw else raw["start_time"]
    end = raw["departure_time"] if "departure_time" in raw else raw["end_time"]
    return Stop(patient=raw["patient"], service=raw["service"], start=int(start), end=int(end))


def read_solution(text: str, instance: Instance) -> Solution:
    """Read a solution file; raises `FormatError` when a route or stop lacks a field or names a caregiver twice."""
    raw = json.loads(text)
    try:
        routes = {
            route["caregiver_id"]: tuple(sorted(map(_stop, route.get("locations", ())), key=lambda stop: stop.start))
            for route in raw["routes"]
        }
    except KeyError as missing:
        raise FormatError(f"uhhc solution lacks {missing}") from None
    if len(routes) != len(raw["routes"]):
        raise FormatError("uhhc solution has two routes for one caregiver")
    _check_references(routes, instance)
    stated = {_NAMES_IN_INSTANCES.get(name, name): cost for name, cost in raw.get("cost_components", {}).items()}
    return Solution(routes=routes, stated=stated)


def _check_references(routes: Mapping[str, tuple[Stop, ...]], instance: Instance) -> None:
    unknown = [who for who in routes if who not in instance.caregiver_by_id]
    stops = [stop for route in routes.values() for stop in route]
    unknown += [stop.patient for stop in stops if stop.patient not in instance.patient_by_id]
    if unknown:
        raise FormatError(f"uhhc solution names {', '.join(unknown)}, which the instance does not know")


def _location(stop: Stop) -> dict[str, str | int]:
    first, last = ("start_time", "end_time") if stop.is_lunch else ("arrival_time", "departure_time")
    return {first: stop.start, last: stop.end, "patient": stop.patient, "service": stop.service}


def _global_ordering(solution: Solution) -> list[str]:
    """Order the patients by the first visit, as the published files do."""
    stops = sorted((stop.start, stop.patient) for route in solution.routes.values() for stop in route)
    return list(dict.fromkeys(patient for _, patient in stops))


def write_solution(solution: Solution) -> str:
    """Write the published format."""
    return json.dumps(
        {
            "cost_components": {_NAMES_IN_FILES.get(name, name): cost for name, cost in solution.stated.items()},
            "global_ordering": _global_ordering(solution),
            "routes": [
                {"caregiver_id": caregiver, "locations": [_location(stop) for stop in stops]}
                for caregiver, stops in solution.routes.items()
            ],
        },
        indent=2,
    )
