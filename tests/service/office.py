"""A small company over HTTP: two technicians, four activities, a week to come."""

from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response

from service.runs.worker import Workshop
from tests.service.conftest import BASE
from tests.service.runs.company import ended

TODAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
MONDAY = TODAY + timedelta(days=35 - TODAY.weekday())
WEEK = {"start": MONDAY.isoformat(), "end": (MONDAY + timedelta(days=5)).isoformat()}
HOURS = {"weekly": {str(day): [{"start": "08:00", "end": "17:00"}] for day in range(5)}}
ACTIVITIES = ("a", "b", "c", "d")


def at(clock: str, day: int = 0) -> str:
    hour, minute = map(int, clock.split(":"))
    return (MONDAY + timedelta(days=day, hours=hour, minutes=minute)).isoformat()


def open_office(client: TestClient) -> None:
    """Everything happens at one place, so that no travel is in the way."""
    items: dict[str, list[dict[str, Any]]] = {
        "places": [{"id": "here", "latitude": 50.0, "longitude": 30.0}],
        "technicians": [
            {"id": name, "working_hours": HOURS, "start_place": "here", "end_place": "here"} for name in ("ann", "bob")
        ],
        "activities": [{"id": name, "duration": "PT1H", "place": "here"} for name in ACTIVITIES],
    }
    for path, values in items.items():
        answer = client.post(f"{BASE}/{path}/bulk", json={"items": values})
        assert answer.status_code == 200, answer.text


def placed(activity: str, resource: str, clock: str, day: int = 0) -> dict[str, Any]:
    return {"activity": activity, "requirement": "technician", "resource": resource, "start": at(clock, day)}


class Dispatcher:
    """Who makes a draft and works on it, always with the version that was last seen."""

    def __init__(self, client: TestClient, **scope: Any) -> None:
        self.client = client
        made = client.post(f"{BASE}/plans", json={"scope": {"horizon": WEEK, **scope}})
        assert made.status_code == 201, made.text
        self.id, self.etag = made.json()["id"], made.headers["ETag"]

    def place(self, *placements: dict[str, Any], **more: Any) -> Response:
        return self.send("edits", {"place": list(placements), **more})

    def take_out(self, activity: str) -> Response:
        return self.send("edits", {"take_out": [{"activity": activity, "requirement": "technician"}]})

    def publish(self, **given: Any) -> Response:
        return self.send("publish", given)

    def rebase(self, keep: str = "refuse") -> Response:
        return self.send("rebase", {"keep": keep})

    def send(self, verb: str, given: dict[str, Any]) -> Response:
        answer = self.client.post(f"{BASE}/plans/{self.id}/{verb}", json=given, headers={"If-Match": self.etag})
        self.etag = answer.headers.get("ETag", self.etag)
        return answer

    def judged(self) -> dict[str, Any]:
        """The verdict by what is given now."""
        found: dict[str, Any] = self.client.post(f"{BASE}/plans/{self.id}/verify").json()
        return found

    def read(self) -> dict[str, Any]:
        found: dict[str, Any] = self.client.get(f"{BASE}/plans/{self.id}").json()
        return found


def replanned(app: FastAPI, client: TestClient, horizon: dict[str, str]) -> list[dict[str, Any]]:
    """The bookings that a run proposes, by a worker that is there for this run alone."""
    asked = {"scope": {"horizon": horizon}, "time_limit": 1, "workers": 1}
    run = client.post(f"{BASE}/runs", json=asked).json()
    house = app.state.house
    shop = Workshop(house.database, house.settings, 1)
    shop.open()
    try:
        done = ended(client, run["id"])
    finally:
        shop.close()
    assert done["status"] == "done", done
    bookings: list[dict[str, Any]] = client.get(f"{BASE}/plans/{done['proposal']}").json()["plan"]["bookings"]
    return bookings


def published(client: TestClient) -> dict[str, tuple[str, str]]:
    """By activity: who, and when, as the clock and the day."""
    items = client.get(f"{BASE}/bookings").json()["items"]
    found = {}
    for item in items:
        value = item["value"]
        start = datetime.fromisoformat(value["start"])
        found[value["activity"]] = (value["resource"], f"{start:%H:%M}")
    return found
