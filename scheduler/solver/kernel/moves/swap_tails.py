"""Two day routes exchange what comes after a stop in each (2-opt*); with an empty one, a split or a merger."""

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.admission import duration_on
from scheduler.solver.kernel.insertion.put import measure
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.moves.exchange import conclude, movable
from scheduler.solver.kernel.ties import is_tied
from scheduler.solver.kernel.work import begin_try, make_dirty, touch


@compiled
def swap_tails(arrays, state, spare, scratch, work, u, w):
    """Exchange what comes after u and after w, stops or heads of different lanes; what it gained, 0 where it stays."""
    one, two = state.node[u, at.LANE], state.node[w, at.LANE]
    slots, lanes = arrays.suits.shape[0], arrays.lane.shape[0]
    a, b = state.node[u, at.NXT], state.node[w, at.NXT]
    if a >= slots and b >= slots:
        return 0.0
    if not (_all_movable(arrays, state, a, two) and _all_movable(arrays, state, b, one)):
        return 0.0
    begin_try(work)
    for lane in (one, two):
        touch(arrays, state, spare, work, lane)
        make_dirty(work, lane)
    tail, other = slots + lanes + one, slots + lanes + two
    last, end = state.node[tail, at.PRV], state.node[other, at.PRV]
    _hang(state, u, b, end, tail, slots)
    _hang(state, w, a, last, other, slots)
    _adopt(arrays, state, one, two, u, tail)
    _adopt(arrays, state, two, one, w, other)
    return conclude(arrays, state, spare, scratch, work)


@compiled
def _all_movable(arrays, state, u, lane):
    """Whether u and all stops behind it may be moved into the lane."""
    while u < arrays.suits.shape[0]:
        if not movable(arrays, state, u, lane):
            return False
        u = state.node[u, at.NXT]
    return True


@compiled
def _hang(state, u, first, last, tail, slots):
    """Let the stops from first to last, none where first is no stop, lie between u and the tail."""
    if first >= slots:
        first, last = tail, u
    state.node[u, at.NXT], state.node[first, at.PRV] = first, u
    state.node[last, at.NXT], state.node[tail, at.PRV] = tail, last


@compiled
def _adopt(arrays, state, lane, other, u, tail):
    """Let what now comes after u belong to the lane, not to the other one."""
    while u != tail:
        u = state.node[u, at.NXT]
        if u != tail:
            state.node[u, at.LANE], state.node[u, at.DURATION] = lane, duration_on(arrays, u, lane)
            tied = is_tied(arrays, u)
            state.lane[lane, at.TIES] += tied
            state.lane[other, at.TIES] -= tied
        measure(arrays, state, lane, u)
