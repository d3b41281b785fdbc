"""Processes that can be killed and started anew."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import psutil

UP_SECONDS = 120.0


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


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def heard(port: int) -> bool:
    """Whether somebody listens there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(holds: Callable[[], bool], seconds: float = UP_SECONDS) -> None:
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise AssertionError("waited too long")
        time.sleep(0.1)
