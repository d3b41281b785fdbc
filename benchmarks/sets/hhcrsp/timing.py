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


def exact_starts(instance: Instance, solution: Solution, problem: Problem) -> dict[Service, int]:
    """Return the start of each service in microseconds from the start of the day.

    Starts that no push can repair (the format's rules are broken) stay as they are after `MOST_ROUNDS` rounds.
    """
    starts = {
        (v.patient, v.service): max(UNITS.ticks(v.start), UNITS.ticks(instance.patient_by_id[v.patient].earliest))
        for visits in solution.routes.values()
        for v in visits
    }
    arcs = [*_travel(instance, solution, problem), *_gaps(instance, starts)]
    for _ in range(MOST_ROUNDS):
        late = [(after, starts[before] + lag) for before, after, lag in arcs if starts[before] + lag > starts[after]]
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
