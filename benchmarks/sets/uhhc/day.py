"""One caregiver's day, followed stop by stop: travel, waiting, idle and extra time in minutes."""

from dataclasses import dataclass
from itertools import pairwise

from benchmarks.sets.uhhc.reader import Caregiver, Instance
from benchmarks.sets.uhhc.solution import Stop


@dataclass(frozen=True)
class Day:
    """A caregiver's day in minutes; `late_arrivals` are stops that start before the caregiver can be there."""

    caregiver: Caregiver
    stops: tuple[Stop, ...]
    departure: int
    back: int
    travel: int
    waiting: int
    idle: int
    late_arrivals: tuple[Stop, ...]

    @property
    def service(self) -> int:
        """Minutes spent on services."""
        return sum(stop.end - stop.start for stop in self.stops if not stop.is_lunch)

    @property
    def extra_time(self) -> int:
        """Minutes after the shift's end."""
        return max(0, self.back - self.caregiver.working_shift.end)


def _unused(caregiver: Caregiver) -> Day:
    shift = caregiver.working_shift
    return Day(caregiver, (), shift.start, shift.start, 0, 0, shift.end - shift.start, ())


def follow(instance: Instance, caregiver: Caregiver, stops: tuple[Stop, ...], visited: frozenset[str]) -> Day:
    """Follow one route. A lunch break named after a patient whom nobody visits is taken at the departing point."""
    if not stops:
        return _unused(caregiver)
    shift, home = caregiver.working_shift, instance.terminal_index[caregiver.departing_point]
    patients = instance.patient_by_id
    places = [patients[s.patient].distance_matrix_index if s.patient in visited else home for s in stops]
    path = [home, *places, instance.terminal_index[caregiver.arrival_point]]
    legs = [int(instance.distances[a, b]) for a, b in pairwise(path)]
    departure = shift.start if instance.departs_at_shift_start else max(shift.start, stops[0].start - legs[0])
    leaves = [departure, *(stop.end for stop in stops)]
    waits = [stop.start - (leave + leg) for stop, leave, leg in zip(stops, leaves, legs, strict=False)]
    counted = [wait for position, wait in enumerate(waits) if not (position == 1 and stops[0].is_lunch)]
    back = stops[-1].end + legs[-1]
    return Day(
        caregiver=caregiver,
        stops=stops,
        departure=departure,
        back=back,
        travel=sum(legs),
        waiting=sum(max(0, wait) for wait in counted),
        idle=departure - shift.start + sum(max(0, wait) for wait in waits) + max(0, shift.end - back),
        late_arrivals=tuple(stop for stop, wait in zip(stops, waits, strict=True) if wait < 0),
    )
