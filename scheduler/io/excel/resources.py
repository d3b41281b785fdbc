"""Rows of technicians and rooms, as the fields of the problem."""

import re
from datetime import timedelta
from typing import Any

from scheduler.domain.resource import LocalSpan
from scheduler.io.excel import values
from scheduler.io.excel.sheet import Row

Fields = dict[str, Any]
Places = dict[str, Fields]


def technicians(rows: list[Row], zone: str, places: Places) -> list[Fields]:
    return [_technician(row, f"technicians[{n}]", zone, places) for n, row in enumerate(rows)]


def rooms(rows: list[Row], zone: str, places: Places) -> list[Fields]:
    return [_room(row, f"rooms[{n}]", zone, places) for n, row in enumerate(rows)]


def _technician(row: Row, at: str, zone: str, places: Places) -> Fields:
    home = place(row, at, "technician", places)
    skills = row.get("skills", values.counted, f"{at}.skills") or {}
    overtime = row.get("overtime", values.duration, f"{at}.overtime_limit")
    fields = {
        "id": row.get("id", values.text, f"{at}.id"),
        "name": row.get("name", values.text, f"{at}.name"),
        "email": row.get("email", values.text, f"{at}.email"),
        "skills": [{"skill": name, "level": level} for name, level in skills.items()],
        "working_hours": _hours(row, "working hours", f"{at}.working_hours", zone),
        "breaks": row.get("breaks", _breaks, f"{at}.breaks"),
        "absences": _absences(row, at, zone),
        "start_place": home,
        "end_place": home,
        "cost_per_hour": row.get("cost per hour", values.number, f"{at}.cost_per_hour"),
        "cost_per_km": row.get("cost per km", values.number, f"{at}.cost_per_km"),
        "cost_per_day": row.get("cost per day", values.number, f"{at}.cost_per_day"),
        "overtime_limit": overtime,
        "max_activities_per_day": row.get("max activities per day", values.whole, f"{at}.max_activities_per_day"),
        "territories": row.get("territories", values.several, f"{at}.territories"),
        "tools": row.get("tools", values.several, f"{at}.tools"),
        "parts": row.get("parts", values.counted, f"{at}.parts"),
    }
    return given(fields)


def _room(row: Row, at: str, zone: str, places: Places) -> Fields:
    fields = {
        "id": row.get("id", values.text, f"{at}.id"),
        "name": row.get("name", values.text, f"{at}.name"),
        "opening": _hours(row, "opening", f"{at}.opening", zone),
        "absences": _absences(row, at, zone),
        "place": place(row, at, "room", places),
        "seats": row.get("seats", values.whole, f"{at}.seats"),
        "capacity": row.get("capacity", values.whole, f"{at}.capacity"),
        "features": row.get("features", values.several, f"{at}.features"),
        "turnaround": row.get("turnaround", values.duration, f"{at}.turnaround"),
    }
    return given(fields)


def given(fields: Fields) -> Fields:
    """The fields that have a value; the others get the domain's default."""
    return {name: value for name, value in fields.items() if value is not None}


def place(row: Row, at: str, kind: str, places: Places) -> str | None:
    """Add the row's place, when it has coordinates; its id."""
    latitude = row.get("latitude", _degrees(90))
    longitude = row.get("longitude", _degrees(180))
    if row.has("latitude") != row.has("longitude"):
        missing = "latitude" if row.has("longitude") else "longitude"
        row.fault(missing, "is missing; give latitude and longitude, or neither")
    if latitude is None or longitude is None:
        return None
    name = f"{kind}:{row.get('id', values.text) or row.number}"
    address = row.get("address", values.text) or ""
    places[name] = {"id": name, "address": address, "latitude": latitude, "longitude": longitude}
    return name


def _degrees(limit: int) -> Any:
    def read(cell: Any) -> float:
        if not -limit <= (found := values.number(cell)) <= limit:
            raise ValueError(f"{found:g} is not between -{limit} and {limit} degrees")
        return found

    return read


def _hours(row: Row, column: str, path: str, zone: str) -> Fields | None:
    week = row.get(column, values.weekly, path)
    weekly = dict(week or {})
    for n, day in enumerate(values.WEEKDAYS):
        spans = row.get(day, values.spans, f"{path}.weekly.{n}")
        if spans is not None:
            weekly[n] = spans
    if not row.has(column) and not weekly:
        row.fault(column, "working hours are missing; write Mon-Fri 08:00-17:00, or fill the columns mon to sun")
    return {"time_zone": zone, "weekly": weekly}


def _absences(row: Row, at: str, zone: str) -> list[Fields] | None:
    found = row.get("absences", values.each(values.windows, zone), f"{at}.absences")
    return None if found is None else [{"interval": interval} for interval in found]


def _breaks(cell: Any) -> list[Fields]:
    return [_break(item, n) for n, item in enumerate(values.several(cell))]


def _break(item: str, n: int) -> Fields:
    match = re.fullmatch(r"(\S+\s*-\s*\S+)\s+(\d+)(?:\s*min)?", item)
    if not match:
        raise ValueError(f"{item!r} is no break; write when it may be taken and its minutes, as 12:00-14:00 45")
    window: LocalSpan = values.local_span(match[1])
    return {"id": f"break-{n}" if n else "break", "window": window, "duration": timedelta(minutes=int(match[2]))}
