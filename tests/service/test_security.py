"""What browsers are told: headers, cookies over HTTPS, and whose scripts may read our answers."""

import re
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from service.app import create_app
from service.first_start import first_start
from service.settings import Settings
from tests.service.conftest import BASE, signed_in
from tests.service.people import PASSWORD

FRIEND, STRANGER = "https://board.example.com", "https://evil.example"


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    url = f"sqlite:///{tmp_path / 'fieldplan.db'}"
    public = "https://plan.example.com"
    return create_app(
        Settings(database_url=url, demo=False, workers=0, public_url=public, cors_origins=f"{FRIEND},https://b.example")
    )


@pytest.mark.parametrize("path", ["/sign-in", "/docs", "/healthz", f"{BASE}/places", "/nothing"])
def test_every_answer_tells_browsers_to_be_careful(anybody: TestClient, path: str) -> None:
    headers = anybody.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff" and headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Strict-Transport-Security"].startswith("max-age=")
    assert ("unsafe-inline" in headers["Content-Security-Policy"]) is (path == "/docs")


def test_the_page_to_sign_in_keeps_its_own_policy(anybody: TestClient) -> None:
    """Nothing inline and nothing from elsewhere, so that it works under the policy."""
    page = anybody.get("/sign-in").text
    assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\bon\w+=|\bstyle=", page) == []
    parts = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert parts == ["/sign-in.css", "/sign-in.js"]
    assert [anybody.get(part).status_code for part in parts] == [200, 200]


def test_over_https_the_cookie_is_of_this_host_alone(anybody: TestClient, app: FastAPI) -> None:
    secret = first_start(app.state.house)
    given = {"invitation": secret, "password": PASSWORD}
    with TestClient(app, base_url="https://plan.example.com") as browser:
        answer = browser.post(f"{BASE}/session/invitation", json=given)
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-fieldplan=") and "Secure" in cookie and "Path=/" in cookie
        assert "domain" not in cookie.lower()
        assert browser.get(f"{BASE}/me").json()["role"] == "admin"


def test_only_named_sites_may_read_answers(anybody: TestClient, app: FastAPI) -> None:
    client = signed_in(app)
    for origin, allowed in ((FRIEND, FRIEND), (STRANGER, None)):
        answer = client.get(f"{BASE}/places", headers={"Origin": origin})
        assert answer.headers.get("Access-Control-Allow-Origin") == allowed
        asks = {"Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "if-match,authorization"}
        before = anybody.options(f"{BASE}/places/a", headers={"Origin": origin, **asks})
        assert (before.status_code == 200) is (allowed is not None)
        assert "Access-Control-Allow-Credentials" not in before.headers, "cookies are for our own pages"


def test_a_wrong_site_in_the_settings_is_told() -> None:
    for wrong in ("*", "https://a.example/path", "a.example"):
        with pytest.raises(ValueError, match="cors_origins"):
            Settings(cors_origins=wrong)
