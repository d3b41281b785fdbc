"""Best known values: from the tables beside an instance or in a folder above, or from the `.sol` beside it."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from benchmarks.instances import detect
from benchmarks.sets.vrplib import stated_cost

FOLDERS_UP = 3
"""How many folders are searched, the instance's own included."""


@dataclass(frozen=True)
class _Columns:
    """Where a published table has the cost, and the vehicles that come before it."""

    cost: str
    vehicles: str | None = None


_COLUMNS: Mapping[str, tuple[_Columns, ...]] = {
    "uhhc": (_Columns("best_known"),),
    "hhcrsp": (_Columns("total_cost"),),
    "trsp": (_Columns("best_working_time"),),
    "vrptw": (_Columns("hier_distance", "hier_vehicles"), _Columns("BKS_Cost", "BKS_NumVehicles")),
    "vrptw-distance": (_Columns("mindist_trunc1"), _Columns("distance")),
}

_DOUBTED = {("vrptw-distance", "r209")}
"""Published values that are below what is proved or that nobody reached again; the run's best is the reference."""


def best_known(instance_path: Path, set_name: str | None = None) -> float | None:
    """Return the best known cost of an instance, in the unit of its scorer, or None.

    Parameters
    ----------
    set_name
        Which of two conventions on the same files is meant; by default the set that `detect` names.
    """
    name = set_name or _set_name(instance_path)
    if name == "rich_vrptw":
        return _sol_cost(instance_path.with_suffix(".sol"))
    found = _row(instance_path, name)
    return float(found[0][found[1].cost]) if found else None


def best_known_vehicles(instance_path: Path) -> int | None:
    """Return the fewest vehicles known for a VRPTW instance: what `best_known` of the set `vrptw` presupposes."""
    found = _row(instance_path, "vrptw")
    return int(found[0][found[1].vehicles]) if found and found[1].vehicles else None


def _set_name(instance_path: Path) -> str:
    benchmark = detect(instance_path)
    return benchmark.name if benchmark else ""


def _sol_cost(path: Path) -> float | None:
    return stated_cost(path.read_text(encoding="utf-8")) if path.is_file() else None


def _row(instance_path: Path, name: str) -> tuple[dict[str, str], _Columns] | None:
    """Return the first table row about the instance that has the set's columns filled, and those columns."""
    key = instance_path.stem.lower()
    if (name, key) in _DOUBTED:
        return None
    for folder in instance_path.resolve().parents[:FOLDERS_UP]:
        for path in sorted([*folder.glob("*.csv"), *folder.glob("*.md")]):
            row = _table(path).get(key, {})
            for columns in _COLUMNS.get(name, ()):
                if row.get(columns.cost):
                    return row, columns
    return None


@lru_cache(maxsize=64)
def _table(path: Path) -> dict[str, dict[str, str]]:
    """Return a table's rows by instance name in lower case; empty when no column is called instance."""
    text = path.read_text(encoding="utf-8")
    rows = _markdown_rows(text) if path.suffix == ".md" else list(csv.DictReader(text.splitlines()))
    return {_key(row): row for row in rows if _key(row)}


def _key(row: Mapping[str, str]) -> str:
    name = row.get("instance") or row.get("Instance") or ""
    return name.strip().lower().removesuffix(".txt").removesuffix(".json").removesuffix(".vrp")


def _markdown_rows(text: str) -> list[dict[str, str]]:
    """Return the rows of the first table of a Markdown file."""
    lines = [line.strip() for line in text.splitlines() if line.lstrip().startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [dict(zip(cells[0], row, strict=False)) for row in cells[2:]]
