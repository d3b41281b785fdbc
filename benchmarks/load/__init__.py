"""How fast a real server answers over HTTP with a large company's week, and what memory it and a solve take."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import httpx
import typer

from benchmarks.load.company import company, give
from benchmarks.load.timing import Watch
from scheduler.domain.problem import Problem
from tests.service.process import Process, free_port, wait_until
from tests.service.reliability.site import Site, site

BASE = "/api/v1"
LOAD, EDIT, PUBLISH, READ, WRITE = "load a week's plan", "edit", "publish", "bare: read", "bare: write"
NEW = "copy into a draft"
BARE_ROUNDS = 100
"""Many: the system counts CPU in hundredths of a second."""


def load(
    database: Annotated[str, typer.Option(help="sqlite or postgresql")] = "sqlite",
    activities: Annotated[int, typer.Option(min=1)] = 5000,
    technicians: Annotated[int, typer.Option(min=1)] = 500,
    solve: Annotated[float, typer.Option(help="Seconds for the run that makes the week's plan.")] = 20.0,
    rounds: Annotated[int, typer.Option(min=1, help="Of each kind of request.")] = 10,
) -> None:
    """Load a week's plan, edit it, publish it: requests/s, p50, p95, CPU beside a bare route; memory."""
    with TemporaryDirectory() as folder, site(Path(folder), database, apis=1, workers=0) as here:
        with _client(here.apis[0].url, here.secret) as client:
            problem = company(activities, technicians)
            give(client, problem)
            plan, solved = _planned(client, problem, solve)
            watch = Watch(here.apis[0].cpu)
            for n in range(rounds):
                plan = _round(client, watch, plan, n)
            memory = here.apis[0].memory()
        base = _bare(here, Path(folder), plan, BARE_ROUNDS)
    typer.echo(f"{database}, {technicians} technicians, {activities} activities, {solved['scheduled']} scheduled")
    typer.echo(f"memory: API {memory} MB, one solve {solved['memory'] // 2**20} MB")
    typer.echo("| request | requests/s | p50 s | p95 s | CPU s each | times the bare route's CPU |")
    typer.echo("|---|---|---|---|---|---|")
    for name, timing in (watch.found | base.found).items():
        typer.echo(timing.row(name, base.found[READ if name in (LOAD, READ) else WRITE]))


def _client(url: str, secret: str) -> httpx.Client:
    return httpx.Client(base_url=url, headers={"Authorization": f"Bearer {secret}"}, timeout=900)


def _planned(client: httpx.Client, problem: Problem, seconds: float) -> tuple[str, dict[str, Any]]:
    """The plan that a run over the week proposes, and the run's outcome."""
    scope = {"horizon": problem.horizon.model_dump(mode="json")}
    asked = {"scope": scope, "time_limit": seconds, "workers": 1}
    run = client.post(f"{BASE}/runs", json=asked).raise_for_status().json()
    while run["ended_at"] is None:
        time.sleep(1)
        run = client.get(f"{BASE}/runs/{run['id']}").json()
    if run["status"] != "done":
        raise typer.BadParameter(f"the run failed: {run['message']}")
    return run["proposal"], run["outcome"]


def _round(client: httpx.Client, watch: Watch, former: str, n: int) -> str:
    """What a dispatcher does: copy the plan, look at it, hold somebody where they are, publish. The new plan."""
    with watch(NEW):
        made = client.post(f"{BASE}/plans", json={"origin": former}).raise_for_status().json()
    at = f"{BASE}/plans/{made['id']}"
    with watch(LOAD):
        week = client.get(at).raise_for_status()
    bookings = week.json()["plan"]["bookings"]
    booking = bookings[n * 37 % len(bookings)]
    held = {name: booking[name] for name in ("activity", "requirement", "ordinal", "resource")}
    lock = {**held, "kind": "resource", "why": "the customer asked for them"}
    with watch(EDIT):
        edited = client.post(f"{at}/edits", json={"locks": [lock]}, headers={"If-Match": week.headers["ETag"]})
    edited.raise_for_status()
    with watch(PUBLISH):
        published = client.post(f"{at}/publish", json={"why": "load"}, headers={"If-Match": edited.headers["ETag"]})
    published.raise_for_status()
    return str(made["id"])


def _bare(here: Site, folder: Path, plan: str, rounds: int) -> Watch:
    with _bare_process(here, folder) as process, httpx.Client(base_url=process.url, timeout=60) as client:
        watch = Watch(process.cpu)
        value = client.get(f"/plans/{plan}").content
        for _ in range(rounds):
            with watch(READ):
                client.get(f"/plans/{plan}").raise_for_status()
            with watch(WRITE):
                client.put(f"/plans/{plan}", content=value).raise_for_status()
    return watch


@contextmanager
def _bare_process(here: Site, folder: Path) -> Iterator[Process]:
    port = free_port()
    address = here.database.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "benchmarks.load.bare", address, str(port)]
    process = Process("bare", folder, {}, command, url=f"http://127.0.0.1:{port}", ready="/openapi.json")
    try:
        wait_until(process.up)
        yield process
    finally:
        process.kill()
