"""The solving process: one solve, then it ends. It ends at once when its worker is gone."""

import os
import signal
import threading
import traceback
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from service.runs.executors import opened
from service.runs.job import Broken, Job, Solved
from service.runs.limits import largest_memory, limit_memory

if TYPE_CHECKING:
    from scheduler.domain.outcome import Outcome, Progress
    from scheduler.domain.problem import Problem

STOP = b"stop"
READING = "reading"


def main(connection: Connection, job: Job) -> None:
    """Solve, tell of progress by plain dicts, and end with `Solved` or `Broken`."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in the terminal is the worker's to answer
    stop = threading.Event()
    threading.Thread(target=_listen, args=(connection, stop), daemon=True).start()
    try:
        limit_memory(job.memory)
        answer: Solved | Broken = _solve(connection, job, stop)
    except MemoryError:
        answer = Broken(out_of_memory(job.memory))
    except Exception as error:
        answer = Broken(f"a fault of ours ({type(error).__name__}); it is logged with the run's id", _trace(error))
    connection.send(answer)


def out_of_memory(count: int) -> str:
    return f"the solver needed more than {count // 2**20} MB; plan less at once, or raise FIELDPLAN_RUN_MEMORY"


def _listen(connection: Connection, stop: threading.Event) -> None:
    try:
        while connection.recv_bytes() != STOP:
            pass
        stop.set()
        connection.recv_bytes()
    except (EOFError, OSError):
        os._exit(1)


def _trace(error: Exception) -> str:
    return "".join(traceback.format_exception(error))


def _solve(connection: Connection, job: Job, stop: threading.Event) -> Solved | Broken:
    from scheduler.domain.errors import FieldplanError
    from scheduler.domain.plan import Plan
    from scheduler.domain.problem import Problem
    from scheduler.solver.kernel import warm_up
    from scheduler.solver.solve import solve

    connection.send({"stage": "compiling", "seconds": 0.0})
    warm_up()
    connection.send({"stage": READING, "seconds": 0.0})
    try:
        given = Problem.read(job.problem)
        begun = given if job.standing is None else given.with_standing(Plan.model_validate_json(job.standing))
        with opened(job.executor) as executor:
            outcome = solve(
                begun,
                time_limit=job.time_limit,
                seed=job.seed,
                workers=job.workers,
                deterministic=job.deterministic,
                on_progress=lambda progress: connection.send(_seen(progress)),
                cancel=stop.is_set,
                executor=executor,
            )
    except FieldplanError as error:
        return Broken(str(error))
    except ConnectionError as error:
        return Broken(f"no cluster to solve on: {error}; start it, or change FIELDPLAN_EXECUTOR")
    return _told(given, outcome)


def _told(given: "Problem", outcome: "Outcome") -> Solved:
    """The plan as one of what was given, whatever it began with."""
    from scheduler.solver.verify import verify

    verdict = verify(given, outcome.plan)
    plan = outcome.plan.model_copy(update={"fingerprint": given.fingerprint, "score": verdict.score})
    figures = outcome.model_dump(mode="json", exclude={"plan", "verdict"}) | {
        "cost": verdict.score.order,
        "scheduled": len(plan.by_activity),
        "unscheduled": len(plan.unscheduled),
        "breaches": len(verdict.breaches),
        "memory": largest_memory(),
    }
    return Solved(plan.model_dump_json().encode(), figures)


def _seen(progress: "Progress") -> dict[str, Any]:
    return {
        "stage": progress.stage,
        "seconds": round(progress.seconds, 3),
        "cost": progress.score.order,
        "bound": progress.bound,
        "scheduled": progress.scheduled,
        "total": progress.total,
    }
