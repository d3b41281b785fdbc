"""A Dask cluster on this machine: a scheduler and workers, each a process of its own."""

import sys
from pathlib import Path

from tests.service.process import Process, free_port, heard, wait_until

WORKERS = 2


class Cluster:
    """Workers that are killed are to be started anew by who killed them: there is no nanny."""

    def __init__(self, folder: Path, workers: int = WORKERS) -> None:
        port = free_port()
        self.address = f"tcp://127.0.0.1:{port}"
        self.scheduler = _started("scheduler", folder, "scheduler", "--host", "127.0.0.1", "--port", str(port))
        wait_until(lambda: heard(port))
        given = (self.address, "--nthreads", "1", "--no-nanny", "--local-directory", str(folder))
        self.workers = [_started(f"dask-{n}", folder, "worker", *given) for n in range(workers)]

    def done(self, name: str) -> int:
        """How many tasks that call the function of that name the workers brought to an end."""
        from distributed import Client

        with Client(self.address, set_as_default=False) as client:  # type: ignore[no-untyped-call]
            count: int = client.run_on_scheduler(_count, name)
            return count

    def close(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()


def _started(name: str, folder: Path, what: str, *arguments: str) -> Process:
    command = [sys.executable, "-m", f"distributed.cli.dask_{what}", *arguments, "--no-dashboard"]
    return Process(name, folder, {}, command)


def _count(name: str, dask_scheduler: object) -> int:
    """Runs in the scheduler, which gives itself by the parameter of that name."""
    prefix = dask_scheduler.task_prefixes.get(name)  # type: ignore[attr-defined]
    return int(prefix.state_counts["memory"]) if prefix is not None else 0
