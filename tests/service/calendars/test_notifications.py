"""Graph calls the service: echoed before it subscribes, believed only with our state, and no more than a wake-up."""

import json
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from scheduler.sync.backends.graph import Graph
from scheduler.sync.link import Box
from service.calendars.backends import Backends
from service.calendars.notifications import subscribe
from service.calendars.server import kept
from service.calendars.store import TenantStore
from service.tables import BoxRow, ConnectionRow
from service.work import utc_now
from tests.service.conftest import BASE
from tests.sync.backends.graph_double.fixtures import WithGraph
from tests.sync.backends.graph_double.graph import Double
from tests.sync.backends.people import OLENA, TARAS

URL = f"{BASE}/notifications/graph/main/cloud"
CLOUD = {
    "kind": "graph",
    "sign_in": {"method": "secret", "tenant": "contoso", "client_id": "c", "client_secret": "the application's"},
}


class TestGraphCalls(WithGraph):
    @pytest.fixture
    def store(self, app: FastAPI, client: TestClient) -> TenantStore:
        """Two mailboxes at a connection to Graph, which are not due."""
        answer = client.put(f"{BASE}/connections/cloud", json={"value": CLOUD})
        assert answer.status_code == 201, answer.text
        store = TenantStore(app.state.house.database, "main")
        with store.writing() as rows:
            rows.office()
            rows.lock([Box("cloud", OLENA), Box("cloud", TARAS)])
        return self.rested(store)

    @pytest.fixture
    def backends(self, app: FastAPI, backend: Graph, monkeypatch: pytest.MonkeyPatch) -> Backends:
        """As they are, but that the sign-in has a token already and Graph is the double."""

        def of(self: Backends, rows: list[ConnectionRow]) -> dict[str, Any]:
            return {row.id: (kept(row.value), backend) for row in rows}

        monkeypatch.setattr(Backends, "of", of)
        found: Backends = app.state.calendars.backends
        return found

    def rested(self, store: TenantStore) -> TenantStore:
        with store.writing() as rows:
            rows.session.execute(update(BoxRow).values(due_at=utc_now().replace(year=2100), renew=False))
        return store

    def due(self, store: TenantStore) -> list[str]:
        with store.reading() as rows:
            return [box.mailbox for box in rows.due(utc_now())]

    def renewing(self, store: TenantStore) -> list[str]:
        with store.reading() as rows:
            return list(rows.session.scalars(select(BoxRow.mailbox).where(BoxRow.renew)))

    def connected(self, double: Double, anybody: TestClient) -> None:
        def call(query: dict[str, str], body: bytes) -> tuple[int, str]:
            answer = anybody.post(URL, params=query, content=body)
            assert answer.headers["content-type"].startswith("text/plain")
            return answer.status_code, answer.text

        double.call = call

    def test_a_change_wakes_its_mailbox(
        self, store: TenantStore, backends: Backends, double: Double, anybody: TestClient
    ) -> None:
        self.connected(double, anybody)
        assert subscribe(store, "https://plan.example.com/", backends, utc_now())
        assert {s["notificationUrl"] for s in double.subscriptions.values()} == {f"https://plan.example.com{URL}"}
        assert not subscribe(store, "https://plan.example.com/", backends, utc_now()), "once a day"
        (hers,) = (s for s in double.subscriptions.values() if OLENA in s["resource"])
        call = {"value": [{"clientState": hers["clientState"], "resource": f"users/{OLENA}/events/1"}]}
        assert anybody.post(URL, json=call).status_code == 202
        assert self.due(store) == [OLENA] and self.renewing(store) == []

    def test_who_does_not_know_the_state_is_answered_alike_and_not_heard(
        self, store: TenantStore, backends: Backends, anybody: TestClient
    ) -> None:
        forged = {"value": [{"clientState": "guess", "resource": f"users/{OLENA}/events/1"}]}
        for url in (URL, URL.replace("main", "nobody"), URL.replace("cloud", "none")):
            for body in (json.dumps(forged).encode(), b"no json", b""):
                answer = anybody.post(url, content=body)
                assert (answer.status_code, answer.text) == (202, "")
            echo = anybody.post(url, params={"validationToken": "Validation: <b>"})
            assert (echo.status_code, echo.text) == (200, "Validation: <b>")
            assert echo.headers["content-type"].startswith("text/plain")
        assert self.due(store) == []

    def test_a_lifecycle_event_renews_the_subscription(
        self, store: TenantStore, backends: Backends, double: Double, anybody: TestClient
    ) -> None:
        self.connected(double, anybody)
        subscribe(store, "https://plan.example.com", backends, utc_now())
        id, hers = next((id, s) for id, s in double.subscriptions.items() if OLENA in s["resource"])
        del double.subscriptions[id]
        call = {"value": [{"clientState": hers["clientState"], "lifecycleEvent": "subscriptionRemoved"}]}
        assert anybody.post(URL, json=call).status_code == 202
        assert self.due(store) == [OLENA] == self.renewing(store)
        assert subscribe(store, "https://plan.example.com", backends, utc_now())
        assert self.renewing(store) == [] and any(OLENA in s["resource"] for s in double.subscriptions.values())
        assert urlsplit(hers["notificationUrl"]).path == URL
