"""A small company with real calendars: Radicale, started for the tests."""

import threading
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import SecretStr

from scheduler.sync.connections.secrets import new_key
from service.app import create_app
from service.calendars.worker import Visitor
from service.settings import Settings
from service.work import utc_now
from tests.service.conftest import BASE
from tests.service.office import Dispatcher, open_office, placed
from tests.sync.backends.dav.hand import DavHand
from tests.sync.backends.dav.servers import Server, add_mailbox, radicale

ANN, BOB = "ann@example.com", "bob@example.com"


@pytest.fixture(scope="session")
def dav() -> Iterator[Server]:
    with radicale(Path(mkdtemp(prefix="fieldplan-dav-"))) as server:
        yield server


@pytest.fixture
def app(database_url: str) -> FastAPI:
    """Nobody goes round by themselves: `go_round` does."""
    url, keys = "https://plan.example.com", SecretStr(new_key())
    return create_app(Settings(database_url=database_url, demo=False, workers=0, public_url=url, keys=keys))


@pytest.fixture
def mailboxes(dav: Server) -> dict[str, str]:
    """Empty calendars of Ann and Bob."""
    for mailbox in (ANN, BOB):
        add_mailbox(dav, mailbox)
        with dav.client(mailbox) as client:
            for path in listed(dav, mailbox):
                client.delete(path).raise_for_status()
    return {"ann": ANN, "bob": BOB}


@pytest.fixture
def hand(dav: Server) -> DavHand:
    return DavHand(dav)


def listed(dav: Server, mailbox: str) -> list[str]:
    """Addresses of the events that stand there."""
    import re

    with dav.client(mailbox) as client:
        answer = client.request("PROPFIND", dav.calendar(mailbox), headers={"Depth": "1"})
    return re.findall(r"<(?:D:)?href>([^<]+\.ics)</", answer.text)


def connect(client: TestClient, dav: Server, **more: Any) -> dict[str, Any]:
    value = {
        "kind": "caldav",
        "url": f"{dav.url}{dav.home}",
        "login": {"username": "{user}", "password": "secret"},
        "policy": {"moved": "ask"},
        **more,
    }
    made = client.put(f"{BASE}/connections/office", json={"default": True, "value": value})
    assert made.status_code == 201, made.text
    found: dict[str, Any] = made.json()
    return found


@pytest.fixture
def office(client: TestClient, dav: Server, mailboxes: dict[str, str]) -> TestClient:
    """Ann has two activities on Monday, published; her calendar is connected and nobody has gone round yet."""
    open_office(client)
    for id, address in mailboxes.items():
        assert client.put(f"{BASE}/calendars/{id}", json={"id": id, "address": address}).status_code == 201
    connect(client, dav)
    dispatcher = Dispatcher(client)
    assert dispatcher.place(placed("a", "ann", "9:00"), placed("b", "ann", "11:00")).status_code == 200
    assert dispatcher.publish(why="the week").status_code == 200
    return client


def go_round(app: FastAPI, turns: int = 3) -> None:
    """What the worker does until nothing is left."""
    visitor: Visitor = app.state.calendars
    for _ in range(turns):
        visitor.turn(utc_now())


def go_round_at_once(app: FastAPI, workers: int = 3, turns: int = 4) -> None:
    """What several workers do that run side by side."""
    house = app.state.house
    visitors = [Visitor(house.database, house.settings) for _ in range(workers)]

    def work(visitor: Visitor) -> None:
        for _ in range(turns):
            visitor.turn(utc_now())

    threads = [threading.Thread(target=work, args=(visitor,)) for visitor in visitors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for visitor in visitors:
        visitor.close()


def read_now(app: FastAPI, client: TestClient) -> None:
    assert client.post(f"{BASE}/mailboxes/read", json={}).status_code == 200
    go_round(app)
