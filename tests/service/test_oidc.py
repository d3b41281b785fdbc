"""Signing in at an identity provider, over HTTP, with a provider that is strict and one that lies."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from service.app import create_app
from service.settings import Settings
from tests.service.conftest import BASE, signed_in
from tests.service.identity import CLIENT, SECRET, Directory, new_rsa, provider
from tests.service.people import browser, invited

START = f"{BASE}/oidc"


@pytest.fixture
def directory() -> Iterator[Directory]:
    with provider() as found:
        yield found


@pytest.fixture
def app(database_url: str, directory: Directory) -> FastAPI:
    return create_app(
        Settings(
            database_url=database_url,
            demo=False,
            public_url="http://test",
            oidc_issuer=directory.url,
            oidc_client_id=CLIENT,
            oidc_client_secret=SECRET,  # type: ignore[arg-type]
        )
    )


def away_and_back(visitor: TestClient, link: str = "", **more: str) -> httpx.Response:
    """What the browser gets at the end of the way through the provider."""
    return visitor.get(returned(visitor, link, **more), follow_redirects=False)


def returned(visitor: TestClient, link: str = "", **more: str) -> str:
    """The address with which the provider sends the browser back."""
    leaving = {**more, **({"invitation": link.partition("#")[2]} if link else {})}
    away = visitor.post(START, json=leaving)
    assert away.status_code == 200, away.text
    return httpx.get(away.json()["url"]).headers["Location"]


def refused(answer: httpx.Response) -> bool:
    return answer.status_code == 303 and answer.headers["Location"] == "/sign-in?refused"


def test_an_invited_person_comes_in_and_again_without_the_link(client: TestClient, app: FastAPI) -> None:
    first, later = browser(app), browser(app)
    answer = away_and_back(first, invited(client, "ada")["link"], next="/board?day=1")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/board?day=1")
    assert first.get(f"{BASE}/me").json()["role"] == "dispatcher"
    assert away_and_back(later).headers["Location"] == "/"
    assert later.get(f"{BASE}/me").json()["user"] == first.get(f"{BASE}/me").json()["user"]
    users = {user["login"]: user for user in client.get(f"{BASE}/users").json()["items"]}
    assert users["ada"]["signs_in_by"] == ["provider"]


def test_a_stranger_with_an_invited_address_stays_out(client: TestClient, app: FastAPI, directory: Directory) -> None:
    """Whoever owns a directory can write any address there."""
    invited(client, "ada@example.com")
    assert refused(away_and_back(browser(app)))


def test_an_identity_is_one_user(client: TestClient, app: FastAPI, directory: Directory) -> None:
    away_and_back(browser(app), invited(client, "ada")["link"])
    second = invited(client, "eve")["link"]
    assert refused(away_and_back(browser(app), second))
    directory.person = {"sub": "s-2"}
    eve = browser(app)
    away_and_back(eve, second)
    assert eve.get(f"{BASE}/me").json()["name"] == "Eve"


def test_who_is_not_active_stays_out(client: TestClient, app: FastAPI) -> None:
    user = invited(client, "ada")
    away_and_back(browser(app), user["link"])
    url = f"{BASE}/users/{user['id']}"
    value = {"login": "ada", "name": "Ada", "role": "viewer", "active": False}
    client.put(url, json=value, headers={"If-Match": client.get(url).headers["ETag"]})
    assert refused(away_and_back(browser(app)))


LIES: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "https://evil.example"},
    "another audience": {"aud": "another-client"},
    "an old token": {"exp": int(time.time()) - 3600},
    "no end": {"exp": None},
    "another nonce": {"nonce": "stolen"},
    "no nonce": {"nonce": None},
    "nobody": {"sub": None},
    "for another party": {"aud": [CLIENT, "other"], "azp": "other"},
    "of the future": {"nbf": int(time.time()) + 3600},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_a_token_that_does_not_fit_lets_nobody_in(
    client: TestClient, app: FastAPI, directory: Directory, lie: dict[str, Any]
) -> None:
    link = invited(client, "ada")["link"]
    directory.claims = lie
    assert refused(away_and_back(browser(app), link))
    directory.claims = {}
    assert not refused(away_and_back(browser(app), link)), "the link was not used up"


def test_a_forged_signature_lets_nobody_in(client: TestClient, app: FastAPI, directory: Directory) -> None:
    link = invited(client, "ada")["link"]
    for kid in ("1", "unknown"):
        directory.signed_by = new_rsa(kid)
        assert refused(away_and_back(browser(app), link))


def test_new_keys_are_read_when_they_are_needed(client: TestClient, app: FastAPI, directory: Directory) -> None:
    away_and_back(browser(app), invited(client, "ada")["link"])
    directory.keys = [new_rsa("2")]
    assert not refused(away_and_back(browser(app)))


def _other_browser(mine: TestClient, url: str, app: FastAPI) -> httpx.Response:
    return browser(app).get(url, follow_redirects=False)


def _mixed_up(mine: TestClient, url: str, app: FastAPI) -> httpx.Response:
    """Somebody makes me come back with their code, to be signed in as them."""
    victim = browser(app)
    returned(victim)
    return victim.get(url, follow_redirects=False)


def _twice(mine: TestClient, url: str, app: FastAPI) -> httpx.Response:
    kept = mine.cookies["fieldplan-sign-in"]
    mine.get(url, follow_redirects=False)
    return TestClient(app, base_url="http://test", cookies={"fieldplan-sign-in": kept}).get(url, follow_redirects=False)


def _without_code(mine: TestClient, url: str, app: FastAPI) -> httpx.Response:
    return mine.get(url.replace("code=", "error="), follow_redirects=False)


def _broken_cookie(mine: TestClient, url: str, app: FastAPI) -> httpx.Response:
    return TestClient(app, base_url="http://test", cookies={"fieldplan-sign-in": "[1]"}).get(
        url, follow_redirects=False
    )


@pytest.mark.parametrize("attack", [_other_browser, _mixed_up, _twice, _without_code, _broken_cookie])
def test_only_the_browser_that_left_comes_back_once(
    client: TestClient, app: FastAPI, attack: Callable[[TestClient, str, FastAPI], httpx.Response]
) -> None:
    mine = browser(app)
    away_and_back(mine, invited(client, "ada")["link"])
    mine = browser(app)
    assert refused(attack(mine, returned(mine), app))


@pytest.mark.parametrize("next", ["//evil.example", "https://evil.example", "/\\evil.example", ""])
def test_the_way_back_leads_nowhere_else(client: TestClient, app: FastAPI, next: str) -> None:
    assert browser(app).post(START, json={"next": next}).status_code == 422


def test_a_provider_that_is_down_is_told(client: TestClient, app: FastAPI, directory: Directory) -> None:
    app.state.house.provider.issuer = "http://127.0.0.1:9"
    assert browser(app).post(START, json={}).status_code == 503


def test_without_a_provider_there_are_passwords(database_url: str) -> None:
    app = create_app(Settings(database_url=database_url, demo=False))
    with TestClient(app) as visitor:
        assert visitor.post(START, json={}).status_code == 404
        assert 'data-provided="false"' in visitor.get("/sign-in").text
        assert signed_in(app).get(f"{BASE}/me").status_code == 200
