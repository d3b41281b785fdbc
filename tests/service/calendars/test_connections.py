"""Connections: secrets are encrypted, never told, never sent elsewhere; a test really signs in."""

import logging
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet, MultiFernet
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text

from service.app import create_app
from service.settings import Settings
from tests.service.calendars.conftest import ANN, connect, read_now
from tests.service.conftest import BASE, signed_in
from tests.sync.backends.dav.servers import Server

PASSWORD = "c0rrect horse"
URL = f"{BASE}/connections/office"
CALDAV = {
    "kind": "caldav",
    "url": "https://dav.example.com/{user}/",
    "login": {"username": "x", "password": PASSWORD},
    "own": {"olena@example.com": {"username": "y", "password": PASSWORD + " of hers"}},
}
GRAPH_SIGN_IN = {"tenant": "t", "client_id": "c"}


@pytest.fixture
def kept(client: TestClient) -> dict[str, Any]:
    answer = client.put(URL, json={"value": CALDAV})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def put(client: TestClient, value: dict[str, Any], default: bool = False) -> Any:
    etag = client.get(URL).headers["ETag"]
    return client.put(URL, json={"value": value, "default": default}, headers={"If-Match": etag})


def test_a_secret_is_encrypted_and_never_told(
    client: TestClient, app: FastAPI, kept: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    assert kept["value"]["login"]["password"] == kept["value"]["own"]["olena@example.com"]["password"] == "********"
    client.post(f"{URL}/test", json={"mailboxes": [ANN]})
    told = [client.get(URL).text, client.get(f"{BASE}/connections").text, client.get(f"{BASE}/audit").text, caplog.text]
    with app.state.house.database.reading("main") as session:
        stored = str(session.scalar(text("select value from calendar_connections")))
    assert all(PASSWORD not in one for one in [*told, stored]) and all("gAAAA" not in one for one in told)
    keys = MultiFernet([Fernet(app.state.house.settings.keys.get_secret_value())])
    sealed = stored[stored.index("gAAAA") :].split("'")[0].split('"')[0]
    assert keys.decrypt(sealed.encode()).decode().startswith(PASSWORD)


def test_a_mask_leaves_the_secret_as_it_is_but_never_for_another_server(
    client: TestClient, app: FastAPI, kept: dict[str, Any]
) -> None:
    answer = put(client, {**kept["value"], "time_zone": "Europe/Kyiv"})
    assert answer.status_code == 200 and answer.json()["value"]["time_zone"] == "Europe/Kyiv"
    elsewhere = put(client, {**kept["value"], "url": "https://evil.example.com/{user}/"})
    assert elsewhere.status_code == 422
    paths = {fault["path"] for fault in elsewhere.json()["faults"]}
    assert paths == {"login.password", "own.olena@example.com.password"}
    assert client.put(f"{BASE}/connections/new", json={"value": kept["value"]}).status_code == 422


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ({**CALDAV, "url": "http://dav.example.com/"}, "url"),
        ({**CALDAV, "login": {"username": "x", "password": {"env": "FIELDPLAN_KEYS"}}}, "login.password"),
        ({**CALDAV, "login": {"username": "x", "password": {"encrypted": "gAAAA"}}}, "login.password"),
        ({**CALDAV, "colour": "red"}, "colour"),
        ({"kind": "memory"}, ""),
        ({"kind": "ics", "folder": "/etc"}, ""),
        ({"kind": "graph", "sign_in": {**GRAPH_SIGN_IN, "method": "person", "cache": "/etc/passwd"}}, "sign_in.method"),
        (
            {
                "kind": "graph",
                "sign_in": {
                    **GRAPH_SIGN_IN,
                    "method": "certificate",
                    "private_key": "k",
                    "certificate": "/etc/ssl/cert.pem",
                },
            },
            "sign_in.certificate",
        ),
    ],
)
def test_what_would_read_this_machine_is_refused_by_field(
    client: TestClient, value: dict[str, Any], field: str
) -> None:
    answer = client.put(URL, json={"value": value})
    assert answer.status_code == 422, answer.text
    assert any(fault["path"].startswith(field) for fault in answer.json()["faults"]), answer.text
    assert PASSWORD not in answer.text


def test_without_keys_nothing_is_kept(tmp_path: Path) -> None:
    app = create_app(Settings(database_url=f"sqlite:///{tmp_path}/f.db", demo=False, workers=0))
    with TestClient(app):
        answer = signed_in(app).put(URL, json={"value": CALDAV})
    assert answer.status_code == 422 and "fieldplan sync key" in answer.text and PASSWORD not in answer.text


def test_a_test_really_signs_in(
    client: TestClient, dav: Server, mailboxes: dict[str, str], kept: dict[str, Any]
) -> None:
    etag = client.get(URL).headers["ETag"]
    assert client.delete(URL, headers={"If-Match": etag}).status_code == 204
    connect(client, dav)
    found = client.post(f"{URL}/test", json={"mailboxes": [ANN, "nobody@example.com"]}).json()["mailboxes"]
    assert [(one["mailbox"], one["works"]) for one in found] == [(ANN, True), ("nobody@example.com", False)]
    assert found[1]["said"]


def test_one_connection_is_the_default(client: TestClient, kept: dict[str, Any]) -> None:
    assert put(client, kept["value"], default=True).json()["default"]
    other = client.put(f"{BASE}/connections/other", json={"value": CALDAV, "default": True})
    assert other.status_code == 201 and not client.get(URL).json()["default"]


def test_a_connection_goes_when_nothing_of_ours_stands_there(office: TestClient, app: FastAPI) -> None:
    read_now(app, office)
    record = office.get(URL)
    refused = office.delete(URL, headers={"If-Match": record.headers["ETag"]})
    assert refused.status_code == 409 and refused.json()["events"] == 2
    assert put(office, record.json()["value"], default=False).is_success
    read_now(app, office)
    etag = office.get(URL).headers["ETag"]
    assert office.delete(URL, headers={"If-Match": etag}).status_code == 204


def test_tenants_see_no_connection_of_each_other(app: FastAPI, kept: dict[str, Any]) -> None:
    stranger = signed_in(app, tenant="other")
    assert stranger.get(URL).status_code == 404 and stranger.get(f"{BASE}/connections").json()["items"] == []
    assert stranger.post(f"{URL}/test", json={"mailboxes": [ANN]}).status_code == 404
