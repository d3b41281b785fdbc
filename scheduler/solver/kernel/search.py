"""Compiled searches side by side, one a thread, each cooling over the whole budget; the best plan of all counts."""

import time
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor, wait
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from scheduler.solver.compiled import Compiled
from scheduler.solver.kernel.course import Course
from scheduler.solver.kernel.parts.rounds import Means, is_large, search_rounds
from scheduler.solver.kernel.pooled import Pool
from scheduler.solver.kernel.recombine import Recombiner
from scheduler.solver.kernel.single import Kernel
from scheduler.solver.offer import Choose
from scheduler.solver.solution import Solution

SLICE_SECONDS = 0.01
"""How often a search looks at the clock, at whether it is to stop, and at what routes there are."""
FIRST_STEPS, MOST_STEPS, REPEATABLE_STEPS = 20, 20_000, 500
REPORT_SECONDS = 0.5


@dataclass(frozen=True)
class Better:
    """A better plan, and its cost as the search counts: in the goal's units, higher levels multiplied."""

    cost: float
    solution: Solution


def search(
    compiled: Compiled,
    start: Solution,
    seconds: Callable[[], float],
    steps: int | None,
    threads: int,
    seed: int,
    stop: Callable[[], bool],
    on_better: Callable[[Better], None],
    choose: Choose,
    executor: Executor | None = None,
) -> int:
    """Search from `start` for so many seconds, or for exactly so many steps; how many steps were taken.

    For how long is asked once, when the first plan has been told.

    A large plan is cut into territories, which are searched by the executor, otherwise in threads. A smaller one is
    searched as a whole in each thread; in one if steps are counted. There `choose` puts late routes together anew.

    `on_better` is called in this thread, first with the plan that has all that fits in, then with every better one, at
    most twice a second and at the end.
    """
    first = Kernel(compiled, seed)
    first.load(start)
    best = Better(first.cost, first.best)
    on_better(best)
    if not first.can_move:
        return 0
    begin, long = time.monotonic(), seconds()
    if is_large(first):
        return _in_rounds(first, long, steps, threads, seed, stop, on_better, executor)
    kernels = [first, *(Kernel(compiled, seed + n) for n in range(1, 1 if steps is not None else threads))]
    found, pool = SimpleQueue[Better](), Pool()
    if steps is not None:
        _count(kernels[0], Course(first, Recombiner(first, pool, choose, None), seed), steps, stop, found)
        _tell(found, best, on_better)
        return kernels[0].steps
    with ThreadPoolExecutor(len(kernels)) as threads_of_all:
        running = [
            threads_of_all.submit(_cool, k, pool, choose, start, seed + n, begin, long, stop, found)
            for n, k in enumerate(kernels)
        ]
        while wait(running, timeout=0.05).not_done:
            best = _tell(found, best, on_better)
        for one in running:
            one.result()
    _tell(found, best, on_better)
    return sum(kernel.steps for kernel in kernels)


def _in_rounds(
    kernel: Kernel,
    seconds: float,
    steps: int | None,
    threads: int,
    seed: int,
    stop: Callable[[], bool],
    on_better: Callable[[Better], None],
    executor: Executor | None,
) -> int:
    told = kernel.cost

    def after_round() -> None:
        nonlocal told
        if kernel.cost < told - 1e-9:
            told = kernel.cost
            on_better(Better(told, kernel.best))

    with ThreadPoolExecutor(threads) as here:
        means = Means(here, threads, stop, executor)
        return search_rounds(kernel, seconds, steps, seed, means, after_round)


def _tell(found: "SimpleQueue[Better]", best: Better, on_better: Callable[[Better], None]) -> Better:
    """Report what the searches found, if it is better than what was known."""
    while True:
        try:
            one = found.get_nowait()
        except Empty:
            return best
        if one.cost < best.cost:
            best = one
            on_better(best)


def _cool(
    kernel: Kernel,
    pool: Pool,
    choose: Choose,
    start: Solution,
    seed: int,
    begin: float,
    seconds: float,
    stop: Callable[[], bool],
    found: "SimpleQueue[Better]",
) -> None:
    """Search until time is up."""
    if kernel.cost == float("inf"):
        kernel.load(start)
    course = Course(kernel, Recombiner(kernel, pool, choose, seconds), seed)
    size, told, reported = FIRST_STEPS, kernel.cost, time.monotonic()
    while (now := time.monotonic()) < begin + seconds and not stop():
        course.anneal((now - begin) / seconds, size)
        took = max(1e-4, time.monotonic() - now)
        size = max(1, min(MOST_STEPS, int(size * min(2.0, SLICE_SECONDS / took)) + 1))
        if kernel.cost < told - 1e-9 and time.monotonic() - reported > REPORT_SECONDS:
            told, reported = kernel.cost, time.monotonic()
            found.put(Better(told, kernel.best))
    course.finish()
    if kernel.cost < told - 1e-9:
        found.put(Better(kernel.cost, kernel.best))


def _count(kernel: Kernel, course: Course, steps: int, stop: Callable[[], bool], found: "SimpleQueue[Better]") -> None:
    """Search for so many steps."""
    first = kernel.cost
    while kernel.steps < steps and not stop():
        course.anneal(kernel.steps / steps, min(REPEATABLE_STEPS, steps - kernel.steps))
    course.finish()
    if kernel.cost < first - 1e-9:
        found.put(Better(kernel.cost, kernel.best))
