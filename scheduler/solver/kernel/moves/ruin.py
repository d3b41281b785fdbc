"""The mix of ruins."""

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.moves.day import ruin_day
from scheduler.solver.kernel.moves.seed import seed_of
from scheduler.solver.kernel.moves.strings import ruin_strings

WHOLE_DAY = 0.02
"""Share of the ruins that take a whole day out."""


@compiled
def ruin(arrays, state, spare, work):
    """Take about ten activities out around a seed; the seed."""
    seed = seed_of(arrays, state, work)
    if np.random.random() < WHOLE_DAY and state.node[seed, at.LANE] >= 0:
        ruin_day(arrays, state, spare, work, state.node[seed, at.LANE])
    else:
        ruin_strings(arrays, state, spare, work, seed)
    return seed
