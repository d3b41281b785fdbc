"""What an operator and the worker do now and then: clear away, change keys, found companies."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy import func, select, text
from typer.testing import CliRunner

from scheduler.cli.app import app as fieldplan
from scheduler.sync.connections.secrets import new_key
from service.app import create_app
from service.database import EVERY_TENANT, Database
from service.documents.kinds.calendar import TOPIC
from service.http.idempotency import LASTS
from service.settings import Settings
from service.tables import AnswerRow, OutboxRow
from service.tidying import OFFERED, TOLD, tidy
from service.work import utc_now
from tests.service.conftest import BASE, signed_in

SECOND = timedelta(seconds=1)
OLD, NEW = new_key(), new_key()
CONNECTION = {"kind": "caldav", "url": "https://dav.example.com/", "login": {"username": "x", "password": "s3cret"}}
MAIL = {"host": "mail.example.com", "sender": "plan@example.com", "username": "plan", "password": "m4il"}
run = CliRunner()


@pytest.fixture
def app(database_url: str) -> FastAPI:
    return create_app(Settings(database_url=database_url, demo=False, workers=0, keys=SecretStr(OLD)))


def counted(database: Database, row: type[Any]) -> int:
    with database.reading(EVERY_TENANT) as session:
        return session.scalar(select(func.count()).select_from(row)) or 0


def test_answers_are_kept_as_long_as_is_said(client: TestClient, database: Database) -> None:
    def create() -> int:
        place = {"id": "p", "latitude": 1, "longitude": 2}
        return client.post(f"{BASE}/places", json=place, headers={"Idempotency-Key": "1"}).status_code

    assert create() == 201
    tidy(database, utc_now() + LASTS - timedelta(minutes=1))
    assert create() == 201, "the same answer again"
    assert tidy(database, utc_now() + LASTS) >= 1 and counted(database, AnswerRow) == 0
    assert create() == 409, "the key is new again, and the place is there"


def test_the_outbox_keeps_what_nobody_has_dealt_with(client: TestClient, database: Database) -> None:
    now = utc_now()
    rows = {
        "told long ago": ("plan-published", now - 2 * TOLD, now - TOLD),
        "just told": (TOPIC, now - 2 * TOLD, now - TOLD + SECOND),
        "offered long ago": ("plan-published", now - OFFERED, None),
        "offered": ("plan-published", now - OFFERED + SECOND, None),
        "never shown": (TOPIC, now - 10 * OFFERED, None),
    }
    with database.writing("main") as session:
        for name, (topic, at, done_at) in rows.items():
            session.add(OutboxRow(tenant="main", topic=topic, about={"name": name}, at=at, done_at=done_at))
    tidy(database, now)
    with database.reading("main") as session:
        left = {about["name"] for about in session.scalars(select(OutboxRow.about)) if "name" in about}
    assert left == {"just told", "offered", "never shown"}


def sealed(database: Database) -> list[str]:
    asked = "select value from calendar_connections union all select value from settings where id = 'mail'"
    with database.reading(EVERY_TENANT) as session:
        return [str(value) for value in session.scalars(text(asked.replace("value", "cast(value as text)")))]


@pytest.fixture
def secrets(client: TestClient) -> TestClient:
    assert client.put(f"{BASE}/connections/office", json={"value": CONNECTION}).status_code == 201
    assert client.put(f"{BASE}/notices", json={"value": MAIL}).status_code == 201
    return client


def rotated(database_url: str, keys: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("FIELDPLAN_DATABASE_URL", database_url)
    monkeypatch.setenv("FIELDPLAN_KEYS", keys)
    return run.invoke(fieldplan, ["rotate-keys"])


def test_keys_are_changed_without_giving_a_secret_again(
    secrets: TestClient, app: FastAPI, database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = sealed(database)
    said = rotated(database_url, f"{NEW},{OLD}", monkeypatch)
    assert said.exit_code == 0 and "2 row(s)" in said.output, said.output
    assert len(before) == 2 and not set(before) & set(sealed(database))
    later = create_app(Settings(database_url=database_url, demo=False, workers=0, keys=SecretStr(NEW)))
    with TestClient(later):
        client = signed_in(later)
        kept = client.get(f"{BASE}/connections/office")
        value = {**kept.json()["value"], "policy": {"moved": "ask"}}
        answer = client.put(
            f"{BASE}/connections/office", json={"value": value}, headers={"If-Match": kept.headers["ETag"]}
        )
        assert answer.status_code == 200, "the new key alone opens the old secret"
    actions = secrets.get(f"{BASE}/audit", params={"limit": 50}).text
    assert actions.count('"reseal"') == 2 and "gAAAA" not in actions


def test_a_secret_that_no_key_opens_is_named(
    secrets: TestClient, database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = sealed(database)
    said = rotated(database_url, NEW, monkeypatch)
    assert said.exit_code == 1 and "main: calendar connection office" in said.output and "0 row(s)" in said.output
    assert sealed(database) == before


def test_one_more_company(
    client: TestClient, anybody: TestClient, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIELDPLAN_DATABASE_URL", database_url)
    said = run.invoke(fieldplan, ["new-tenant", "lviv-lifts", "--name", "Lviv Lifts"])
    assert said.exit_code == 0, said.output
    link = said.output.split("#")[1].split()[0]
    entered = anybody.post(f"{BASE}/session/invitation", json={"invitation": link, "password": "lifts go up and down"})
    assert entered.status_code in (200, 201), entered.text
    assert anybody.get(f"{BASE}/me").json()["tenant"] == "lviv-lifts"
    assert anybody.get(f"{BASE}/users").json()["items"][0]["login"] == "admin"
    anybody.cookies.clear()
    signed = {"tenant": "lviv-lifts", "login": "admin", "password": "lifts go up and down"}
    assert anybody.post(f"{BASE}/session", json=signed).is_success
    for id in ("lviv-lifts", "Lviv", "a b"):
        again = run.invoke(fieldplan, ["new-tenant", id])
        assert again.exit_code != 0
