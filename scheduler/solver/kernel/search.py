"""Compiled searches side by side, one a thread, each cooling over the whole budget; the best plan of all counts."""

import time
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor, wait
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from scheduler.domain.goal import Term
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
WARM_IF_STANDING = 0.7
"""How far along a cooling begins from a plan that stands whole, where changes are priced."""


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
    warm: float = 0.0,
) -> int:
    """Search from `start` for so many seconds, or for so many steps, about so many where the plan is cut; how many.

    The cooling begins at least as far along as `warm` says.

    For how long is asked once, when the first plan has been told.

    A large plan is cut into territories, which are searched by the executor, otherwise in threads. A smaller one is
    searched as a whole in each thread; in one if steps are counted. There `choose` puts late routes together anew.

    `on_better` is called in this thread, first with the plan that has all that fits in, then with every better one, at
    most twice a second and at the end.
    """
    first, warm = Kernel(compiled, seed), max(warm, _warmth(compiled, start))
    first.load(start)
    best = Better(first.cost, first.best)
    on_better(best)
    if not first.can_move:
        return 0
    begin, long = time.monotonic(), seconds()
    if is_large(first):
        return _in_rounds(first, long, steps, threads, seed, stop, on_better, executor, warm)
    cooling = _Cooling(start, warm, Pool(), choose, stop, SimpleQueue())
    if steps is not None:
        cooling.count(first, seed, steps)
        _tell(cooling.found, best, on_better)
        return first.steps
    kernels = [first, *(Kernel(compiled, seed + n) for n in range(1, threads))]
    with ThreadPoolExecutor(len(kernels)) as threads_of_all:
        running = [threads_of_all.submit(cooling.run, k, seed + n, begin, long) for n, k in enumerate(kernels)]
        while wait(running, timeout=0.05).not_done:
            best = _tell(cooling.found, best, on_better)
        for one in running:
            one.result()
    _tell(cooling.found, best, on_better)
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
    warm: float,
) -> int:
    told = kernel.cost

    def after_round() -> None:
        nonlocal told
        if kernel.cost < told - 1e-9:
            told = kernel.cost
            on_better(Better(told, kernel.best))

    with ThreadPoolExecutor(threads) as here:
        means = Means(here, threads, stop, executor)
        return search_rounds(kernel, seconds, steps, seed, means, after_round, warm)


def _warmth(compiled: Compiled, start: Solution) -> float:
    """How far along a cooling the search begins: heat would destroy what it costs to change."""
    if compiled.problem.standing is None or compiled.prices.keys().isdisjoint((Term.REASSIGNED, Term.SHIFTED)):
        return 0.0
    return WARM_IF_STANDING * len(start.activities(compiled)) / max(1, len(compiled.activities))


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


@dataclass(frozen=True)
class _Cooling:
    """The search of one thread, and what it shares with the others: the start, a pool of routes, what was found."""

    start: Solution
    warm: float
    pool: Pool
    choose: Choose
    stop: Callable[[], bool]
    found: "SimpleQueue[Better]"

    def run(self, kernel: Kernel, seed: int, begin: float, seconds: float) -> None:
        """Search until time is up."""
        if kernel.cost == float("inf"):
            kernel.load(self.start)
        course = self._course(kernel, seed, seconds)
        size, told, reported = FIRST_STEPS, kernel.cost, time.monotonic()
        while (now := time.monotonic()) < begin + seconds and not self.stop():
            course.anneal((now - begin) / seconds, size)
            took = max(1e-4, time.monotonic() - now)
            size = max(1, min(MOST_STEPS, int(size * min(2.0, SLICE_SECONDS / took)) + 1))
            if kernel.cost < told - 1e-9 and time.monotonic() - reported > REPORT_SECONDS:
                told, reported = kernel.cost, time.monotonic()
                self.found.put(Better(told, kernel.best))
        course.finish()
        if kernel.cost < told - 1e-9:
            self.found.put(Better(kernel.cost, kernel.best))

    def count(self, kernel: Kernel, seed: int, steps: int) -> None:
        """Search for so many steps."""
        course, first = self._course(kernel, seed, None), kernel.cost
        while kernel.steps < steps and not self.stop():
            course.anneal(kernel.steps / steps, min(REPEATABLE_STEPS, steps - kernel.steps))
        course.finish()
        if kernel.cost < first - 1e-9:
            self.found.put(Better(kernel.cost, kernel.best))

    def _course(self, kernel: Kernel, seed: int, seconds: float | None) -> Course:
        return Course(kernel, Recombiner(kernel, self.pool, self.choose, seconds), seed, self.warm)
