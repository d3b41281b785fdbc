"""How long `fieldplan serve` takes from an empty folder to a page with all of the API on it."""

import signal
import socket
import statistics
import subprocess
import sys
import time
from tempfile import TemporaryDirectory
from typing import Annotated

import httpx
import typer

COMMAND = [sys.executable, "-c", "from scheduler.cli import main; main()", "serve", "--port"]
MOST_SECONDS, GIVE_UP_SECONDS = 5.0, 60.0
"""On the clock: what is promised, and when a server that does not answer is given up."""


def starting(times: Annotated[int, typer.Option("-n", help="Fresh servers.", min=1)] = 3) -> None:
    """Print the median time to a working /docs; exit with 1 when it is above 5 s."""
    median = statistics.median(seconds() for _ in range(times))
    typer.echo(f"page with all of the API on it: {median:.2f} s (median of {times})")
    raise typer.Exit(median > MOST_SECONDS)


def seconds() -> float:
    """Start a server in a folder of its own and return the seconds until the page is whole."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with TemporaryDirectory() as folder:
        begin = time.perf_counter()
        quiet = subprocess.DEVNULL
        serving = subprocess.Popen([*COMMAND, str(port)], cwd=folder, stdout=quiet, stderr=quiet)
        try:
            for path in ("docs", "swagger-ui-bundle.js", "openapi.json"):
                _fetch(f"http://127.0.0.1:{port}/{path}", begin + GIVE_UP_SECONDS)
            return time.perf_counter() - begin
        finally:
            serving.send_signal(signal.SIGINT)
            serving.wait(30)


def _fetch(url: str, end: float) -> None:
    while time.perf_counter() < end:
        try:
            httpx.get(url).raise_for_status()
            return
        except httpx.TransportError:
            time.sleep(0.02)
    raise typer.BadParameter(f"{url} does not answer")
