"""Kill parts of the service under load, start them anew, and see what became of all that was acknowledged."""

import random
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from sqlalchemy import func, select

from service.tables import AuditRow, PlanRow, PublicationRow, RunRow
from tests.service.process import Process, wait_until
from tests.service.reliability import visits
from tests.service.reliability.load import Client, Load
from tests.service.reliability.site import TENANT, Postgresql, Site, site
from tests.service.runs.company import found
from tests.sync.backends.dav.servers import Server, radicale


@dataclass(frozen=True)
class Company:
    """How large it is, and the seconds of each of its runs."""

    technicians: int
    activities: int
    seconds: float


SHORTEST, LONGEST = 0.3, 2.0
"""Seconds between a part's being up and the next kill."""
SETTLE_SECONDS = 300.0
WRITERS = 3
ALONE = Company(technicians=2, activities=6, seconds=1.0)
ON_CLUSTER = Company(technicians=6, activities=60, seconds=4.0)


@dataclass
class Figures:
    """What was done, and what was lost or doubled by it. `parts` were searched on the cluster."""

    kills: Counter[str] = field(default_factory=Counter)
    writes: int = 0
    lost_writes: int = 0
    doubled_writes: int = 0
    runs: int = 0
    lost_runs: int = 0
    failed_runs: int = 0
    doubled_runs: int = 0
    taken_over: int = 0
    publications: int = 0
    lost_publications: int = 0
    wrong_events: int = 0
    parts: int | None = None
    retries: int = 0

    @property
    def hold(self) -> bool:
        lost = self.lost_writes + self.doubled_writes + self.lost_runs + self.failed_runs + self.doubled_runs
        lost += self.lost_publications + self.wrong_events
        return lost == 0 and 0 not in (self.writes, self.runs, self.publications, self.parts)


def kills(folder: Path, engine: str, count: int, seed: int = 1, dask: bool = False) -> Figures:
    """So many kills of random parts at random points, then all is left to settle and judged."""
    chance, figures = random.Random(seed), Figures()
    company = ON_CLUSTER if dask else ALONE
    with radicale(folder) as dav, site(folder, engine, dask=dask) as here:
        headers = {"Authorization": f"Bearer {here.secret}"}
        with httpx.Client(base_url=here.apis[0].url, headers=headers, timeout=60) as client:
            found(client, company.technicians, company.activities)
            visits.found(client, dav)
        load = Load(here, WRITERS, company.seconds)
        load.start()
        try:
            for _ in range(count):
                _strike(here, chance, figures)
        finally:
            load.stop()
        _settle(here, load, dav)
        _judge(here, load, figures)
        figures.wrong_events = _wrong(load, dav).total()
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


def _settle(here: Site, load: Load, dav: Server) -> None:
    """Runs end, and calendars show what was published, once leases of who was killed have run out."""
    client = Client(here)
    for id in load.runs:
        wait_until(lambda id=id: client.ask("GET", f"/runs/{id}").json()["ended_at"] is not None, SETTLE_SECONDS)  # type: ignore[misc]
    with suppress(AssertionError):
        wait_until(lambda: _to_do(client) == 0 and not _wrong(load, dav), SETTLE_SECONDS)


def _to_do(client: Client) -> int:
    return sum(box["to_do"] for box in client.ask("GET", "/mailboxes").json()["items"])


def _wrong(load: Load, dav: Server) -> visits.Standing:
    """Events that are missing, and those that stand twice or where they should not."""
    wanted, standing = visits.wanted(load.placed), visits.standing(dav)
    return (wanted - standing) + (standing - wanted)


def _judge(here: Site, load: Load, figures: Figures) -> None:
    client = Client(here)
    with here.database.reading(TENANT) as session:
        logged = select(AuditRow.subject, func.count()).where(AuditRow.kind == "place", AuditRow.action == "create")
        creates = {subject: count for subject, count in session.execute(logged.group_by(AuditRow.subject))}
        runs = {run.id: run for run in session.scalars(select(RunRow))}
        plans = Counter(session.scalars(select(PlanRow.origin)))
        published = Counter(session.scalars(select(PublicationRow.number)))
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
    figures.publications = len(load.published)
    figures.lost_publications = len(published.keys() ^ set(load.published))
    figures.parts = here.cluster.done("anneal_part") if here.cluster else None
    figures.taken_over = sum(run.deaths for run in runs.values())
