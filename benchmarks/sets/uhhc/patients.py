"""Patients of the uhhc set as activities, their services as requirements.

A visit may not start before its window opens. With `at_service_start` the start must also lie before the closing: a
start window. With `at_service_end` the end must: a service window. All services of a patient lie in the same one.
"""

from collections.abc import Iterator

from benchmarks.sets.uhhc.reader import Instance, Patient, RequiredService
from benchmarks.sets.units import Units
from scheduler.domain.activity import Activity, Meeting, Requirement, SkillNeed
from scheduler.domain.interval import Interval

UNITS = Units()


def place_of(patient: Patient) -> str:
    """Return the place of a patient, told by the row of the distances."""
    return f"row-{patient.distance_matrix_index}"


def activities(instance: Instance) -> Iterator[Activity]:
    """Yield an activity per patient."""
    priced = instance.metadata.cost_components.get("total_tardiness") != "HARD"
    for patient in instance.patients:
        windows = tuple(UNITS.span(window.start, window.end) for window in patient.time_windows)
        if instance.meets_window_at_end:
            meant = {"service_windows": windows}
        else:
            meant = {"start_windows": windows if priced else tuple(_apart(patient))}
        yield Activity(
            id=patient.id,
            duration=UNITS.length(max(service.duration for service in patient.required_services)),
            place=place_of(patient),
            unscheduled_price=1.0,
            mandatory=not patient.optional,
            requirements=tuple(_requirement(patient, service) for service in patient.required_services),
            meeting=_meeting(patient),
            priced_windows=priced,
            **meant,
        )


def _apart(patient: Patient) -> Iterator[Interval]:
    """Yield the windows; of two that touch, the minute between belongs to the later one, as it does when priced."""
    openings = {window.start for window in patient.time_windows}
    for window in patient.time_windows:
        yield UNITS.span(window.start, window.end - 1 if window.end in openings else window.end)


def _requirement(patient: Patient, service: RequiredService) -> Requirement:
    return Requirement(
        id=service.service,
        duration=UNITS.length(service.duration),
        skills=(SkillNeed(skill=service.service),),
        preferred=tuple(sorted(patient.preferred_caregivers)),
        restricted=tuple(sorted(patient.incompatible_caregivers)),
    )


def _meeting(patient: Patient) -> Meeting:
    rule = patient.synchronization
    if rule is None:
        return Meeting(kind="independent") if len(patient.required_services) > 1 else Meeting()
    if rule.type == "sequential" and rule.distance:
        least, most = UNITS.length(rule.distance.min), UNITS.length(rule.distance.max)
        return Meeting(kind="sequential", min_offset=least, max_offset=most)
    return Meeting(kind=rule.type)
