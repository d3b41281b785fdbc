"""A workbook as a problem. Faults name the cell."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile
from zoneinfo import ZoneInfo

from scheduler.domain.errors import Fault, InvalidInput
from scheduler.domain.problem import Problem
from scheduler.domain.resource import at_local
from scheduler.io.excel import values
from scheduler.io.excel.activities import activities
from scheduler.io.excel.columns import REQUIRED, SHEETS
from scheduler.io.excel.resources import rooms, technicians
from scheduler.io.excel.sheet import Faults, Row
from scheduler.io.excel.sheet import rows as rows_of
from scheduler.io.json import content


def read_problem(path: Path) -> Problem:
    """A problem from a workbook like the one of `write_template`. Raises InvalidInput with all faults."""
    faults = Faults()
    sheets = {name: list(rows) for name, rows in _rows(path, faults)}
    given = _settings(sheets.get("settings", []), faults)
    zone = given["time_zone"]
    given |= {"places": {}, "precedences": [], "locks": []}
    given["technicians"] = technicians(sheets.get("technicians", []), zone, given["places"])
    given["rooms"] = rooms(sheets.get("rooms", []), zone, given["places"])
    given["activities"] = activities(sheets.get("activities", []), zone, given)
    given["places"] = list(given["places"].values())
    given["horizon"] = _horizon(given.pop("first"), given.pop("last"), given, faults)
    return _problem(given, faults, path)


def _rows(path: Path, faults: Faults) -> Iterator[tuple[str, Iterator[Row]]]:
    from openpyxl import load_workbook

    given = BytesIO(content(path))
    try:
        book = load_workbook(given, read_only=True, data_only=True)
    except (OSError, BadZipFile, KeyError, ValueError, TypeError, EOFError) as error:
        raise InvalidInput((Fault("", "is not an Excel workbook (.xlsx) that can be read"),), str(path)) from error
    named = {name.strip().lower(): book[name] for name in book.sheetnames if hasattr(book[name], "iter_rows")}
    for name in REQUIRED:
        if name not in named:
            faults.add(name, "the sheet is missing; `fieldplan template` writes a workbook to start from")
    for name, columns in SHEETS.items():
        if name == "settings" and name in named:
            yield name, _turned(named[name], faults)
        elif name in named:
            yield name, rows_of(named[name], frozenset(c.name for c in columns), faults)
    book.close()


def _turned(sheet: Any, faults: Faults) -> Iterator[Row]:
    """The settings, one a line, as one row each: name in A, value in B."""
    known = {c.name for c in SHEETS["settings"]}
    for number, line in enumerate(sheet.iter_rows(max_col=2, values_only=True), start=1):
        name = str(line[0]).strip().lower() if line and line[0] is not None else ""
        if number == 1 or not name:
            continue
        if name not in known:
            faults.add(f"settings!A{number}", f"setting {name!r} is unknown; known are {', '.join(sorted(known))}")
        else:
            value = line[1] if len(line) > 1 else None
            yield Row("settings", number, {name: ("B", value if value != "" else None)}, faults)


def _settings(lines: list[Row], faults: Faults) -> dict[str, Any]:
    def one(name: str, read: Any, path: str = "") -> Any:
        return next((row.get(name, read, path) for row in lines if row.has(name)), None)

    great_circle = {
        "speed_kmh": one("speed km/h", values.number, "travel.great_circle.speed_kmh"),
        "detour": one("detour", values.number, "travel.great_circle.detour"),
    }
    return {
        "name": one("name", values.text, "name") or "",
        "time_zone": one("time zone", _zone) or "UTC",
        "first": one("first day", values.day, "horizon.start"),
        "last": one("last day", values.day, "horizon.end"),
        "travel": {"great_circle": {k: v for k, v in great_circle.items() if v is not None}},
    }


def _zone(given: Any) -> str:
    name = values.text(given)
    try:
        return ZoneInfo(name).key
    except (OSError, ValueError, KeyError) as error:
        raise ValueError(f"time zone {name!r} is unknown; use an IANA name such as Europe/Kyiv") from error


def _horizon(
    first: date | None, last: date | None, given: dict[str, Any], faults: Faults
) -> dict[str, datetime] | None:
    """From the first to the last day; where they are not given, as far as the activities' dates go."""
    zone = given["time_zone"]
    dates = [m.astimezone(ZoneInfo(zone)).date() for m in _moments(given["activities"])]
    start, end = first or min(dates, default=None), last or max(dates, default=None)
    if start is None or end is None:
        faults.add("settings", "first day and last day are missing, and no activity has a date")
        return None
    return {"start": at_local(start, time(0), zone), "end": at_local(end + timedelta(days=1), time(0), zone)}


def _moments(found: list[dict[str, Any]]) -> Iterator[datetime]:
    for activity in found:
        for name in ("release", "deadline", "respond_by", "resolve_by"):
            if activity.get(name) is not None:
                yield activity[name]
        for window in activity.get("start_windows") or ():
            yield window.start
            yield window.end - timedelta(seconds=1)


def _problem(given: dict[str, Any], faults: Faults, path: Path) -> Problem:
    if given["horizon"] is None:
        # What else is wrong should be seen in the same go: any horizon will do for that.
        given["horizon"] = {"start": "2000-01-01T00:00:00Z", "end": "2000-12-31T00:00:00Z"}
    try:
        problem = Problem.read(given, str(path))
    except InvalidInput as error:
        placed = [faults.placed(fault) for fault in error.faults]
        blamed = {fault.path for fault in faults.found}
        also = [fault for fault in placed if fault.path not in blamed]
        raise InvalidInput(tuple(dict.fromkeys([*faults.found, *also])), str(path)) from error
    if faults.found:
        raise InvalidInput(tuple(faults.found), str(path))
    return problem
