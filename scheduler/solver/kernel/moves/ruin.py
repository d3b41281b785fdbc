"""The mix of ruins."""

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.moves.day import ruin_day
from scheduler.solver.kernel.moves.mix import DAY, RELATED, ROOM, RUINS, SHARED, SLICE, STRINGS, TARDY, WORST
from scheduler.solver.kernel.moves.related import ruin_related
from scheduler.solver.kernel.moves.seed import rival_of, seed_of
from scheduler.solver.kernel.moves.shared import ruin_shared
from scheduler.solver.kernel.moves.slice import ruin_slice
from scheduler.solver.kernel.moves.strings import ruin_strings
from scheduler.solver.kernel.moves.tardy import ruin_tardy
from scheduler.solver.kernel.moves.worst import ruin_worst

MOST = 16
"""Activities that a ruin takes out, at most or about."""
WIDEST = 4
"""Widest slice of time, in durations of its seed before and after."""


@compiled
def ruin(arrays, state, spare, work):
    """Take about ten activities out around a seed; the seed."""
    seed, draw, way = seed_of(arrays, state, work), np.random.random(), 0
    while way < RUINS - 1 and draw >= work.mix[way]:
        draw -= work.mix[way]
        way += 1
    if state.node[seed, at.LANE] < 0 and work.mix[ROOM] > 0:
        ruin_strings(arrays, state, spare, work, rival_of(arrays, state, seed))
    elif way == STRINGS or state.node[seed, at.LANE] < 0:
        ruin_strings(arrays, state, spare, work, seed)
    elif way == DAY:
        ruin_day(arrays, state, spare, work, state.node[seed, at.LANE])
    else:
        _rarer(arrays, state, spare, work, way, seed, 2 + np.random.randint(MOST - 1))
    return seed


@compiled
def _rarer(arrays, state, spare, work, way, seed, most):
    if way == RELATED:
        ruin_related(arrays, state, spare, work, seed, most)
    elif way == SLICE:
        width = 1 + np.random.randint(max(1, WIDEST * state.node[seed, at.DURATION]))
        ruin_slice(arrays, state, spare, work, seed, width, most)
    elif way == WORST:
        ruin_worst(arrays, state, spare, work, seed, most)
    elif way == TARDY:
        ruin_tardy(arrays, state, spare, work, seed, most)
    elif way == SHARED:
        ruin_shared(arrays, state, spare, work, seed, most)
