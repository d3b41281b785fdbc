"""Whether a lane may hold a slot, and for how long it would."""

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.work import TRIED


@compiled
def suited(arrays, u, lane):
    """Whether rules about who, and who on which day, let the slot into the lane."""
    if arrays.lane[lane, at.FROZEN] == 1 or not arrays.suits[u, arrays.lane[lane, at.RESOURCE]]:
        return False
    barred = False
    for i in range(arrays.node[u, at.BARRED], arrays.node[u, at.BARRED_END]):
        barred |= arrays.pool[i] == lane
    return not barred


@compiled
def admitted(arrays, state, u, lane):
    """Whether the lane may hold the slot besides what it holds: rules about who, loads, and daily limits."""
    if not suited(arrays, u, lane):
        return False
    slots = arrays.suits.shape[0]
    for d in range(state.load.shape[1]):
        if arrays.load[u, d] > 0 and state.load[lane, d] + arrays.load[u, d] > arrays.load[slots + lane, d]:
            return False
    most = arrays.lane[lane, at.MOST_BOOKINGS]
    if 0 <= most <= state.lane[lane, at.SIZE]:
        return False
    most = arrays.lane[lane, at.MOST_TIME]
    if most >= 0:
        length = arrays.node[u, at.BEFORE] + duration_on(arrays, u, lane) + arrays.node[u, at.AFTER]
        if state.lane[lane, at.BUSY] + length > most:
            return False
    return True


@compiled
def within_limits(arrays, state, lane):
    """Whether what the lane holds is no more than loads and daily limits allow."""
    slots = arrays.suits.shape[0]
    for d in range(state.load.shape[1]):
        if state.load[lane, d] > arrays.load[slots + lane, d]:
            return False
    most, longest = arrays.lane[lane, at.MOST_BOOKINGS], arrays.lane[lane, at.MOST_TIME]
    return not (0 <= most < state.lane[lane, at.SIZE] or 0 <= longest < state.lane[lane, at.BUSY])


@compiled
def all_within(arrays, state, work):
    """The same of all lanes that a try touched."""
    good = True
    for i in range(work.count[TRIED]):
        good = good and within_limits(arrays, state, work.lanes[1, i])
    return good


@compiled
def duration_on(arrays, u, lane):
    return arrays.duration[u, arrays.lane[lane, at.RESOURCE] if arrays.duration.shape[1] > 1 else 0]
