"""Reader of the unified home healthcare instances (Ceschia et al., ITOR 2026; github iolab-uniud/uhhc, CC BY 4.0).

Times and durations are minutes from the start of the day; `distances` are travel minutes, from row to column.
"""

from functools import cached_property
from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, PlainValidator

from benchmarks.sets.base import IntMatrix

Component = Literal[
    "travel_time",
    "total_tardiness",
    "highest_tardiness",
    "total_waiting_time",
    "total_extra_time",
    "max_idle_time",
    "caregiver_preferences",
    "optional_patients",
    "missed_lunch_break",
    "workload_balance",
]


def _matrix(rows: object) -> IntMatrix:
    matrix = np.asarray(rows, dtype=np.int64)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"distances are not a square matrix but of shape {matrix.shape}")
    return matrix


class Frozen(BaseModel):
    """A value that nobody changes."""

    model_config = ConfigDict(frozen=True)


class TimeWindow(Frozen):
    """From `start` to `end`, both included, in minutes."""

    start: int
    end: int


class RequiredService(Frozen):
    """One service that a patient needs, and its duration in minutes."""

    service: str
    duration: int


class Gap(Frozen):
    """Least and largest difference between the starts of a sequential pair, in minutes."""

    min: int
    max: int


class Synchronization(Frozen):
    """How the services of one patient relate in time; `distance` belongs to the sequential type."""

    type: Literal["independent", "simultaneous", "sequential"]
    distance: Gap | None = None


class Patient(Frozen):
    """A patient; all the visits lie in one of the `time_windows`."""

    id: str
    distance_matrix_index: int
    time_windows: tuple[TimeWindow, ...]
    required_services: tuple[RequiredService, ...]
    synchronization: Synchronization | None = None
    optional: bool = False
    preferred_caregivers: frozenset[str] = frozenset()
    incompatible_caregivers: frozenset[str] = frozenset()
    location: tuple[float, float] | None = None


class Caregiver(Frozen):
    """A caregiver; `lunch_break` says whether one is due."""

    id: str
    abilities: frozenset[str]
    departing_point: str
    arrival_point: str
    working_shift: TimeWindow
    lunch_break: bool = False


class TerminalPoint(Frozen):
    """Where caregivers depart or arrive."""

    id: str
    distance_matrix_index: int
    location: tuple[float, float] | None = None


class LunchBreaks(Frozen):
    """When lunch may be taken, and for how many minutes at least."""

    start: int
    end: int
    min_duration: int


class Metadata(Frozen):
    """Origin, weights, and whether the start or the end of a service must meet the window."""

    name: str
    origin: str
    horizon: int
    time_window_met: Literal["at_service_start", "at_service_end"]
    cost_components: dict[Component, int | Literal["HARD"]]


class Instance(Frozen):
    """One instance, in the set's own terms."""

    metadata: Metadata
    distances: Annotated[IntMatrix, PlainValidator(_matrix)]
    terminal_points: tuple[TerminalPoint, ...]
    caregivers: tuple[Caregiver, ...]
    patients: tuple[Patient, ...]
    lunch_breaks: LunchBreaks | None = None

    @cached_property
    def patient_by_id(self) -> dict[str, Patient]:
        """Patients by their id."""
        return {patient.id: patient for patient in self.patients}

    @cached_property
    def caregiver_by_id(self) -> dict[str, Caregiver]:
        """Caregivers by their id."""
        return {caregiver.id: caregiver for caregiver in self.caregivers}

    @cached_property
    def terminal_index(self) -> dict[str, int]:
        """Rows of `distances` by terminal point."""
        return {point.id: point.distance_matrix_index for point in self.terminal_points}

    @property
    def departs_at_shift_start(self) -> bool:
        """Whether caregivers leave when the shift starts (Bazirha's instances) instead of just in time."""
        return self.metadata.origin.startswith("bazirha")

    @property
    def meets_window_at_end(self) -> bool:
        """Whether the end of a service, not its start, must lie before the window's end."""
        return self.metadata.time_window_met == "at_service_end"


def recognises(text: str) -> bool:
    """Whether the text is an instance of this set."""
    return text.lstrip().startswith("{") and '"terminal_points"' in text and '"cost_components"' in text


def parse(text: str, name: str) -> Instance:
    """Read an instance; the file carries its own name, `name` is not needed."""
    return Instance.model_validate_json(text)
