"""Migrations go up and down on both engines, and end at what the tables say."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

from service.database import Database
from service.tables import Base
from tests.service.conftest import ENGINES, made


@pytest.fixture(params=ENGINES)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without tables."""
    if request.param == "sqlite":
        with closing(Database(f"sqlite:///{tmp_path / 'fieldplan.db'}")) as found:
            yield found
    else:
        with made(request.getfixturevalue("postgresql")) as url, closing(Database(url)) as found:
            yield found


def test_up_ends_at_what_the_tables_say(empty: Database) -> None:
    empty.migrate()
    with empty.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_down_leaves_nothing_and_up_works_again(empty: Database) -> None:
    empty.migrate()
    empty.take_back()
    assert inspect(empty.engine).get_table_names() == ["alembic_version"]
    empty.migrate()
    empty.migrate()


def test_every_table_says_whose_rows_it_has() -> None:
    assert [t.name for t in Base.metadata.sorted_tables if "tenant" not in t.columns] == ["tenants"]
