"""CSV files as the sheets of a workbook, one file a sheet: read and refused like an Excel file, by cell."""

import csv
from collections.abc import Mapping
from io import BytesIO, StringIO

from scheduler.domain.errors import Fault, InvalidInput
from scheduler.io.excel.columns import SHEETS


def workbook(files: Mapping[str, bytes]) -> bytes:
    """An Excel workbook of CSV files by name, such as `activities.csv`; commas, semicolons or tabs between the cells.

    Raises InvalidInput for files that are no sheet of ours or no text in UTF-8.
    """
    from openpyxl import Workbook

    faults: list[Fault] = []
    book = Workbook(write_only=True)
    for name, content in files.items():
        sheet = name.lower().removesuffix(".csv")
        if sheet not in SHEETS:
            faults.append(Fault(name, f"is no sheet of ours; name it {', '.join(f'{s}.csv' for s in SHEETS)}"))
            continue
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            faults.append(Fault(name, "is not text in UTF-8; save it as CSV UTF-8"))
            continue
        lines = book.create_sheet(sheet)
        for row in csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text)):
            lines.append([_clean(cell) for cell in row])
    if faults:
        raise InvalidInput(tuple(faults))
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def _delimiter(text: str) -> str:
    """What separates the most names in the header."""
    header = text.partition("\n")[0]
    return max(",;\t", key=header.count)


def _clean(cell: str) -> str:
    """Without the control characters that a workbook refuses."""
    return "".join(c for c in cell if c.isprintable() or c in "\n\t")
