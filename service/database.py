"""The database: SQLite in a file, or PostgreSQL. Sessions belong to one tenant and to one transaction."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from service.kept import Memory

BUSY_SECONDS = 30
START_SECONDS, POLL_SECONDS = 60.0, 0.5
POOL = 20
START_LOCK = 7_265_010
EVERY_TENANT = "*"
"""For what has no tenant yet, or works for all: signing in, workers, migrations."""
WAIT = text(f"select pg_advisory_xact_lock({START_LOCK})")
MIGRATIONS = Path(__file__).parent / "migrations"


class Database:
    """An engine and its sessions. Safe to share between threads, not between processes."""

    def __init__(self, url: str) -> None:
        self.engine = create_engine(url, pool_size=POOL, max_overflow=POOL, pool_pre_ping=True)
        self.memory = Memory()
        self.embedded = self.engine.dialect.name == "sqlite"
        if self.embedded:
            _tame_sqlite(self.engine)
        self._writing = self.engine.execution_options(begin="begin immediate")

    def session(self, tenant: str, *, write: bool) -> Session:
        """A session for one transaction, begun by its first query. A writer of SQLite waits for its turn then.

        It sees the rows of that tenant alone, or of all with EVERY_TENANT.
        """
        session = Session(self._writing if write else self.engine, expire_on_commit=False, autoflush=False)
        session.info.update(tenant=tenant, memory=self.memory)
        if not self.embedded:
            event.listen(session, "after_begin", _begun)
        return session

    @contextmanager
    def reading(self, tenant: str) -> Iterator[Session]:
        with self.session(tenant, write=False) as session:
            yield session

    @contextmanager
    def writing(self, tenant: str) -> Iterator[Session]:
        """One transaction: committed at the end of the block, undone when it raises."""
        with self.session(tenant, write=True) as session, session.begin():
            yield session

    def wait(self, seconds: float = START_SECONDS) -> None:
        """Return once the database answers: it may be starting, too. Raises OperationalError when it takes too long."""
        end = time.monotonic() + seconds
        while True:
            try:
                with self.engine.connect():
                    return
            except OperationalError:
                if time.monotonic() > end:
                    raise
                time.sleep(POLL_SECONDS)

    def migrate(self, revision: str = "head") -> None:
        """Bring the tables up to a revision. Of several processes that call it at once, one does the work."""
        with self._migrating() as config:
            command.upgrade(config, revision)

    def take_back(self, revision: str = "base") -> None:
        """Bring the tables down to a revision."""
        with self._migrating() as config:
            command.downgrade(config, revision)

    @cached_property
    def head(self) -> str | None:
        """The revision of the tables that this version works with."""
        return ScriptDirectory(str(MIGRATIONS)).get_current_head()

    @contextmanager
    def _migrating(self) -> Iterator[Config]:
        with self._writing.begin() as connection:
            if not self.embedded:
                connection.execute(WAIT)
                _name_tenant(connection, EVERY_TENANT)
            config = Config(attributes={"connection": connection})
            config.set_main_option("script_location", str(MIGRATIONS))
            yield config

    def queue(self, session: Session) -> None:
        """From here to the end of the transaction no other process is between the same two points."""
        if not self.embedded:
            session.execute(WAIT)

    def bound(self) -> bool:
        """Whether the database itself keeps tenants apart: PostgreSQL does, unless we come as a superuser."""
        if self.embedded:
            return False
        asked = "select not (rolsuper or rolbypassrls) from pg_roles where rolname = current_user"
        with self.engine.connect() as connection:
            return bool(connection.scalar(text(asked)))

    def close(self) -> None:
        self.engine.dispose()


def _begun(session: Session, _: Any, connection: Connection) -> None:
    _name_tenant(connection, session.info["tenant"])


def _name_tenant(connection: Connection, tenant: str) -> None:
    """Tell PostgreSQL whose rows this transaction may see, for its row-level security."""
    connection.execute(text("select set_config('fieldplan.tenant', :tenant, true)"), {"tenant": tenant})


def _tame_sqlite(engine: Engine) -> None:
    """Write-ahead log, foreign keys, patience; transactions that begin when we say so, and writers that take turns."""
    turn = threading.Lock()

    @event.listens_for(engine, "connect")
    def connected(raw: Any, _: Any) -> None:
        raw.isolation_level = None
        for pragma in ("journal_mode = wal", "synchronous = full", "foreign_keys = on"):
            raw.execute(f"pragma {pragma}")
        raw.execute(f"pragma busy_timeout = {BUSY_SECONDS * 1000}")

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        """SQLite lets a writer wait by asking again and again: who has waited long asks seldom, and gets no turn."""
        begin = connection.get_execution_options().get("begin", "begin")
        if begin != "begin":
            connection.info["turn"] = turn.acquire(timeout=BUSY_SECONDS)
        connection.exec_driver_sql(begin)

    @event.listens_for(engine, "checkin")
    def ended(_: Any, record: ConnectionPoolEntry) -> None:
        if record.info.pop("turn", False):
            turn.release()
