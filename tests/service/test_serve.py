"""`fieldplan serve` on a fresh folder: a working page, a key is said once, Ctrl-C ends it well."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from tests.service.conftest import BASE
from tests.service.people import first_key
from tests.service.runs.company import HORIZON

FIELDPLAN = "from scheduler.cli import main; main()"


@pytest.mark.slow
def test_it_starts_answers_and_stops(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-c", FIELDPLAN, "serve", "--port", str(port)]
    url = f"http://127.0.0.1:{port}"
    with (tmp_path / "said").open("w+") as said:
        serving = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=said, stderr=subprocess.STDOUT)
        try:
            assert up(url), (tmp_path / "said").read_text()
            page = httpx.get(url, follow_redirects=True)
            assert page.url.path == "/docs" and 'src="/docs.js"' in page.text
            assert httpx.get(f"{url}/openapi.json").json()["paths"]
            signed_in = {"Authorization": f"Bearer {first_key(url, (tmp_path / 'said').read_text())}"}
            assert httpx.get(f"{url}{BASE}/technicians", headers=signed_in).status_code == 200
            asked = {"scope": {"horizon": HORIZON}, "time_limit": 600}
            run = httpx.post(f"{url}{BASE}/runs", json=asked, headers=signed_in).json()["id"]
            assert until(url, signed_in, run)
        finally:
            serving.send_signal(signal.SIGINT)
            serving.wait(20)
    assert serving.returncode in (0, -signal.SIGINT, 130)
    with closing(sqlite3.connect(tmp_path / "fieldplan.db")) as database:
        (status,) = database.execute("select status from runs where id = ?", (run,)).fetchone()
    assert status == "queued", "Ctrl-C gives the run back"


def until(url: str, signed_in: dict[str, str], run: str, seconds: float = 60) -> bool:
    """Whether a worker has begun."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if httpx.get(f"{url}{BASE}/runs/{run}", headers=signed_in).json()["status"] == "running":
            return True
        time.sleep(0.1)
    return False


def up(url: str, seconds: float = 60) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            return httpx.get(f"{url}/healthz").status_code == 200
        except httpx.TransportError:
            time.sleep(0.1)
    return False
