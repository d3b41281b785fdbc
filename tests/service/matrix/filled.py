"""A tenant with something of everything. Each id and each name holds a word that nobody else may ever read."""

import json
from datetime import timedelta
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient

from service.access.permission import Role
from service.documents.kinds import KINDS
from service.tables import BlastRow, BookingRow
from service.work import utc_now
from tests.service.conftest import BASE, signed_in

SECRET = "canary"
HORIZON = {"start": "2030-01-07T00:00:00Z", "end": "2030-01-12T00:00:00Z"}
NAMED = ("olena", "boiler-12", "boiler-13", "customer-7")
CALDAV = {
    "kind": "caldav",
    "url": "https://canary.example.com/{user}/",
    "login": {"username": "canary", "password": "canary of all"},
}
TECHNICIAN, ACTIVITY = f"olena-{SECRET}", f"boiler-12-{SECRET}"


def marked(value: Any) -> Any:
    """The value with ids that hold the word."""
    text = json.dumps(value)
    for name in NAMED:
        text = text.replace(f'"{name}"', f'"{name}-{SECRET}"')
    return json.loads(text)


class Filled:
    """The tenant `main`. `ids` holds, by the first part of a path, the parameters of a thing that is there."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        self.admin = signed_in(app)
        self.ids: dict[str, dict[str, str]] = {}
        self._documents()
        self._plans()
        self._booking()
        self._people()
        self._calendars()

    def made(self, path: str, value: Any, who: TestClient | None = None) -> dict[str, Any]:
        answer = (who or self.admin).post(f"{BASE}/{path}", json=value)
        assert answer.status_code == 201, f"{path}: {answer.text}"
        found: dict[str, Any] = answer.json()
        return found

    def _documents(self) -> None:
        examples = {kind.path: marked(dict(kind.example)) for kind in KINDS}
        self._put("connections", "canary", {"value": CALDAV})
        for path in ("places", "technicians", "activities"):
            self.made(path, examples[path])
        self.made("activities", {**examples["activities"], "id": f"boiler-13-{SECRET}"})
        for kind in KINDS:
            if kind.path in ("places", "technicians", "activities"):
                self.ids[kind.path] = {"id": examples[kind.path]["id"]}
                continue
            value = examples[kind.path]
            value = {**value, "id": f"room-{SECRET}"} if kind.path == "rooms" else value
            value = {"id": TECHNICIAN, "address": "canary@example.com"} if kind.path == "calendars" else value
            self.ids[kind.path] = {"id": self.made(kind.path, value)["id"]}

    def _plans(self) -> None:
        for name in ("first", "second"):
            plan = self.made("plans", {"name": f"{SECRET} {name}", "scope": {"horizon": HORIZON}})
            if name == "first":
                self._send(f"plans/{plan['id']}/publish", {"why": SECRET, "despite": ["mandatory"]}, plan["etag"])
        self.ids["plans"] = {"id": plan["id"]}
        run = self.made("runs", {"scope": {"horizon": HORIZON}, "name": SECRET})
        self.ids["runs"] = {"id": run["id"]}

    def _booking(self) -> None:
        now = utc_now()
        moments = {"starts_at": now, "ends_at": now + timedelta(hours=1)}
        busy = {"busy_from": moments["starts_at"], "busy_until": moments["ends_at"]}
        key = {"activity": ACTIVITY, "requirement": "technician", "ordinal": 0}
        fixed = {"exclusive": True, "waived": False, "status": "published", "publication": 1}
        changed = {"changed_at": now, "changed_by": f"user:{SECRET}"}
        with self.app.state.house.database.writing("main") as session:
            session.add(BookingRow(tenant="main", resource=TECHNICIAN, **key, **moments, **busy, **fixed, **changed))
        self.ids["bookings"] = {name: str(part) for name, part in key.items()}
        technician = signed_in(self.app, Role.TECHNICIAN, resource=TECHNICIAN)
        self.made("my/reports", {**key, "kind": "accepted", "note": SECRET}, technician)
        away = {"interval": HORIZON, "reason": SECRET}
        self.ids["my"] = {**self.ids["bookings"], "id": self.made("my/absences", away, technician)["id"]}

    def _people(self) -> None:
        user = {"login": f"{SECRET}@example.com", "name": SECRET, "role": "technician", "resource": TECHNICIAN}
        self.ids["users"] = {"id": self.made("users", user)["id"]}
        self.ids["keys"] = {"id": self.made("keys", {"name": SECRET, "role": "viewer"})["id"]}

    def _calendars(self) -> None:
        self.ids["connections"] = {"id": "canary"}
        mail = {"host": "localhost", "port": 9, "sender": "canary@example.com", "password": SECRET}
        assert self.admin.put(f"{BASE}/notices", json={"value": mail}).status_code == 201
        feed = {"name": SECRET, "resources": [TECHNICIAN]}
        self.ids["feeds"] = {"id": self.made("feeds", feed)["id"]}
        with self.app.state.house.database.writing("main") as session:
            session.add(BlastRow(tenant="main", connection="canary", going=99, there=100, at=utc_now()))
        self.ids["questions"] = {"id": self.admin.get(f"{BASE}/questions").json()["items"][0]["id"]}

    def _put(self, path: str, id: str, value: Any) -> None:
        answer = self.admin.put(f"{BASE}/{path}/{id}", json=value)
        assert answer.status_code == 201, answer.text

    def _send(self, path: str, value: Any, etag: str) -> None:
        answer = self.admin.post(f"{BASE}/{path}", json=value, headers={"If-Match": etag})
        assert answer.status_code == 200, answer.text
