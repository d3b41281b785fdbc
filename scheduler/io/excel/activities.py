"""Rows of activities, as the fields of the problem: the activities, their precedences and locks."""

from typing import Any

from scheduler.io.excel import values
from scheduler.io.excel.resources import Fields, given, place
from scheduler.io.excel.sheet import Row

TECHNICIAN, ROOM = "technician", "room"


def activities(rows: list[Row], zone: str, problem: Fields) -> list[Fields]:
    """The activities; places, precedences and locks are added to `problem`."""
    found = []
    for n, row in enumerate(rows):
        activity = _activity(row, f"activities[{n}]", zone, problem["places"])
        found.append(activity)
        if "id" in activity:
            _precedences(row, activity["id"], problem["precedences"])
            _lock(row, activity["id"], zone, problem["locks"])
    return found


def _activity(row: Row, at: str, zone: str, places: dict[str, Fields]) -> Fields:
    moment, windows = values.each(values.moment, zone), values.each(values.windows, zone)
    fields: Fields = {
        "id": row.get("id", values.text, f"{at}.id"),
        "name": row.get("name", values.text, f"{at}.name"),
        "duration": row.get("duration", values.duration, f"{at}.duration"),
        "setup": row.get("setup", values.duration, f"{at}.setup"),
        "teardown": row.get("teardown", values.duration, f"{at}.teardown"),
        "place": place(row, at, "activity", places),
        "start_windows": row.get("windows", windows, f"{at}.start_windows"),
        "preferred_windows": row.get("preferred windows", windows, f"{at}.preferred_windows"),
        "priority": row.get("priority", values.whole, f"{at}.priority"),
        "mandatory": row.get("mandatory", values.yes, f"{at}.mandatory"),
        "requirements": _requirements(row, at),
        "tools": row.get("tools", values.several, f"{at}.tools"),
        "parts": row.get("parts", values.counted, f"{at}.parts"),
        "territory": row.get("territory", values.text, f"{at}.territory"),
        "service_type": row.get("service type", values.text, f"{at}.service_type"),
        "briefing": _briefing(row, at),
    }
    for column in ("release", "deadline", "respond by", "resolve by"):
        field = column.replace(" ", "_")
        fields[field] = row.get(column, moment, f"{at}.{field}")
    return given(fields)


def _requirements(row: Row, at: str) -> list[Fields]:
    at = f"{at}.requirements"
    count = row.get("technicians", values.whole)
    found = [] if count == 0 else [_people(row, f"{at}[0]", count)]
    if _needs_room(row):
        found.append(_room(row, f"{at}[{len(found)}]"))
    return found


def _people(row: Row, at: str, count: int | None) -> Fields:
    skills = row.get("skills", values.counted, f"{at}.skills") or {}
    row.get("technicians", values.whole, f"{at}.count")
    return given(
        {
            "id": TECHNICIAN,
            "count": count,
            "skills": [{"skill": name, "level": level} for name, level in skills.items()],
            "must_choose_from": row.get("technicians allowed", values.several, f"{at}.must_choose_from"),
            "preferred": row.get("technicians preferred", values.several, f"{at}.preferred"),
            "restricted": row.get("technicians excluded", values.several, f"{at}.restricted"),
        }
    )


def _needs_room(row: Row) -> bool:
    asked = row.get("room", values.yes)
    implied = [column for column in ("rooms allowed", "room features", "seats") if row.has(column)]
    if asked is False and implied:
        row.fault("room", f"says no, but {implied[0]!r} is filled; clear one of the two")
    return bool(asked) or (asked is None and bool(implied))


def _room(row: Row, at: str) -> Fields:
    return given(
        {
            "id": ROOM,
            "kind": "room",
            "seats": row.get("seats", values.whole, f"{at}.seats"),
            "features": row.get("room features", values.several, f"{at}.features"),
            "must_choose_from": row.get("rooms allowed", values.several, f"{at}.must_choose_from"),
        }
    )


def _briefing(row: Row, at: str) -> Fields:
    fields: Fields = {name: row.get(name, values.text) for name in ("contact", "phone", "instructions")}
    return given(fields | {name: row.get(name, values.several) for name in ("bring", "links")})


def _precedences(row: Row, activity: str, precedences: list[Fields]) -> None:
    for before in row.get("after", values.several) or ():
        row.get("after", values.several, f"precedences[{len(precedences)}]")
        precedences.append({"before": before, "after": activity})


def _lock(row: Row, activity: str, zone: str, locks: list[Fields]) -> None:
    at = f"locks[{len(locks)}]"
    resource = row.get("locked technician", values.text, f"{at}.resource")
    start = row.get("locked start", values.each(values.moment, zone), f"{at}.start")
    if resource is None and start is None:
        if row.has("lock reason") and not row.has("locked technician") and not row.has("locked start"):
            row.fault("lock reason", "there is no lock; fill `locked technician` or `locked start`")
        return
    kind: Any = "time" if resource is None else "resource" if start is None else "resource-and-time"
    why = row.get("lock reason", values.text) or ""
    held = {"requirement": TECHNICIAN, "resource": resource} if resource is not None else {}
    locks.append(given({"kind": kind, "activity": activity, "start": start, "why": why, **held}))
