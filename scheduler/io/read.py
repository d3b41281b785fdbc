"""One door for everything that is read as a problem: our JSON, VROOM's JSON, an Excel workbook."""

import json
from pathlib import Path

from scheduler.domain.errors import Fault, InvalidInput
from scheduler.domain.problem import Problem
from scheduler.io import json as own

EXCEL = frozenset({".xlsx", ".xlsm"})
ZIP = b"PK\x03\x04"


def read_problem(path: Path) -> Problem:
    """A problem from any file we know, told apart by what is in it. Raises InvalidInput with all faults."""
    given = own.content(path)
    if path.suffix.lower() in EXCEL or given.startswith(ZIP):
        from scheduler.io.excel.read import read_problem as from_excel

        return from_excel(path)
    if path.suffix.lower() == ".xls":
        raise InvalidInput((Fault("", "is an old Excel file; save it as .xlsx"),), str(path))
    if not given.lstrip().startswith(b"{"):
        raise InvalidInput((Fault("", "is neither an Excel workbook nor a JSON object; send one of these"),), str(path))
    if _is_vroom(given):
        from scheduler.io.vroom.read import read_problem as from_vroom

        return from_vroom(path)
    return Problem.read(given, str(path))


def _is_vroom(given: bytes) -> bool:
    try:
        parsed = json.loads(given)
    except (ValueError, RecursionError):
        return False
    return isinstance(parsed, dict) and "vehicles" in parsed
