"""Reader of the richer VRPTW variants in VRPLIB (github PyVRP/Instances, MIT).

MDVRPTW has several depots, PCVRPTW optional customers with prizes, SDVRPTW customers that only some vehicles may serve.
Nodes and depots are numbered from 0 here, as in `.sol` files; coordinates, windows and times share one unit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from benchmarks.sets import vrplib
from benchmarks.sets.base import FloatMatrix, FormatError

Kind = Literal["MDVRPTW", "PCVRPTW", "SDVRPTW"]
_KINDS: Mapping[str, Kind] = {"MDVRPTW": "MDVRPTW", "PCVRPTW": "PCVRPTW", "SDVRPTW": "SDVRPTW"}


@dataclass(frozen=True)
class Vehicle:
    """One vehicle: its depot, its capacity, and whom it may serve (None: everybody)."""

    depot: int
    capacity: float
    allowed: frozenset[int] | None


@dataclass(frozen=True, eq=False)
class Instance:
    """One instance; arrays have a row per node, windows are (earliest, latest) start of service."""

    name: str
    kind: Kind
    depots: frozenset[int]
    vehicles: tuple[Vehicle, ...]
    max_duration: float | None
    coordinates: FloatMatrix
    demand: FloatMatrix
    windows: FloatMatrix
    service: FloatMatrix
    prizes: FloatMatrix | None

    @property
    def customers(self) -> list[int]:
        """All nodes but the depots."""
        return [node for node in range(len(self.demand)) if node not in self.depots]


def recognises(text: str) -> bool:
    """Whether the text is an instance of this set."""
    return vrplib.kind(text) in _KINDS


def _by_vehicle(document: vrplib.Document, section: str) -> dict[int, list[int]]:
    return {int(row[0]): [int(value) for value in row[1:]] for row in document.sections.get(section, [])}


def _vehicles(document: vrplib.Document) -> tuple[Vehicle, ...]:
    numbers = range(1, int(document.field("VEHICLES")) + 1)
    depots = _by_vehicle(document, "VEHICLES_DEPOT_SECTION")
    allowed = _by_vehicle(document, "VEHICLES_ALLOWED_CLIENTS_SECTION")
    capacities = {number: float(row[0]) for number, row in _by_vehicle(document, "CAPACITY_SECTION").items()}
    if not capacities:
        capacities = dict.fromkeys(numbers, float(document.field("CAPACITY")))
    return tuple(
        Vehicle(
            depot=depots.get(number, [1])[0] - 1,
            capacity=capacities[number],
            allowed=frozenset(node - 1 for node in allowed[number]) if allowed else None,
        )
        for number in numbers
    )


def parse(text: str, name: str) -> Instance:
    """Read an instance; raises `FormatError` when a part of the file is missing."""
    document = vrplib.take_apart(text)
    kind = _KINDS.get(document.field("TYPE"))
    if kind is None:
        raise FormatError(f"TYPE {document.field('TYPE')} is none of {', '.join(_KINDS)}")
    limit = document.fields.get("VEHICLES_MAX_DURATION")
    return Instance(
        name=name,
        kind=kind,
        depots=vrplib.depots(document),
        vehicles=_vehicles(document),
        max_duration=float(limit) if limit else None,
        coordinates=document.table("NODE_COORD_SECTION"),
        demand=document.table("DEMAND_SECTION")[:, 0],
        windows=document.table("TIME_WINDOW_SECTION"),
        service=vrplib.service_times(document),
        prizes=np.asarray(document.table("PRIZE_SECTION")[:, 0]) if "PRIZE_SECTION" in document.sections else None,
    )
