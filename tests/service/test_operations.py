"""What whoever runs the service relies on."""

import json
import logging
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from service.database import Database
from service.operations import check, logs
from service.runs.worker import Workshop
from service.settings import Settings
from tests.service.conftest import BASE
from tests.service.runs.company import found, start


def test_it_is_ready_once_its_tables_are_there(anybody: TestClient, database: Database) -> None:
    assert anybody.get("/healthz").json() == anybody.get("/readyz").json() == {"status": "ok"}
    with database.engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = 'older'"))
    answer = anybody.get("/readyz")
    assert answer.status_code == 503 and "at older, not at" in answer.json()["detail"]
    assert anybody.get("/healthz").status_code == 200


def test_it_is_not_ready_when_a_worker_has_ended(anybody: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Workshop, "lively", False)
    assert "worker" in anybody.get("/readyz").json()["detail"]


def test_metrics_count_requests_by_route_and_runs_by_status(client: TestClient) -> None:
    found(client)
    start(client)
    client.get(f"{BASE}/places/none")
    client.request("WHATEVER", f"{BASE}/places/none")
    said = client.get("/metrics").text
    assert 'fieldplan_runs{status="queued"} 1.0' in said and 'fieldplan_runs{status="running"} 0.0' in said
    labels = f'method="GET",route="{BASE}/places/{{id}}",status="404"'
    assert f"fieldplan_requests_total{{{labels}}} 1.0" in said
    assert 'method="other"' in said and "WHATEVER" not in said


def test_metrics_outlive_the_database(client: TestClient, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "fieldplan_database_up 1.0" in client.get("/metrics").text

    def down(_: str) -> Any:
        raise OperationalError("select", {}, Exception("gone"))

    monkeypatch.setattr(database, "reading", down)
    answer = client.get("/metrics")
    assert answer.status_code == 200 and "fieldplan_database_up 0.0" in answer.text
    assert "fieldplan_requests_total" in answer.text and "fieldplan_runs" not in answer.text


def test_each_request_is_a_line_with_its_id(client: TestClient, capsys: pytest.CaptureFixture[str]) -> None:
    before = logging.getLogger().handlers
    try:
        logs.set_up("info", people=False)
        client.get(f"{BASE}/places", headers={"X-Request-Id": "mine-1"})
    finally:
        logging.getLogger().handlers = before
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    (line,) = [line for line in lines if line["event"] == "answered"]
    assert line["request"] == "mine-1" and line["path"] == f"{BASE}/places" and line["status"] == 200


def test_the_check_of_settings_names_what_is_wrong(monkeypatch: pytest.MonkeyPatch, database_url: str) -> None:
    monkeypatch.setenv("FIELDPLAN_DATABASE_URL", database_url)
    assert list(check.faults()) == []
    monkeypatch.setenv("FIELDPLAN_RUN_MEMRY", "1")
    monkeypatch.setenv("FIELDPLAN_RUN_MEMORY", "many")
    monkeypatch.setenv("FIELDPLAN_EXECUTOR", "tcp://10.0.0.1:8786")
    said = list(check.faults())
    assert [line.split(" ")[0].rstrip(":") for line in said] == [
        "FIELDPLAN_RUN_MEMRY",
        "FIELDPLAN_RUN_MEMORY",
        "FIELDPLAN_EXECUTOR",
    ]


def test_the_check_tries_the_database_and_the_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIELDPLAN_DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/none")
    monkeypatch.setenv("FIELDPLAN_EXECUTOR", "tcp://127.0.0.1:1")
    monkeypatch.setattr("service.runs.executors.CONNECT_SECONDS", 1)
    database, cluster = check.faults()
    assert database.startswith("FIELDPLAN_DATABASE_URL: ") and cluster.startswith("FIELDPLAN_EXECUTOR: ")


def test_a_cluster_without_tls_is_taken_on_this_machine_alone() -> None:
    assert Settings(executor="tls://10.0.0.1:8786").executor
    with pytest.raises(ValueError, match="executor"):
        Settings(executor="tcp://10.0.0.1:8786")


def test_a_database_that_does_not_come_is_told_of_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.database.POLL_SECONDS", 0.01)
    database, tries = Database("postgresql+psycopg://nobody@127.0.0.1:1/none"), []
    event.listen(database.engine, "do_connect", lambda *_: tries.append(1))
    with pytest.raises(OperationalError):
        database.wait(1.0)
    assert len(tries) > 1
