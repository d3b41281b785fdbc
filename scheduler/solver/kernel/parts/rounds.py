"""Rounds over a large plan: cut it into territories, search each, put them together, and cut it elsewhere."""

import time
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from math import inf, log10

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.engine import Engine
from scheduler.solver.kernel.parts.cut import Cut, cut
from scheduler.solver.kernel.parts.task import Answer, Task, anneal_part, write_back
from scheduler.solver.kernel.parts.territory import territories

LARGE, TIED = 2500, 0.4
"""From so many slots on a plan is cut; from which part of them where starts hang on each other: steps take longer."""
SIZE = 1000
"""Stops of a territory, at most."""
ROUNDS, LEAST_SECONDS, MOST_SECONDS = 8, 0.5, 5.0
"""How often a plan is cut, if a territory then has at least and at most so many seconds each time."""
STEPS_A_SECOND, SHORT = 10_000, 20
"""About what a worker does; and how many steps for each activity are few."""
WARM_IF_TIED = 0.3
"""How far along the cooling a search begins at least where starts hang on each other: what heat leaves out comes back
slowly."""
SHORTEST = 0.05
LOST_SECONDS, GRACE = 30.0, 0.2
"""How much longer than its time a territory may take before the round goes on without it: elsewhere the search may have
to be compiled first. And how much longer than the time of all."""
POLL_SECONDS = 0.05


@dataclass
class Means:
    """What the rounds work with: so many threads of this process, or an executor of as many workers elsewhere."""

    threads: ThreadPoolExecutor
    workers: int
    stop: Callable[[], bool]
    elsewhere: Executor | None = None

    def submit(self, task: Task) -> "Future[Answer]":
        """The task on its way; here from when on the executor elsewhere takes no more."""
        if self.elsewhere is not None:
            try:
                return self.elsewhere.submit(anneal_part, task)
            except Exception:  # broken, shut down, closed: each executor has an error of its own
                self.elsewhere = None
        return self.threads.submit(anneal_part, task, self.stop)


def is_large(engine: Engine) -> bool:
    """Whether a plan is worth cutting; what is measured over all lanes can't be."""
    rate = engine.arrays.rate
    least = LARGE * (TIED if rate[at.HAS_TIES] > 0 else 1.0)
    return bool(rate[at.OVERALL] == 0) and len(engine.arrays.suits) >= least


def search_rounds(
    engine: Engine,
    seconds: float,
    steps: int | None,
    seed: int,
    means: Means,
    on_round: Callable[[], None],
    warm: float = 0.0,
) -> int:
    """Search for so many seconds, or about so many steps in all; how many were taken. `on_round` follows each round.

    The cooling begins at least as far along as `warm` says.
    """
    chance, end = np.random.default_rng(seed), time.monotonic() + seconds
    taken, along = 0, 0.0
    expected = seconds * means.workers * STEPS_A_SECOND if steps is None else steps
    first = _first_warmth(expected / max(1, len(engine.arrays.activity)), engine.arrays.rate[at.HAS_TIES] > 0)
    first = max(first, warm)
    while along < 1.0 and not means.stop():
        pieces = territories(engine.arrays, engine.kept, SIZE, chance)
        turns = -(-len(pieces) // means.workers)
        each, until = _share(seconds, end - time.monotonic(), turns) if steps is None else (inf, along + 1 / ROUNDS)
        if each < SHORTEST:
            break
        until = 1.0 if until > 1 - 1e-9 else until
        count = None if steps is None else max(1, round(steps / ROUNDS / len(pieces)))
        tasks = []
        for lanes, outside in pieces:
            part, start = cut(engine.arrays, engine.kept, lanes, outside), int(chance.integers(2**31))
            priced = engine.scale, engine.optional[part.activities], engine.leaving.share
            warmth = first + (1 - first) * along, first + (1 - first) * until
            tasks.append(Task(part, *priced, *warmth, each, count, start, best=until == 1.0))
        answers = _answers(tasks, min(time.monotonic() + each * turns + LOST_SECONDS, end + GRACE), means)
        if means.stop():
            break
        taken, along = taken + _together(engine, answers), until
        on_round()
    return taken


def _first_warmth(steps_each: float, tied: bool) -> float:
    """How far along the cooling a search begins: a short one has no time to mend what heat destroys."""
    return float(np.clip(-0.4 * log10(max(0.01, steps_each) / SHORT), WARM_IF_TIED if tied else 0.0, 0.9))


def _share(seconds: float, left: float, turns: int) -> tuple[float, float]:
    """Seconds for each territory in the next round, and how far along the cooling is after it."""
    each = max(LEAST_SECONDS, min(MOST_SECONDS, seconds / turns / ROUNDS))
    if left < 1.5 * each * turns:
        return left / turns, 1.0
    return each, 1.0 - (left - each * turns) / seconds


def _answers(tasks: list[Task], end: float, means: Means) -> list[tuple[Cut, Answer]]:
    """What becomes of the tasks, in their order; a task that is lost changes nothing."""
    running = [means.submit(task) for task in tasks]
    while wait(running, timeout=POLL_SECONDS).not_done and time.monotonic() < end and not means.stop():
        pass
    done = [one.done() and not one.cancelled() and one.exception() is None for one in running]
    for one in running:
        one.cancel()
    return [(task.part, one.result()) for task, one, good in zip(tasks, running, done, strict=True) if good]


def _together(engine: Engine, answers: list[tuple[Cut, Answer]]) -> int:
    """Write the answers into the plan at hand, each for itself."""
    for part, answer in answers:
        write_back(part, answer, engine.at_hand.node, len(engine.arrays.suits), len(engine.arrays.lane))
        engine.adopt(part.lanes)
    return sum(answer.steps for _, answer in answers)
