"""The search of one part, as a task for any executor: small, and free of what can't be sent."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.arrays import Ints
from scheduler.solver.kernel.engine import Engine
from scheduler.solver.kernel.parts.cut import Cut

SLICE_SECONDS = 0.04
FIRST_STEPS, MOST_STEPS, REPEATABLE_STEPS = 20, 20_000, 500
COLUMNS = (at.NXT, at.LANE, at.START, at.BOUND, at.DURATION, at.WHERE, at.WINDOW)
"""Of the nodes, what an answer tells."""


@dataclass(frozen=True)
class Task:
    """Anneal a part from `begin` to `end` of the cooling, in so many seconds or exactly so many steps."""

    part: Cut
    scale: float
    optional: np.ndarray[tuple[int], np.dtype[np.bool_]]
    share: float
    begin: float
    end: float
    seconds: float
    steps: int | None
    seed: int
    best: bool
    """Whether the best plan is asked for; otherwise the one at which the cooling goes on."""


@dataclass(frozen=True)
class Answer:
    """The nodes of the part in a few columns, and how many steps were taken."""

    nodes: Ints
    steps: int


def anneal_part(task: Task, stop: Callable[[], bool] = lambda: False) -> Answer:
    """Search a part."""
    engine = Engine(task.part.arrays, task.part.state.copy(), task.scale, task.optional, task.share)
    engine.begin(task.seed)
    if engine.can_move:
        _for_steps(engine, task, stop) if task.steps is not None else _for_seconds(engine, task, stop)
    state = engine.best_state if task.best else engine.kept
    return Answer(state.node[:, COLUMNS], engine.steps)


def _for_seconds(engine: Engine, task: Task, stop: Callable[[], bool]) -> None:
    begin, size = time.monotonic(), FIRST_STEPS
    while (now := time.monotonic()) < begin + task.seconds and not stop():
        engine.anneal(task.begin + (task.end - task.begin) * (now - begin) / task.seconds, size)
        took = max(1e-4, time.monotonic() - now)
        size = max(1, min(MOST_STEPS, int(size * min(2.0, SLICE_SECONDS / took)) + 1))


def _for_steps(engine: Engine, task: Task, stop: Callable[[], bool]) -> None:
    assert task.steps is not None
    while engine.steps < task.steps and not stop():
        along = task.begin + (task.end - task.begin) * engine.steps / task.steps
        engine.anneal(along, min(REPEATABLE_STEPS, task.steps - engine.steps))


def write_back(part: Cut, answer: Answer, nodes: Ints, slots: int, lanes: int) -> None:
    """Write an answer into the nodes of the whole, which have so many slots and lanes."""
    own = np.concatenate([part.slots, slots + part.lanes, slots + lanes + part.lanes])
    places, numbers = np.append(part.places, -1), np.append(part.lanes, -1)
    behind, lane, start, bound, duration, where, window = answer.nodes.T
    bound = np.where(part.arrays.node[:, at.FIXED] > 0, start, bound)
    n, m = len(part.slots), len(part.lanes)
    nodes[part.slots, at.LANE] = numbers[lane[:n]]
    told = {at.START: start, at.BOUND: bound, at.DURATION: duration, at.WHERE: places[where], at.WINDOW: window}
    for column, values in told.items():
        nodes[part.slots, column] = values[:n]
    linked = np.flatnonzero(lane[: n + m] >= 0)  # stops, and heads of lanes
    nodes[own[linked], at.NXT] = own[behind[linked]]
    nodes[own[behind[linked]], at.PRV] = own[linked]
