"""A run from the wish to the proposal, on both databases, with a real solve in a process of its own."""

import json

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from scheduler.domain.plan import Plan
from scheduler.domain.problem import Problem
from scheduler.solver.solve import solve
from service.app import create_app
from service.settings import Settings
from service.tables import PlanRow
from tests.service.conftest import signed_in, version
from tests.service.runs.company import BASE, HORIZON, activity, ended, found, found_large, start, until


@pytest.fixture
def app(database_url: str) -> FastAPI:
    return create_app(Settings(database_url=database_url, demo=False, workers=1))


@pytest.fixture
def company(client: TestClient) -> TestClient:
    found(client)
    return client


def proposal(app: FastAPI, run: dict[str, str]) -> Plan:
    with app.state.house.database.reading("main") as session:
        row = session.get_one(PlanRow, {"tenant": "main", "id": run["proposal"]})
        assert row.status == "proposed" and row.origin == f"run:{run['id']}"
        return Plan.model_validate(row.value)


def test_a_run_makes_a_proposal(company: TestClient, app: FastAPI) -> None:
    run = ended(company, start(company)["id"])
    assert run["status"] == "done", run
    assert run["outcome"]["scheduled"] == 6 and run["outcome"]["breaches"] == 0 and run["outcome"]["memory"] > 0
    assert len(proposal(app, run).bookings) == 6
    assert [e["subject"] for e in company.get(f"{BASE}/audit", params={"kind": "plan"}).json()["items"]] == [
        run["proposal"]
    ]


def test_it_carries_what_repeats_it(company: TestClient, app: FastAPI) -> None:
    run = ended(company, start(company, time_limit=60, deterministic=0.2, seed=7)["id"])
    problem = Problem.read(company.get(f"{BASE}/runs/{run['id']}/problem").content)
    assert problem.fingerprint == run["fingerprint"]
    asked = run["asked"]
    again = solve(problem, time_limit=60, seed=asked["seed"], workers=asked["workers"], deterministic=0.2)
    assert again.plan.bookings == proposal(app, run).bookings
    assert run["outcome"]["versions"] == dict(again.versions)


def test_stop_brings_the_best_plan_so_far(client: TestClient, app: FastAPI) -> None:
    found_large(client)
    run = start(client, time_limit=600)
    so_far = until(client, run["id"], lambda r: r["progress"] is not None and r["progress"]["scheduled"] > 20)
    stopping = client.post(f"{BASE}/runs/{run['id']}/stop", headers=version(run))
    assert stopping.json()["status"] == "stopping"
    assert client.post(f"{BASE}/runs/{run['id']}/stop", headers=version(run)).status_code == 412
    run = ended(client, run["id"])
    assert run["status"] == "done" and run["outcome"]["stopped"] == "cancelled"
    assert run["outcome"]["cost"] <= so_far["progress"]["cost"]
    assert len(proposal(app, run).by_activity) == run["outcome"]["scheduled"] > 20
    assert client.post(f"{BASE}/runs/{run['id']}/stop", headers=version(run)).json() == run


def test_its_events_go_on_to_the_end(company: TestClient) -> None:
    run = start(company)
    seen = []
    with company.stream("GET", f"{BASE}/runs/{run['id']}/events") as events:
        assert events.headers["content-type"].startswith("text/event-stream")
        seen = [json.loads(line[6:]) for line in events.iter_lines() if line.startswith("data: ")]
    assert [r["revision"] for r in seen] == sorted({r["revision"] for r in seen})
    assert seen[-1]["status"] == "done" and {r["id"] for r in seen} == {run["id"]}
    assert company.get(f"{BASE}/runs/none/events").status_code == 404


def test_a_stale_result_is_fitted_to_what_has_changed(company: TestClient, app: FastAPI) -> None:
    run = start(company, time_limit=4)
    until(company, run["id"], lambda r: r["status"] == "running")
    etag = company.get(f"{BASE}/activities/a0").headers["ETag"]
    assert company.delete(f"{BASE}/activities/a0", headers={"If-Match": etag}).status_code == 204
    assert company.post(f"{BASE}/activities", json=activity("late", 30)).status_code == 201
    run = ended(company, run["id"])
    assert run["status"] == "done" and run["outcome"]["rebased"] == 1 and "changed" in run["message"]
    assert {b.activity for b in proposal(app, run).bookings} == {"a1", "a2", "a3", "a4", "a5", "late"}


def test_a_stale_result_is_refused_where_that_was_asked_for(company: TestClient) -> None:
    run = start(company, time_limit=4, if_changed="refuse")
    until(company, run["id"], lambda r: r["status"] == "running")
    assert company.post(f"{BASE}/activities", json=activity("late", 30)).status_code == 201
    run = ended(company, run["id"])
    assert run["status"] == "failed" and "has changed" in run["message"] and run["proposal"] is None


def test_what_is_wrong_is_said_at_once(client: TestClient) -> None:
    for given, path in (
        ({"time_limit": 1}, ""),
        ({"plan": "none"}, "plan"),
        ({"scope": {"horizon": HORIZON, "goal": "none"}}, "scope.goal"),
        ({"scope": {"horizon": HORIZON}, "time_limit": 0}, "time_limit"),
    ):
        answer = client.post(f"{BASE}/runs", json=given)
        assert answer.status_code == 422, answer.text
        assert [fault["path"] for fault in answer.json()["faults"]] == [path]


def test_runs_belong_to_their_tenant(company: TestClient, app: FastAPI) -> None:
    run = start(company)
    stranger = signed_in(app, tenant="other")
    assert stranger.get(f"{BASE}/runs").json()["items"] == []
    for answer in (
        stranger.get(f"{BASE}/runs/{run['id']}"),
        stranger.get(f"{BASE}/runs/{run['id']}/problem"),
        stranger.get(f"{BASE}/runs/{run['id']}/events"),
        stranger.post(f"{BASE}/runs/{run['id']}/stop"),
    ):
        assert answer.status_code == 404
    ended(company, run["id"])
