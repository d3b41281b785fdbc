"""Changes are told to those who look on, each once, in any process."""

import asyncio
import threading

from fastapi.testclient import TestClient

from service import live
from service.database import Database
from tests.service.conftest import BASE


def first(database: Database, count: int, since: int | None, tenant: str = "main") -> list[tuple[str, str]]:
    async def read() -> list[tuple[str, str]]:
        found = []
        async for change in live.changes(database, tenant, since, threading.Event()):
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
