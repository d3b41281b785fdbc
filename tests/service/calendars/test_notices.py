"""Messages by mail: one for each person and publication, by a real mail server; nothing twice, whoever is killed."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text

from tests.service.calendars.conftest import ANN, BOB, go_round_at_once, read_now
from tests.service.calendars.test_workers import WORK
from tests.service.conftest import BASE
from tests.service.office import Dispatcher, placed
from tests.sync.backends.ews import certificate
from tests.sync.backends.mail.post import Post, listening

URL = f"{BASE}/notices"
PASSWORD = "the mailbox's own"


class Server:
    """A mail server, and the settings that reach it."""

    def __init__(self, post: Post, port: int) -> None:
        self.post = post
        self.value: dict[str, Any] = {"host": "localhost", "port": port, "sender": "plan@example.com", "shift": "PT15M"}

    def told(self) -> dict[str, list[str]]:
        """What was told since the last time, by address."""
        found: dict[str, list[str]] = {}
        for mail in self.post.mails:
            found.setdefault(str(mail["To"]), []).append(body(mail))
        self.post.mails.clear()
        return found


def body(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    paper, post = certificate.make(tmp_path), Post()
    monkeypatch.setenv("SSL_CERT_FILE", paper[0])
    with listening(post, paper) as port:
        yield Server(post, port)


@pytest.fixture
def telling(app: FastAPI, office: TestClient, server: Server) -> TestClient:
    """Ann was told of her two activities; b is moved to Bob and a by an hour, published and not yet shown."""
    assert office.put(URL, json={"value": server.value}).status_code == 201
    read_now(app, office)
    told = server.told()
    assert list(told) == [ANN] and [said.count("New:") for said in told[ANN]] == [2]
    dispatcher = Dispatcher(office)
    assert dispatcher.place(placed("a", "ann", "10:00"), placed("b", "bob", "11:00")).is_success
    assert dispatcher.publish(why="the lift is needed earlier").is_success
    return office


def test_each_is_told_once_what_changed_and_why(telling: TestClient, app: FastAPI, server: Server) -> None:
    for _ in range(3):
        read_now(app, telling)
    told = server.told()
    assert {who: len(messages) for who, messages in told.items()} == {ANN: 1, BOB: 1}
    (ann,), (bob,) = told[ANN], told[BOB]
    assert "Moved: " in ann and "No longer yours: " in ann and "the lift is needed earlier" in ann
    assert "New: " in bob


def test_several_workers_tell_once(telling: TestClient, app: FastAPI, server: Server) -> None:
    go_round_at_once(app)
    read_now(app, telling)
    assert {who: len(messages) for who, messages in server.told().items()} == {ANN: 1, BOB: 1}


def test_a_worker_that_is_killed_while_it_tells_tells_nothing_twice(
    telling: TestClient, app: FastAPI, server: Server
) -> None:
    settings, taken = app.state.house.settings, threading.Event()
    seen: list[EmailMessage] = []

    def take(mail: EmailMessage) -> None:
        seen.append(mail)
        if not taken.is_set():
            worker.kill()
            taken.set()

    server.post.take = take
    command = [sys.executable, "-c", WORK, settings.database_url, settings.keys.get_secret_value()]
    worker = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    assert taken.wait(120)
    worker.wait()
    _lease_over(app)
    for _ in range(3):
        read_now(app, telling)
    assert sorted(str(mail["To"]) for mail in seen) == [ANN, BOB]
    assert len({mail["Message-ID"] for mail in seen}) == 2


def _lease_over(app: FastAPI) -> None:
    with app.state.house.database.writing("main") as session:
        session.execute(text("update sync_boxes set owner = null"))


@pytest.mark.parametrize("answer", ["451 later", "554 no"])
def test_what_the_server_did_not_take_is_told_later(
    telling: TestClient, app: FastAPI, server: Server, answer: str
) -> None:
    server.post.answers = [answer]
    read_now(app, telling)
    read_now(app, telling)
    assert {who: len(messages) for who, messages in server.told().items()} == {ANN: 1, BOB: 1}


def test_what_the_server_may_have_taken_is_not_told_again(telling: TestClient, app: FastAPI, server: Server) -> None:
    server.post.answers = ["x"]
    for _ in range(3):
        read_now(app, telling)
    assert {who: len(messages) for who, messages in server.told().items()} == {ANN: 1, BOB: 1}


def test_without_a_mail_server_nobody_is_told(app: FastAPI, office: TestClient, server: Server) -> None:
    read_now(app, office)
    assert office.get(URL).status_code == 404 and server.told() == {}


def test_the_password_is_encrypted_and_never_told(office: TestClient, app: FastAPI, server: Server) -> None:
    value = {**server.value, "username": "plan", "password": PASSWORD}
    made = office.put(URL, json={"value": value})
    assert made.status_code == 201 and made.json()["value"]["password"] == "********"
    told = [office.get(URL).text, office.get(f"{BASE}/audit").text]
    with app.state.house.database.reading("main") as session:
        stored = str(session.scalar(text("select value from settings where id = 'mail'")))
    assert all(PASSWORD not in one for one in [*told, stored]) and "gAAAA" in stored
    changed = {**made.json()["value"], "sender": "desk@example.com"}
    assert office.put(URL, json={"value": changed}, headers={"If-Match": made.headers["ETag"]}).status_code == 200
    elsewhere = {**changed, "host": "elsewhere.example.com"}
    refused = office.put(URL, json={"value": elsewhere}, headers={"If-Match": office.get(URL).headers["ETag"]})
    assert refused.status_code == 422 and refused.json()["faults"][0]["path"] == "password"
    assert office.delete(URL, headers={"If-Match": office.get(URL).headers["ETag"]}).status_code == 204


def test_a_test_really_sends(office: TestClient, server: Server) -> None:
    office.put(URL, json={"value": server.value})
    assert office.post(f"{URL}/test", json={"to": "boss@example.com"}).json() == {"works": True, "said": ""}
    assert list(server.told()) == ["boss@example.com"]
    server.post.answers = ["554 no"]
    said = office.post(f"{URL}/test", json={"to": "boss@example.com"}).json()
    assert not said["works"] and said["said"].startswith("Refused: localhost")
