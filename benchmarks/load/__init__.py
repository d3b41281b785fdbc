"""How fast a real server answers over HTTP with a large company's week, and what memory it and a solve take."""

import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import httpx
import typer

from benchmarks.load.company import company, give
from benchmarks.load.dispatcher import BASE, Dispatcher
from benchmarks.load.timing import Watch
from scheduler.domain.problem import Problem
from tests.service.process import Process, free_port, wait_until
from tests.service.reliability.site import Site, site

LOAD, EDIT, PUBLISH, READ, WRITE = "load a week's plan", "edit", "publish", "bare: read", "bare: write"
BUSY = "publish, while the others load"
NEW = "copy into a draft"
BARE_ROUNDS = 100
"""Many: the system counts CPU in hundredths of a second."""


def load(
    database: Annotated[str, typer.Option(help="sqlite or postgresql")] = "sqlite",
    activities: Annotated[int, typer.Option(min=1)] = 5000,
    technicians: Annotated[int, typer.Option(min=1)] = 500,
    solve: Annotated[float, typer.Option(help="Seconds for the run that makes the week's plan.")] = 20.0,
    rounds: Annotated[int, typer.Option(min=1, help="Of each kind of request.")] = 10,
    clients: Annotated[int, typer.Option(min=2, help="At once, after one alone.")] = 8,
) -> None:
    """Load a week's plan, edit it, publish it: requests/s, p50, p95, CPU beside a bare route; memory.

    First by one client, then by several at once: each has a draft of its own, and one of them publishes.
    """
    with TemporaryDirectory() as folder, site(Path(folder), database, apis=1, workers=0) as here:
        with _client(here.apis[0].url, here.secret) as client:
            problem = company(activities, technicians)
            give(client, problem)
            plan, solved = _planned(client, problem, solve)
            watch = Watch(here.apis[0].cpu)
            for _ in range(rounds):
                plan = _round(client, watch, plan)
            many = Watch(here.apis[0].cpu)
            _together(here, many, plan, clients, rounds)
            memory = here.apis[0].memory()
        base, base_of_many = _bare(here, Path(folder), plan, clients)
    typer.echo(f"{database}, {technicians} technicians, {activities} activities, {solved['scheduled']} scheduled")
    typer.echo(f"memory: API {memory} MB, one solve {solved['memory'] // 2**20} MB")
    _tell("one client", watch, base)
    _tell(f"{clients} clients", many, base_of_many)


def _tell(who: str, watch: Watch, base: Watch) -> None:
    typer.echo(f"\n| {who} | requests/s | p50 s | p95 s | CPU s each | times the bare route's CPU |")
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


def _round(client: httpx.Client, watch: Watch, former: str) -> str:
    """What a dispatcher does: copy the plan, look at it, hold somebody where they are, publish. The new plan."""
    with watch(NEW):
        dispatcher = Dispatcher(client, former)
    with watch(LOAD):
        dispatcher.load()
    assert dispatcher.bookings
    with watch(EDIT):
        dispatcher.edit()
    with watch(PUBLISH):
        dispatcher.publish()
    return dispatcher.plan


def _join(team: list[Dispatcher], caller: httpx.Client, former: str) -> None:
    team.append(Dispatcher(caller, former))


def _together(here: Site, watch: Watch, former: str, clients: int, rounds: int) -> None:
    """The same by many at once, each with a draft of their own; then one of them publishes."""
    with ExitStack() as stack:
        callers = [stack.enter_context(_client(here.apis[0].url, here.secret)) for _ in range(clients)]
        team: list[Dispatcher] = []
        watch.at_once(NEW, [partial(_join, team, caller, former) for caller in callers], 1)
        assert all(dispatcher.bookings for dispatcher in team)
        watch.at_once(LOAD, [dispatcher.load for dispatcher in team], rounds)
        watch.at_once(EDIT, [dispatcher.edit for dispatcher in team], rounds)
        with ThreadPoolExecutor(clients) as pool:
            looking = [pool.submit(dispatcher.load) for dispatcher in team[1:]]
            with watch(BUSY):
                team[0].publish()
            assert all(one.result().is_success for one in looking)


def _bare(here: Site, folder: Path, plan: str, clients: int) -> tuple[Watch, Watch]:
    """By one client, and by many."""
    with _bare_process(here, folder) as process, httpx.Client(base_url=process.url, timeout=60) as client:
        one, many = Watch(process.cpu), Watch(process.cpu)
        url = f"/plans/{plan}"
        value = client.get(url).content
        for _ in range(BARE_ROUNDS):
            with one(READ):
                client.get(url).raise_for_status()
            with one(WRITE):
                client.put(url, content=value).raise_for_status()
        many.at_once(READ, [lambda: client.get(url).raise_for_status()] * clients, BARE_ROUNDS // clients)
        many.at_once(
            WRITE, [lambda: client.put(url, content=value).raise_for_status()] * clients, BARE_ROUNDS // clients
        )
    return one, many


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
