"""VRPLIB instances and CVRPLIB `.sol` files, as far as the sets that use them need.

Nodes are numbered from 1 in instances, but a `.sol` file numbers them from 0: its customer c is node c + 1.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from benchmarks.sets.base import FloatMatrix, FormatError

_ROUTE = re.compile(r"Route\s*#\s*(\d+)\s*:(.*)", re.IGNORECASE)
_COST = re.compile(r"Cost\s*:?\s*(\S+)", re.IGNORECASE)


@dataclass(frozen=True)
class Document:
    """An instance file taken apart: `KEY: value` lines, and the rows of each section."""

    fields: Mapping[str, str]
    sections: Mapping[str, list[list[str]]]

    def field(self, key: str) -> str:
        """Return a field's value; raises `FormatError` when it is missing."""
        if key not in self.fields:
            raise FormatError(f"VRPLIB instance lacks {key}")
        return self.fields[key]

    def table(self, section: str) -> FloatMatrix:
        """Return a section with one row per node, in node order, without the node number."""
        rows = self.sections.get(section)
        if rows is None or len(rows) != int(self.field("DIMENSION")):
            raise FormatError(f"VRPLIB instance lacks {section}, or it does not cover all nodes")
        return np.array([row[1:] for row in sorted(rows, key=lambda row: int(row[0]))], dtype=np.float64)


def take_apart(text: str) -> Document:
    """Split an instance into fields and sections."""
    fields: dict[str, str] = {}
    sections: dict[str, list[list[str]]] = {}
    rows: list[list[str]] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        if line == "EOF":
            break
        if line.endswith("_SECTION"):
            rows = sections.setdefault(line, [])
        elif ":" in line:
            key, _, value = line.partition(":")
            fields[key.strip()] = value.strip()
        else:
            rows.append(line.split())
    return Document(fields, sections)


def kind(text: str) -> str | None:
    """Return the value of the TYPE field, or None when the text has none."""
    found = re.search(r"^\s*TYPE\s*:\s*(\w+)", text[:2000], re.MULTILINE)
    return found[1] if found else None


def depots(document: Document) -> frozenset[int]:
    """Return the depots, numbered from 0; node 1 of the file when it names none."""
    rows = document.sections.get("DEPOT_SECTION", [["1"]])
    return frozenset(int(row[0]) - 1 for row in rows if row[0] != "-1")


def service_times(document: Document) -> FloatMatrix:
    """Return the service time per node, from a section or one value for all but the depots."""
    if "SERVICE_TIME_SECTION" in document.sections:
        return np.asarray(document.table("SERVICE_TIME_SECTION")[:, 0], dtype=np.float64)
    times = np.full(int(document.field("DIMENSION")), float(document.field("SERVICE_TIME")))
    times[list(depots(document))] = 0
    return times


@dataclass(frozen=True)
class RouteSolution:
    """Customers by route number (from 1), numbered from 0 over all nodes, and the cost that the file states."""

    routes: Mapping[int, tuple[int, ...]]
    stated_cost: float | None = None


def read_sol(text: str, nodes: int) -> RouteSolution:
    """Read a `.sol` file of an instance with so many nodes; raises `FormatError` for a node that is not there."""
    found = [(int(number), tuple(map(int, stops.split()))) for number, stops in _ROUTE.findall(text)]
    if not found or len(dict(found)) != len(found):
        raise FormatError("a .sol file needs lines 'Route #1: ...', each number once")
    unknown = sorted({stop for _, stops in found for stop in stops if not 0 < stop < nodes})
    if unknown:
        raise FormatError(f".sol file visits {unknown}, but the instance has {nodes} nodes")
    return RouteSolution(dict(found), stated_cost(text))


def stated_cost(text: str) -> float | None:
    """Return the cost that a `.sol` file states, if any."""
    cost = _COST.search(text)
    return float(cost[1]) if cost else None


def write_sol(solution: RouteSolution) -> str:
    """Write a `.sol` file."""
    lines = [f"Route #{number}: {' '.join(map(str, stops))}".rstrip() for number, stops in solution.routes.items()]
    if solution.stated_cost is not None:
        lines.append(f"Cost: {solution.stated_cost:.15g}")
    return "\n".join(lines) + "\n"
