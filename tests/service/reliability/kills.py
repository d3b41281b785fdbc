"""Kill parts of the service under load, start them anew, and see what became of all that was acknowledged."""

import random
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from sqlalchemy import func, select

from service.tables import AuditRow, PlanRow, RunRow
from tests.service.reliability.load import Client, Load
from tests.service.reliability.site import TENANT, Postgresql, Process, Site, site, wait_until
from tests.service.runs.company import found

SHORTEST, LONGEST = 0.3, 2.0
"""Seconds between a part's being up and the next kill."""
SETTLE_SECONDS = 300.0
WRITERS = 3


@dataclass
class Figures:
    """What was done, and what was lost or doubled by it."""

    kills: Counter[str] = field(default_factory=Counter)
    writes: int = 0
    lost_writes: int = 0
    doubled_writes: int = 0
    runs: int = 0
    lost_runs: int = 0
    failed_runs: int = 0
    doubled_runs: int = 0
    taken_over: int = 0
    retries: int = 0

    @property
    def hold(self) -> bool:
        lost = self.lost_writes + self.doubled_writes + self.lost_runs + self.failed_runs + self.doubled_runs
        return lost == 0 and self.writes > 0 and self.runs > 0


def kills(folder: Path, engine: str, count: int, seed: int = 1) -> Figures:
    """So many kills of random parts at random points, then all is left to settle and judged."""
    chance, figures = random.Random(seed), Figures()
    with site(folder, engine) as here:
        headers = {"Authorization": f"Bearer {here.secret}"}
        with httpx.Client(base_url=here.apis[0].url, headers=headers, timeout=60) as client:
            found(client)
        load = Load(here, WRITERS)
        load.start()
        try:
            for _ in range(count):
                _strike(here, chance, figures)
        finally:
            load.stop()
        _settle(here, load)
        _judge(here, load, figures)
    return figures


def _strike(here: Site, chance: random.Random, figures: Figures) -> None:
    kind = chance.choice(sorted({_kind(victim) for victim in here.victims}))
    victim = chance.choice([victim for victim in here.victims if _kind(victim) == kind])
    wait_until(victim.up)
    time.sleep(chance.uniform(SHORTEST, LONGEST))
    victim.kill()
    figures.kills[kind] += 1
    victim.start()


def _kind(victim: Process | Postgresql) -> str:
    return victim.name.partition("-")[0]


def _settle(here: Site, load: Load) -> None:
    client = Client(here)
    for id in load.runs:
        wait_until(lambda id=id: client.ask("GET", f"/runs/{id}").json()["ended_at"] is not None, SETTLE_SECONDS)  # type: ignore[misc]


def _judge(here: Site, load: Load, figures: Figures) -> None:
    client = Client(here)
    with here.database.reading(TENANT) as session:
        logged = select(AuditRow.subject, func.count()).where(AuditRow.kind == "place", AuditRow.action == "create")
        creates = {subject: count for subject, count in session.execute(logged.group_by(AuditRow.subject))}
        runs = {run.id: run for run in session.scalars(select(RunRow))}
        plans = Counter(session.scalars(select(PlanRow.origin)))
    there = {id for id in load.created if client.ask("GET", f"/places/{id}").status_code == 200}
    counted = {id: client.ask("GET", f"/places/{id}").json()["value"]["latitude"] for id in load.counters}
    figures.retries = load.retries
    figures.writes = len(load.created) + sum(load.counters.values())
    figures.lost_writes = len(load.created - there) + sum(counted[id] != k / 1000 for id, k in load.counters.items())
    figures.doubled_writes = sum(creates.get(id, 0) != 1 for id in load.created)
    figures.runs = len(load.runs)
    done = {id for id in load.runs if id in runs and runs[id].status == "done"}
    figures.lost_runs = len(set(load.runs) - runs.keys()) + sum(plans[f"run:{id}"] == 0 for id in done)
    figures.failed_runs = len(runs.keys() & set(load.runs)) - len(done)
    figures.doubled_runs = len(runs.keys() - set(load.runs)) + sum(plans[f"run:{id}"] > 1 for id in load.runs)
    figures.taken_over = sum(run.deaths for run in runs.values())
