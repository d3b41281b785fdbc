"""Takes runs one after the other, and sees each through: solve, keep alive, stop, land."""

import os
import socket
import threading
import time
from collections.abc import Callable
from secrets import token_hex
from typing import ParamSpec, TypeVar

import structlog
from sqlalchemy.exc import DBAPIError, OperationalError

from scheduler.domain.plan import Plan
from scheduler.domain.problem import Problem
from service.database import Database
from service.planning.judging import settle
from service.runs import landing, queue
from service.runs.job import Broken, Job, Solved
from service.runs.landing import Given
from service.runs.queue import Lease, LeaseLost
from service.runs.solving import Solving
from service.settings import Settings
from service.tables import RunRow

T = TypeVar("T")
P = ParamSpec("P")
POLL_SECONDS, BEAT_SECONDS = 0.3, 1.0
REBASE_SHARE, LEAST_REBASE = 0.2, 2.0
"""Of the run's time limit, and seconds at least, to fit a result to what has changed."""
AFTER_STOP_SECONDS = 5.0
"""For a run that was being stopped when its worker was lost: the plan so far went with it."""

log = structlog.get_logger(__name__)


class Closing(Exception):
    """The worker is to end: give the run back."""


class Worker:
    """Works in the thread that calls `work`, until `closing` is set."""

    def __init__(self, database: Database, settings: Settings, closing: threading.Event) -> None:
        self._database, self._settings, self._closing = database, settings, closing
        self.name = f"{socket.gethostname()}-{os.getpid()}-{token_hex(4)}"

    def work(self) -> None:
        while not self._closing.is_set():
            try:
                lease = queue.claim(self._database, self.name)
            except DBAPIError as error:
                log.warning("no database to ask for runs", error=str(error.orig))
                lease = None
            if lease is None:
                self._closing.wait(POLL_SECONDS)
            else:
                with structlog.contextvars.bound_contextvars(run=lease.run, tenant=lease.tenant, lease=lease.number):
                    self._see_through(lease)

    def _see_through(self, lease: Lease) -> None:
        try:
            row, problem = self._patiently(landing.first, self._database, lease)
            with structlog.contextvars.bound_contextvars(request=row.request):
                log.info("run begins", worker=self.name)
                self._solve_and_land(lease, row, problem)
        except LeaseLost:
            log.warning("another worker has the run now; nothing was written")
        except Closing:
            self._give_back(lease)
        except Exception as error:
            log.exception("run broke")
            self._failed(lease, f"a fault of ours ({type(error).__name__}); it is logged with the run's id")

    def _solve_and_land(self, lease: Lease, row: RunRow, problem: bytes) -> None:
        limit = float(row.asked["time_limit"])
        seconds = min(limit, AFTER_STOP_SECONDS) if lease.taken_over_stopping else limit
        answer = self._solved(lease, self._job(row, problem, seconds))
        given = Given(row.fingerprint, row.given_at, row.base)
        while isinstance(answer, Solved):
            newer = self._patiently(landing.newer, self._database, row, given)
            if newer is None:
                made = self._patiently(landing.propose, self._database, lease, answer, given)
                log.info("run done", proposal=made, seconds=answer.figures["seconds"])
                return
            if refusal := landing.refusal(row, given):
                answer = Broken(refusal)
                break
            changed, given = newer
            log.info("run is stale", rebased=given.rebased)
            answer = self._solved(lease, self._rebasing(row, changed, answer))
        self._failed(lease, answer.sentence, answer.trace)

    def _job(self, row: RunRow, problem: bytes, seconds: float, standing: bytes | None = None) -> Job:
        return Job(
            run=row.id,
            problem=problem,
            time_limit=seconds,
            seed=row.asked["seed"],
            workers=row.asked["workers"],
            deterministic=row.asked["deterministic"],
            memory=self._settings.run_memory * 2**20,
            executor=self._settings.executor,
            standing=standing,
        )

    def _rebasing(self, row: RunRow, problem: Problem, found: Solved) -> Job:
        """Begin with what was found: what no longer keeps the rules is mended, what has come is put in."""
        fitting = settle(problem, Plan.model_validate_json(found.plan))
        seconds = max(LEAST_REBASE, REBASE_SHARE * float(row.asked["time_limit"]))
        return self._job(row, problem.model_dump_json().encode(), seconds, fitting.model_dump_json().encode())

    def _solved(self, lease: Lease, job: Job) -> Solved | Broken:
        """What the process says. Meanwhile the lease is renewed, and a wish to stop passed on."""
        with Solving(job) as solving:
            while (answer := solving.wait(BEAT_SECONDS)) is None:
                if self._closing.is_set():
                    raise Closing
                if self._beat(lease, solving):
                    solving.stop()
            self._beat(lease, solving)
            return answer

    def _beat(self, lease: Lease, solving: Solving) -> bool:
        """A database that is away for a moment stops no solve: who lost the lease learns it when it is back."""
        try:
            return queue.beat(self._database, lease, solving.seen)
        except DBAPIError as error:
            log.warning("no database to tell of progress", error=str(error.orig))
            return False

    def _failed(self, lease: Lease, sentence: str, trace: str = "") -> None:
        log.warning("run failed", sentence=sentence, trace=trace)
        try:
            self._patiently(queue.fail, self._database, lease, sentence)
        except (LeaseLost, Closing):
            log.warning("could not write that the run failed; it will be taken over")

    def _give_back(self, lease: Lease) -> None:
        try:
            queue.hand_back(self._database, lease)
            log.info("run given back")
        except (LeaseLost, DBAPIError) as error:
            log.warning("could not give the run back; it will be taken over", error=str(error))

    def _patiently(self, act: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
        """Do it, again and again while the database is away. What is done twice is refused by the lease."""
        while True:
            try:
                return act(*args, **named)
            except OperationalError as error:
                log.warning("waiting for the database", error=str(error.orig))
            if self._closing.wait(POLL_SECONDS):
                raise Closing


class Workshop:
    """So many workers in threads of this process."""

    def __init__(self, database: Database, settings: Settings, count: int) -> None:
        self._closing = threading.Event()
        self.workers = [Worker(database, settings, self._closing) for _ in range(count)]
        self._threads = [threading.Thread(target=w.work, name=f"runs-{n}") for n, w in enumerate(self.workers)]

    def open(self) -> None:
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Give runs back and end. Takes about a second."""
        self._closing.set()
        for thread in self._threads:
            thread.join()

    @property
    def lively(self) -> bool:
        return all(thread.is_alive() for thread in self._threads)

    def wait(self) -> None:
        while not self._closing.is_set():
            time.sleep(POLL_SECONDS)
