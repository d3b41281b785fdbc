"""Workbooks: the template reads back, and what is wrong names its cell."""

from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from scheduler.domain.errors import InvalidInput
from scheduler.domain.override import LockKind
from scheduler.domain.problem import Problem
from scheduler.io.excel import values
from scheduler.io.excel.read import read_problem
from scheduler.io.excel.template import write_template

T = {"id": "t1", "working hours": "Mon-Fri 08:00-17:00", "latitude": 50.4, "longitude": 30.5}
A = {"id": "a1", "duration": 60, "latitude": 50.5, "longitude": 30.6, "windows": "2026-03-23"}


def book(
    path: Path,
    technicians: list[dict[str, Any]] | None = None,
    activities: list[dict[str, Any]] | None = None,
    rooms: list[dict[str, Any]] | None = None,
    settings: dict[str, Any] | None = None,
) -> Path:
    made = Workbook()
    made.remove(made.worksheets[0])
    sheets = {"technicians": technicians or [T], "activities": activities or [A], "rooms": rooms or []}
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        header = list(dict.fromkeys(key for row in rows for key in row))
        sheet.append(header)
        for row in rows:
            sheet.append([row.get(key) for key in header])
    if settings is not None:
        sheet = made.create_sheet("settings")
        sheet.append(["setting", "value"])
        for item in settings.items():
            sheet.append(list(item))
    made.save(path / "book.xlsx")
    return path / "book.xlsx"


def faults(file: Path) -> dict[str, str]:
    with pytest.raises(InvalidInput) as caught:
        read_problem(file)
    return {fault.path: fault.message for fault in caught.value.faults}


@pytest.fixture
def example(tmp_path: Path) -> Problem:
    write_template(tmp_path / "t.xlsx")
    return read_problem(tmp_path / "t.xlsx")


def test_the_template_is_a_problem(example: Problem) -> None:
    assert (len(example.technicians), len(example.rooms), len(example.activities)) == (2, 1, 4)
    assert example.time_zone == "Europe/Kyiv"
    assert example.horizon.length == timedelta(days=5)
    lift, training = example.activity["a3"], example.activity["a4"]
    assert lift.requirements[0].count == 2 and lift.mandatory
    assert (training.place, [r.kind for r in training.requirements]) == (None, ["technician", "room"])
    assert training.requirements[1].seats == 6
    (lock,) = example.locks
    assert (lock.kind, lock.why, lock.requirement) == (LockKind.TIME, "the crane is booked", None)
    assert [(p.before, p.after) for p in example.precedences] == [("a1", "a2")]
    olena, andrii = example.technicians
    assert {s.skill: s.level for s in olena.skills} == {"gas": 3, "electric": 1}
    assert andrii.working_hours.weekly[4][0].end == time(14)
    assert andrii.absences[0].interval.length == timedelta(days=1)
    assert example.activity["a1"].briefing.phone == "+380 44 000 0001"


def test_the_help_sheet_names_every_column(tmp_path: Path) -> None:
    write_template(tmp_path / "t.xlsx")
    made = load_workbook(tmp_path / "t.xlsx")
    told = {(row[0], row[1]) for row in made["help"].iter_rows(min_row=2, values_only=True)}
    for name in ("technicians", "rooms", "activities"):
        assert {(name, cell.value) for cell in made[name][1]} <= told


def test_three_sheets_are_enough(tmp_path: Path) -> None:
    problem = read_problem(book(tmp_path))
    assert problem.horizon.length == timedelta(days=1)


def test_every_fault_names_its_cell_and_all_come_at_once(tmp_path: Path) -> None:
    found = faults(
        book(
            tmp_path,
            technicians=[{**T, "skills": "gas:high"}, {**T, "id": "t2", "working hours": "always"}],
            activities=[
                {**A, "duration": "long", "after": "nobody"},
                {**A, "id": "a2", "latitude": 200, "priority": 5000},
                {**A, "id": "a3", "windows": "tomorrow", "technicians preferred": "t9", "mandatory": "perhaps"},
            ],
        )
    )
    assert set(found) >= {
        "technicians!E2",
        "technicians!B3",
        "activities!B2",
        "activities!F2",
        "activities!C3",
        "activities!G3",
        "activities!E4",
        "activities!H4",
        "activities!I4",
    }
    assert found["technicians!E2"] == "'gas:high' is not of the form name:number, such as gas:2"
    assert "'nobody' is not the id of" in found["activities!F2"]


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    found = faults(book(tmp_path, technicians=[{"name": "Olena"}], activities=[{"id": "a", "latitude": 50.0}]))
    assert {"technicians!2", "activities!2"} <= set(found)


def test_unknown_and_doubled_columns_are_named(tmp_path: Path) -> None:
    found = faults(book(tmp_path, technicians=[{**T, "colour": "red"}]))
    assert "column 'colour' is unknown" in found["technicians!E1"]
    file = book(tmp_path)
    made = load_workbook(file)
    made["activities"].cell(1, 2).value = "id"
    made.save(file)
    assert "stands twice" in faults(file)["activities!A1"]


def test_missing_sheets_and_settings_are_named(tmp_path: Path) -> None:
    made = Workbook()
    made.save(tmp_path / "empty.xlsx")
    assert {"technicians", "activities", "settings"} <= set(faults(tmp_path / "empty.xlsx"))
    found = faults(book(tmp_path, settings={"time zone": "Mars/North", "first day": "soon", "moon": 3}))
    assert {"settings!B2", "settings!B3", "settings!A4"} <= set(found)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04garbage", b"hello"])
def test_what_is_no_workbook_is_a_fault(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x.xlsx"
    file.write_bytes(content)
    with pytest.raises(InvalidInput):
        read_problem(file)


def test_cells_that_excel_made_dates_and_times_are_read(tmp_path: Path) -> None:
    problem = read_problem(
        book(
            tmp_path,
            settings={"time zone": "Europe/Kyiv"},
            activities=[
                {**A, "duration": time(1, 30), "windows": datetime(2026, 3, 24), "release": datetime(2026, 3, 24, 9)}
            ],
        )
    )
    only = problem.activity["a1"]
    assert only.duration == timedelta(minutes=90)
    assert only.start_windows[0].length == timedelta(days=1)
    assert only.release is not None and only.release.isoformat() == "2026-03-24T07:00:00+00:00"


def test_a_resource_and_time_lock_is_read(tmp_path: Path) -> None:
    problem = read_problem(
        book(tmp_path, activities=[{**A, "locked technician": "t1", "locked start": "2026-03-23 09:00"}])
    )
    (lock,) = problem.locks
    assert (lock.kind, lock.resource, lock.requirement) == (LockKind.RESOURCE_AND_TIME, "t1", "technician")


def test_a_room_alone_needs_no_technician(tmp_path: Path) -> None:
    opening = {"id": "r", "opening": "Mon-Fri 08:00-18:00", "latitude": 50.0, "longitude": 30.0}
    only = {"id": "a", "duration": 30, "technicians": 0, "room": "yes", "windows": "2026-03-23"}
    assert [
        r.kind for r in read_problem(book(tmp_path, activities=[only], rooms=[opening])).activities[0].requirements
    ] == ["room"]
    found = faults(book(tmp_path, activities=[{**only, "room": "no", "seats": 4}], rooms=[opening]))
    assert "activities!D2" in found


@pytest.mark.parametrize(
    "text, days",
    [
        ("Mon-Fri 08:00-17:00", [0, 1, 2, 3, 4]),
        ("Sat-Mon 08:00-17:00", [0, 5, 6]),
        ("wednesday 08:00-17:00", [2]),
        ("Mon 08:00-12:00, 13:00-17:00; Tue 24:00-08:00", [0, 1]),
    ],
)
def test_working_hours_are_read(text: str, days: list[int]) -> None:
    assert sorted(values.weekly(text)) == days


@pytest.mark.parametrize(
    "read, text",
    [
        (values.weekly, "08:00-17:00"),
        (values.weekly, "Foo 08:00-17:00"),
        (values.spans, "8-17"),
        (values.spans, "25:00-26:00"),
        (values.duration, "soon"),
        (values.duration, "1e999"),
        (values.number, True),
        (values.whole, 1.5),
        (values.counted, "gas:"),
        (values.counted, ":2"),
        (values.day, "23.3.2026"),
        (values.yes, "perhaps"),
    ],
)
def test_what_cannot_be_read_is_a_sentence(read: Any, text: Any) -> None:
    with pytest.raises(ValueError, match=" "):
        read(text)
