"""What requests take: on the clock, and of the server's CPU."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np


@dataclass
class Timing:
    """Seconds of each request."""

    clock: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    @property
    def cpu_each(self) -> float:
        return float(np.mean(self.cpu))

    def row(self, name: str, base: "Timing") -> str:
        p50, p95 = np.quantile(self.clock, [0.5, 0.95])
        rate, factor = len(self.clock) / sum(self.clock), self.cpu_each / base.cpu_each
        return f"| {name} | {rate:.2f} | {p50:.3f} | {p95:.3f} | {self.cpu_each:.3f} | {factor:.1f} |"


class Watch:
    """Collects timings by name; `cpu` tells the server's seconds so far."""

    def __init__(self, cpu: Callable[[], float]) -> None:
        self._cpu = cpu
        self.found: dict[str, Timing] = {}

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        clock, cpu = time.perf_counter(), self._cpu()
        yield
        timing = self.found.setdefault(name, Timing())
        timing.clock.append(time.perf_counter() - clock)
        timing.cpu.append(self._cpu() - cpu)
