"""Undo the rounding of published times: the least starts, not before the published ones, that keep travel and gaps."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from benchmarks.sets.hhcrsp.reader import Instance
from benchmarks.sets.hhcrsp.solution import Solution
from benchmarks.sets.units import Units
from scheduler.domain.problem import Problem

Service = tuple[str, str]
"""Patient and service."""
UNITS = Units()
MOST_ROUNDS = 1000
MOST_PUSH = 0.05
"""Minutes by which rounding alone can add up along a day; what is further off is wrong, and left for the judges."""


def exact_starts(instance: Instance, solution: Solution, problem: Problem) -> dict[Service, int]:
    """Return the start of each service in microseconds from the start of the day.

    No start moves by more than `MOST_PUSH`, so that solutions that break the format's rules stay wrong.
    """
    published = {(v.patient, v.service): UNITS.ticks(v.start) for visits in solution.routes.values() for v in visits}
    latest = {service: start + UNITS.ticks(MOST_PUSH) for service, start in published.items()}
    opening = {service: UNITS.ticks(instance.patient_by_id[service[0]].earliest) for service in published}
    starts = {service: min(max(start, opening[service]), latest[service]) for service, start in published.items()}
    arcs = [*_travel(instance, solution, problem), *_gaps(instance, starts)]
    for _ in range(MOST_ROUNDS):
        pushed = [(after, min(starts[before] + lag, latest[after])) for before, after, lag in arcs]
        late = [(service, start) for service, start in pushed if start > starts[service]]
        if not late:
            break
        for service, start in late:
            starts[service] = max(starts[service], start)
    return starts


def _travel(instance: Instance, solution: Solution, problem: Problem) -> Iterator[tuple[Service, Service, int]]:
    micros = np.round(problem.travel.matrices["default"].seconds * 1e6).astype(np.int64)
    for visits in solution.routes.values():
        for a, b in pairwise(visits):
            durations = {r.service: r.duration for r in instance.patient_by_id[a.patient].required_services}
            leg = int(micros[instance.row[a.patient], instance.row[b.patient]])
            yield (a.patient, a.service), (b.patient, b.service), UNITS.ticks(durations[a.service]) + leg


def _gaps(instance: Instance, starts: dict[Service, int]) -> Iterator[tuple[Service, Service, int]]:
    for patient in instance.patients:
        first, *second = ((patient.id, required.service) for required in patient.required_services)
        if patient.gap and second and first in starts and second[0] in starts:
            yield first, second[0], UNITS.ticks(patient.gap[0])
            yield second[0], first, -UNITS.ticks(patient.gap[1])
