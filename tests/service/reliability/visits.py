"""A day's work that no run plans: a dispatcher moves it about, and the calendars of two people show it."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from icalendar import Calendar

from tests.service.runs.company import BASE
from tests.sync.backends.dav.servers import PASSWORD, Server, add_mailbox

TUESDAY = datetime(2027, 3, 23, tzinfo=UTC)
DAY = {"start": TUESDAY.isoformat(), "end": (TUESDAY + timedelta(days=1)).isoformat()}
PEOPLE = ("ann", "bob")
VISITS = 4
Standing = Counter[tuple[str, datetime]]
"""Whose calendar, and when."""


def found(client: httpx.Client, dav: Server) -> None:
    """After the company, for it happens at its home."""
    hours = {"weekly": {"1": [{"start": "06:00", "end": "20:00"}]}}
    at_home = {"working_hours": hours, "start_place": "home", "end_place": "home"}
    visit = {"duration": "PT1H", "place": "home", "release": DAY["start"], "deadline": DAY["end"]}
    _made(client.post(f"{BASE}/technicians/bulk", json={"items": [{"id": name, **at_home} for name in PEOPLE]}))
    _made(
        client.post(f"{BASE}/activities/bulk", json={"items": [{"id": f"visit-{n}", **visit} for n in range(VISITS)]})
    )
    for name in PEOPLE:
        address = add_mailbox(dav, f"{name}@example.com")
        _made(client.put(f"{BASE}/calendars/{name}", json={"id": name, "address": address}))
    login = {"username": "{user}", "password": PASSWORD}
    value = {"kind": "caldav", "url": f"{dav.url}{dav.home}", "login": login}
    _made(client.put(f"{BASE}/connections/office", json={"default": True, "value": value}))


def moved(k: int) -> dict[str, Any]:
    """The visits in turn, between an hour of the morning and one of the afternoon; no two at the same hour."""
    n, later = k % VISITS, k // VISITS % 2
    start = TUESDAY + timedelta(hours=8 + n + VISITS * later)
    booking = {"activity": f"visit-{n}", "requirement": "technician", "resource": PEOPLE[n % len(PEOPLE)]}
    return {**booking, "start": start.isoformat()}


def wanted(placed: list[dict[str, Any]]) -> Standing:
    """Where the visits are after all that was published."""
    newest = {one["activity"]: one for one in placed}
    return Counter((one["resource"], datetime.fromisoformat(one["start"])) for one in newest.values())


def standing(dav: Server) -> Standing:
    """What people see."""
    seen: Standing = Counter()
    for name in PEOPLE:
        with dav.client(f"{name}@example.com") as client:
            text = client.get(dav.calendar(f"{name}@example.com")).raise_for_status().text
        for event in Calendar.from_ical(text).walk("VEVENT"):
            seen[name, event["DTSTART"].dt.astimezone(UTC)] += 1
    return seen


def _made(answer: httpx.Response) -> None:
    assert answer.is_success, answer.text
