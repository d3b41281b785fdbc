"""What requests take: on the clock, and of the server's CPU."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np


@dataclass
class Timing:
    """Seconds of each request, and of all of them: on the clock, and of the server's CPU."""

    clock: list[float] = field(default_factory=list)
    lasted: float = 0.0
    cpu: float = 0.0

    @property
    def cpu_each(self) -> float:
        return self.cpu / len(self.clock)

    def row(self, name: str, base: "Timing") -> str:
        p50, p95 = np.quantile(self.clock, [0.5, 0.95])
        rate, factor = len(self.clock) / self.lasted, self.cpu_each / base.cpu_each
        return f"| {name} | {rate:.2f} | {p50:.3f} | {p95:.3f} | {self.cpu_each:.3f} | {factor:.1f} |"


class Watch:
    """Collects timings by name; `cpu` tells the server's seconds so far."""

    def __init__(self, cpu: Callable[[], float]) -> None:
        self._cpu = cpu
        self.found: dict[str, Timing] = {}

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        """One request after the other."""
        with self._all(name) as timing:
            begin = time.perf_counter()
            yield
            timing.clock.append(time.perf_counter() - begin)

    def at_once(self, name: str, acts: Sequence[Callable[[], object]], rounds: int) -> None:
        """Each of the acts again and again, in a thread of its own."""
        with self._all(name) as timing, ThreadPoolExecutor(len(acts)) as pool:
            for seconds in pool.map(lambda act: _timed(act, rounds), acts):
                timing.clock += seconds

    @contextmanager
    def _all(self, name: str) -> Iterator[Timing]:
        timing = self.found.setdefault(name, Timing())
        clock, cpu = time.perf_counter(), self._cpu()
        yield timing
        timing.lasted += time.perf_counter() - clock
        timing.cpu += self._cpu() - cpu


def _timed(act: Callable[[], object], rounds: int) -> list[float]:
    found = []
    for _ in range(rounds):
        begin = time.perf_counter()
        act()
        found.append(time.perf_counter() - begin)
    return found
