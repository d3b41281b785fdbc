"""A uhhc instance as a problem: minutes are minutes, the weights of `cost_components` those of one level of the goal.

- HARD tardiness makes the windows hard, HARD extra time leaves no overtime, any other HARD component is a limit of 0.
- Lunch is a priced break, taken after the drive and before a visit. The domain owes a break to days that hold its whole
  window, so the window is cut to the shift; where lunch need only start in the window, it is longer by the duration.
- The day is twice the instance's horizon, so that nobody's overtime or tardiness ends at its edge.

One difference remains. The set charges a missed lunch also to caregivers without visits, and takes their lunch from
their idle time; the domain does neither.
"""

from datetime import time, timedelta

import numpy as np

from benchmarks.sets.uhhc.patients import UNITS, activities, place_of
from benchmarks.sets.uhhc.reader import Caregiver, Component, Instance
from scheduler.domain.goal import Goal, Level, Term
from scheduler.domain.problem import Problem
from scheduler.domain.resource import Break, LocalSpan, Skill, Technician

LUNCH = "lunch"
MINUTES_PER_HOUR = 60
TERMS: dict[Component, Term] = {
    "travel_time": Term.TRAVEL_TIME,
    "total_tardiness": Term.TARDINESS,
    "highest_tardiness": Term.LARGEST_TARDINESS,
    "total_waiting_time": Term.WAITING,
    "total_extra_time": Term.OVERTIME,
    "max_idle_time": Term.LARGEST_IDLE,
    "caregiver_preferences": Term.PREFERRED_RESOURCE,
    "optional_patients": Term.UNSCHEDULED,
    "missed_lunch_break": Term.MISSED_BREAKS,
    "workload_balance": Term.WORKLOAD_BALANCE,
}


def to_problem(instance: Instance) -> Problem:
    """Map all that the instance says."""
    end = day_end(instance)
    names = {f"row-{row}": row for row in instance.terminal_index.values()}
    names |= {place_of(patient): patient.distance_matrix_index for patient in instance.patients}
    rows = list(names.values())
    places, travel = UNITS.travel(list(names), instance.distances[np.ix_(rows, rows)].astype(np.float64))
    return Problem(
        name=instance.metadata.name,
        horizon=UNITS.span(0, end),
        technicians=tuple(_technician(instance, caregiver, end) for caregiver in instance.caregivers),
        places=places,
        activities=tuple(activities(instance)),
        travel=travel,
        goal=goal(instance),
    )


def day_end(instance: Instance) -> int:
    """Return the end of the horizon in minutes."""
    shifts = max(caregiver.working_shift.end for caregiver in instance.caregivers)
    closings = (window.end for patient in instance.patients for window in patient.time_windows)
    return 2 * max(instance.metadata.horizon, shifts, *closings)


def goal(instance: Instance) -> Goal:
    """Return the weights; what is HARD and not told by the windows or the overtime limit is limited to 0."""
    weights = {TERMS[c]: float(w) for c, w in instance.metadata.cost_components.items() if w != "HARD" and w > 0}
    told = {Term.TARDINESS, Term.OVERTIME}
    hard = {TERMS[c] for c, w in instance.metadata.cost_components.items() if w == "HARD"}
    return Goal(levels=(Level(weights=weights),), limits=dict.fromkeys(sorted(hard - told), 0.0))


def lunch_window(instance: Instance, caregiver: Caregiver) -> tuple[int, int] | None:
    """Return earliest start and latest end of the caregiver's lunch; None where none is due or it can't be had."""
    rule = instance.lunch_breaks
    if rule is None or not caregiver.lunch_break:
        return None
    last = rule.end if instance.meets_window_at_end else rule.end + rule.min_duration
    start, end = max(rule.start, caregiver.working_shift.start), min(last, caregiver.working_shift.end)
    return (start, end) if end - start >= rule.min_duration else None


def _technician(instance: Instance, caregiver: Caregiver, end: int) -> Technician:
    shift, rows = caregiver.working_shift, instance.terminal_index
    hard = instance.metadata.cost_components.get("total_extra_time") == "HARD"
    return Technician(
        id=caregiver.id,
        skills=tuple(Skill(skill=ability) for ability in sorted(caregiver.abilities)),
        working_hours=UNITS.shift(shift.start, shift.end),
        breaks=tuple(_lunch(instance, caregiver)),
        start_place=f"row-{rows[caregiver.departing_point]}",
        end_place=f"row-{rows[caregiver.arrival_point]}",
        departure="shift-start" if instance.departs_at_shift_start else "just-in-time",
        overtime_limit=timedelta(0) if hard else UNITS.length(end - shift.end),
    )


def _lunch(instance: Instance, caregiver: Caregiver) -> list[Break]:
    window, rule = lunch_window(instance, caregiver), instance.lunch_breaks
    if window is None or rule is None:
        return []
    clock = LocalSpan(start=_clock(window[0]), end=_clock(window[1]))
    length = UNITS.length(rule.min_duration)
    return [Break(id=LUNCH, window=clock, duration=length, price=1, after_drive=True, before_work=True)]


def _clock(minute: int) -> time:
    return time(*divmod(minute, MINUTES_PER_HOUR))
