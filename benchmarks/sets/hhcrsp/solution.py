"""The hhcrsp set's published solution format: JSON with a route of timed services per caregiver.

Times are minutes with three decimals. Some files say `patient_id` and `service_id` for `patient` and `service`; a
caregiver without visits may lack `locations`. `arrival_time` is the start of the service.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from benchmarks.sets.base import FormatError
from benchmarks.sets.hhcrsp.reader import Instance


@dataclass(frozen=True)
class Visit:
    """One service at a patient's from `start` to `end` (minutes)."""

    patient: str
    service: str
    start: float
    end: float


@dataclass(frozen=True)
class Solution:
    """Visits by caregiver, in travelling order."""

    routes: Mapping[str, tuple[Visit, ...]]


def _visit(raw: Mapping[str, Any]) -> Visit:
    return Visit(
        patient=raw["patient"] if "patient" in raw else raw["patient_id"],
        service=raw["service"] if "service" in raw else raw["service_id"],
        start=float(raw["arrival_time"]),
        end=float(raw["departure_time"]),
    )


def read_solution(text: str, instance: Instance) -> Solution:
    """Read a solution file; raises `FormatError` for a missing field or a name that the instance does not know."""
    raw = json.loads(text)
    try:
        routes = {route["caregiver_id"]: tuple(map(_visit, route.get("locations", ()))) for route in raw["routes"]}
    except KeyError as missing:
        raise FormatError(f"hhcrsp solution lacks {missing}") from None
    if len(routes) != len(raw["routes"]):
        raise FormatError("hhcrsp solution has two routes for one caregiver")
    unknown = [who for who in routes if who not in instance.abilities]
    unknown += [visit.patient for route in routes.values() for visit in route if visit.patient not in instance.row]
    if unknown:
        raise FormatError(f"hhcrsp solution names {', '.join(unknown)}, which the instance does not know")
    return Solution(routes)


def _location(visit: Visit) -> dict[str, str | float]:
    return {
        "arrival_time": visit.start,
        "departure_time": visit.end,
        "patient": visit.patient,
        "service": visit.service,
    }


def write_solution(solution: Solution) -> str:
    """Write the published format."""
    visits = sorted((visit.start, visit.patient) for route in solution.routes.values() for visit in route)
    return json.dumps(
        {
            "global_ordering": list(dict.fromkeys(patient for _, patient in visits)),
            "routes": [
                {"caregiver_id": who, "locations": [_location(visit) for visit in route]}
                for who, route in solution.routes.items()
            ],
        },
        indent=2,
    )
