"""Nobody comes in without a key and a permission, and every route names one."""

from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from service.access.keys import new_key
from service.access.permission import Permission, Role
from service.app import create_app
from service.http.permit import OPEN, permissions
from service.settings import Settings
from service.work import utc_now
from tests.service.conftest import BASE, signed_in

DOORS = {
    "/sign-in",
    "/sign-in.js",
    "/sign-in.css",
    "/docs",
    "/docs.js",
    "/swagger-ui-bundle.js",
    "/swagger-ui.css",
    f"{BASE}/session",
    f"{BASE}/session/invitation",
    f"{BASE}/oidc",
    f"{BASE}/oidc/callback",
}
BY_SECRETS_OF_THEIR_OWN = {f"{BASE}/feeds/{{token}}.ics", f"{BASE}/notifications/graph/{{tenant}}/{{connection}}"}


def test_every_route_names_a_permission() -> None:
    found = list(permissions(create_app(Settings(demo=False))))
    assert [route for route in found if route[2] is None] == []
    opened = {path for _, path, asked in found if asked == OPEN}
    assert opened == {"/", "/healthz", "/readyz", "/metrics", *DOORS, *BY_SECRETS_OF_THEIR_OWN}
    assert len(found) > 50


def test_a_route_that_nobody_thought_of_is_seen() -> None:
    app = create_app(Settings(demo=False))
    app.get("/planted")(lambda: None)
    assert ("GET", "/planted", None) in list(permissions(app))


def test_without_a_key_nobody_comes_in(anybody: TestClient) -> None:
    for headers in ({}, {"Authorization": "Bearer fp_wrong"}, {"Authorization": "Basic YTpi"}):
        answer = anybody.get(f"{BASE}/technicians", headers=headers)
        assert answer.status_code == 401 and answer.headers["WWW-Authenticate"] == "Bearer"
        assert answer.headers["content-type"] == "application/problem+json"


def test_an_expired_key_is_none(anybody: TestClient, app: FastAPI) -> None:
    past = utc_now() - timedelta(seconds=1)
    with app.state.house.database.writing("main") as session:
        _, secret = new_key(session, "main", "old", Role.ADMIN, past, past)
    answer = anybody.get(f"{BASE}/technicians", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 401


def test_a_role_without_the_permission_is_told_which(anybody: TestClient, app: FastAPI) -> None:
    answer = signed_in(app, Role.VIEWER).post(f"{BASE}/places", json={"id": "a"})
    assert answer.status_code == 403 and answer.json()["permission"] == Permission.DATA_WRITE


def test_tenants_see_nothing_of_each_other(client: TestClient, app: FastAPI) -> None:
    etag = client.post(f"{BASE}/places", json={"id": "a"}).headers["ETag"]
    stranger = signed_in(app, tenant="other")
    assert stranger.get(f"{BASE}/places").json()["items"] == []
    assert stranger.get(f"{BASE}/places/a").status_code == 404
    assert stranger.delete(f"{BASE}/places/a", headers={"If-Match": etag}).status_code == 404
    assert all(entry["subject"] != "a" for entry in stranger.get(f"{BASE}/audit").json()["items"])


def test_too_many_requests_are_told_when_to_come_back(tmp_path: Path) -> None:
    app = create_app(Settings(database_url=f"sqlite:///{tmp_path}/f.db", demo=False, rate_limit="3/hour"))
    with TestClient(app):
        client = signed_in(app)
        answers = [client.get(f"{BASE}/places") for _ in range(4)]
    assert [a.status_code for a in answers] == [200, 200, 200, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0


@pytest.mark.parametrize("announced", [True, False])
@pytest.mark.parametrize("once", [True, False])
def test_too_large_a_request_is_refused_like_all_else(tmp_path: Path, announced: bool, once: bool) -> None:
    app = create_app(Settings(database_url=f"sqlite:///{tmp_path}/f.db", demo=False, workers=0, max_body=1000))
    with TestClient(app):
        client = signed_in(app)
        for size, status in ((900, 201), (1000, 413)):
            body = b'{"id": "%d", "name": "%s"}' % (size, b"x" * size)
            sent = body if announced else iter([body[:500], body[500:]])
            headers = {"Content-Type": "application/json", **({"Idempotency-Key": str(size)} if once else {})}
            answer = client.post(f"{BASE}/places", content=sent, headers=headers)
            assert answer.status_code == status and "X-Request-Id" in answer.headers
        assert answer.headers["Content-Type"] == "application/problem+json" and "1000 bytes" in answer.json()["detail"]
        assert [place["id"] for place in client.get(f"{BASE}/places").json()["items"]] == ["900"]
