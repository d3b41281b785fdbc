"""A few stops in a row moved elsewhere, as they are or turned round (Or-opt)."""

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.moves.exchange import conclude, movable, place
from scheduler.solver.kernel.moves.lift import lift
from scheduler.solver.kernel.work import begin_try

LONGEST_CHAIN = 3


@compiled
def or_opt(arrays, state, spare, scratch, work, u, length, w, turned):
    """Move `length` stops from u on behind w, a stop or head not among them; what it gained, 0 where they stay."""
    lane, v = state.node[w, at.LANE], u
    for n in range(length):
        if v >= arrays.suits.shape[0] or v == w or not movable(arrays, state, v, lane):
            return 0.0
        work.order[n] = v
        v = state.node[v, at.NXT]
    begin_try(work)
    for n in range(length):
        lift(arrays, state, spare, work, work.order[n])
    before = w
    for n in range(length):
        v = work.order[length - 1 - n if turned else n]
        place(arrays, state, spare, work, v, lane, before)
        before = v
    return conclude(arrays, state, spare, scratch, work)
