"""Stretches of numbers of any length, behind each other in one array."""

from collections.abc import Iterable

import numpy as np

from scheduler.solver.compiled import Spans
from scheduler.solver.kernel.arrays import Ints


class Pool:
    """What pairs of columns name a stretch of."""

    def __init__(self) -> None:
        self._values: list[int] = []
        self._known: dict[Spans, tuple[int, int]] = {}

    def put(self, values: Iterable[int]) -> tuple[int, int]:
        """Append; the stretch where it stands."""
        begin = len(self._values)
        self._values.extend(values)
        return begin, len(self._values)

    def spans(self, spans: Spans) -> tuple[int, int]:
        """Where spans stand, those that are equal at one place."""
        if spans not in self._known:
            self._known[spans] = self.put(x for span in spans for x in span)
        return self._known[spans]

    @property
    def array(self) -> Ints:
        return np.array(self._values or [0], dtype=np.int64)
