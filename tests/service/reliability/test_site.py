"""Several processes on one database: what one does the others tell, and each ends well when it is asked to."""

import json
import signal
from pathlib import Path

import httpx
import pytest

from tests.service.reliability.site import Site, site
from tests.service.runs.company import BASE, ended, found_large, start, until

pytestmark = pytest.mark.slow


def client(here: Site, n: int) -> httpx.Client:
    headers = {"Authorization": f"Bearer {here.secret}"}
    return httpx.Client(base_url=here.apis[n].url, headers=headers, timeout=60)


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_events_of_one_process_come_from_the_other_and_a_signal_ends_all_well(tmp_path: Path, engine: str) -> None:
    with site(tmp_path, engine, apis=2, workers=1) as here, client(here, 0) as one, client(here, 1) as other:
        with one.stream("GET", f"{BASE}/events") as events:
            lines = (line for line in events.iter_lines() if line.startswith("data: "))
            other.post(f"{BASE}/places", json={"id": "new"}).raise_for_status()
            change = json.loads(next(lines)[6:])
            assert (change["action"], change["kind"], change["subject"]) == ("create", "place", "new")
            assert here.apis[0].end() in (0, -signal.SIGTERM)
            assert list(lines) == []
        found_large(other)
        run = start(other, time_limit=600)
        until(other, run["id"], lambda r: r["progress"] is not None and r["progress"]["total"] > 0)
        assert here.workers[0].end() == 0
        assert other.get(f"{BASE}/runs/{run['id']}").json()["status"] == "queued"
        here.workers[0].start()
        until(other, run["id"], lambda r: r["status"] == "running" and r["progress"]["total"] > 0)
        other.post(f"{BASE}/runs/{run['id']}/stop", headers={"If-Match": run["etag"]}).raise_for_status()
        assert ended(other, run["id"])["status"] == "done"
