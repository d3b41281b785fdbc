"""A plan as CSV files, one for each table."""

import csv
from datetime import datetime
from pathlib import Path

from scheduler.domain.plan import Plan
from scheduler.domain.problem import Problem
from scheduler.domain.verdict import Verdict
from scheduler.io.spreadsheet import harmless
from scheduler.io.tables import Cell, tables


def write_csv(problem: Problem, plan: Plan, folder: Path, verdict: Verdict | None = None) -> tuple[Path, ...]:
    """Write `bookings.csv`, `day-routes.csv` and so on; text that looks like a formula gets an apostrophe."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for table in tables(problem, plan, verdict):
        path = folder / f"{table.name.replace(' ', '-')}.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(table.header)
            writer.writerows([_text(cell) for cell in row] for row in table.rows)
        written.append(path)
    return tuple(written)


def _text(cell: Cell) -> str | float | int | None:
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    return harmless(cell) if isinstance(cell, str) else cell
