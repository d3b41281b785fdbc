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
    directives = [directive.split() for directive in headers["Content-Security-Policy"].split(";")]
    assert {source for _, *sources in directives for source in sources} == {"'self'", "'none'", "data:"}


PARTS = {
    "/sign-in": ["/sign-in.css", "/sign-in.js"],
    "/docs": ["/swagger-ui.css", "/swagger-ui-bundle.js", "/docs.js", "/openapi.json"],
}


@pytest.mark.parametrize("path", PARTS)
def test_a_page_is_whole_without_any_other_host(anybody: TestClient, path: str) -> None:
    """Nothing inline, which the policy forbids, and nothing from elsewhere, which a closed network lacks."""
    page = anybody.get(path).text
    assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\bon\w+=|\bstyle=|@import|(?:https?:)?//", page) == []
    assert re.findall(r'(?:src|href)="([^"]+)"', page) == ["data:,", *PARTS[path]]
    for part in PARTS[path]:
        answer = anybody.get(part)
        assert answer.status_code == 200
        kind = {"css": "text/css", "js": "text/javascript", "json": "application/json"}[part.rsplit(".")[-1]]
        assert answer.headers["Content-Type"].startswith(kind)


def test_what_a_page_loads_names_no_other_host(anybody: TestClient) -> None:
    """Swagger UI's own script names many; the policy keeps it from asking any of them."""
    for path in ("/sign-in.js", "/docs.js"):
        assert re.findall(r"(?:https?:)?//\S*\.\S*", anybody.get(path).text) == []
    for path in ("/sign-in.css", "/swagger-ui.css"):
        assert re.findall(r"@import|url\((?![\"']?data:)", anybody.get(path).text) == []


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
