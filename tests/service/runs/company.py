"""A small company, given to a service over HTTP."""

import time
from collections.abc import Callable
from typing import Any

import httpx

BASE = "/api/v1"
HORIZON = {"start": "2027-03-22T00:00:00Z", "end": "2027-03-23T00:00:00Z"}
"""A Monday."""
PLACES = 40


def technician(id: str) -> dict[str, Any]:
    hours = {"weekly": {"0": [{"start": "08:00", "end": "17:00"}]}}
    return {"id": id, "working_hours": hours, "skills": [{"skill": "gas"}], "start_place": "home", "end_place": "home"}


def place(id: str, n: int) -> dict[str, Any]:
    return {"id": id, "latitude": 50.3 + n * 7 % PLACES / 200, "longitude": 30.4 + n * 11 % PLACES / 200}


def activity(id: str, minutes: int = 60, place: int = 0) -> dict[str, Any]:
    who = {"id": "who", "skills": [{"skill": "gas"}]}
    return {"id": id, "duration": f"PT{minutes}M", "place": f"customer-{place % PLACES}", "requirements": [who]}


def found(client: httpx.Client, technicians: int = 2, activities: int = 6) -> None:
    """Technicians with a skill on one day, and work of an hour each for them."""
    for path, items in (
        ("places", [place("home", 0), *(place(f"customer-{n}", n) for n in range(PLACES))]),
        ("technicians", [technician(f"t{n}") for n in range(technicians)]),
        ("activities", [activity(f"a{n}", place=n) for n in range(activities)]),
    ):
        answer = client.post(f"{BASE}/{path}/bulk", json={"items": items})
        assert answer.status_code == 200, answer.text


def start(client: httpx.Client, time_limit: float = 0.5, **asked: Any) -> dict[str, Any]:
    """A new run over the day."""
    given = {"scope": {"horizon": HORIZON}, "time_limit": time_limit, "workers": 1, **asked}
    answer = client.post(f"{BASE}/runs", json=given)
    assert answer.status_code == 201, answer.text
    run: dict[str, Any] = answer.json()
    return run


def found_large(client: httpx.Client) -> None:
    """More than can be planned at its best within a test."""
    found(client, technicians=6, activities=50)


def ended(client: httpx.Client, id: str, seconds: float = 90) -> dict[str, Any]:
    """The run, once it has ended."""
    return until(client, id, lambda run: run["status"] in ("done", "failed"), seconds)


def until(
    client: httpx.Client, id: str, holds: Callable[[dict[str, Any]], bool], seconds: float = 90
) -> dict[str, Any]:
    """The run, once that holds for it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        run: dict[str, Any] = client.get(f"{BASE}/runs/{id}").json()
        if holds(run):
            return run
        time.sleep(0.1)
    raise AssertionError(f"still {run}")
