"""Compiling the search ahead of the first solve."""

import time
from collections.abc import Callable
from functools import cache

from scheduler.solver.compile import compile
from scheduler.solver.kernel.cache import is_kept
from scheduler.solver.kernel.run import call
from scheduler.solver.kernel.single import Kernel
from scheduler.solver.rules import sample
from scheduler.solver.solution import Solution

WAIT = "compiling the search, once on this machine; this takes about ten seconds"


def warm_up(tell: Callable[[str], None] = lambda text: None) -> float:
    """Have all compiled functions ready in this process; the seconds that it took.

    `tell` is given a sentence where machine code has to be made, which is kept for the next process: in
    `NUMBA_CACHE_DIR` if that is set, otherwise beside the sources or in the user's cache, whichever can be written.
    """
    if not is_kept(call) and not _ready.cache_info().currsize:
        tell(WAIT)
    begin = time.monotonic()
    _ready()
    return time.monotonic() - begin


@cache
def _ready() -> None:
    kernel = Kernel(compile(sample.problem(sample.activity("a"), sample.activity("b"))))
    kernel.load(Solution())
    kernel.anneal(0.0, 1)
    _ = kernel.best
