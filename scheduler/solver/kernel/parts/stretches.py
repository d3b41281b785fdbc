"""Stretches of a pool carried over into the pool of a part."""

import numpy as np

from scheduler.solver.kernel.arrays import Flags, Ints


class Stretches:
    """A new pool that takes stretches of an old one, column pair by column pair."""

    def __init__(self, pool: Ints) -> None:
        self._old, self._new, self._size = pool, list[Ints](), 0

    def read(self, begin: Ints, end: Ints) -> tuple[Ints, Ints]:
        """All values that the stretches hold, and the row that each of them belongs to."""
        length = np.maximum(0, end - begin)
        row = np.repeat(np.arange(len(begin)), length)
        within = np.arange(len(row)) - np.repeat(np.cumsum(length) - length, length)
        return self._old[begin[row] + within], row

    def write(self, values: Ints, row: Ints, table: Ints, column: int) -> None:
        """Append values by row; the pair of columns of the table names where they stand."""
        ends = self._size + np.cumsum(np.bincount(row, minlength=len(table)))
        table[:, column] = np.concatenate([[self._size], ends[:-1]])[: len(table)]
        table[:, column + 1] = ends
        self._new.append(values)
        self._size += len(values)

    def carry(self, table: Ints, column: int) -> None:
        """Take over what needs no new numbers."""
        self.write(*self.read(table[:, column], table[:, column + 1]), table, column)

    def translate(self, table: Ints, column: int, numbers: Ints, width: int = 1) -> None:
        """Take over records that begin with a number of something; those of what is not there are left out."""
        values, row = self.read(table[:, column], table[:, column + 1])
        records = values.reshape(-1, width)
        records[:, 0] = numbers[records[:, 0]]
        there: Flags = records[:, 0] >= 0
        self.write(records[there].ravel(), np.repeat(row[::width][there], width), table, column)

    def nested(self, table: Ints, column: int, width: int, numbers: Ints | None = None) -> None:
        """Take over records that end with a stretch of their own, whose values may get new numbers; none without it."""
        values, row = self.read(table[:, column], table[:, column + 1])
        records = np.ascontiguousarray(values.reshape(-1, width))
        if numbers is None:
            self.carry(records, width - 2)
        else:
            self.translate(records, width - 2, numbers)
        full = records[:, width - 2] < records[:, width - 1]
        self.write(records[full].ravel(), np.repeat(row[::width][full], width), table, column)

    @property
    def pool(self) -> Ints:
        return np.concatenate([*self._new, np.zeros(1, dtype=np.int64)])
