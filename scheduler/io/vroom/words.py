"""VROOM's words, and which of them the domain has a word for."""

from datetime import UTC, datetime, timedelta
from typing import Any

from scheduler.domain.errors import Fault

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""Seconds count from here; a request with relative seconds so lies on this day."""

PROFILE = "car"

REQUEST = frozenset({"vehicles", "jobs", "matrices", "matrix"})
VEHICLE = frozenset(
    {
        "id",
        "description",
        "profile",
        "start",
        "start_index",
        "end",
        "end_index",
        "capacity",
        "costs",
        "skills",
        "time_window",
        "breaks",
        "speed_factor",
        "max_tasks",
    }
)
JOB = frozenset(
    {
        "id",
        "description",
        "location",
        "location_index",
        "setup",
        "service",
        "delivery",
        "pickup",
        "skills",
        "priority",
        "time_windows",
    }
)
BREAK = frozenset({"id", "description", "time_windows", "service"})
MATRIX = frozenset({"durations", "distances"})
COSTS = frozenset({"fixed", "per_hour", "per_km"})

WITHOUT_A_WORD = {
    "shipments": "shipments (pickup and delivery pairs) have no word here; split them into jobs if the order is free",
    "steps": "a start solution without times can't be taken over; remove it",
    "max_travel_time": "a limit on the travel of one vehicle has no word here; remove it",
    "max_distance": "a limit on the distance of one vehicle has no word here; remove it",
    "max_load": "a break that depends on the load has no word here; remove it",
    "type": "service times by vehicle type have no word here; give one service time",
    "setup_per_type": "setup times by vehicle type have no word here; give one setup time",
    "service_per_type": "service times by vehicle type have no word here; give one service time",
    "per_task_hour": "a price of service time has no word here; remove it",
    "costs": "a matrix of costs has no word here; give durations and distances",
    "amount": "is not part of VROOM's format any more; say delivery or pickup",
}


def instant(seconds: float) -> datetime:
    return EPOCH + timedelta(seconds=seconds)


def seconds(moment: datetime) -> int:
    return round((moment - EPOCH).total_seconds())


def unknown(given: dict[str, Any], known: frozenset[str], path: str) -> list[Fault]:
    """The keys that the domain has no word for; empty lists and nulls ask for nothing."""
    dot = f"{path}." if path else ""
    asked = [key for key, value in given.items() if key not in known and value not in (None, [], {})]
    return [Fault(f"{dot}{key}", WITHOUT_A_WORD.get(key, f"{key!r} has no word here; remove it")) for key in asked]
