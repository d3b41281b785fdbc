"""Browsers and people for tests."""

import re
from typing import Any

import httpx
from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.service.conftest import BASE

PASSWORD = "correct horse battery"


def invited(admin: TestClient, login: str, role: str = "dispatcher", **more: Any) -> dict[str, Any]:
    """A new user, as the admin sees it, with the link."""
    answer = admin.post(f"{BASE}/users", json={"login": login, "name": login.title(), "role": role, **more})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def browser(app: FastAPI) -> TestClient:
    return TestClient(app, base_url="http://test")


def joined(app: FastAPI, link: str) -> TestClient:
    """A browser whose person used the link, chose the password and is signed in."""
    found = browser(app)
    answer = found.post(f"{BASE}/session/invitation", json={"invitation": link.partition("#")[2], "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    found.headers["X-CSRF-Token"] = answer.json()["csrf"]
    return found


def person(app: FastAPI, admin: TestClient, login: str, role: str = "dispatcher", **more: Any) -> TestClient:
    return joined(app, invited(admin, login, role, **more)["link"])


def first_key(url: str, said: str) -> str:
    """From the link that the first start says to an admin's key, as a script does it."""
    link = re.search(r"(\S+)/sign-in#(\S+)", said)
    assert link is not None and link[1] == url, said
    with httpx.Client(base_url=f"{url}{BASE}") as client:
        joined = client.post("/session/invitation", json={"invitation": link[2], "password": PASSWORD}).json()
        key = {"name": "script", "role": "admin"}
        made = client.post("/keys", json=key, headers={"X-CSRF-Token": joined["csrf"]})
    assert made.status_code == 201, made.text
    secret: str = made.json()["secret"]
    return secret
