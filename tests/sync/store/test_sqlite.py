"""The contract on the SQLite store."""

from collections.abc import Callable
from pathlib import Path

import pytest

from scheduler.sync.store.port import Store
from scheduler.sync.store.sqlite import SqliteStore
from tests.sync.store.contract import StoreContract


class TestSqlite(StoreContract):
    @pytest.fixture
    def open_store(self, tmp_path: Path) -> Callable[[], Store]:
        return lambda: SqliteStore(tmp_path / "sync.db")
