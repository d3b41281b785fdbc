"""Compiling the search ahead of the first solve."""

import time
from functools import cache

from scheduler.solver.compile import compile
from scheduler.solver.kernel.single import Kernel
from scheduler.solver.rules import sample
from scheduler.solver.solution import Solution


@cache
def warm_up() -> float:
    """Have all compiled functions ready in this process; the seconds that it took, some when numba's cache is empty."""
    begin = time.monotonic()
    kernel = Kernel(compile(sample.problem(sample.activity("a"), sample.activity("b"))))
    kernel.load(Solution())
    kernel.anneal(0.0, 1)
    _ = kernel.best
    return time.monotonic() - begin
