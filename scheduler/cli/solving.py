"""Run the solver beside a progress line; Ctrl-C stops it and keeps the best plan so far."""

import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, TimeoutError
from contextlib import contextmanager
from typing import Any, TypeVar

from rich.console import Console
from rich.live import Live
from rich.text import Text

from scheduler.cli.say import numbers
from scheduler.domain.outcome import Outcome, Progress
from scheduler.domain.problem import Problem
from scheduler.domain.verdict import Verdict

POLL_SECONDS = 0.1
Got = TypeVar("Got")


def solve(problem: Problem, *, time_limit: float, seed: int, workers: int) -> Outcome:
    """The solver's outcome. It runs in a thread: a signal only reaches the main thread, and only while that is free."""
    from scheduler.solver.kernel import warm_up
    from scheduler.solver.solve import solve as run

    stop = threading.Event()
    with _stopping(stop), ThreadPoolExecutor(1) as pool:
        _wait(pool.submit(warm_up, _aside))
        with _line() as show:
            return _wait(
                pool.submit(
                    run,
                    problem,
                    time_limit=time_limit,
                    seed=seed,
                    workers=workers,
                    on_progress=show,
                    cancel=stop.is_set,
                )
            )


def _aside(text: str) -> None:
    Console(stderr=True, highlight=False).print(Text(text), soft_wrap=True)


def verify(problem: Problem, plan: Any) -> Verdict:
    from scheduler.solver.verify import verify as judge

    return judge(problem, plan)


def _wait(running: Future[Got]) -> Got:
    while True:
        try:
            return running.result(timeout=POLL_SECONDS)
        except TimeoutError:
            if running.done():
                raise


@contextmanager
def _stopping(stop: threading.Event) -> Iterator[None]:
    """The first Ctrl-C asks the solver to stop; the second one is Python's own again."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGINT)

    def ask(*_: Any) -> None:
        stop.set()
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, ask)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _line() -> Iterator[Callable[[Progress], None]]:
    """A line on stderr that keeps up with the solver; on a pipe, one line for each new stage."""
    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        yield _staged(console)
        return
    with Live(Text("starting"), console=console, refresh_per_second=8, transient=True) as live:
        yield lambda progress: live.update(Text(progress_text(progress)))


def _staged(console: Console) -> Callable[[Progress], None]:
    said: set[str] = set()

    def show(progress: Progress) -> None:
        if progress.stage not in said:
            said.add(progress.stage)
            console.print(Text(progress_text(progress)), soft_wrap=True)

    return show


def progress_text(progress: Progress) -> str:
    """Cost, bound and what is scheduled, in one line."""
    bound = numbers(progress.bound) or "-"
    mandatory = progress.score.mandatory_unscheduled
    missing = f"  mandatory left out {mandatory}" if mandatory else ""
    return (
        f"{progress.seconds:6.1f} s  {progress.stage:<12}  cost {numbers(progress.score.levels)}  bound {bound}  "
        f"scheduled {progress.scheduled}/{progress.total}{missing}"
    )
