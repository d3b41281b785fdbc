"""The workbook to fill in: an example that can be planned as it is, and a help sheet."""

from pathlib import Path
from typing import Any

from scheduler.io.excel.columns import SHEETS
from scheduler.io.xlsx import fill

ABOUT = (
    "Fill the sheets technicians, rooms and activities, then run: fieldplan solve FILE.xlsx -o plan.json",
    "Rows are read from row 2 on; empty columns and columns you do not need may be deleted. Order does not matter.",
    "Lists are separated by semicolons. Times are local times of the time zone in the sheet settings.",
    "Not covered here (use JSON): shift patterns by date, travel matrices, alternatives, lags, waivers, the goal.",
)

Example = dict[str, Any]

SETTINGS: Example = {
    "name": "Example week",
    "time zone": "Europe/Kyiv",
    "first day": "2026-03-23",
    "last day": "2026-03-27",
    "speed km/h": 35,
    "detour": 1.3,
}

TECHNICIANS: tuple[Example, ...] = (
    {
        "id": "t1",
        "name": "Olena Koval",
        "email": "olena.koval@example.com",
        "skills": "gas:3; electric:1",
        "working hours": "Mon-Fri 08:00-17:00",
        "breaks": "12:00-14:00 45",
        "address": "vul. Khreshchatyk 22, Kyiv",
        "latitude": 50.4480,
        "longitude": 30.5220,
        "overtime": 60,
        "tools": "gas detector",
    },
    {
        "id": "t2",
        "name": "Andrii Melnyk",
        "email": "andrii.melnyk@example.com",
        "skills": "electric:2; gas:1",
        "working hours": "Mon-Thu 09:00-18:00",
        "fri": "08:00-14:00",
        "breaks": "12:00-14:00 45",
        "absences": "2026-03-25",
        "address": "prosp. Beresteiskyi 37, Kyiv",
        "latitude": 50.4489,
        "longitude": 30.4570,
    },
)

ROOMS: tuple[Example, ...] = (
    {
        "id": "r1",
        "name": "Training room",
        "opening": "Mon-Fri 08:00-18:00",
        "address": "vul. Antonovycha 50, Kyiv",
        "latitude": 50.4290,
        "longitude": 30.5170,
        "seats": 10,
        "features": "projector; test bench",
        "turnaround": 15,
    },
)

ACTIVITIES: tuple[Example, ...] = (
    {
        "id": "a1",
        "name": "Boiler check",
        "duration": 90,
        "address": "vul. Saksahanskoho 61, Kyiv",
        "latitude": 50.4370,
        "longitude": 30.5060,
        "windows": "2026-03-23 08:00-12:00; 2026-03-24 08:00-12:00",
        "priority": 5,
        "skills": "gas:2",
        "service type": "inspection",
        "contact": "Ms Bondar",
        "phone": "+380 44 000 0001",
        "instructions": "Ring twice. Read the meter first.",
        "bring": "gas detector; filter",
    },
    {
        "id": "a2",
        "name": "Meter exchange",
        "duration": "1:00",
        "address": "vul. Yaroslaviv Val 14, Kyiv",
        "latitude": 50.4500,
        "longitude": 30.5130,
        "resolve by": "2026-03-24 17:00",
        "skills": "electric:1",
        "service type": "installation",
        "after": "a1",
    },
    {
        "id": "a3",
        "name": "Lift a heat pump",
        "duration": 120,
        "address": "vul. Velyka Vasylkivska 72, Kyiv",
        "latitude": 50.4310,
        "longitude": 30.5160,
        "technicians": 2,
        "mandatory": "yes",
        "service type": "installation",
        "locked start": "2026-03-26 10:00",
        "lock reason": "the crane is booked",
    },
    {
        "id": "a4",
        "name": "Safety training",
        "duration": 90,
        "room features": "projector",
        "seats": 6,
        "technicians preferred": "t1",
        "service type": "training",
    },
)

EXAMPLES = {"technicians": TECHNICIANS, "rooms": ROOMS, "activities": ACTIVITIES}


def write_template(path: Path) -> None:
    """Write the example workbook. It reads back as a problem."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    for name, examples in EXAMPLES.items():
        header = tuple(column.name for column in SHEETS[name])
        fill(book.create_sheet(name), header, [tuple(row.get(column) for column in header) for row in examples])
    fill(book.create_sheet("settings"), ("setting", "value"), list(SETTINGS.items()))
    _help(book.create_sheet("help"))
    book.save(path)


def _help(sheet: Any) -> None:
    about = [("", "", line, "") for line in ABOUT]
    columns = [(name, *column) for name, columns in SHEETS.items() for column in columns]
    fill(sheet, ("sheet", "column", "meaning", "example"), [*about, *columns])
