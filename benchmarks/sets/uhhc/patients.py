"""Patients of the uhhc set as activities: a role per service, or an activity per service (see `windows`)."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

from benchmarks.sets.uhhc.reader import Instance, Patient, RequiredService
from benchmarks.sets.uhhc.windows import UNITS, is_hard, is_split, spread, window_fields
from scheduler.domain.activity import Activity, Meeting, Precedence, Requirement, SkillNeed

Service = tuple[str, str]
"""Patient and service."""


def activity_ids(instance: Instance) -> dict[Service, str]:
    """Return the activity that each service of each patient belongs to; the service is the id of the requirement."""
    return {
        (p.id, r.service): f"{p.id}/{r.service}" if is_split(instance, p) else p.id
        for p in instance.patients
        for r in p.required_services
    }


def place_of(patient: Patient) -> str:
    """Return the place of a patient, told by the row of the distances."""
    return f"row-{patient.distance_matrix_index}"


def activities(instance: Instance) -> Iterator[Activity]:
    """Yield the activities of all patients."""
    for patient in instance.patients:
        services = patient.required_services
        if is_split(instance, patient):
            for service in services:
                yield _activity(instance, patient, f"{patient.id}/{service.service}", (service,), 1 / len(services))
        else:
            yield _activity(instance, patient, patient.id, services, 1.0, meeting=_meeting(patient))


def _activity(
    instance: Instance, patient: Patient, name: str, services: tuple[RequiredService, ...], price: float, **more: Any
) -> Activity:
    return Activity(
        id=name,
        duration=UNITS.length(max(service.duration for service in services)),
        place=place_of(patient),
        unscheduled_price=price,
        mandatory=not patient.optional,
        requirements=tuple(_requirement(patient, service) for service in services),
        **window_fields(instance, patient, services),
        **more,
    )


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


def precedences(instance: Instance) -> Iterator[Precedence]:
    """Yield what ties the services of split patients: both or none, other people, and how far apart they start."""
    for patient in instance.patients:
        if is_split(instance, patient):
            names = [f"{patient.id}/{service.service}" for service in patient.required_services]
            least, most = _lags(instance, patient)
            for before, after in pairwise(names):
                yield _tie(before, after, least, most, technicians="different")
                yield _tie(after, before, None if most is None else -most, -least)
            for n, before in enumerate(names):
                for after in names[n + 2 :]:
                    yield _tie(before, after, *_lags(instance, patient), technicians="different")


def _lags(instance: Instance, patient: Patient) -> tuple[timedelta, timedelta | None]:
    """Return the least and the largest difference between the starts of two services."""
    rule = patient.synchronization
    if rule is not None and rule.type == "simultaneous":
        return timedelta(0), timedelta(0)
    if rule is not None and rule.distance is not None:
        return UNITS.length(rule.distance.min), UNITS.length(rule.distance.max)
    apart = UNITS.length(spread(patient) if is_hard(instance) else instance.metadata.horizon)
    return -apart, apart


def _tie(before: str, after: str, least: timedelta | None, most: timedelta | None, **more: Any) -> Precedence:
    lags = {"min_lag": least} if least is not None else {}
    return Precedence(before=before, after=after, kind="start-to-start", max_lag=most, **lags, **more)
