"""Clients that write, publish and start runs, try again when no answer comes, and remember what was acknowledged."""

import itertools
import threading
import time
from secrets import token_hex
from typing import Any

import httpx

from tests.service.reliability import visits
from tests.service.reliability.site import Site
from tests.service.runs.company import BASE, HORIZON

PAUSE = 0.05
GIVE_UP_SECONDS = 180.0
PUBLISH_PAUSE = 1.0
MOST_RUNS_OPEN = 3
ASKED = {"scope": {"horizon": HORIZON}, "workers": 1}


class Client:
    """Goes to any of the APIs, and to the next one when an answer does not come."""

    def __init__(self, site: Site) -> None:
        headers = {"Authorization": f"Bearer {site.secret}"}
        self._clients = itertools.cycle(
            [httpx.Client(base_url=api.url, headers=headers, timeout=20) for api in site.apis]
        )
        self.retries = 0

    def ask(self, method: str, path: str, **given: Any) -> httpx.Response:
        """The answer, however often it takes. An idempotency key makes a POST that was done before count once."""
        end = time.monotonic() + GIVE_UP_SECONDS
        while True:
            try:
                answer = next(self._clients).request(method, BASE + path, **given)
                if answer.status_code not in (500, 503):
                    return answer
                last: object = answer.text
            except httpx.TransportError as error:
                last = error
            if time.monotonic() > end:
                raise AssertionError(f"{method} {path} never answered: {last}")
            self.retries += 1
            time.sleep(PAUSE)

    def post(self, path: str, given: Any, etag: str | None = None) -> httpx.Response:
        version = {"If-Match": f'"{etag}"'} if etag is not None else {}
        return self.ask("POST", path, json=given, headers={"Idempotency-Key": token_hex(8), **version})


class Load:
    """Threads that write until they are told to stop."""

    def __init__(self, site: Site, writers: int, seconds: float) -> None:
        """`seconds` are given to each run."""
        self.created: set[str] = set()
        self.counters: dict[str, int] = {}
        self.runs: list[str] = []
        self.published: list[int] = []
        self.placed: list[dict[str, Any]] = []
        self.faults: list[BaseException] = []
        self.retries = 0
        self._site, self._seconds, self._over = site, seconds, threading.Event()
        work = [(self._write, n) for n in range(writers)] + [(self._run, 0), (self._publish, 0)]
        self._threads = [threading.Thread(target=self._guarded, args=one) for one in work]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()
        if self.faults:
            raise self.faults[0]

    def _guarded(self, act: Any, n: int) -> None:
        client = Client(self._site)
        try:
            act(client, n)
        except BaseException as error:
            self.faults.append(error)
        self.retries += client.retries

    def _write(self, client: Client, n: int) -> None:
        """New places, and one whose latitude counts up by changes that name their version."""
        mine = f"counter-{n}"
        assert client.post("/places", {"id": mine, "latitude": 0, "longitude": 0}).status_code == 201
        for k in itertools.count(1):
            if self._over.is_set():
                return
            place = f"place-{n}-{k}"
            answer = client.post("/places", {"id": place})
            assert answer.status_code == 201, answer.text
            self.created.add(place)
            self._count(client, mine, k)
            time.sleep(PAUSE)

    def _count(self, client: Client, mine: str, k: int) -> None:
        etag = client.ask("GET", f"/places/{mine}").headers["ETag"]
        changes = {"latitude": k / 1000}
        answer = client.ask("PATCH", f"/places/{mine}", json=changes, headers={"If-Match": etag})
        done_before = answer.status_code == 412 and answer.json()["current"]["value"]["latitude"] == k / 1000
        assert answer.status_code == 200 or done_before, answer.text
        self.counters[mine] = k

    def _publish(self, client: Client, _: int) -> None:
        """One visit after the other is moved to another hour, and published."""
        for k in itertools.count():
            if self._over.wait(PUBLISH_PAUSE):
                return
            place = visits.moved(k)
            plan = _made(client.post("/plans", {"scope": {"horizon": visits.DAY}}))
            edited = _made(client.post(f"/plans/{plan['id']}/edits", {"place": [place]}, plan["etag"]))
            given = {"why": f"round {k}"}, edited["plan"]["etag"]
            self.published.append(_made(client.post(f"/plans/{plan['id']}/publish", *given))["number"])
            self.placed.append(place)

    def _run(self, client: Client, _: int) -> None:
        """A few runs at a time."""
        while not self._over.is_set():
            running = [id for id in self.runs if client.ask("GET", f"/runs/{id}").json()["ended_at"] is None]
            if len(running) < MOST_RUNS_OPEN:
                given = {**ASKED, "time_limit": self._seconds, "seed": len(self.runs)}
                answer = client.post("/runs", given)
                assert answer.status_code == 201, answer.text
                self.runs.append(answer.json()["id"])
            self._over.wait(0.5)


def _made(answer: httpx.Response) -> dict[str, Any]:
    assert answer.is_success, answer.text
    found: dict[str, Any] = answer.json()
    return found
