"""A large company's week, drawn as the field set is, given over HTTP."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import httpx

from benchmarks.sets.field import FIELD, Recipe, draw
from scheduler.domain.problem import Problem

BASE = "/api/v1"
DAYS, SEED, AT_ONCE = 5, 1, 2500


def company(activities: int, technicians: int) -> Problem:
    """Technicians beyond those drawn are doubles of them."""
    drawn = FIELD.to_problem(draw(Recipe("full", activities, DAYS, SEED)))
    crew = [
        drawn.technicians[n % len(drawn.technicians)].model_copy(update={"id": f"technician-{n}"})
        for n in range(technicians)
    ]
    return drawn.replace(technicians=tuple(crew))


def give(client: httpx.Client, problem: Problem) -> None:
    """All of the problem, as a tenant's data."""
    client.put(f"{BASE}/settings/planning", json={"travel": _plain(problem.travel)}).raise_for_status()
    client.put(f"{BASE}/goals/default", json=_plain(problem.goal)).raise_for_status()
    for path, values in (
        ("places", problem.places),
        ("rooms", [room.model_copy(update={"absences": ()}) for room in problem.rooms]),
        ("technicians", [one.model_copy(update={"absences": ()}) for one in problem.technicians]),
        ("activities", problem.activities),
    ):
        for part in _parts([_plain(value) for value in values]):
            client.post(f"{BASE}/{path}/bulk", json={"items": part}).raise_for_status()


def _plain(value: Any) -> Any:
    return json.loads(value.model_dump_json())


def _parts(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (items[n : n + AT_ONCE] for n in range(0, len(items), AT_ONCE))
