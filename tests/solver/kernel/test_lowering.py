"""What compiled functions may not do is refused while they are compiled; what they may do, they do as Python does."""

import numpy as np
import pytest
from numba.core.errors import NumbaError

from scheduler.solver.kernel.jit import Tables, compiled, entry


class Numbers(Tables):
    """A table to count in."""

    table: np.ndarray[tuple[int, int], np.dtype[np.int64]]


@compiled
def refused(number):
    if number > 3:
        raise ValueError("too many")
    return number


@entry
def refusing(number):
    return refused(number)


@entry
def counted(numbers, first, last, step):
    total = 0
    for i in range(first, last, step):
        for j in range(numbers.table.shape[1]):
            total += numbers.table[i, j]
    return total


def test_what_nobody_would_hear_of_is_refused() -> None:
    with pytest.raises(NumbaError, match="raise"):
        refusing(1)


@pytest.mark.parametrize("span", [(0, 5, 1), (4, -1, -1), (1, 5, 2), (3, 3, 1), (4, 1, 1), (0, 3, -1)])
def test_ranges_run_as_in_python(span: tuple[int, int, int]) -> None:
    table = np.arange(15, dtype=np.int64).reshape(5, 3)
    assert counted(Numbers(table=table), *span) == table[list(range(*span))].sum()
