"""Parts of large problems: in processes of this machine, or on a real Dask cluster that loses a worker."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.sets.field import FIELD, Recipe, draw
from scheduler.io.demo.problem import demo_problem
from scheduler.solver.kernel.parts import rounds
from scheduler.solver.solve import solve
from service.runs.executors import PROCESSES, opened
from service.runs.job import Broken, Job
from service.runs.solving import Solving
from tests.service.runs.cluster import WORKERS, Cluster

PARTS = 12


def part(n: int) -> tuple[int, int]:
    time.sleep(0.3)
    return n * n, os.getpid()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    with closing(Cluster(tmp_path)) as found:
        yield found


def test_without_one_there_is_none() -> None:
    with opened("") as executor:
        assert executor is None


def test_processes_of_this_machine() -> None:
    with opened(PROCESSES) as executor:
        assert executor is not None
        found = list(executor.map(part, range(3)))
    assert [square for square, _ in found] == [0, 1, 4] and os.getpid() not in {pid for _, pid in found}


@pytest.mark.slow
def test_a_cluster_of_two_goes_on_when_one_is_killed(cluster: Cluster) -> None:
    with opened(cluster.address) as executor:
        assert executor is not None
        pids: set[int] = set()
        while len(pids) < WORKERS:
            pids = {pid for _, pid in executor.map(part, range(4))}
        futures = [executor.submit(part, n) for n in range(PARTS)]
        time.sleep(0.5)
        cluster.workers[0].kill()
        found = [future.result(timeout=120) for future in futures]
    assert [square for square, _ in found] == [n * n for n in range(PARTS)]


@pytest.mark.slow
@pytest.mark.parametrize("lost", ["worker", "scheduler"])
def test_a_large_plan_is_searched_on_a_cluster_that_loses_a_machine(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    monkeypatch.setattr(rounds, "LARGE", 100)
    monkeypatch.setattr(rounds, "SIZE", 40)
    problem = FIELD.to_problem(draw(Recipe("full", 240, 5, 1)))
    with opened(cluster.address) as executor:
        assert executor is not None
        sent, submit = [], executor.submit
        monkeypatch.setattr(executor, "submit", lambda *given: sent.append(submit(*given)) or sent[-1])
        victim = cluster.workers[0] if lost == "worker" else cluster.scheduler
        killer = threading.Timer(6, victim.kill)
        killer.start()
        outcome = solve(problem, time_limit=20, workers=WORKERS, seed=1, executor=executor)
        killer.join()
    assert not [breach for breach in outcome.verdict.breaches if breach.rule != "mandatory"]
    assert sum(one.done() and not one.cancelled() and one.exception() is None for one in sent) > WORKERS


def test_a_run_without_its_cluster_says_so() -> None:
    with Solving(
        Job("r", demo_problem().model_dump_json().encode(), 1.0, 1, 1, executor="tcp://127.0.0.1:1")
    ) as solving:
        answer = solving.wait(120)
    assert isinstance(answer, Broken) and "FIELDPLAN_EXECUTOR" in answer.sentence
