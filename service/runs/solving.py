"""A solve in a process of its own, seen from the worker that started it."""

import multiprocessing
import signal
import time
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Any

from service.runs import child
from service.runs.child import READING, STOP, out_of_memory
from service.runs.job import Broken, Job, Solved

GRACE, GRACE_SHARE = 60.0, 0.5
"""Seconds that a solve may overrun its limit, and part of the limit, before it is ended."""
COMPILING_SECONDS = 900.0
"""The first solve on a machine compiles the search."""
PRELOADED = ["service.runs.child", "scheduler.solver.solve", "scheduler.solver.verify"]


def processes() -> BaseContext:
    """How processes are made: from one that has the solver loaded already, where there is such a thing."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    return context


class Solving:
    """One solve. Leaving the block ends its process, whatever it does."""

    def __init__(self, job: Job) -> None:
        self.seen: dict[str, Any] | None = None
        self._job, self._asked_to_stop = job, False
        context = processes()
        self._connection, theirs = context.Pipe()
        self._process: BaseProcess = context.Process(target=child.main, args=(theirs, job))  # type: ignore[attr-defined]
        self._process.start()
        theirs.close()
        self._end = time.monotonic() + COMPILING_SECONDS

    @property
    def pid(self) -> int | None:
        return self._process.pid

    def wait(self, seconds: float) -> Solved | Broken | None:
        """What came out; None when nothing did within the time. `seen` holds the newest progress."""
        end = time.monotonic() + seconds
        while (left := min(end, self._end) - time.monotonic()) > 0:
            if not self._connection.poll(left):
                continue
            try:
                said = self._connection.recv()
            except (EOFError, OSError):
                return self._dead()
            if isinstance(said, Solved | Broken):
                return said
            self._progress(said)
        return self._overdue()

    def _progress(self, seen: dict[str, Any]) -> None:
        self.seen = seen
        if seen["stage"] == READING:
            self._end = time.monotonic() + self._job.time_limit * (1 + GRACE_SHARE) + GRACE

    def stop(self) -> None:
        """Ask for the best plan so far."""
        if not self._asked_to_stop:
            self._asked_to_stop = True
            try:
                self._connection.send_bytes(STOP)
            except OSError:
                return

    def _overdue(self) -> Broken | None:
        if time.monotonic() < self._end:
            return None
        return Broken("the solver did not come back in time and was ended; ask for the run again")

    def _dead(self) -> Broken:
        self._process.join(5)
        code = self._process.exitcode
        if code is not None and code < 0:
            name = signal.Signals(-code).name
            if name == "SIGABRT":
                return Broken(f"the solver died (SIGABRT), most likely of this: {out_of_memory(self._job.memory)}")
            return Broken(f"the solver's process was killed ({name}); ask for the run again")
        return Broken(f"the solver's process ended without an answer (exit code {code}); ask for the run again")

    def __enter__(self) -> "Solving":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._connection.close()
        self._process.kill()
        self._process.join()
