"""`fieldplan serve` on a fresh folder: up within seconds, a key is said once, Ctrl-C ends it well."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

from tests.service.conftest import BASE
from tests.service.people import first_key

FIELDPLAN = "from scheduler.cli import main; main()"


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
            assert httpx.get(f"{url}/docs").status_code == 200
            signed_in = {"Authorization": f"Bearer {first_key(url, (tmp_path / 'said').read_text())}"}
            assert httpx.get(f"{url}{BASE}/technicians", headers=signed_in).status_code == 200
        finally:
            serving.send_signal(signal.SIGINT)
            serving.wait(20)
    assert serving.returncode in (0, -signal.SIGINT, 130)
    assert (tmp_path / "fieldplan.db").stat().st_size > 0


def up(url: str, seconds: float = 60) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            return httpx.get(f"{url}/healthz").status_code == 200
        except httpx.TransportError:
            time.sleep(0.1)
    return False
