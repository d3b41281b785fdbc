"""Leases: one worker at a time has a run, and who lost it writes nothing."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from service.database import EVERY_TENANT, Database
from service.runs import queue
from service.runs.job import Solved
from service.runs.landing import Given, propose
from service.runs.queue import Lease, LeaseLost, claim
from service.runs.state import RunStatus
from service.tables import PlanRow, RunRow
from service.work import utc_now
from tests.service.runs.company import BASE, found, start

NOTHING = Solved(b"{}", {})


@pytest.fixture
def run(client: TestClient) -> str:
    found(client)
    id: str = start(client)["id"]
    return id


@pytest.fixture
def lease(run: str, database: Database) -> Iterator[Lease]:
    taken = claim(database, "first")
    assert taken is not None and taken.run == run
    yield taken


def stop(client: TestClient, run: str) -> dict[str, Any]:
    etag = client.get(f"{BASE}/runs/{run}").headers["ETag"]
    answer: dict[str, Any] = client.post(f"{BASE}/runs/{run}/stop", headers={"If-Match": etag}).json()
    return answer


def row(database: Database) -> RunRow:
    with database.reading(EVERY_TENANT) as session:
        return session.scalars(select(RunRow)).one()


def fall_silent(database: Database) -> None:
    with database.writing(EVERY_TENANT) as session:
        session.execute(update(RunRow).values(leased_until=utc_now() - timedelta(seconds=1)))


def test_a_run_is_taken_once(lease: Lease, database: Database) -> None:
    assert claim(database, "second") is None
    assert row(database).status == RunStatus.RUNNING


def test_a_run_whose_worker_fell_silent_is_taken_over(lease: Lease, database: Database) -> None:
    fall_silent(database)
    second = claim(database, "second")
    assert second is not None and second.number == lease.number + 1
    for act in (
        lambda: queue.beat(database, lease, None),
        lambda: queue.fail(database, lease, "late"),
        lambda: queue.hand_back(database, lease),
        lambda: propose(database, lease, NOTHING, Given("", utc_now(), 0)),
    ):
        with pytest.raises(LeaseLost):
            act()
    with database.reading("main") as session:
        assert session.scalars(select(PlanRow)).all() == []
    assert queue.beat(database, second, {"stage": "reading", "seconds": 0}) is False


def test_nothing_takes_effect_twice(lease: Lease, database: Database) -> None:
    given = Given("", utc_now(), 0)
    propose(database, lease, NOTHING, given)
    with pytest.raises(LeaseLost):
        propose(database, lease, NOTHING, given)
    with database.reading("main") as session:
        assert len(session.scalars(select(PlanRow)).all()) == 1


def test_a_renewed_lease_lasts(lease: Lease, database: Database) -> None:
    fall_silent(database)
    queue.beat(database, lease, None)
    assert claim(database, "second") is None


def test_a_run_that_is_given_back_is_free_at_once(lease: Lease, database: Database) -> None:
    queue.hand_back(database, lease)
    assert row(database).deaths == 0
    again = claim(database, "second")
    assert again is not None and again.number == lease.number + 1


def test_the_wish_to_stop_outlives_a_worker(lease: Lease, database: Database, client: TestClient) -> None:
    stop(client, lease.run)
    assert queue.beat(database, lease, None) is True
    fall_silent(database)
    second = claim(database, "second")
    assert second is not None and second.taken_over_stopping


def test_a_run_that_costs_one_worker_after_the_other_fails(lease: Lease, database: Database) -> None:
    for _ in range(queue.MOST_DEATHS - 1):
        fall_silent(database)
        assert claim(database, "next") is not None
    fall_silent(database)
    assert claim(database, "last") is None
    assert row(database).status == RunStatus.FAILED and "workers were lost" in row(database).message


def test_a_run_that_waits_is_stopped_without_a_plan(run: str, client: TestClient, database: Database) -> None:
    stopped = stop(client, run)
    assert stopped["status"] == "failed" and stopped["message"] == "stopped before it began"
    assert claim(database, "first") is None
