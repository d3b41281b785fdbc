"""A sheet as rows of named cells, which collects what is wrong by cell."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from scheduler.domain.errors import Fault

T = TypeVar("T")

MOST_ROWS = 60_000


class Faults:
    """What is wrong so far, and which cell each field of the problem came from."""

    def __init__(self) -> None:
        self.found: list[Fault] = []
        self.cell_of: dict[str, str] = {}

    def add(self, cell: str, message: str) -> None:
        self.found.append(Fault(cell, message))

    def placed(self, fault: Fault) -> Fault:
        """A fault of the problem, with the cell it came from in place of its path."""
        path = fault.path
        while path:
            if path in self.cell_of:
                return Fault(self.cell_of[path], fault.message)
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return fault


class Row:
    """One row: cells by column name."""

    def __init__(self, sheet: str, number: int, cells: Mapping[str, tuple[str, Any]], faults: Faults) -> None:
        self.sheet, self.number, self._cells, self._faults = sheet, number, cells, faults

    def cell(self, column: str) -> str:
        """The cell's name, such as `activities!D7`; the row's where the column is not there."""
        letter = self._cells[column][0] if column in self._cells else ""
        return f"{self.sheet}!{letter}{self.number}" if letter else f"{self.sheet}!{self.number}"

    def has(self, column: str) -> bool:
        return column in self._cells and self._cells[column][1] is not None

    def get(self, column: str, read: Callable[[Any], T], path: str = "") -> T | None:
        """The cell's value, None where it is empty or wrong; `path` is the field of the problem that it fills."""
        if path:
            self._faults.cell_of[path] = self.cell(column)
        if not self.has(column):
            return None
        try:
            return read(self._cells[column][1])
        except (ValueError, OverflowError) as error:
            self._faults.add(self.cell(column), str(error))
            return None

    def fault(self, column: str, message: str) -> None:
        self._faults.add(self.cell(column), message)


def rows(sheet: Any, known: frozenset[str], faults: Faults) -> Iterator[Row]:
    """The rows that hold something, under the header in the first row."""
    from openpyxl.utils import get_column_letter

    lines = sheet.iter_rows(values_only=True)
    header = [str(name).strip().lower() if name is not None else "" for name in next(lines, ())]
    letters = [get_column_letter(n) for n in range(1, len(header) + 1)]
    for letter, name in zip(letters, header, strict=True):
        if name and name not in known:
            faults.add(f"{sheet.title}!{letter}1", f"column {name!r} is unknown; known are {', '.join(sorted(known))}")
        elif name and header.count(name) > 1:
            faults.add(f"{sheet.title}!{letter}1", f"column {name!r} stands twice; keep one")
    for number, values in enumerate(lines, start=2):
        if number > MOST_ROWS:
            faults.add(f"{sheet.title}!{number}", f"more than {MOST_ROWS} rows; split the workbook")
            return
        cells = {name: (letter, _given(v)) for name, letter, v in zip(header, letters, values, strict=False) if name}
        if any(value is not None for _, value in cells.values()):
            yield Row(sheet.title, number, cells, faults)


def _given(value: Any) -> Any:
    """None for an empty cell. What `harmless` quoted comes back unquoted."""
    if not isinstance(value, str):
        return value
    stripped = value.strip()
    return (stripped[1:] if stripped[:2] in {"'=", "'+", "'-", "'@"} else stripped) or None
