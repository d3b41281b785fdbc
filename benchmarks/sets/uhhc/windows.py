"""Windows of a uhhc patient in the domain's words.

A visit may not start before its window opens. With `at_service_start` the start must also lie before the closing, and
the window is a start window. With `at_service_end` it is the end, so opening and closing bind different moments:

- one window: release and deadline (or resolve-by, where tardiness is priced);
- several, and all services last alike: finish windows whose openings are moved by the duration;
- several, services that start together without tardiness: start windows that close early enough for the longest;
- several otherwise: the services become activities of their own, tied by precedences. What is lost is that all
  services lie in the same window; it is kept as far as the distance between their starts can say it.

A finish window that would be empty (its patient is always late in it) is made a minute long.
"""

from typing import Any

from benchmarks.sets.uhhc.reader import Instance, Patient, RequiredService, TimeWindow
from benchmarks.sets.units import Units
from scheduler.domain.interval import Interval

UNITS = Units()


def is_hard(instance: Instance) -> bool:
    """Whether windows are rules; otherwise what exceeds their closing is priced."""
    return instance.metadata.cost_components.get("total_tardiness") == "HARD"


def is_split(instance: Instance, patient: Patient) -> bool:
    """Whether the services of the patient become activities of their own."""
    if not instance.meets_window_at_end or len(patient.time_windows) == 1 or len(_durations(patient)) == 1:
        return False
    together = patient.synchronization is not None and patient.synchronization.type == "simultaneous"
    return not (together and is_hard(instance))


def window_fields(instance: Instance, patient: Patient, services: tuple[RequiredService, ...]) -> dict[str, Any]:
    """Return the fields of an activity that hold these services of the patient to the windows."""
    windows, hard = patient.time_windows, is_hard(instance)
    longest = max(service.duration for service in services)
    if not instance.meets_window_at_end:
        return {"start_windows": tuple(_span(w.start, w.end) for w in windows), "priced_windows": not hard}
    if len(windows) == 1:
        due = UNITS.at(windows[0].end)
        return {"release": UNITS.at(windows[0].start), "deadline" if hard else "resolve_by": due}
    if hard:
        return {"start_windows": tuple(_span(w.start, w.end - longest) for w in windows)}
    return {"finish_windows": tuple(_span(w.start + longest, w.end) for w in windows), "priced_windows": True}


def spread(patient: Patient) -> int:
    """Return by how many minutes two services that end in the same window can start apart, when none is late."""
    shortest = min(_durations(patient))
    return max(window.end - window.start for window in patient.time_windows) - shortest


def _durations(patient: Patient) -> set[int]:
    return {service.duration for service in patient.required_services}


def _span(start: int, end: int) -> Interval:
    return UNITS.span(start, max(end, start + 1))


def closing(windows: tuple[TimeWindow, ...]) -> int:
    """Return when the last window closes."""
    return max(window.end for window in windows)
