"""Reader of VRPTW instances: Solomon's text (Solomon 1987, Gehring and Homberger 1999) and VRPLIB with TYPE VRPTW.

Coordinates, windows and service times share one unit; the depot is row 0 of every array.
"""

from dataclasses import dataclass

import numpy as np

from benchmarks.sets import vrplib
from benchmarks.sets.base import FloatMatrix, FormatError


@dataclass(frozen=True, eq=False)
class Instance:
    """One instance; arrays have a row per node, windows are (earliest, latest) start of service."""

    name: str
    vehicles: int
    capacity: float
    coordinates: FloatMatrix
    demand: FloatMatrix
    windows: FloatMatrix
    service: FloatMatrix


def recognises(text: str) -> bool:
    """Whether the text is an instance of this set."""
    return vrplib.kind(text) == "VRPTW" or all(word in text[:2000] for word in ("VEHICLE", "CUSTOMER", "READY TIME"))


def _numeric(line: str) -> list[float] | None:
    try:
        return [float(word) for word in line.split()]
    except ValueError:
        return None


def _parse_solomon(text: str, name: str) -> Instance:
    rows = [row for row in map(_numeric, text.splitlines()) if row]
    if len(rows) < 2 or len(rows[0]) != 2 or any(len(row) != 7 for row in rows[1:]):
        raise FormatError("Solomon text needs vehicles and capacity, then seven numbers a customer")
    table = np.array(rows[1:], dtype=np.float64)
    return Instance(
        name=name,
        vehicles=int(rows[0][0]),
        capacity=rows[0][1],
        coordinates=table[:, 1:3],
        demand=table[:, 3],
        windows=table[:, 4:6],
        service=table[:, 6],
    )


def _parse_vrplib(text: str, name: str) -> Instance:
    document = vrplib.take_apart(text)
    return Instance(
        name=name,
        vehicles=int(document.field("VEHICLES")),
        capacity=float(document.field("CAPACITY")),
        coordinates=document.table("NODE_COORD_SECTION"),
        demand=document.table("DEMAND_SECTION")[:, 0],
        windows=document.table("TIME_WINDOW_SECTION"),
        service=vrplib.service_times(document),
    )


def parse(text: str, name: str) -> Instance:
    """Read an instance; raises `FormatError` when a part of the file is missing."""
    return (_parse_vrplib if vrplib.kind(text) else _parse_solomon)(text, name)
