"""PostgreSQL keeps tenants apart by itself: here plain SQL, as the role that the application has."""

from collections.abc import Iterator

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError

from service.access.caller import Caller
from service.database import EVERY_TENANT, Database
from service.operations.check import faults
from service.tables import Base, TenantRow
from service.tables.base import Tenanted
from service.work import Work, utc_now

pytestmark = pytest.mark.slow

PLACE = "insert into places values (:tenant, 'depot', '{}', '1', now(), 'test')"
TENANTS = ("main", "other")


@pytest.fixture
def guarded(postgresql_url: str) -> Iterator[Database]:
    """Two tenants, each with a place of the same id."""
    found = Database(postgresql_url)
    found.migrate()
    with found.writing(EVERY_TENANT) as session:
        for tenant in TENANTS:
            session.execute(insert(TenantRow).values(id=tenant, name=tenant, created_at=utc_now()))
            session.execute(text(PLACE), {"tenant": tenant})
    yield found
    found.close()


def test_the_role_is_a_plain_one(guarded: Database) -> None:
    assert guarded.bound()


def test_a_superuser_is_told(postgresql: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIELDPLAN_DATABASE_URL", postgresql)
    assert [fault for fault in faults() if "plain role" in fault] != []


def test_every_table_is_guarded(guarded: Database) -> None:
    asked = "select relname from pg_class where relrowsecurity and relforcerowsecurity"
    with guarded.engine.connect() as connection:
        assert {table.name for table in Base.metadata.sorted_tables} - set(connection.scalars(text(asked))) == set()
    assert all(
        "tenant" in row.class_.__table__.columns for row in Base.registry.mappers if Tenanted in row.class_.__mro__
    )


@pytest.mark.parametrize("tenant", TENANTS)
def test_a_tenant_sees_its_own_rows_alone(guarded: Database, tenant: str) -> None:
    with guarded.reading(tenant) as session:
        assert session.scalars(text("select tenant from places")).all() == [tenant]
        assert session.scalars(text("select id from tenants")).all() == [tenant]


def test_without_a_tenant_nothing_is_there(guarded: Database) -> None:
    with guarded.engine.connect() as connection:
        assert connection.scalar(text("select count(*) from places")) == 0
    with guarded.reading("") as session:
        assert session.scalar(text("select count(*) from places")) == 0


def test_the_tenant_of_a_transaction_ends_with_it(guarded: Database) -> None:
    for _ in range(50):
        with guarded.reading("main") as session:
            session.scalars(text("select tenant from places")).all()
    with guarded.engine.connect() as connection:
        assert connection.scalar(text("select count(*) from places")) == 0


def test_foreign_rows_are_neither_changed_nor_removed(guarded: Database) -> None:
    with guarded.writing("main") as session:
        for statement in ("update places set etag = 'mine'", "delete from places"):
            assert session.execute(text(statement)).rowcount == 1  # type: ignore[attr-defined]
    with guarded.reading("other") as session:
        assert session.scalars(text("select etag from places")).all() == ["1"]


def test_no_row_is_given_to_another_tenant(guarded: Database) -> None:
    for statement in (PLACE.replace("depot", "new"), "update places set tenant = :tenant, id = 'moved'"):
        with pytest.raises(ProgrammingError, match="row-level security"), guarded.writing("main") as session:
            session.execute(text(statement), {"tenant": "other"})


def test_the_audit_only_grows(database_url: str) -> None:
    found = Database(database_url)
    found.migrate()
    with found.writing("main") as session:
        Work(session, Caller("main", "test")).audit("create", "place", "depot")
    for statement in ("update audit set who = 'nobody'", "delete from audit"):
        with pytest.raises((IntegrityError, DBAPIError), match="only grows"), found.writing("main") as session:
            session.execute(text(statement))
    found.close()
