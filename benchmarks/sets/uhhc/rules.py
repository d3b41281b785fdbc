"""Hard rules of the uhhc set, each breach as a sentence; `scorer` tells how the open ones were settled."""

from collections.abc import Iterator, Sequence

from benchmarks.sets.uhhc.day import Day
from benchmarks.sets.uhhc.reader import Instance, Patient, TimeWindow
from benchmarks.sets.uhhc.solution import Stop

Visits = dict[str, list[tuple[str, Stop]]]
"""Caregiver and stop of every service given, by patient."""


def window_of(patient: Patient, start: int) -> TimeWindow | None:
    """Return the window with the latest opening that is not after `start`."""
    opened = [window for window in patient.time_windows if window.start <= start]
    return max(opened, key=lambda window: window.start, default=None)


def breaches(instance: Instance, days: Sequence[Day], visits: Visits) -> Iterator[str]:
    """Yield every breach of a hard rule."""
    for day in days:
        yield from _day_breaches(instance, day)
    for patient in instance.patients:
        if patient.id in visits:
            yield from _care_breaches(patient, visits[patient.id])
            yield from _time_breaches(patient, visits[patient.id])
        elif not patient.optional:
            yield f"{patient.id} is not optional and not visited"


def _day_breaches(instance: Instance, day: Day) -> Iterator[str]:
    who = day.caregiver.id
    for stop in day.late_arrivals:
        yield f"{who} cannot reach {stop.patient} by {stop.start}, leaving at {day.departure}"
    for stop in day.stops:
        if not stop.is_lunch and stop.service not in day.caregiver.abilities:
            yield f"{who} lacks the ability {stop.service} for {stop.patient}"
        if not stop.is_lunch and who in instance.patient_by_id[stop.patient].incompatible_caregivers:
            yield f"{who} is incompatible with {stop.patient}"
    yield from _lunch_breaches(instance, day)


def _lunch_breaches(instance: Instance, day: Day) -> Iterator[str]:
    who, rule = day.caregiver.id, instance.lunch_breaks
    lunches = [stop for stop in day.stops if stop.is_lunch]
    if lunches and (rule is None or not day.caregiver.lunch_break):
        yield f"{who} has no lunch break to take"
    if len(lunches) > 1:
        yield f"{who} has lunch {len(lunches)} times"
    if rule is None:
        return
    for lunch in lunches:
        met = lunch.end if instance.meets_window_at_end else lunch.start
        if lunch.start < rule.start or met > rule.end:
            yield f"{who} has lunch from {lunch.start} to {lunch.end}, outside {rule.start} to {rule.end}"
        if lunch.end - lunch.start < rule.min_duration:
            yield f"{who} has lunch for {lunch.end - lunch.start} minutes only"


def _care_breaches(patient: Patient, found: list[tuple[str, Stop]]) -> Iterator[str]:
    durations = {required.service: required.duration for required in patient.required_services}
    given = [stop.service for _, stop in found]
    for service in durations:
        if given.count(service) != 1:
            yield f"{patient.id} needs {service} once and gets it {given.count(service)} times"
    for _, stop in found:
        if stop.service not in durations:
            yield f"{patient.id} does not need {stop.service}"
        elif stop.end - stop.start != durations[stop.service]:
            yield f"{stop.service} at {patient.id} lasts {durations[stop.service]}, not {stop.end - stop.start}"
    if len({who for who, _ in found}) < len(found):
        yield f"one caregiver gives several services to {patient.id}"


def _time_breaches(patient: Patient, found: list[tuple[str, Stop]]) -> Iterator[str]:
    windows = [window_of(patient, stop.start) for _, stop in found]
    if None in windows:
        yield f"{patient.id} is visited before the first window opens"
    elif any(window != windows[0] for window in windows):
        yield f"the visits at {patient.id} lie in different windows"
    starts = {stop.service: stop.start for _, stop in found}
    rule = patient.synchronization
    if rule is None or any(required.service not in starts for required in patient.required_services):
        return
    first, *others = (starts[required.service] for required in patient.required_services)
    if rule.type == "simultaneous" and any(start != first for start in others):
        yield f"the services at {patient.id} do not start together"
    if rule.type == "sequential" and rule.distance:
        for start in others:
            if not rule.distance.min <= start - first <= rule.distance.max:
                yield (
                    f"the starts at {patient.id} are {start - first} apart, "
                    f"not {rule.distance.min} to {rule.distance.max}"
                )
