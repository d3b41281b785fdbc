"""A plan as an Excel workbook, one sheet for each table."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from scheduler.domain.plan import Plan
from scheduler.domain.problem import Problem
from scheduler.domain.verdict import Verdict
from scheduler.io.spreadsheet import harmless
from scheduler.io.tables import Cell, Row, tables

WIDEST, NARROWEST = 60, 8
MEASURED_ROWS = 200


def write_xlsx(problem: Problem, plan: Plan, path: Path, verdict: Verdict | None = None) -> None:
    """Write the plan's tables. Text that looks like a formula is written as text."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    for table in tables(problem, plan, verdict):
        fill(book.create_sheet(table.name), table.header, table.rows)
    book.save(path)


def fill(sheet: Any, header: tuple[str, ...], rows: Iterable[Row]) -> None:
    """Put a table into an empty sheet: bold frozen header, filter, columns as wide as what they hold."""
    from openpyxl.styles import Alignment, Font, PatternFill

    given = list(rows)
    sheet.append(header)
    for cell in sheet[1]:
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="1F4E79")
        cell.alignment = Alignment(vertical="center")
    for row in given:
        sheet.append([harmless(cell) if isinstance(cell, str) else cell for cell in row])
        for cell in sheet[sheet.max_row]:
            _style(cell)
    sheet.freeze_panes = "A2"
    if given:
        sheet.auto_filter.ref = sheet.dimensions
    for letter, width in zip(_letters(len(header)), _widths(header, given), strict=True):
        sheet.column_dimensions[letter].width = width


def _style(cell: Any) -> None:
    if isinstance(cell.value, datetime):
        cell.number_format = "yyyy-mm-dd hh:mm"
    elif isinstance(cell.value, str):
        cell.data_type = "s"


def _letters(count: int) -> list[str]:
    from openpyxl.utils import get_column_letter

    return [get_column_letter(n) for n in range(1, count + 1)]


def _widths(header: tuple[str, ...], rows: list[Row]) -> list[int]:
    columns = zip(header, *rows[:MEASURED_ROWS], strict=True)
    return [max(NARROWEST, min(WIDEST, 2 + max(map(_length, column)))) for column in columns]


def _length(cell: Cell) -> int:
    return 16 if isinstance(cell, datetime) else len(str(cell)) if cell is not None else 0
