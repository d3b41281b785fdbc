"""Ctrl-C stops the solver and keeps what it has; what the solver raises comes through."""

import signal
import sys
import threading
import time
from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from scheduler.cli import solving
from scheduler.domain.errors import LimitExceeded
from scheduler.domain.outcome import Outcome, StopReason
from scheduler.domain.plan import Score
from scheduler.domain.verdict import Verdict
from tests.io.small import small, small_plan

Install = Callable[[Callable[..., Outcome]], None]


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Install:
    """Put a stand-in where the solver is imported from; what it would have compiled stays as it is."""
    monkeypatch.setattr("scheduler.solver.kernel.warm_up", lambda say: None)

    def put(solve: Callable[..., Outcome]) -> None:
        module = ModuleType("scheduler.solver.solve")
        module.solve = solve  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "scheduler.solver.solve", module)

    return put


def test_the_first_interrupt_stops_and_keeps_the_plan(install: Install) -> None:
    def patient(problem: Any, *, cancel: Callable[[], bool], **_: Any) -> Outcome:
        give_up = time.monotonic() + 20
        while not cancel() and time.monotonic() < give_up:
            time.sleep(0.01)
        return Outcome(
            plan=small_plan(), verdict=Verdict(), stopped=StopReason.CANCELLED if cancel() else StopReason.TIME_LIMIT
        )

    install(patient)
    before = signal.getsignal(signal.SIGINT)
    threading.Timer(0.3, signal.raise_signal, (signal.SIGINT,)).start()
    outcome = solving.solve(small(), time_limit=20, seed=0, workers=1)
    assert outcome.stopped is StopReason.CANCELLED and outcome.plan == small_plan()
    assert signal.getsignal(signal.SIGINT) is before


def test_an_interrupt_while_the_search_is_compiled_stops_what_comes_after(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiling = threading.Event()

    def compile_for_a_while(say: Any) -> None:
        compiling.set()
        time.sleep(0.3)

    def interrupt() -> None:
        compiling.wait()
        signal.raise_signal(signal.SIGINT)

    def obedient(problem: Any, *, cancel: Callable[[], bool], **_: Any) -> Outcome:
        stopped = StopReason.CANCELLED if cancel() else StopReason.TIME_LIMIT
        return Outcome(plan=small_plan(), verdict=Verdict(), stopped=stopped)

    install(obedient)
    monkeypatch.setattr("scheduler.solver.kernel.warm_up", compile_for_a_while)
    threading.Thread(target=interrupt, daemon=True).start()
    assert solving.solve(small(), time_limit=20, seed=0, workers=1).stopped is StopReason.CANCELLED


def test_progress_is_said_once_a_stage_on_a_pipe(install: Install, capsys: pytest.CaptureFixture[str]) -> None:
    def talkative(problem: Any, *, on_progress: Callable[[Any], None], **_: Any) -> Outcome:
        for stage in ("construct", "kernel", "kernel"):
            on_progress(
                SimpleNamespace(seconds=0.1, stage=stage, score=Score(levels=(1.0,)), bound=(), scheduled=1, total=3)
            )
        return Outcome(plan=small_plan(), verdict=Verdict())

    install(talkative)
    solving.solve(small(), time_limit=1, seed=0, workers=1)
    lines = [line for line in capsys.readouterr().err.splitlines() if line.strip()]
    assert len(lines) == 2 and "scheduled 1/3" in lines[1]


@pytest.mark.parametrize("error", [LimitExceeded("too large"), TimeoutError("of the solver")])
def test_what_the_solver_raises_comes_through(install: Install, error: Exception) -> None:
    def failing(problem: Any, **_: Any) -> Outcome:
        raise error

    install(failing)
    with pytest.raises(type(error)):
        solving.solve(small(), time_limit=1, seed=0, workers=1)
