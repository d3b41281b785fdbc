"""Scorer of the uhhc set: the weighted sum of `metadata.cost_components`, in minutes and counts.

What the instances leave open, as the published costs settle it:

- Lunch is taken at the place of the next visit, after the journey and before the service. It starts inside the lunch
  window; only with `at_service_end` must it also end inside. It counts neither as waiting nor as idle nor as workload.
- Departure is just in time for the first stop, at the shift's start at the earliest; in Bazirha's instances it is the
  shift's start, and the wait before the first visit counts. When the first stop is lunch, what lies between lunch and
  the first service is idle but not waiting (lunch could have been taken that much later).
- Waiting is the start of a stop less the arrival. Idle is shift start to departure, all waits, return to shift end; the
  published term is the largest idle time of all caregivers, also of those who never leave.
- Extra time is the return after the shift's end. A HARD term must be zero and adds nothing to the cost.
- A window may not be entered before it opens, by the start. Lateness is measured by the start or the end of the service
  as `time_window_met` says, per service, against the window that opened last before the start.
- Every patient left out costs `optional_patients`; leaving out one that is not optional is a breach as well.
- Preferences count per service given by someone else than the preferred caregivers. Two services of one patient, also
  independent ones, are given by different caregivers in all published solutions: held as a rule here.
- Workload is service plus travel; balance sums ceil(|workload - mean|) over all caregivers, the unused too.
"""

import math
from collections.abc import Sequence
from fractions import Fraction

from benchmarks.sets.base import Score
from benchmarks.sets.uhhc.day import Day, follow
from benchmarks.sets.uhhc.reader import Instance
from benchmarks.sets.uhhc.rules import Visits, breaches, window_of
from benchmarks.sets.uhhc.solution import Solution, Stop


def _tardiness(instance: Instance, stop: Stop) -> int:
    window = window_of(instance.patient_by_id[stop.patient], stop.start)
    met = stop.end if instance.meets_window_at_end else stop.start
    return max(0, met - window.end) if window else 0


def _imbalance(days: Sequence[Day]) -> int:
    workloads = [day.service + day.travel for day in days]
    mean = Fraction(sum(workloads), len(workloads))
    return sum(math.ceil(abs(workload - mean)) for workload in workloads)


def _ignored_preferences(instance: Instance, visits: Visits) -> int:
    preferred = {patient.id: patient.preferred_caregivers for patient in instance.patients}
    return sum(bool(preferred[p]) and who not in preferred[p] for p, found in visits.items() for who, _ in found)


def _amounts(instance: Instance, days: Sequence[Day], visits: Visits) -> dict[str, int]:
    """Return every term before weighting."""
    tardiness = [_tardiness(instance, stop) for found in visits.values() for _, stop in found]
    had_lunch = {day.caregiver.id for day in days if any(stop.is_lunch for stop in day.stops)}
    return {
        "travel_time": sum(day.travel for day in days),
        "total_tardiness": sum(tardiness),
        "highest_tardiness": max(tardiness, default=0),
        "total_waiting_time": sum(day.waiting for day in days),
        "total_extra_time": sum(day.extra_time for day in days),
        "max_idle_time": max(day.idle for day in days),
        "caregiver_preferences": _ignored_preferences(instance, visits),
        "optional_patients": len(instance.patients) - len(visits),
        "missed_lunch_break": sum(c.lunch_break and c.id not in had_lunch for c in instance.caregivers),
        "workload_balance": _imbalance(days),
    }


def _visits(solution: Solution) -> Visits:
    """Return who gives which service when, by patient."""
    visits: Visits = {}
    for caregiver, stops in solution.routes.items():
        for stop in stops:
            if not stop.is_lunch:
                visits.setdefault(stop.patient, []).append((caregiver, stop))
    return visits


def score(instance: Instance, solution: Solution) -> Score:
    """Score a solution; the components are weighted (a HARD one is its plain amount)."""
    visits = _visits(solution)
    visited = frozenset(visits)
    days = [follow(instance, who, solution.routes.get(who.id, ()), visited) for who in instance.caregivers]
    amounts = _amounts(instance, days, visits)
    weights = instance.metadata.cost_components
    hard = [name for name, weight in weights.items() if weight == "HARD"]
    components: dict[str, float] = {
        name: amounts[name] * (1 if weight == "HARD" else weight) for name, weight in weights.items()
    }
    return Score(
        cost=sum(value for name, value in components.items() if name not in hard),
        components=components,
        unscheduled=amounts["optional_patients"],
        violations=(
            *breaches(instance, days, visits),
            *(f"{name} is a rule, and is {amounts[name]}" for name in hard if amounts[name]),
        ),
    )
