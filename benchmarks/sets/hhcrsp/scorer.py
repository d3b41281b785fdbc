"""Scorer of the hhcrsp set: (travel + total tardiness + largest tardiness) / 3, all in minutes.

What the instances leave open, as the published costs settle it:

- Caregivers start from the office at time 0 at the earliest and return to it; the return counts as travel and has no
  deadline. Waiting is free.
- Tardiness is measured per service, at its start, against the truncated end of the window; no start may be early.
- Both services of a double visit count their own tardiness. Published times are rounded to three decimals, so travel
  times and start differences hold within 0.002 minutes.
"""

from collections.abc import Iterator
from itertools import pairwise

from benchmarks.sets.base import Score
from benchmarks.sets.hhcrsp.reader import Instance, Patient
from benchmarks.sets.hhcrsp.solution import Solution, Visit

TOLERANCE = 0.002
"""Minutes that rounding to three decimals, twice, can move a time."""

_Given = dict[str, list[tuple[str, Visit]]]


def _travel(instance: Instance, route: tuple[Visit, ...]) -> float:
    path = [0, *(instance.row[visit.patient] for visit in route), 0] if route else []
    return sum(float(instance.distances[a, b]) for a, b in pairwise(path))


def _route_breaches(instance: Instance, who: str, route: tuple[Visit, ...]) -> Iterator[str]:
    row, leave = 0, 0.0
    for visit in route:
        arrival = leave + float(instance.distances[row, instance.row[visit.patient]])
        if visit.start < arrival - TOLERANCE:
            yield f"{who} reaches {visit.patient} at {arrival:.3f}, after the start at {visit.start:.3f}"
        if visit.service not in instance.abilities[who]:
            yield f"{who} lacks the ability {visit.service} for {visit.patient}"
        row, leave = instance.row[visit.patient], visit.end


def _patient_breaches(patient: Patient, found: list[tuple[str, Visit]]) -> Iterator[str]:
    durations = {required.service: required.duration for required in patient.required_services}
    if sorted(visit.service for _, visit in found) != sorted(durations):
        yield f"{patient.id} needs {', '.join(durations)} once each"
        return
    for _, visit in found:
        if visit.start < patient.earliest - TOLERANCE:
            yield f"{patient.id} is visited at {visit.start:.3f}, before {patient.earliest}"
        if abs(visit.end - visit.start - durations[visit.service]) > TOLERANCE:
            yield f"{visit.service} at {patient.id} does not last {durations[visit.service]} minutes"
    if len({who for who, _ in found}) < len(found):
        yield f"one caregiver gives both services to {patient.id}"
    if patient.gap:
        starts = {visit.service: visit.start for _, visit in found}
        first, second = (starts[service] for service in durations)
        if not patient.gap[0] - TOLERANCE <= second - first <= patient.gap[1] + TOLERANCE:
            yield f"the starts at {patient.id} are {second - first:.3f} apart, not {patient.gap[0]} to {patient.gap[1]}"


def _breaches(instance: Instance, solution: Solution, given: _Given) -> Iterator[str]:
    for who, route in solution.routes.items():
        yield from _route_breaches(instance, who, route)
    for patient in instance.patients:
        yield from _patient_breaches(patient, given[patient.id])


def score(instance: Instance, solution: Solution) -> Score:
    """Score a solution; the components are in minutes, before the division by three."""
    given: _Given = {patient.id: [] for patient in instance.patients}
    for who, route in solution.routes.items():
        for visit in route:
            given[visit.patient].append((who, visit))
    tardiness = [max(0.0, v.start - instance.patient_by_id[p].due) for p, found in given.items() for _, v in found]
    components = {
        "distance_traveled": sum(_travel(instance, route) for route in solution.routes.values()),
        "total_tardiness": sum(tardiness),
        "max_tardiness": max(tardiness, default=0.0),
    }
    return Score(
        cost=sum(components.values()) / 3,
        components=components,
        unscheduled=sum(not found for found in given.values()),
        violations=tuple(_breaches(instance, solution, given)),
    )
