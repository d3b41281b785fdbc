"""Several workers share the mailboxes; one that is killed is taken over, and nothing stands twice."""

import subprocess
import sys
import time
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import update

from service.calendars.store import TenantStore
from service.tables import BoxRow
from service.work import utc_now
from tests.service.calendars.conftest import ANN, BOB, go_round, go_round_at_once, listed
from tests.service.conftest import BASE
from tests.service.office import Dispatcher, placed
from tests.sync.backends.dav.servers import Server

MANY = 12
WORK = """
import sys
from pydantic import SecretStr
from service.calendars.worker import Visitor
from service.database import Database
from service.settings import Settings
from service.work import utc_now
settings = Settings(database_url=sys.argv[1], keys=SecretStr(sys.argv[2]))
visitor = Visitor(Database(settings.database_url), settings)
while True:
    visitor.turn(utc_now())
"""


@pytest.fixture
def busy(office: TestClient) -> TestClient:
    """Twelve more activities, for two people, published and not shown yet."""
    items = [{"id": f"m{n}", "duration": "PT15M", "place": "here"} for n in range(MANY)]
    assert office.post(f"{BASE}/activities/bulk", json={"items": items}).is_success
    dispatcher = Dispatcher(office)
    places: list[dict[str, Any]] = [
        placed(f"m{n}", ("ann", "bob")[n % 2], f"{13 + n // 4}:{15 * (n % 4):02}") for n in range(MANY)
    ]
    assert dispatcher.place(*places).is_success
    assert dispatcher.publish().is_success
    return office


def standing(dav: Server) -> int:
    return len(listed(dav, ANN)) + len(listed(dav, BOB))


def test_two_at_once_write_each_event_once(busy: TestClient, app: FastAPI, dav: Server) -> None:
    go_round_at_once(app)
    assert standing(dav) == MANY + 2
    assert all(state["to_do"] == 0 for state in busy.get(f"{BASE}/mailboxes").json()["items"])


@pytest.mark.slow
def test_one_that_is_killed_is_taken_over(busy: TestClient, app: FastAPI, dav: Server) -> None:
    settings = app.state.house.settings
    command = [sys.executable, "-c", WORK, settings.database_url, settings.keys.get_secret_value()]
    worker = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    end = time.monotonic() + 120
    while standing(dav) < 3 and worker.poll() is None and time.monotonic() < end:
        time.sleep(0.01)
    worker.kill()
    worker.wait()
    assert standing(dav) >= 3, "it was killed in the middle, or soon after"
    store = TenantStore(app.state.house.database, "main")
    with store.writing() as rows:  # a lease later
        rows.session.execute(update(BoxRow).values(until=utc_now() - timedelta(seconds=1), due_at=utc_now()))
    go_round(app)
    with store.writing() as rows:
        rows.wake(rows.boxes(), utc_now())
    go_round(app)
    assert standing(dav) == MANY + 2
    assert all(state["to_do"] == 0 for state in busy.get(f"{BASE}/mailboxes").json()["items"])
