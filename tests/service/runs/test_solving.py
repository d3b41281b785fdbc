"""The process of a solve: its limits, its end, and the sentences that say so."""

import os
import signal
import time

import pytest

from scheduler.io.demo.problem import demo_problem
from service.runs import solving
from service.runs.job import Broken, Job, Solved
from service.runs.solving import Solving

PROBLEM = demo_problem().model_dump_json().encode()


def job(**changes: object) -> Job:
    return Job(**{"run": "r", "problem": PROBLEM, "time_limit": 60.0, "seed": 1, "workers": 1, **changes})  # type: ignore[arg-type]


def finished(process: Solving, seconds: float = 120) -> Solved | Broken:
    answer = process.wait(seconds)
    assert answer is not None
    return answer


def begun(process: Solving) -> None:
    while process.seen is None or process.seen["stage"] in ("compiling", "reading"):
        assert process.wait(0.1) is None


def test_stop_brings_a_plan() -> None:
    with Solving(job()) as process:
        begun(process)
        process.stop()
        answer = finished(process)
    assert isinstance(answer, Solved) and answer.figures["stopped"] == "cancelled" and answer.figures["scheduled"] > 0


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no such signals here")
def test_a_killed_process_is_told_of() -> None:
    with Solving(job()) as process:
        begun(process)
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        answer = finished(process)
    assert isinstance(answer, Broken) and "SIGKILL" in answer.sentence


def test_too_much_memory_is_told_of() -> None:
    with Solving(job(memory=100 * 2**20)) as process:
        answer = finished(process)
    assert isinstance(answer, Broken) and "more than 100 MB" in answer.sentence and "RUN_MEMORY" in answer.sentence


def test_one_that_does_not_come_back_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solving, "GRACE", -89.0)
    with Solving(job()) as process:
        answer = finished(process)
    assert isinstance(answer, Broken) and "did not come back" in answer.sentence


def test_what_the_library_refuses_is_said() -> None:
    with Solving(job(problem=b'{"horizon": 1}')) as process:
        answer = finished(process)
    assert isinstance(answer, Broken) and "horizon" in answer.sentence and not answer.trace


def test_leaving_ends_the_process() -> None:
    with Solving(job()) as process:
        begun(process)
        pid = process.pid
    assert pid is not None
    end = time.monotonic() + 10
    while alive(pid) and time.monotonic() < end:
        time.sleep(0.05)
    assert not alive(pid)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
