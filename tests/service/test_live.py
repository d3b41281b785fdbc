"""Changes are told to those who look on, each once, in any process."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from service import live
from service.database import Database
from service.http import permit
from tests.service.conftest import BASE, version


def first(database: Database, count: int, since: int | None, tenant: str = "main") -> list[tuple[str, str]]:
    async def read() -> list[tuple[str, str]]:
        found = []
        async for change in live.changes(database, tenant, since, lambda: True):
            found.append((change.kind, change.subject))
            if len(found) == count:
                break
        return found

    return asyncio.run(asyncio.wait_for(read(), 20))


def test_from_a_number_on_all_changes_are_told_once(client: TestClient, database: Database) -> None:
    for id in ("a", "b", "c"):
        client.post(f"{BASE}/places", json={"id": id})
    entries = client.get(f"{BASE}/audit", params={"kind": "place"}).json()["items"]
    after_a = next(entry["id"] for entry in entries if entry["subject"] == "a")
    assert first(database, 2, after_a) == [("place", "b"), ("place", "c")]


def test_without_a_number_it_begins_now(client: TestClient, database: Database) -> None:
    client.post(f"{BASE}/places", json={"id": "before"})
    later = threading.Timer(1.5, client.post, (f"{BASE}/places",), {"json": {"id": "after"}})
    later.start()
    assert first(database, 1, None) == [("place", "after")]
    later.join()


def test_who_is_not_let_in_any_more_hears_nothing_more(
    client: TestClient, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(permit, "AGAIN_SECONDS", 0.5)
    made = client.post(f"{BASE}/keys", json={"name": "board", "role": "viewer"}).json()
    board = TestClient(app, base_url="http://test", headers={"Authorization": f"Bearer {made['secret']}"})
    with ThreadPoolExecutor(1) as pool:
        listening = pool.submit(board.get, f"{BASE}/events")
        try:
            assert not wait([listening], 2).done
            client.delete(f"{BASE}/keys/{made['id']}", headers=version(made))
            assert listening.result(20).status_code == 200, "it has ended"
        finally:
            app.state.house.closing.set()
    assert board.get(f"{BASE}/events").status_code == 401
