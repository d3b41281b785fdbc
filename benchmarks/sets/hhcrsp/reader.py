"""Reader of the home healthcare instances of Mankowska et al. (2014), in the JSON of github iolab-uniud/hhcrsp (MIT).

Times are minutes from the start of the day. `distances` are travel minutes: row 0 is the office, row i the i-th
patient. Windows may be stored as 401.99999999999994 and are truncated to whole minutes; durations are whole too.
"""

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from benchmarks.sets.base import FloatMatrix, FormatError


@dataclass(frozen=True)
class RequiredService:
    """One service that a patient needs, and its duration in minutes."""

    service: str
    duration: int


@dataclass(frozen=True)
class Patient:
    """A patient with one or two services; `gap` bounds the second's start less the first's (0, 0: together)."""

    id: str
    earliest: int
    due: int
    required_services: tuple[RequiredService, ...]
    gap: tuple[int, int] | None


@dataclass(frozen=True)
class Instance:
    """One instance: patients, abilities by caregiver, travel minutes."""

    name: str
    patients: tuple[Patient, ...]
    abilities: dict[str, frozenset[str]]
    distances: FloatMatrix

    @cached_property
    def patient_by_id(self) -> dict[str, Patient]:
        """Patients by their id."""
        return {patient.id: patient for patient in self.patients}

    @cached_property
    def row(self) -> dict[str, int]:
        """Rows of `distances` by patient."""
        return {patient.id: row for row, patient in enumerate(self.patients, start=1)}


def recognises(text: str) -> bool:
    """Whether the text is an instance of this set."""
    return text.lstrip().startswith("{") and '"central_offices"' in text and '"required_caregivers"' in text


def _gap(synchronization: dict[str, Any] | None) -> tuple[int, int] | None:
    if synchronization is None:
        return None
    if synchronization["type"] == "simultaneous":
        return 0, 0
    least, most = synchronization["distance"]
    return int(least), int(most)


def _patient(raw: dict[str, Any]) -> Patient:
    earliest, due = raw["time_window"]
    return Patient(
        id=raw["id"],
        earliest=int(earliest),
        due=int(due),
        required_services=tuple(
            RequiredService(required["service"], int(required["duration"])) for required in raw["required_caregivers"]
        ),
        gap=_gap(raw.get("synchronization")),
    )


def parse(text: str, name: str) -> Instance:
    """Read an instance; raises `FormatError` when a field is missing."""
    raw = json.loads(text)
    try:
        return Instance(
            name=name,
            patients=tuple(map(_patient, raw["patients"])),
            abilities={caregiver["id"]: frozenset(caregiver["abilities"]) for caregiver in raw["caregivers"]},
            distances=np.asarray(raw["distances"], dtype=np.float64),
        )
    except KeyError as missing:
        raise FormatError(f"hhcrsp instance lacks {missing}") from None
